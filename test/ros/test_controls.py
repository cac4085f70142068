# SPDX-License-Identifier: Apache-2.0
"""What the parameters of the color controls make of a camera's, at opening and afterwards."""

import pytest
from helpers import k4a_stub

from azure_kinect_py.modes import ColorControl
from azure_kinect_py.ros.controls import CONTROLS, set_all_controls, set_controls
from azure_kinect_py.ros.parameters import Settings
from azure_kinect_py.sources import SourceOptions, open_source

AUTO, MANUAL = 0, 1


@pytest.fixture
def stub():
    stub = k4a_stub.in_process()
    stub.reset()
    yield stub
    assert stub.handles() == {}


def opened(stub, femto):
    stub['device0.femto'] = int(femto)
    folder = k4a_stub.orbbec_folder() if femto else k4a_stub.library_folder()
    return open_source(SourceOptions(source='device', sdk_library_path=folder))


def written(stub):
    """Return what each control was set to last, by parameter: mode and value."""
    name = 'k4a_device_set_color_control '
    calls = [map(int, call.removeprefix(name).split()) for call in stub.calls(name)]
    names = {control: parameter for parameter, control in CONTROLS.items()}
    return {names[control]: (mode, value) for control, mode, value in calls}


AZURE_KINECT = {
    'powerline_frequency': (MANUAL, 2),
    'exposure_usec': (AUTO, 0),
    'white_balance_kelvin': (AUTO, 0),
    'brightness': (MANUAL, 128),
    'contrast': (MANUAL, 5),
    'saturation': (MANUAL, 32),
    'sharpness': (MANUAL, 2),
    'gain': (MANUAL, 128),
    'backlight_compensation': (MANUAL, 0),
}
FEMTO = {
    'powerline_frequency': (MANUAL, 1),
    'exposure_usec': (AUTO, 0),
    'white_balance_kelvin': (AUTO, 0),
    'brightness': (MANUAL, 0),
    'contrast': (MANUAL, 50),
    'saturation': (MANUAL, 64),
    'sharpness': (MANUAL, 50),
    'gain': (MANUAL, 16),
}


@pytest.mark.parametrize(('femto', 'defaults'), [(False, AZURE_KINECT), (True, FEMTO)])
def test_a_camera_is_set_to_its_own_defaults(stub, femto, defaults):
    warnings = []
    with opened(stub, femto) as source:
        set_all_controls(source, Settings(), warnings.append)
    assert written(stub) == defaults
    assert warnings == []


def test_what_the_user_sets_is_written_as_it_is(stub):
    warnings = []
    wanted = {'gain': 40, 'contrast': 6, 'brightness': 100, 'backlight_compensation': True}
    with opened(stub, femto=True) as source:
        set_all_controls(source, Settings.read(wanted), warnings.append)
    expected = FEMTO | {'gain': (MANUAL, 40), 'contrast': (MANUAL, 6)}
    del expected['brightness']
    assert written(stub) == expected
    assert [warning.split('; ', 1)[1] for warning in warnings] == [
        'BRIGHTNESS: 100 is not possible; allowed are -64 to 64',
        'BACKLIGHT_COMPENSATION: the camera has no such control',
    ]


@pytest.mark.parametrize(('femto', 'defaults'), [(False, AZURE_KINECT), (True, FEMTO)])
def test_back_to_the_default_is_back_to_that_of_the_camera(stub, femto, defaults):
    with opened(stub, femto) as source:
        for name in defaults:
            set_controls(source, Settings(), [name])
    assert written(stub) == defaults


def test_simulated_controls_go_back_too():
    with open_source(SourceOptions(source='simulated')) as source:
        before = source.capture(10).color_image.iso_speed
        set_controls(source, Settings.read({'gain': 255}), ['gain'])
        assert source.capture(10).color_image.iso_speed != before
        set_controls(source, Settings(), ['gain'])
        assert source.capture(10).color_image.iso_speed == before


def test_a_camera_that_refuses_its_own_default_is_told(stub):
    warnings = []
    stub['device0.refuses'] = ColorControl.GAIN + 1
    with opened(stub, femto=True) as source:
        set_all_controls(source, Settings(), warnings.append)
    assert [warning.splitlines()[0] for warning in warnings] == ['GAIN: the camera refused 16']
