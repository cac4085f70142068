# SPDX-License-Identifier: Apache-2.0
"""Why a camera cannot be used, and what to do: read from the SDK's log and from the USB bus."""

from __future__ import annotations

from collections.abc import Sequence

from azure_kinect_py.errors import DeviceError, KinectError
from azure_kinect_py.sdk import log
from azure_kinect_py.sources import usb

NOT_FOUND_HINT = (
    'Check its power supply and that it is on a USB 3 port (azure_kinect doctor tells more); '
    'without a camera, use the source "simulated".'
)
_BUSY_HINT = 'Close the other program, or choose another camera with sensor_sn.'
_PERMISSION_HINT = (
    'Install the udev rule 99-azure-kinect.rules that comes with this package, then plug the '
    'camera in again; in a container, pass /dev/bus/usb into it.'
)
_FEMTO_HINT = "A Femto needs Orbbec's libk4a: name its folder in sdk_library_path."
_FIRMWARE_HINT = 'Update it with the AzureKinectFirmwareTool of the vendor.'

# What the SDK writes when starting fails, or nothing comes -> what to do.
_START_HINTS = (
    (
        ('failed to load depth engine plugin',),
        'Put libdepthengine.so.2.0 beside libk4a; it needs libGL.so.1 and libX11.so.6.',
    ),
    (
        ('depth engine', 'depthengine', 'opengl'),
        'The depth engine needs OpenGL 4.4 and a display: set DISPLAY to a running X server.',
    ),
    (
        ('sync in cable', 'sync out cable'),
        'Plug in the synchronisation cable, or set wired_sync_mode to 0.',
    ),
    (
        ('no_mem', 'transfers could not be submitted'),
        'Raise usbcore.usbfs_memory_mb to at least 32 for each camera.',
    ),
    (
        ('timeout', 'libusb_error_io', 'cmd_status'),
        'Plug the camera into another USB 3 port of its own, and check its power supply.',
    ),
)


def no_camera(serial: str = '') -> DeviceError:
    """
    Return the error for when the SDK sees no camera.

    :param serial: Of the one that is wanted, if it must be one.
    """
    missing = f'camera {serial}: no camera found' if serial else 'no camera found'
    names = sorted({device.name for device in usb.cameras()})
    if not names:
        return DeviceError(missing, hint=NOT_FOUND_HINT)
    is_femto = any('Femto' in name for name in names)
    return DeviceError(
        f'{missing}, though there is on USB: {", ".join(names)}',
        hint=_FEMTO_HINT if is_femto else NOT_FOUND_HINT,
    )


def refused(errors: Sequence[DeviceError], serial: str = '') -> DeviceError:
    """
    Return why none of the cameras that were tried could be opened.

    :param errors: What the SDK raised, one for each of them.
    :param serial: Serial number of the camera that was wanted, if it is known to be among them.
    """
    which = f'camera {serial}' if serial else 'the camera' if len(errors) == 1 else 'the cameras'
    reason, hint = _reason(errors)
    return DeviceError(f'{which}: {reason}', hint=hint, log=_log(errors))


def not_among(serial: str, found: Sequence[str], errors: Sequence[DeviceError]) -> DeviceError:
    """
    Return the error for a serial number that is not there.

    :param found: Serial numbers of the cameras that could be opened.
    :param errors: What the SDK raised for those that could not.
    """
    listed = ', '.join(found) or 'none'
    message = f'no camera with serial number {serial!r}; found: {listed}'
    hint = NOT_FOUND_HINT
    if errors:
        reason, hint = _reason(errors)
        message += f', and {len(errors)} more: {reason}'
    for other in found:
        if other.lstrip('0') == serial.lstrip('0'):
            hint = f'Leading zeros count: write sensor_sn as the string {other!r}.'
    return DeviceError(message, hint=hint, log=_log(errors))


def _reason(errors: Sequence[DeviceError]) -> tuple[str, str]:
    text = '\n'.join(_log(errors)).lower()
    if 'is not current enough' in text:  # others are warned of, too
        return 'the firmware is too old', _FIRMWARE_HINT
    if _no_permission(text):
        return 'no permission to open it', _PERMISSION_HINT
    if 'busy' in text or 'unavalable' in text:
        return 'busy, in use by another program', _BUSY_HINT
    return 'it could not be opened', NOT_FOUND_HINT


def _log(errors: Sequence[DeviceError]) -> list[str]:
    return [line for error in errors for line in error.log]


def _no_permission(log: str) -> bool:
    if 'libusb_error_access' in log:
        return True
    permitted = [device.permitted for device in usb.cameras()]
    # The SDK words it as if the camera were in use; only where the bus can be seen do we know.
    return not all(permitted) or (not permitted and 'unavalable' in log)


def not_started(serial: str, what: str, error: DeviceError) -> DeviceError:
    """Return the error for cameras or an IMU that the SDK refused to start."""
    return DeviceError(
        f'camera {serial}: {what} did not start', hint=_start_hint(error.log), log=error.log
    )


def stalled(message: str) -> DeviceError:
    """Return the error for cameras that were started and deliver nothing."""
    said = log.lately()
    return DeviceError(message, hint=_start_hint(said), log=said)


def _start_hint(said: Sequence[str]) -> str:
    text = '\n'.join(said).lower()
    hints = (hint for signs, hint in _START_HINTS if any(sign in text for sign in signs))
    return next(hints, '')


def lost(serial: str, error: KinectError) -> DeviceError:
    """Return the error for a camera that went away while streaming."""
    return DeviceError(
        f'camera {serial} was lost',
        hint='Check the cable and the power supply.',
        log=error.log,
    )
