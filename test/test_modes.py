# SPDX-License-Identifier: Apache-2.0
"""Values of the wrong kind are refused by name, for those who use the library."""

import pytest

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.modes import DeviceConfig
from azure_kinect_py.sources import SourceOptions, open_source


@pytest.mark.parametrize(
    ('name', 'value', 'allowed'),
    [
        ('fps', 30, 'Fps.FPS_5, Fps.FPS_15, Fps.FPS_30'),
        ('depth_mode', 'NFOV_UNBINNED', 'DepthMode.OFF, DepthMode.NFOV_2X2BINNED'),
        ('wired_sync_mode', None, 'WiredSyncMode.STANDALONE'),
        ('depth_delay_off_color_usec', 0.5, 'int'),
    ],
)
def test_wrong_kinds_are_refused_by_name(name, value, allowed):
    with pytest.raises(ConfigError) as caught:
        open_source(SourceOptions('simulated', DeviceConfig(**{name: value})))
    assert str(caught.value).startswith(
        f'{name}: {value!r} is not possible; allowed are {allowed}'
    )
