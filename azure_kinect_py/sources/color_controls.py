# SPDX-License-Identifier: Apache-2.0
"""The controls of a camera's color sensor: what they can be set to, and in which order."""

from __future__ import annotations

import contextlib

from azure_kinect_py.errors import ConfigError, DeviceError
from azure_kinect_py.modes import ColorControl
from azure_kinect_py.sdk.device import ColorControlRange, DeviceHandle


class ColorControls:
    """
    The color controls of one open camera.

    The SDK rounds an exposure time to multiples of the lamps' period, and it goes by the power
    line frequency that was set since the camera was opened, not by the one that the camera keeps.
    Whichever of the two is set last, the exposure follows the frequency.
    """

    def __init__(self, handle: DeviceHandle) -> None:
        self._handle = handle
        self._frequency_is_set = False
        self._exposure: int | None = None
        self._ranges: dict[ColorControl, ColorControlRange] = {}

    def range(self, control: ColorControl) -> ColorControlRange:
        """
        Return what a control can be set to.

        :raises ConfigError: when the camera does not have it.
        :raises DeviceError: when the camera does not answer.
        """
        if control not in self._ranges:
            try:
                self._ranges[control] = self._handle.color_control_range(control)
            except DeviceError as error:
                if not error.log:  # Orbbec's library fails without a word
                    message = f'{control.name}: the camera has no such control'
                    raise ConfigError(message) from error
                message = f'{control.name}: the camera does not tell its range'
                raise DeviceError(message, log=error.log) from error
        return self._ranges[control]

    def ranges(self) -> dict[ColorControl, ColorControlRange]:
        """
        Return what each control that the camera has can be set to.

        :raises DeviceError: when the camera does not answer.
        """
        ranges = {}
        for control in ColorControl:
            with contextlib.suppress(ConfigError):
                ranges[control] = self.range(control)
        return ranges

    def set(self, control: ColorControl, value: int | None) -> None:
        """
        Set a control; None means automatic.

        :raises ConfigError: naming the control and what is allowed.
        :raises DeviceError: when the camera refuses.
        """
        _check(control, value, self.range(control))
        self._set(control, value)

    def reset(self, control: ColorControl) -> None:
        """
        Set a control to the camera's own default; one that it does not have needs none.

        :raises DeviceError: when the camera refuses.
        """
        try:
            limits = self.range(control)
        except ConfigError:
            return
        self._set(control, None if limits.default_is_auto else limits.default)

    def _set(self, control: ColorControl, value: int | None) -> None:
        if control is ColorControl.EXPOSURE_TIME_ABSOLUTE:
            if value is not None and not self._frequency_is_set:
                frequency, _ = self._handle.color_control(ColorControl.POWERLINE_FREQUENCY)
                self._write(ColorControl.POWERLINE_FREQUENCY, frequency)
            self._exposure = value
        self._write(control, value)
        if control is ColorControl.POWERLINE_FREQUENCY and self._exposure is not None:
            self._write(ColorControl.EXPOSURE_TIME_ABSOLUTE, self._exposure)

    def _write(self, control: ColorControl, value: int | None) -> None:
        try:
            self._handle.set_color_control(control, value)
        except DeviceError as error:
            wanted = 'automatic' if value is None else value
            raise DeviceError(
                f'{control.name}: the camera refused {wanted}', log=error.log
            ) from error
        if control is ColorControl.POWERLINE_FREQUENCY:
            self._frequency_is_set = True


def _check(control: ColorControl, value: int | None, limits: ColorControlRange) -> None:
    allowed = f'{limits.lowest} to {limits.highest}'
    # Exposure times are rounded by the SDK, to other values than the step says.
    rounded = control is ColorControl.EXPOSURE_TIME_ABSOLUTE
    step = 1 if rounded else max(limits.step, 1)
    if step > 1:
        allowed += f' in steps of {step}'
    if limits.supports_auto:
        allowed += ', or automatic'
    if value is None:
        if not limits.supports_auto:
            raise ConfigError(f'{control.name}: automatic is not possible; allowed are {allowed}')
    elif not limits.lowest <= value <= limits.highest or (value - limits.lowest) % step:
        raise ConfigError(f'{control.name}: {value} is not possible; allowed are {allowed}')
