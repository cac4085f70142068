# SPDX-License-Identifier: Apache-2.0
"""What cannot be an option of a source is refused before anything is opened."""

import pathlib

import numpy as np
import pytest

from azure_kinect_py.errors import ConfigError, RecordingError
from azure_kinect_py.sources import SourceOptions, open_source


@pytest.mark.parametrize(
    ('name', 'value', 'allowed'),
    [
        ('source', None, 'text'),
        ('playback_rate', '1', 'numbers'),
        ('playback_rate', True, 'numbers'),
        ('recording_loop_enabled', 'yes', 'True and False'),
        ('simulated_people', 1.5, 'whole numbers'),
        ('recording_file', b'file', 'text'),
        ('config', {}, 'instances of DeviceConfig'),
    ],
)
def test_a_wrong_type_is_named_with_what_is_allowed(name, value, allowed):
    with pytest.raises(ConfigError, match=f'{name}: .* is not possible; allowed are {allowed}'):
        open_source(SourceOptions(**{'source': 'simulated', name: value}))


def test_types_that_mean_the_same_are_taken(tmp_path):
    options = SourceOptions('simulated', playback_rate=1, simulated_people=np.int64(0))
    open_source(options).close()
    with pytest.raises(RecordingError):
        open_source(SourceOptions(recording_file=pathlib.Path(tmp_path / 'none.mkv')))
