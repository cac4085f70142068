# SPDX-License-Identifier: Apache-2.0
"""``azure_kinect list``: which cameras are connected."""

from __future__ import annotations

import sys

from azure_kinect_py.errors import LibraryNotFound
from azure_kinect_py.sdk import k4a
from azure_kinect_py.sources import camera_search, usb


def list_cameras(library_path: str = '') -> int:
    """Print one line for each camera, free or not, and return the exit code."""
    on_bus = {device.serial: device for device in usb.cameras() if device.serial}
    try:
        free, errors = camera_search.list_cameras(k4a.load(library_path))
    except LibraryNotFound as error:
        print(f'azure_kinect: {error}', file=sys.stderr)
        free, errors = [], []
    for serial in dict.fromkeys([*on_bus, *free]):
        state = 'free' if serial in free else 'in use, or may not be opened'
        device = on_bus.get(serial)
        link = f'{device.name}, {device.speed_mbps:g} Mbit/s, {device.node}' if device else ''
        print('  '.join(part for part in (serial, state, link) if part))
    for problem in errors:
        print(f'azure_kinect: {problem}', file=sys.stderr)
    if not on_bus and not free and not errors:
        print(
            'azure_kinect: no camera is connected; `azure_kinect doctor` says what to look at',
            file=sys.stderr,
        )
    return 0 if free else 1
