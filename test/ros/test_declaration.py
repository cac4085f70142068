# SPDX-License-Identifier: Apache-2.0
"""Parameters as a node sees them: described, and guarded while it lives."""

import pytest
from rclpy.parameter import Parameter

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.ros.parameters import ROWS, Settings
from azure_kinect_py.ros.parameters.declaration import Guard, as_declared, describe


@pytest.fixture
def applied():
    return []


@pytest.fixture
def guard(applied):
    def apply(settings, changed):
        if settings.gain == 99:
            raise ConfigError('gain: 99 is not for this camera')
        applied.append((settings, changed))

    guard = Guard(Settings(), lambda: guard.locked, apply)
    guard.locked = True
    return guard


def test_live_values_take_effect_at_once(guard, applied):
    assert guard([Parameter('gain', value=5)]).successful
    assert guard.settings.gain == 5
    assert applied[0][0].gain == 5
    assert applied[0][1] == {'gain'}


def test_others_are_refused_while_the_camera_is_open(guard, applied):
    result = guard([Parameter('fps', value=15)])
    assert not result.successful
    assert 'fps: 15' in result.reason
    assert 'read-only' in result.reason
    assert not applied
    guard.locked = False
    assert guard([Parameter('fps', value=15)]).successful
    assert guard.settings.fps.hz == 15


@pytest.mark.parametrize(('name', 'value'), [('gain', 256), ('fps', 25), ('gain', 'high')])
def test_values_that_are_not_allowed_are_refused(guard, name, value):
    guard.locked = False
    result = guard([Parameter(name, value=value)])
    assert not result.successful
    assert result.reason.startswith(f'{name}: ')
    assert 'allowed' in result.reason
    assert getattr(guard.settings, name) == getattr(Settings(), name)


def test_writing_back_what_is_set_is_no_change(guard):
    same = [Parameter('fps', value=30), Parameter('depth_mode', value='nfov_unbinned')]
    assert guard(same).successful


def test_a_double_stays_a_double():
    given = {
        'ir_mono8_scaling_factor': 2,
        'imu_angular_velocity_stddev': 0.5,
        'gain': 7,
        'somebody_elses': 3,
    }
    declared = as_declared([Parameter(name, value=value) for name, value in given.items()])
    assert {p.name: p.value for p in declared} == given
    assert [type(p.value) for p in declared] == [float, float, int, int]


def test_all_values_are_set_or_none(guard):
    assert not guard([Parameter('gain', value=1), Parameter('contrast', value=11)]).successful
    assert guard.settings == Settings()


def test_what_the_camera_refuses_is_not_kept(guard):
    result = guard([Parameter('gain', value=99)])
    assert result.reason == 'gain: 99 is not for this camera'
    assert guard.settings.gain == Settings().gain


def test_parameters_of_others_are_left_alone(guard):
    assert guard([Parameter('use_sim_time', value=True)]).successful


def test_descriptors_tell_what_is_allowed():
    for row in ROWS.values():
        descriptor = describe(row)
        assert descriptor.description == row.text
        assert row.allowed in descriptor.additional_constraints
    assert describe(ROWS['gain']).integer_range[0].to_value == 255
    assert describe(ROWS['playback_rate']).floating_point_range[0].from_value == 0.0
    assert not describe(ROWS['exposure_usec']).integer_range  # 0 is outside it, and allowed
