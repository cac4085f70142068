# SPDX-License-Identifier: Apache-2.0
"""Organised point clouds from depth images, written once into the caller's buffer."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.geometry.compiled import kernel, part
from azure_kinect_py.geometry.correspondence import U16
from azure_kinect_py.geometry.image_checks import check_image, check_target
from azure_kinect_py.geometry.parallel import in_halves
from azure_kinect_py.geometry.projection import Floats, rays

Bytes = npt.NDArray[np.uint8]

_THOUSAND = np.float32(1000)
_NAN = np.float32(np.nan)
_ONE = np.float32(1)
_ZERO = np.float32(0)
_BLACK = np.uint32(0)


class PointCloud:
    """
    Clouds of one camera: the depth camera, or the color camera with depth registered to it.

    The layouts are those of PCL's structures, padding included, so that PCL's users can map a
    message's data as it is. Points without depth, or without a direction, are NaN with color 0.
    """

    def __init__(self, camera: CameraCalibration) -> None:
        self.shape = (camera.height, camera.width)
        table = rays(camera)
        self._x, self._y = (np.ascontiguousarray(table[..., k]) for k in (0, 1))

    def xyz(self, depth: U16, out: Floats) -> Floats:
        """
        Write x, y, z in metres and 1 (PCL's PointXYZ, 16 bytes a point).

        :param depth: (H, W) uint16, millimetres.
        :param out: (H, W, 4) float32, returned.
        """
        check_image('depth', depth, self.shape, np.uint16)
        check_target('out', out, (*self.shape, 4), np.float32)
        flat = out.reshape(len(out), -1)
        in_halves(
            lambda first, last: _xyz(depth, self._x, self._y, flat, first, last), self.shape[0]
        )
        return out

    def xyzrgb(self, depth: U16, color: npt.NDArray[np.uint8], out: Floats) -> Floats:
        """
        Write x, y, z in metres, 1, packed color and padding (PCL's PointXYZRGB, 32 bytes a point).

        :param depth: (H, W) uint16, millimetres.
        :param color: (H, W, 3) BGR or (H, W, 4) BGRA uint8 of the same view.
        :param out: (H, W, 8) float32, returned; color is the float32 at index 4, with the bytes
            b, g, r, 0 in memory.
        """
        channels = 3 if color.shape[2:] == (3,) else 4
        check_image('depth', depth, self.shape, np.uint16)
        check_image('color', color, (*self.shape, channels), np.uint8)
        check_target('out', out, (*self.shape, 8), np.float32)
        flat = out.reshape(len(out), -1)
        images = (depth, color.reshape(len(color), -1), self._x, self._y)
        in_halves(lambda first, last: _xyzrgb(images, channels, flat, first, last), self.shape[0])
        return out


@kernel
def _xyz(depth: U16, x: Floats, y: Floats, out: Floats, first: int, last: int) -> None:
    for row in range(first, last):
        _xyz_row(depth[row], x[row], y[row], out[row])


@kernel
def _xyz_row(depth: U16, x: Floats, y: Floats, out: Floats) -> None:
    for i in range(depth.shape[0]):
        z = np.float32(depth[i]) / _THOUSAND
        z = z if (z > 0) & (x[i] == x[i]) else _NAN
        out[4 * i] = x[i] * z
        out[4 * i + 1] = y[i] * z
        out[4 * i + 2] = z
        out[4 * i + 3] = _ONE


@kernel
def _xyzrgb(images: Any, channels: int, out: Floats, first: int, last: int) -> None:
    depth, color, x, y = images
    for row in range(first, last):
        if channels == 4:
            _xyzrgb_row(depth[row], color[row], x[row], y[row], out[row])
        else:
            _xyzrgb_row_of_three(depth[row], color[row], x[row], y[row], out[row])


@kernel
def _xyzrgb_row(depth: U16, color: Bytes, x: Floats, y: Floats, out: Floats) -> None:
    for i in range(depth.shape[0]):
        _put(depth[i], (color[4 * i], color[4 * i + 1], color[4 * i + 2]), x[i], y[i], out, i)


@kernel
def _xyzrgb_row_of_three(depth: U16, color: Bytes, x: Floats, y: Floats, out: Floats) -> None:
    for i in range(depth.shape[0]):
        _put(depth[i], (color[3 * i], color[3 * i + 1], color[3 * i + 2]), x[i], y[i], out, i)


@part
def _put(depth: np.uint16, color: Any, x: np.float32, y: np.float32, out: Floats, i: int) -> None:
    z = np.float32(depth) / _THOUSAND
    ok = (z > 0) & (x == x)  # noqa: PLR0124 (NaN)
    z = z if ok else _NAN
    blue, green, red = np.uint32(color[0]), np.uint32(color[1]), np.uint32(color[2])
    packed = blue | (green << np.uint32(8)) | (red << np.uint32(16))
    packed = np.uint32(packed if ok else _BLACK)
    out[8 * i] = x * z
    out[8 * i + 1] = y * z
    out[8 * i + 2] = z
    out[8 * i + 3] = _ONE
    out[8 * i + 4] = packed.view(np.float32)
    out[8 * i + 5] = _ZERO
    out[8 * i + 6] = _ZERO
    out[8 * i + 7] = _ZERO
