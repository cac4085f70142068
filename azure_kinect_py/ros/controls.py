# SPDX-License-Identifier: Apache-2.0
"""The color controls of the camera, set at start and while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from azure_kinect_py.errors import ConfigError, KinectError
from azure_kinect_py.modes import ColorControl
from azure_kinect_py.ros.parameters import Settings
from azure_kinect_py.sources import Source

CONTROLS: dict[str, ColorControl] = {
    'powerline_frequency': ColorControl.POWERLINE_FREQUENCY,  # before exposure: it has its steps
    'exposure_usec': ColorControl.EXPOSURE_TIME_ABSOLUTE,
    'white_balance_kelvin': ColorControl.WHITEBALANCE,
    'brightness': ColorControl.BRIGHTNESS,
    'contrast': ColorControl.CONTRAST,
    'saturation': ColorControl.SATURATION,
    'sharpness': ColorControl.SHARPNESS,
    'gain': ColorControl.GAIN,
    'backlight_compensation': ColorControl.BACKLIGHT_COMPENSATION,
}
"""Name of a parameter -> its control, in the order to set them."""

AUTOMATIC = ('exposure_usec', 'white_balance_kelvin')
"""Parameters for which 0 means automatic."""

DEFAULTS = Settings()


def set_controls(source: Source, settings: Settings, names: Iterable[str]) -> None:
    """
    Set the controls among the parameters that changed.

    A default is an Azure Kinect's; it stands for that of the camera in use, whatever that is.

    :raises ConfigError: naming the parameter, when the source cannot.
    :raises DeviceError: when the camera refuses.
    """
    for name, control in CONTROLS.items():
        if name in names:
            value = int(getattr(settings, name))
            try:
                if name in AUTOMATIC:
                    source.set_color_control(control, value or None)
                elif value == getattr(DEFAULTS, name):
                    source.reset_color_control(control)
                else:
                    source.set_color_control(control, value)
            except ConfigError as error:
                raise ConfigError(f'{name}: {value} is not possible; {error}') from error


def set_all_controls(source: Source, settings: Settings, warn: Callable[[str], None]) -> None:
    """
    Set all controls of a camera, which keeps those of whoever used it before.

    What it refuses stays as it is, with a warning. Other sources are asked for what the user wants
    otherwise than by default.
    """
    if not source.config.color_on:
        return
    for name in CONTROLS:
        if source.info.kind == 'device' or getattr(settings, name) != getattr(DEFAULTS, name):
            try:
                set_controls(source, settings, [name])
            except KinectError as error:
                warn(str(error))
