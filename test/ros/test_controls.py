# SPDX-License-Identifier: Apache-2.0
"""What the parameters of the color controls make of a camera's, at opening and afterwards."""

import pytest
from helpers.k4a_stub import CameraStub, library_folder, orbbec_folder

from azure_kinect_py.ros.controls import CONTROLS

AUTO, MANUAL = 0, 1
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


@pytest.fixture
def stub(tmp_path):
    stub = CameraStub(tmp_path / 'control')
    yield stub
    assert stub.handles() == {}


def start(graph, stub, folder, **parameters):
    """Return the driver with a camera that is opened and does not stream, and so calls little."""
    stub['device0.femto'] = int(folder == orbbec_folder())
    return graph.driver(
        environment=stub.environment,
        sdk_library_path=str(folder),
        autostart=False,
        **parameters,
    )


def written(stub):
    """Return what each control was set to last, by parameter: mode and value."""
    name = 'k4a_device_set_color_control '
    calls = [map(int, call.removeprefix(name).split()) for call in stub.calls(name)]
    names = {control: parameter for parameter, control in CONTROLS.items()}
    return {names[control]: (mode, value) for control, mode, value in calls}


@pytest.mark.parametrize(
    ('folder', 'defaults'), [(library_folder, AZURE_KINECT), (orbbec_folder, FEMTO)]
)
def test_a_camera_has_its_own_defaults_and_gets_them_back(graph, stub, folder, defaults):
    with start(graph, stub, folder()) as driver:
        assert driver.transition('configure')
        assert written(stub) == defaults
        assert driver.set_together({'gain': 40, 'contrast': 6}).successful
        assert written(stub) == defaults | {'gain': (MANUAL, 40), 'contrast': (MANUAL, 6)}
        assert driver.set_together({'gain': 128, 'contrast': 5}).successful
        assert written(stub) == defaults
        output = driver.stop()[1]
    assert 'WARN' not in output


def test_what_the_user_sets_is_written_as_it_is_or_told(graph, stub):
    wanted = {'gain': 40, 'brightness': 100, 'backlight_compensation': True}
    with start(graph, stub, orbbec_folder(), **wanted) as driver:
        assert driver.transition('configure')
        expected = FEMTO | {'gain': (MANUAL, 40)}
        del expected['brightness']
        assert written(stub) == expected
        output = driver.stop()[1]
    assert 'BRIGHTNESS: 100 is not possible; allowed are -64 to 64' in output
    assert 'BACKLIGHT_COMPENSATION: the camera has no such control' in output
    assert output.count('WARN') == 2


def test_a_camera_that_refuses_its_own_default_is_told(graph, stub):
    stub['device0.refuses'] = CONTROLS['gain'] + 1
    with start(graph, stub, orbbec_folder()) as driver:
        assert driver.transition('configure')
        assert 'GAIN: the camera refused 16' in driver.wait_for('GAIN')
