# SPDX-License-Identifier: Apache-2.0
"""Color controls: ranges as the camera tells them, order of what depends on each other."""

import pytest
from helpers import k4a_stub

from azure_kinect_py.errors import ConfigError, DeviceError
from azure_kinect_py.modes import ColorControl
from azure_kinect_py.sources import SourceOptions, open_source

EXPOSURE = ColorControl.EXPOSURE_TIME_ABSOLUTE
POWERLINE = ColorControl.POWERLINE_FREQUENCY


@pytest.fixture
def stub():
    stub = k4a_stub.in_process()
    stub.reset()
    yield stub
    assert stub.handles() == {}


@pytest.fixture
def source(stub):
    source = open_source(
        SourceOptions(source='device', sdk_library_path=k4a_stub.library_folder())
    )
    yield source
    source.close()


@pytest.fixture
def femto(stub):
    stub['device0.femto'] = 1
    source = open_source(SourceOptions(source='device', sdk_library_path=k4a_stub.orbbec_folder()))
    yield source
    source.close()


def writes(stub):
    name = 'k4a_device_set_color_control '
    calls = stub.calls(name)
    return [tuple(int(word) for word in call.removeprefix(name).split()) for call in calls]


def test_ranges_are_those_of_the_camera(source):
    ranges = source.color_controls()
    assert list(ranges) == list(ColorControl)
    assert ranges[EXPOSURE]._asdict() == {
        'supports_auto': True,
        'lowest': 500,
        'highest': 133330,
        'step': 100,
        'default': 8330,
        'default_is_auto': True,
    }
    assert ranges[ColorControl.WHITEBALANCE].step == 10
    assert not ranges[ColorControl.GAIN].supports_auto


def test_a_control_that_the_camera_does_not_have(stub, femto):
    ranges = femto.color_controls()
    assert ranges.keys() == set(ColorControl) - {ColorControl.BACKLIGHT_COMPENSATION}
    assert (ranges[ColorControl.GAIN].highest, ranges[ColorControl.GAIN].default) == (80, 16)
    with pytest.raises(ConfigError) as caught:
        femto.set_color_control(ColorControl.BACKLIGHT_COMPENSATION, 1)
    assert caught.value.message == 'BACKLIGHT_COMPENSATION: the camera has no such control'
    assert writes(stub) == []


def test_a_range_that_is_not_told_is_named(stub, source):
    stub.fail('k4a_device_get_color_control_capabilities', log='the very reason')
    for ask in (source.color_controls, lambda: source.set_color_control(EXPOSURE, 8330)):
        with pytest.raises(DeviceError, match='EXPOSURE_TIME_ABSOLUTE: the camera does not tell'):
            ask()


@pytest.mark.parametrize(
    ('control', 'value', 'written'),
    [
        (ColorControl.BRIGHTNESS, 0, (2, 1, 0)),
        (ColorControl.CONTRAST, 10, (3, 1, 10)),
        (ColorControl.SATURATION, 63, (4, 1, 63)),
        (ColorControl.SHARPNESS, 4, (5, 1, 4)),
        (ColorControl.WHITEBALANCE, 2510, (6, 1, 2510)),
        (ColorControl.WHITEBALANCE, None, (6, 0, 0)),
        (ColorControl.BACKLIGHT_COMPENSATION, 1, (7, 1, 1)),
        (ColorControl.GAIN, 255, (8, 1, 255)),
        (POWERLINE, 1, (9, 1, 1)),
        (EXPOSURE, None, (0, 0, 0)),
    ],
)
def test_values_are_passed_through(stub, source, control, value, written):
    source.set_color_control(control, value)
    assert writes(stub) == [written]


@pytest.mark.parametrize(
    ('control', 'value', 'says'),
    [
        (ColorControl.BRIGHTNESS, 256, 'BRIGHTNESS: 256 is not possible; allowed are 0 to 255'),
        (ColorControl.CONTRAST, -1, 'CONTRAST: -1 is not possible; allowed are 0 to 10'),
        (ColorControl.GAIN, None, 'GAIN: automatic is not possible; allowed are 0 to 255'),
        (POWERLINE, 0, 'POWERLINE_FREQUENCY: 0 is not possible; allowed are 1 to 2'),
        (
            ColorControl.WHITEBALANCE,
            2505,
            (
                'WHITEBALANCE: 2505 is not possible; '
                'allowed are 2500 to 12500 in steps of 10, or automatic'
            ),
        ),
        (
            EXPOSURE,
            499,
            'EXPOSURE_TIME_ABSOLUTE: 499 is not possible; allowed are 500 to 133330, or automatic',
        ),
    ],
)
def test_what_is_not_possible_is_named_and_not_sent(stub, source, control, value, says):
    with pytest.raises(ConfigError) as caught:
        source.set_color_control(control, value)
    assert caught.value.message == says
    assert writes(stub) == []


def test_exposure_times_between_the_steps_are_left_to_the_sdk(stub, source):
    source.set_color_control(EXPOSURE, 8330)
    assert writes(stub)[-1] == (0, 1, 8330)


def test_the_sdk_learns_the_frequency_before_the_exposure(stub, source):
    stub['device0.control9'] = 1  # kept by the camera since another session
    source.set_color_control(EXPOSURE, 10000)
    source.set_color_control(EXPOSURE, 20000)
    assert writes(stub) == [(9, 1, 1), (0, 1, 10000), (0, 1, 20000)]


def test_the_exposure_follows_the_frequency(stub, source):
    source.set_color_control(EXPOSURE, 8330)
    source.set_color_control(POWERLINE, 1)
    source.set_color_control(EXPOSURE, None)
    source.set_color_control(POWERLINE, 2)
    assert writes(stub) == [
        (9, 1, 2), (0, 1, 8330),
        (9, 1, 1), (0, 1, 8330),
        (0, 0, 0),
        (9, 1, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    'function',
    [
        'k4a_device_get_color_control_capabilities',
        'k4a_device_get_color_control',
        'k4a_device_set_color_control',
    ],
)
def test_a_camera_that_refuses(stub, source, function):
    stub.fail(function, log='the very reason')
    with pytest.raises(DeviceError) as caught:
        source.set_color_control(EXPOSURE, 8330)
    assert 'the very reason' in str(caught.value)
    stub.mend(function)
    source.set_color_control(EXPOSURE, 8330)
    assert writes(stub)[-1] == (0, 1, 8330)


def test_the_images_show_what_was_set(stub, source):
    source.set_color_control(EXPOSURE, 2500)
    source.set_color_control(ColorControl.WHITEBALANCE, 3000)
    source.start()
    with source.capture() as capture:
        assert capture.color_image.exposure_usec == 2500
        assert capture.color_image.white_balance_kelvin == 3000
