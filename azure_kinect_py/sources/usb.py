# SPDX-License-Identifier: Apache-2.0
"""What the kernel knows of the cameras on the USB bus, read from sysfs without opening any."""

from __future__ import annotations

import os
import pathlib
from typing import NamedTuple

SYSFS = pathlib.Path('/sys')
DEV = pathlib.Path('/dev')

USB3_MBPS = 5000.0
"""Least speed of the link that the cameras need."""

_AZURE_KINECT = {  # of Microsoft, 045e
    0x097A: 'Azure Kinect USB 3 hub',
    0x097B: 'Azure Kinect USB 2 hub',
    0x097C: 'Azure Kinect depth camera',
    0x097D: 'Azure Kinect color camera',
    0x097E: 'Azure Kinect microphone array',
}
FEMTO = {  # of Orbbec, 2bc5
    0x0669: 'Femto Mega',
    0x066B: 'Femto Bolt',
    0x06C0: 'Femto Mega I',
}
_NAMES = {
    **{(0x045E, product): name for product, name in _AZURE_KINECT.items()},
    **{(0x2BC5, product): name for product, name in FEMTO.items()},
}
_CAMERAS = {(0x045E, 0x097C), (0x045E, 0x097D), *((0x2BC5, product) for product in FEMTO)}
_HAVE_SERIAL = _CAMERAS - {(0x045E, 0x097D)}


class UsbDevice(NamedTuple):
    """
    One device on the bus; an Azure Kinect shows up as several.

    :ivar vendor: USB vendor id.
    :ivar product: USB product id.
    :ivar name: What it is.
    :ivar serial: Serial number of the camera; empty for hubs and the microphones.
    :ivar speed_mbps: Of the link; a camera needs :data:`USB3_MBPS`.
    :ivar node: Device file through which it is opened.
    :ivar is_camera: Whether the SDK opens it.
    :ivar permitted: Whether this user may open it.
    """

    vendor: int
    product: int
    name: str
    serial: str
    speed_mbps: float
    node: pathlib.Path
    is_camera: bool
    permitted: bool


def devices(sysfs: pathlib.Path = SYSFS, dev: pathlib.Path = DEV) -> list[UsbDevice]:
    """Return the known devices on the bus, ordered by their place on it."""
    folder = sysfs / 'bus' / 'usb' / 'devices'
    places = sorted(folder.iterdir()) if folder.is_dir() else []
    found = [_device(place, dev) for place in places]
    return [device for device in found if device]


def cameras(sysfs: pathlib.Path = SYSFS, dev: pathlib.Path = DEV) -> list[UsbDevice]:
    """Return what the SDK opens; an Azure Kinect counts twice, depth and color."""
    return [device for device in devices(sysfs, dev) if device.is_camera]


def serials(sysfs: pathlib.Path = SYSFS, dev: pathlib.Path = DEV) -> list[str]:
    """Return the serial numbers of the connected cameras, those in use included."""
    return [
        device.serial
        for device in cameras(sysfs, dev)
        if (device.vendor, device.product) in _HAVE_SERIAL and device.serial
    ]


def usbfs_memory_mb(sysfs: pathlib.Path = SYSFS) -> int | None:
    """Return how much memory the kernel lends to USB transfers; None when it does not say."""
    text = _text(sysfs / 'module' / 'usbcore' / 'parameters' / 'usbfs_memory_mb')
    return int(text) if text.isdigit() else None


def _device(place: pathlib.Path, dev: pathlib.Path) -> UsbDevice | None:
    try:
        key = int(_text(place / 'idVendor'), 16), int(_text(place / 'idProduct'), 16)
        bus, number = int(_text(place / 'busnum')), int(_text(place / 'devnum'))
        speed = float(_text(place / 'speed') or 0)
    except ValueError:  # an interface, or a device that is just going away
        return None
    if key not in _NAMES:
        return None
    node = dev / 'bus' / 'usb' / f'{bus:03d}' / f'{number:03d}'
    return UsbDevice(
        *key,
        _NAMES[key],
        _text(place / 'serial'),
        speed,
        node,
        key in _CAMERAS,
        os.access(node, os.R_OK | os.W_OK),
    )


def _text(path: pathlib.Path) -> str:
    try:
        return path.read_text(errors='replace').strip()
    except OSError:
        return ''
