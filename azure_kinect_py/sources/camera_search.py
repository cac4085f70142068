# SPDX-License-Identifier: Apache-2.0
"""
Find a camera and open it, while other programs look for theirs.

The SDK tells serial numbers only of cameras that it has opened, so whoever looks for a camera
holds others for a moment. Drivers that start together therefore look one after the other.

Orbbec's library opens a camera only when it is first asked for something but its serial number,
such as its version: whether the camera is free is known then.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
import time
from collections.abc import Iterator

from azure_kinect_py.errors import DeviceError
from azure_kinect_py.sdk.device import DeviceHandle, installed_count
from azure_kinect_py.sdk.loader import Library
from azure_kinect_py.sources import camera_errors, usb

_logger = logging.getLogger(__name__)

# A name in the kernel rather than a file: every user may take it, and it goes with its process.
_TURN = '\0azure_kinect_py.search'
_LONGEST_WAIT = 30.0  # seconds; opening a camera takes one to two
_PAUSE = 0.02


def open_camera(library: Library, serial: str) -> tuple[DeviceHandle, str]:
    """
    Open the camera with a serial number, or the first free one.

    :param serial: Compared as a string; empty takes any.
    :returns: The open camera and its serial number.
    :raises DeviceError: saying which cameras are there, and why the wanted one is not to be had.
    """
    serial = serial.strip()
    with _turn():
        return _search(library, serial)


def list_cameras(library: Library) -> tuple[list[str], list[DeviceError]]:
    """Return the serial numbers of the free cameras, and why the others could not be opened."""
    with _turn():
        found, errors = [], []
        for index in range(installed_count(library)):
            try:
                with DeviceHandle.open(library, index) as handle:
                    handle.version()
                    found.append(handle.serial())
            except DeviceError as error:
                errors.append(error)
        return found, errors


def _search(library: Library, serial: str) -> tuple[DeviceHandle, str]:
    count = installed_count(library)
    if count == 0:
        raise camera_errors.no_camera(serial)
    found: list[str] = []
    errors: list[DeviceError] = []
    for index in range(count):
        try:
            handle = DeviceHandle.open(library, index)
        except DeviceError as error:
            errors.append(error)
            continue
        try:
            own = handle.serial()
            if serial in ('', own):
                handle.version()
                return handle, own
        except DeviceError as error:
            errors.append(error)
        else:
            found.append(own)
        handle.close()
    if errors and (not serial or serial in usb.serials()):
        raise camera_errors.refused(errors, serial)
    raise camera_errors.not_among(serial, found, errors)


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as token:
        deadline = time.monotonic() + _LONGEST_WAIT
        while not _take(token):
            if time.monotonic() > deadline:
                _logger.warning('another driver still looks for cameras after %g s', _LONGEST_WAIT)
                break
            time.sleep(_PAUSE)
        yield


def _take(token: socket.socket) -> bool:
    try:
        token.bind(_TURN)
    except OSError as error:
        return error.errno != errno.EADDRINUSE  # where such names are forbidden, there is no turn
    return True
