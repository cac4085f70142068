# SPDX-License-Identifier: Apache-2.0
"""The factory calibration: JSON from the camera's memory to numbers for the modes in use."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import Calibration, CameraCalibration, LensModel, Matrix
from azure_kinect_py.errors import ConfigError
from azure_kinect_py.modes import ColorResolution, DepthMode

# As the vendor's library computes: its rounding decides which corner pixels have a direction.
Floats = npt.NDArray[np.float32]

_DEPTH_LOCATION = 'CALIBRATION_CameraLocationD0'
_COLOR_LOCATION = 'CALIBRATION_CameraLocationPV0'
_GYRO_TYPE = 'CALIBRATION_InertialSensorType_Gyro'
_ACCEL_TYPE = 'CALIBRATION_InertialSensorType_Accelerometer'
_MODELS = {
    'CALIBRATION_LensDistortionModelRational6KT': LensModel.RATIONAL_6KT,
    'CALIBRATION_LensDistortionModelBrownConrady': LensModel.BROWN_CONRADY,
}
_LARGEST = 1e6  # of any number: single precision is to hold what is computed with it
_SMALLEST_RADIUS = 1e-4  # below, the factory could not estimate it
_DEFAULT_RADIUS = 1.7  # a field of view of about 120 degrees
_DEPTH_SENSOR = (1024, 1024)

# Mode -> size of the binned sensor, and the offset of the mode's image in it.
_DEPTH_CROPS = {
    DepthMode.NFOV_2X2BINNED: ((512, 512), (96, 90)),
    DepthMode.NFOV_UNBINNED: ((1024, 1024), (192, 180)),
    DepthMode.WFOV_2X2BINNED: ((512, 512), (0, 0)),
    DepthMode.WFOV_UNBINNED: ((1024, 1024), (0, 0)),
    DepthMode.PASSIVE_IR: ((1024, 1024), (0, 0)),
}
_COLOR_CROPS = {
    ColorResolution.R720P: ((1280, 960), (0, 120)),
    ColorResolution.R1080P: ((1920, 1440), (0, 180)),
    ColorResolution.R1440P: ((2560, 1920), (0, 240)),
    ColorResolution.R1536P: ((2048, 1536), (0, 0)),
    ColorResolution.R2160P: ((3840, 2880), (0, 360)),
    ColorResolution.R3072P: ((4096, 3072), (0, 0)),
}


def parse_calibration(
    raw: bytes | str, depth_mode: DepthMode, color_resolution: ColorResolution
) -> Calibration:
    """
    Return the calibration of one unit for the modes in use.

    :param raw: The factory's JSON as the camera or a recording holds it; a byte order mark and
        trailing NULs are accepted.
    :raises ConfigError: naming the field that is missing or impossible.
    """
    data = raw.encode() if isinstance(raw, str) else bytes(raw)
    data = data.rstrip(b'\0')
    root = _field(_load(data), 'CalibrationInformation', dict, '')
    cameras = _field(root, 'Cameras', list, 'CalibrationInformation')
    sensors = _field(root, 'InertialSensors', list, 'CalibrationInformation')
    depth = _find(cameras, 'Location', _DEPTH_LOCATION)
    color = _find(cameras, 'Location', _COLOR_LOCATION)
    gyro = _find(sensors, 'SensorType', _GYRO_TYPE)
    accel = _find(sensors, 'SensorType', _ACCEL_TYPE)

    from_world = [
        _pose(sensor, name)
        for sensor, name in (
            (depth, _DEPTH_LOCATION),
            (color, _COLOR_LOCATION),
            (gyro, _GYRO_TYPE),
            (accel, _ACCEL_TYPE),
        )
    ]
    to_world = _inverse(from_world[0])
    from_depth = (
        np.eye(4),
        from_world[1] @ to_world,
        from_world[2] @ to_world,
        from_world[3] @ to_world,
    )
    return Calibration(
        depth=_depth_camera(depth, depth_mode),
        color=_color_camera(color, color_resolution),
        from_depth=from_depth,
        raw=data,
    )


def _load(data: bytes) -> dict[str, Any]:
    if not data.strip():
        raise ConfigError('calibration: empty')
    try:
        root = json.loads(data.decode('utf-8-sig'))
    except (ValueError, RecursionError) as error:  # not UTF-8, not JSON, numbers without end
        raise ConfigError(f'calibration: not JSON: {error}') from error
    if not isinstance(root, dict):
        raise ConfigError('calibration: not a JSON object')
    return root


def _field(holder: dict[str, Any], name: str, kind: type | tuple[type, ...], where: str) -> Any:
    path = f'{where}.{name}' if where else name
    if name not in holder:
        raise ConfigError(f'calibration: {path} is missing')
    value = holder[name]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ConfigError(f'calibration: {path} is a {type(value).__name__}, which it cannot be')
    return value


def _find(items: list[Any], key: str, value: str) -> dict[str, Any]:
    for item in items:
        if isinstance(item, dict) and item.get(key) == value:
            return item
    raise ConfigError(f'calibration: {value} is missing')


def _number(holder: dict[str, Any], name: str, where: str) -> float:
    value = _field(holder, name, (int, float), where)
    if not abs(value) <= _LARGEST:
        shown = str(value) if isinstance(value, float) else f'{len(str(abs(value)))} digits long'
        raise ConfigError(f'calibration: {where}.{name} is {shown}, which it cannot be')
    return float(value)


def _numbers(holder: dict[str, Any], name: str, counts: range, where: str) -> list[float]:
    values = _field(holder, name, list, where)
    if len(values) not in counts:
        allowed = ' or '.join(str(count) for count in counts)
        raise ConfigError(f'calibration: {where}.{name} has {len(values)} numbers, not {allowed}')
    return [_number({name: value}, name, where) for value in values]


def _pose(sensor: dict[str, Any], where: str) -> Matrix:
    rt = _field(sensor, 'Rt', dict, where)
    where = f'{where}.Rt'
    pose = np.eye(4)
    pose[:3, :3] = np.reshape(_numbers(rt, 'Rotation', range(9, 10), where), (3, 3))
    pose[:3, 3] = _numbers(rt, 'Translation', range(3, 4), where)
    error = np.abs(pose[:3, :3] @ pose[:3, :3].T - np.eye(3)).max()
    if error > 1e-3 or np.linalg.det(pose[:3, :3]) < 0:
        raise ConfigError(f'calibration: {where}.Rotation is not a rotation')
    return pose


def _inverse(pose: Matrix) -> Matrix:
    inverse = np.eye(4)
    inverse[:3, :3] = pose[:3, :3].T
    inverse[:3, 3] = -pose[:3, :3].T @ pose[:3, 3]
    return inverse


def _depth_camera(camera: dict[str, Any], mode: DepthMode) -> CameraCalibration | None:
    lens, size, radius, model = _lens(camera, _DEPTH_LOCATION)
    if size != _DEPTH_SENSOR:
        raise ConfigError(
            f'calibration: {_DEPTH_LOCATION} is of a sensor of {size[0]} x {size[1]} pixels, '
            'not 1024 x 1024'
        )
    if mode is DepthMode.OFF:
        return None
    return _in_mode(lens, radius, model, _DEPTH_CROPS[mode], mode.size)


def _color_camera(camera: dict[str, Any], resolution: ColorResolution) -> CameraCalibration | None:
    lens, size, radius, model = _lens(camera, _COLOR_LOCATION)
    width, height = size
    if width * 9 // 16 == height:  # calibrated in a 16:9 mode, a crop of the 4:3 sensor
        lens[1] = (lens[1] * np.float32(2304) + np.float32(384)) / np.float32(3072)
        lens[3] = lens[3] * np.float32(2304) / np.float32(3072)
    elif width * 3 // 4 != height:
        raise ConfigError(
            f'calibration: {_COLOR_LOCATION} is of a sensor of {width} x {height} pixels, '
            'which is neither 16:9 nor 4:3'
        )
    if resolution is ColorResolution.OFF:
        return None
    return _in_mode(lens, radius, model, _COLOR_CROPS[resolution], resolution.size)


def _lens(camera: dict[str, Any], where: str) -> tuple[Floats, tuple[int, int], float, LensModel]:
    """Return parameters, sensor size, metric radius and model."""
    intrinsics = _field(camera, 'Intrinsics', dict, where)
    inside = f'{where}.Intrinsics'
    kind = _field(intrinsics, 'ModelType', str, inside)
    if kind not in _MODELS:
        allowed = ', '.join(_MODELS)
        raise ConfigError(f'calibration: {inside}.ModelType is {kind!r}; known are {allowed}')
    lens = np.array(_numbers(intrinsics, 'ModelParameters', range(14, 16), inside), np.float32)
    if lens[2] <= 0 or lens[3] <= 0:
        raise ConfigError(f'calibration: {inside}.ModelParameters: focal lengths must be positive')
    width, height = (int(_number(camera, f'Sensor{side}', where)) for side in ('Width', 'Height'))
    radius = _number(camera, 'MetricRadius', where)
    if radius <= _SMALLEST_RADIUS:
        radius = _DEFAULT_RADIUS
    return lens, (width, height), radius, _MODELS[kind]


def _in_mode(
    lens: Floats,
    radius: float,
    model: LensModel,
    crop: tuple[tuple[int, int], tuple[int, int]],
    size: tuple[int, int],
) -> CameraCalibration:
    binned, offset = np.array(crop, np.float32)
    # The JSON counts from the corner of the first pixel, images from its centre.
    centre = lens[:2] * binned - offset - np.float32(0.5)
    focal = lens[2:4] * binned
    k1, k2, k3, k4, k5, k6, codx, cody, p2, p1 = lens[4:14].tolist()
    return CameraCalibration(
        width=size[0],
        height=size[1],
        fx=float(focal[0]),
        fy=float(focal[1]),
        cx=float(centre[0]),
        cy=float(centre[1]),
        k1=k1,
        k2=k2,
        k3=k3,
        k4=k4,
        k5=k5,
        k6=k6,
        p1=p1,
        p2=p2,
        codx=codx,
        cody=cody,
        metric_radius=radius,
        model=model,
    )
