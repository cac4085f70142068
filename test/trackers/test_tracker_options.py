# SPDX-License-Identifier: Apache-2.0
"""Which tracker is opened, and what is refused before anything starts."""

import pytest

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.modes import DepthMode
from azure_kinect_py.trackers import TrackerOptions, open_tracker


@pytest.mark.parametrize(
    ('tracker', 'source', 'kind'),
    [
        ('auto', 'device', 'k4abt'),
        ('auto', 'playback', 'k4abt'),
        ('auto', 'simulated', 'simulated'),
        ('k4abt', 'simulated', 'k4abt'),
    ],
)
def test_auto_follows_the_source(tracker, source, kind):
    assert TrackerOptions(tracker=tracker, source=source).kind == kind


@pytest.mark.parametrize('mode', [DepthMode.OFF, DepthMode.PASSIVE_IR])
@pytest.mark.parametrize('source', ['device', 'simulated'])
def test_depth_modes_without_depth_are_refused_by_name(mode, source):
    with pytest.raises(ConfigError) as caught:
        open_tracker(TrackerOptions(depth_mode=mode, source=source))
    assert mode.name in caught.value.message
    assert caught.value.message.endswith(
        'allowed are NFOV_2X2BINNED, NFOV_UNBINNED, WFOV_2X2BINNED, WFOV_UNBINNED'
    )


MODES = 'allowed here are gpu, cpu, gpu_cuda, gpu_tensorrt'


@pytest.mark.parametrize(
    ('name', 'value', 'says'),
    [
        ('processing_mode', 'gpu_directml', f"'gpu_directml' exists on Windows only; {MODES}"),
        ('processing_mode', 'tpu', f"'tpu' is unknown; {MODES}"),
        ('sensor_orientation', 'up', "'up' is unknown; allowed are default, clockwise90, "),
        ('smoothing_factor', -0.1, '-0.1 is not possible; allowed are 0.0 to 1.0'),
        ('smoothing_factor', float('nan'), 'nan is not possible; allowed are 0.0 to 1.0'),
        ('gpu_device_id', -1, '-1 is not possible; allowed are 0 and up'),
    ],
)
def test_values_that_are_not_possible_are_named(name, value, says):
    field = name.removesuffix('_factor')
    with pytest.raises(ConfigError) as caught:
        open_tracker(TrackerOptions(**{field: value}))
    assert caught.value.message.startswith(f'body_tracking_{name}: {says}')


@pytest.mark.parametrize(
    ('tracker', 'source', 'says'),
    [
        ('openpose', 'device', "body_tracker: 'openpose' is unknown; allowed are auto, k4abt, "),
        ('simulated', 'playback', 'body_tracker: simulated needs the simulated source'),
    ],
)
def test_trackers_that_are_not_possible_are_named(tracker, source, says):
    with pytest.raises(ConfigError) as caught:
        open_tracker(TrackerOptions(tracker=tracker, source=source))
    assert caught.value.message.startswith(says)
