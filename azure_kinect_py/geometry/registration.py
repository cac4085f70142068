# SPDX-License-Identifier: Apache-2.0
"""Depth in the color camera's view, and color in the depth camera's, as the vendor's engine."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import Calibration, CameraCalibration, Sensor
from azure_kinect_py.errors import ConfigError
from azure_kinect_py.geometry.compiled import kernel
from azure_kinect_py.geometry.distortion import Lens, distort, lens_of
from azure_kinect_py.geometry.projection import Floats, rays

Depth = npt.NDArray[np.uint16]
Color = npt.NDArray[np.uint8]
Values = npt.NDArray[Any]

_HALF = np.float32(0.5)
_LARGEST_STEP = np.float32(0.04693441759)  # of the nearest corner's depth: beyond it is an edge


class Interpolation(enum.IntEnum):  # k4a_transformation_interpolation_type_t
    NEAREST = 0
    LINEAR = 1


class DepthToColor:
    """
    Depth as the color camera would see it: a mesh over the depth pixels, drawn with a z-buffer.

    :raises ConfigError: when one of the cameras is OFF.
    """

    def __init__(self, calibration: Calibration) -> None:
        self._mapping = _Mapping(calibration)
        self.shape = self._mapping.color_shape

    def __call__(self, depth: Depth, out: Depth | None = None) -> Depth:
        """
        Return depth in the color image, (Hc, Wc) uint16 in millimetres, 0 where there is none.

        :param depth: (Hd, Wd) uint16, millimetres.
        :param out: Where to write, (Hc, Wc) uint16; None allocates.
        """
        self._mapping.check(depth)
        if out is None:
            out = np.empty(self.shape, np.uint16)
        nothing = np.empty((0, 0), np.uint8)
        corners = self._mapping.corners(depth)
        out[:] = 0
        _draw(corners, out, nothing, nothing, False)
        return out

    def with_values(
        self,
        depth: Depth,
        values: Values,
        *,
        out: Depth | None = None,
        values_out: Values | None = None,
        interpolation: Interpolation = Interpolation.NEAREST,
        invalid: int = 0,
    ) -> tuple[Depth, Values]:
        """
        Return depth and another image of the depth camera (infrared, say) in the color image.

        :param values: (Hd, Wd) uint8 or uint16.
        :param values_out: Where to write, (Hc, Wc) of the same dtype; None allocates.
        :param invalid: Value where there is no depth.
        """
        self._mapping.check(depth)
        if out is None:
            out = np.empty(self.shape, np.uint16)
        if values_out is None:
            values_out = np.empty(self.shape, values.dtype)
        corners = self._mapping.corners(depth)
        out[:] = 0
        values_out[:] = invalid & np.iinfo(values.dtype).max
        _draw(corners, out, values, values_out, interpolation == Interpolation.LINEAR)
        return out, values_out


class ColorToDepth:
    """
    Color as the depth camera would see it: each depth pixel looks itself up in the color image.

    :raises ConfigError: when one of the cameras is OFF.
    """

    def __init__(self, calibration: Calibration) -> None:
        self._mapping = _Mapping(calibration)
        self.shape = self._mapping.depth_shape

    def __call__(self, depth: Depth, color: Color, out: Color | None = None) -> Color:
        """
        Return color in the depth image, (Hd, Wd, 4) uint8 BGRA, all 0 where there is none.

        :param depth: (Hd, Wd) uint16, millimetres.
        :param color: (Hc, Wc, 4) BGRA or (Hc, Wc, 3) BGR uint8, which counts as opaque.
        :param out: Where to write, (Hd, Wd, 4) uint8; None allocates.
        """
        self._mapping.check(depth)
        if out is None:
            out = np.empty((*self.shape, 4), np.uint8)
        _sample(self._mapping.corners(depth), color, out)
        return out


class _Mapping:
    """From depth pixels to the color image."""

    def __init__(self, calibration: Calibration) -> None:
        depth, color = _both(calibration)
        self.depth_shape = (depth.height, depth.width)
        self.color_shape = (color.height, color.width)
        self._rays = rays(depth)
        self._lens = lens_of(color)
        pose = calibration.extrinsics(Sensor.DEPTH, Sensor.COLOR)[:3].copy()
        pose[:, 3] *= 1000
        self._pose = pose.astype(np.float32)

    def check(self, depth: Depth) -> None:
        if depth.shape != self.depth_shape or depth.dtype != np.uint16:
            raise ValueError(
                f'depth: {depth.shape} {depth.dtype}; needed is {self.depth_shape} uint16'
            )

    def corners(self, depth: Depth) -> Floats:
        """Return u, v and z (millimetres, 0 = invalid) of every depth pixel, (Hd, Wd, 3)."""
        corners = np.empty((*self.depth_shape, 3), np.float32)
        _correspond(depth, self._rays, self._pose, self._lens, corners)
        return corners


def _both(calibration: Calibration) -> tuple[CameraCalibration, CameraCalibration]:
    if calibration.depth is None or calibration.color is None:
        raise ConfigError('registration needs both cameras; enable depth and color')
    return calibration.depth, calibration.color


@kernel
def _correspond(depth: Depth, table: Floats, pose: Floats, lens: Lens, corners: Floats) -> None:
    for row in range(depth.shape[0]):
        for column in range(depth.shape[1]):
            z = np.float32(depth[row, column])
            x = table[row, column, 0] * z
            y = table[row, column, 1] * z
            xc = pose[0, 0] * x + pose[0, 1] * y + pose[0, 2] * z + pose[0, 3]
            yc = pose[1, 0] * x + pose[1, 1] * y + pose[1, 2] * z + pose[1, 3]
            zc = pose[2, 0] * x + pose[2, 1] * y + pose[2, 2] * z + pose[2, 3]
            u, v, ok = distort(lens, xc / zc, yc / zc)
            ok = ok and z > 0 and zc > 0
            corners[row, column, 0] = u
            corners[row, column, 1] = v
            corners[row, column, 2] = zc if ok else np.float32(0)


@kernel
def _area(  # noqa: PLR0917
    ax: np.float32, ay: np.float32, bx: np.float32, by: np.float32, x: np.float32, y: np.float32
) -> Any:
    """Return twice the signed area of the triangle a, b, (x, y)."""
    return (y - ay) * (bx - ax) - (x - ax) * (by - ay)


@kernel
def _draw(corners: Floats, out: Depth, values: Values, values_out: Values, linear: bool) -> None:
    """Draw all quads of neighbouring depth pixels; corners clockwise from the top left."""
    quad = np.empty((4, 3), np.float32)
    kept = np.zeros(4, np.float32)
    for row in range(1, corners.shape[0]):
        for column in range(1, corners.shape[1]):
            for k in range(3):
                quad[0, k] = corners[row - 1, column - 1, k]
                quad[1, k] = corners[row - 1, column, k]
                quad[2, k] = corners[row, column, k]
                quad[3, k] = corners[row, column - 1, k]
            if values.size:
                kept[0] = values[row - 1, column - 1]
                kept[1] = values[row - 1, column]
                kept[2] = values[row, column]
                kept[3] = values[row, column - 1]
            if _complete(quad, kept, linear):
                _draw_quad(quad, kept, out, values_out, linear)


@kernel
def _complete(quad: Floats, kept: Floats, linear: bool) -> Any:
    """Make up for one missing corner; return whether the quad can be drawn."""
    missing = 0
    for k in range(4):
        missing += quad[k, 2] == 0
    if missing > 1:
        return False
    if quad[0, 2] == 0:
        _halve(quad, kept, 1, 3, 0, 2, linear)
    elif quad[1, 2] == 0:
        quad[1] = quad[2]
        kept[1] = kept[2]
        _halve(quad, kept, 2, 3, 2, 3, linear)
    elif quad[2, 2] == 0:
        _halve(quad, kept, 1, 3, 2, 0, linear)
    elif quad[3, 2] == 0:
        quad[3] = quad[2]
        kept[3] = kept[2]
        _halve(quad, kept, 1, 2, 2, 1, linear)
    near = min(quad[0, 2], quad[1, 2], quad[2, 2], quad[3, 2])
    far = max(quad[0, 2], quad[1, 2], quad[2, 2], quad[3, 2])
    return far - near <= _LARGEST_STEP * near


@kernel
def _halve(  # noqa: PLR0917
    quad: Floats, kept: Floats, a: int, b: int, into: int, nearest: int, linear: bool
) -> None:
    """Put the middle of corners a and b into a corner."""
    for k in range(3):
        quad[into, k] = (quad[a, k] + quad[b, k]) * _HALF
    kept[into] = np.floor((kept[a] + kept[b]) * _HALF) if linear else kept[nearest]


@kernel
def _draw_quad(quad: Floats, kept: Floats, out: Depth, values_out: Values, linear: bool) -> None:
    left = max(int(np.ceil(quad[:, 0].min())), 0)
    top = max(int(np.ceil(quad[:, 1].min())), 0)
    right = min(int(np.ceil(quad[:, 0].max())), out.shape[1])
    bottom = min(int(np.ceil(quad[:, 1].max())), out.shape[0])
    for y in range(top, bottom):
        for x in range(left, right):
            px, py = np.float32(x), np.float32(y)
            middle = _area(quad[0, 0], quad[0, 1], quad[2, 0], quad[2, 1], px, py)
            k = 3 if middle >= 0 else 1
            first = _area(quad[k, 0], quad[k, 1], quad[0, 0], quad[0, 1], px, py)
            last = _area(quad[2, 0], quad[2, 1], quad[k, 0], quad[k, 1], px, py)
            if k == 1:
                first, last, middle = -first, -last, -middle
            if not (first >= 0 and last > 0):
                continue
            scale = np.float32(1) / (first + middle + last)
            z = (first * quad[2, 2] + middle * quad[k, 2] + last * quad[0, 2]) * scale
            depth = np.uint16(z + _HALF)
            if out[y, x] != 0 and depth >= out[y, x]:
                continue
            out[y, x] = depth
            if values_out.size:
                if linear:
                    value = (first * kept[2] + middle * kept[k] + last * kept[0]) * scale
                elif first > middle:
                    value = kept[2] if first > last else kept[0]
                else:
                    value = kept[k] if middle > last else kept[0]
                values_out[y, x] = int(value + _HALF)


@kernel
def _sample(corners: Floats, color: Color, out: Color) -> None:
    height, width, channels = color.shape
    for row in range(corners.shape[0]):
        for column in range(corners.shape[1]):
            u, v = corners[row, column, 0], corners[row, column, 1]
            for k in range(4):
                out[row, column, k] = 0
            if not (corners[row, column, 2] > 0 and u >= 0 and v >= 0):
                continue
            x, y = int(u), int(v)
            if x + 1 >= width or y + 1 >= height:
                continue
            fx, fy = u - np.float32(x), v - np.float32(y)
            gx, gy = np.float32(1) - fx, np.float32(1) - fy
            total = 0
            out[row, column, 3] = 255
            for k in range(channels):
                upper = gx * np.float32(color[y, x, k]) + fx * np.float32(color[y, x + 1, k])
                lower = gx * np.float32(color[y + 1, x, k]) + fx * np.float32(
                    color[y + 1, x + 1, k]
                )
                value = int(gy * upper + fy * lower + _HALF)
                out[row, column, k] = value
                total += value
            if total == 0 and channels == 4:
                out[row, column, 0] = 1  # black and transparent, yet valid
