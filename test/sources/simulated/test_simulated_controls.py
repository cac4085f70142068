# SPDX-License-Identifier: Apache-2.0
"""The color controls take what the hardware takes, and change the picture the right way."""

import numpy as np
import pytest

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.modes import ColorControl
from azure_kinect_py.sources.simulated.controls import RANGES, ColorControls

GREY = np.full((4, 4, 3), 120, np.uint8)
RED = np.zeros((4, 4, 3), np.uint8) + np.array([40, 60, 180], np.uint8)


@pytest.fixture
def controls():
    return ColorControls()


def test_nothing_changes_at_first(controls):
    assert controls.applied(GREY) is GREY
    assert controls.exposure_usec(33333) == 16670
    assert controls.white_balance_kelvin == 4500


@pytest.mark.parametrize('control', list(RANGES))
def test_ranges(controls, control):
    allowed = RANGES[control]
    for value in (allowed.low, allowed.high):
        controls.set(control, value)
    for value in (allowed.low - allowed.step, allowed.high + allowed.step):
        with pytest.raises(ConfigError, match=f'{control.name}: {value} is out of range'):
            controls.set(control, value)
    if allowed.default is None:
        controls.set(control, None)
    else:
        with pytest.raises(ConfigError, match=f'{control.name}: has no automatic'):
            controls.set(control, None)


def test_every_control_has_a_range():
    assert set(RANGES) == set(ColorControl)


def test_white_balance_has_steps(controls):
    with pytest.raises(ConfigError, match=r'WHITEBALANCE: 4505.*steps of 10'):
        controls.set(ColorControl.WHITEBALANCE, 4505)


@pytest.mark.parametrize(
    ('control', 'low', 'high'),
    [
        (ColorControl.EXPOSURE_TIME_ABSOLUTE, 2500, 33330),
        (ColorControl.GAIN, 20, 220),
        (ColorControl.BRIGHTNESS, 20, 220),
    ],
)
def test_brighter(controls, control, low, high):
    means = []
    for value in (low, high):
        controls.set(control, value)
        means.append(controls.applied(GREY).mean())
    assert means[0] < 100
    assert means[1] > 140


def test_contrast_and_saturation(controls):
    controls.set(ColorControl.CONTRAST, 10)
    assert np.ptp(controls.applied(RED)[0, 0].astype(int)) > 180
    controls.set(ColorControl.CONTRAST, 5)
    controls.set(ColorControl.SATURATION, 0)
    assert np.ptp(controls.applied(RED)[0, 0].astype(int)) <= 1


def test_white_balance_tints(controls):
    controls.set(ColorControl.WHITEBALANCE, 8000)
    blue, _, red = controls.applied(GREY)[0, 0].astype(int)
    assert red > blue + 10


@pytest.mark.parametrize(('powerline', 'longer'), [(1, 10000), (2, 8330)])
def test_exposure_is_rounded_up_to_what_the_mains_allow(controls, powerline, longer):
    controls.set(ColorControl.POWERLINE_FREQUENCY, powerline)
    controls.set(ColorControl.EXPOSURE_TIME_ABSOLUTE, 2501)
    assert controls.exposure_usec(33333) == longer
    controls.set(ColorControl.EXPOSURE_TIME_ABSOLUTE, 133330)
    assert controls.exposure_usec(33333) == 33333
