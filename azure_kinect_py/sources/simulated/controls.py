# SPDX-License-Identifier: Apache-2.0
"""The color camera's controls: their ranges, and what they do to the picture."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import numpy.typing as npt

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.modes import ColorControl

Bytes = npt.NDArray[np.uint8]


@dataclasses.dataclass(frozen=True)
class Range:
    """What a control takes; ``default`` is None where the camera chooses by itself."""

    low: int
    high: int
    step: int
    default: int | None


RANGES = {
    ColorControl.EXPOSURE_TIME_ABSOLUTE: Range(500, 133330, 1, None),
    ColorControl.BRIGHTNESS: Range(0, 255, 1, 128),
    ColorControl.CONTRAST: Range(0, 10, 1, 5),
    ColorControl.SATURATION: Range(0, 63, 1, 32),
    ColorControl.SHARPNESS: Range(0, 4, 1, 2),
    ColorControl.WHITEBALANCE: Range(2500, 12500, 10, None),
    ColorControl.BACKLIGHT_COMPENSATION: Range(0, 1, 1, 0),
    ColorControl.GAIN: Range(0, 255, 1, 128),
    ColorControl.POWERLINE_FREQUENCY: Range(1, 2, 1, 2),
}
"""What retail firmware reports."""

_AUTO_EXPOSURE_USEC = 16670
_AUTO_KELVIN = 4500
_AUTO_ISO = 400
_EXPOSURES = {  # by powerline frequency: what the camera can do, microseconds
    1: (500, 1250, 2500, 10000, 20000, 30000, 40000, 50000, 60000, 80000, 100000, 120000, 130000),
    2: (500, 1250, 2500, 8330, 16670, 33330, 41670, 50000, 66670, 83330, 100000, 116670, 133330),
}


class ColorControls:
    """The values in force. Exposure, white balance, gain and the like act on the picture."""

    def __init__(self) -> None:
        self._values = {control: range_.default for control, range_ in RANGES.items()}
        self._table: Bytes | None = None

    def set(self, control: ColorControl, value: int | None) -> None:
        """
        Set a control; None means automatic.

        :raises ConfigError: naming the control, the value, and what is allowed.
        """
        allowed = RANGES[control]
        if value is None and allowed.default is not None:
            raise ConfigError(
                f'{control.name}: has no automatic mode; '
                f'allowed are {allowed.low} to {allowed.high}'
            )
        if value is not None and not (
            allowed.low <= value <= allowed.high and (value - allowed.low) % allowed.step == 0
        ):
            steps = f' in steps of {allowed.step}' if allowed.step > 1 else ''
            raise ConfigError(
                f'{control.name}: {value} is out of range; '
                f'allowed are {allowed.low} to {allowed.high}{steps}'
            )
        self._values[control] = value
        self._table = self._make_table()

    def exposure_usec(self, period_usec: int) -> int:
        """Return the exposure time of an image; never longer than a frame lasts."""
        value = self._values[ColorControl.EXPOSURE_TIME_ABSOLUTE]
        if value is None:
            return _AUTO_EXPOSURE_USEC
        steps = _EXPOSURES[self._values[ColorControl.POWERLINE_FREQUENCY] or 2]
        longest = next((step for step in steps if step >= value), steps[-1])
        return min(longest, period_usec)

    @property
    def white_balance_kelvin(self) -> int:
        """White balance of an image."""
        return self._values[ColorControl.WHITEBALANCE] or _AUTO_KELVIN

    @property
    def iso_speed(self) -> int:
        """Sensitivity of an image."""
        return round(_AUTO_ISO * self._gain())

    def applied(self, picture: Bytes) -> Bytes:
        """Return the picture as the camera takes it with these values."""
        if self._table is not None:
            picture = np.asarray(cv2.LUT(picture, self._table))
        saturation = self._values[ColorControl.SATURATION]
        if saturation != RANGES[ColorControl.SATURATION].default:
            grey = np.array([0.114, 0.587, 0.299])
            share = (saturation or 0) / 32.0
            matrix = share * np.eye(3) + (1.0 - share) * grey
            picture = np.asarray(cv2.transform(picture, matrix))
        return picture

    def _gain(self) -> float:
        value = self._values[ColorControl.GAIN]
        return float(2.0 ** (((128 if value is None else value) - 128) / 64.0))

    def _make_table(self) -> Bytes | None:
        """Return what becomes of each level of blue, green, red, (1, 256, 3); None: nothing."""
        level = np.linspace(0.0, 1.0, 256)[:, None]
        exposure = self._values[ColorControl.EXPOSURE_TIME_ABSOLUTE]
        light = self._gain()
        if exposure is not None:
            light *= self.exposure_usec(RANGES[ColorControl.EXPOSURE_TIME_ABSOLUTE].high)
            light /= _AUTO_EXPOSURE_USEC
        # A camera set to bluer light than there is makes the picture warmer.
        tint = np.log2(self.white_balance_kelvin / _AUTO_KELVIN) * np.array([-0.35, 0.0, 0.35])
        values = level * np.sqrt(light * 2.0**tint)
        contrast = self._values[ColorControl.CONTRAST]
        brightness = self._values[ColorControl.BRIGHTNESS]
        values = (values - 0.5) * 2.0 ** (((5 if contrast is None else contrast) - 5) / 5.0) + 0.5
        values += ((128 if brightness is None else brightness) - 128) / 400.0
        table = np.rint(np.clip(values, 0.0, 1.0) * 255.0).astype(np.uint8)
        unchanged = (table == np.arange(256)[:, None]).all()
        return None if unchanged else table[None]
