# SPDX-License-Identifier: Apache-2.0
"""``azure_kinect info``: what a source is, and its calibration."""

from __future__ import annotations

from collections.abc import Iterable

from azure_kinect_py.data import CameraCalibration, Sensor
from azure_kinect_py.sources import SourceOptions, open_source
from azure_kinect_py.sources.base import Source


def show(options: SourceOptions) -> int:
    """Print what a source is and return the exit code; nothing streams."""
    source = open_source(options)
    try:
        for name, value in describe(source):
            print(f'{name:18}{value}')
    finally:
        source.close()
    return 0


def describe(source: Source) -> list[tuple[str, str]]:
    """Return what there is to say, as names and values."""
    config, info = source.config, source.info
    rows = [
        ('source', info.kind),
        ('camera', info.name),
        ('serial number', info.serial or 'unknown'),
        ('color firmware', info.color_firmware),
        ('depth firmware', info.depth_firmware),
        ('depth mode', f'{config.depth_mode.name}{_size(source.calibration.depth)}'),
        ('color', f'{config.color_resolution.label}{_size(source.calibration.color)}'),
        ('color format', config.color_format.name if config.color_on else ''),
        ('frame rate', f'{config.fps.hz} Hz'),
        ('IMU', 'yes' if source.has_imu else 'no'),
        *_lens('depth', source.calibration.depth),
        *_lens('color', source.calibration.color),
    ]
    if source.calibration.depth and source.calibration.color:
        pose = source.calibration.extrinsics(Sensor.COLOR, Sensor.DEPTH)[:3, 3] * 1000
        rows.append(('color in depth', f'x y z {_numbers(pose, 2)} mm'))
    return [(name, value) for name, value in rows if value]


def _size(camera: CameraCalibration | None) -> str:
    return f', {camera.width} x {camera.height}' if camera else ''


def _lens(name: str, camera: CameraCalibration | None) -> list[tuple[str, str]]:
    if camera is None:
        return []
    k = (camera.k1, camera.k2, camera.k3, camera.k4, camera.k5, camera.k6)
    return [
        (f'{name} fx fy cx cy', f'{_numbers((camera.fx, camera.fy, camera.cx, camera.cy), 3)} px'),
        (f'{name} k1..k6', _numbers(k, 6)),
        (f'{name} p1 p2', _numbers((camera.p1, camera.p2), 6)),
    ]


def _numbers(values: Iterable[float], digits: int) -> str:
    return ' '.join(f'{value:.{digits}f}' for value in values)
