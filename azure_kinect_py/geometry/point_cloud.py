# SPDX-License-Identifier: Apache-2.0
"""Organised point clouds from depth images, written once into the caller's buffer."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.geometry.compiled import kernel
from azure_kinect_py.geometry.correspondence import U16, check_image
from azure_kinect_py.geometry.parallel import in_halves
from azure_kinect_py.geometry.projection import Floats, rays

_THOUSAND = np.float32(1000)
_NAN = np.float32(np.nan)
_ONE = np.float32(1)
_ZERO = np.float32(0)


class PointCloud:
    """
    Clouds of one camera: the depth camera, or the color camera with depth registered to it.

    The layouts are those of PCL's structures, padding included, so that PCL's users can map a
    message's data as it is. Points without depth, or without a direction, are NaN with color 0.
    """

    def __init__(self, camera: CameraCalibration) -> None:
        self.shape = (camera.height, camera.width)
        self._rays = rays(camera)

    def xyz(self, depth: U16, out: Floats) -> Floats:
        """
        Write x, y, z in metres and 1 (PCL's PointXYZ, 16 bytes a point).

        :param depth: (H, W) uint16, millimetres.
        :param out: (H, W, 4) float32, returned.
        """
        check_image('depth', depth, self.shape, np.uint16)
        check_image('out', out, (*self.shape, 4), np.float32)
        in_halves(lambda first, last: _xyz(depth, self._rays, out, first, last), self.shape[0])
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
        check_image('out', out, (*self.shape, 8), np.float32)
        images = (depth, color, self._rays)
        bits = out.view(np.uint32)
        in_halves(lambda first, last: _xyzrgb(images, out, bits, first, last), self.shape[0])
        return out


@kernel
def _xyz(depth: U16, table: Floats, out: Floats, first: int, last: int) -> None:
    for row in range(first, last):
        for column in range(depth.shape[1]):
            x = table[row, column, 0]
            z = np.float32(depth[row, column]) / _THOUSAND
            z = z if z > 0 and x == x else _NAN  # noqa: PLR0124 (NaN)
            out[row, column, 0] = x * z
            out[row, column, 1] = table[row, column, 1] * z
            out[row, column, 2] = z
            out[row, column, 3] = _ONE


@kernel
def _xyzrgb(images: Any, out: Floats, bits: npt.NDArray[np.uint32], first: int, last: int) -> None:
    depth, color, table = images
    for row in range(first, last):
        for column in range(depth.shape[1]):
            x = table[row, column, 0]
            z = np.float32(depth[row, column]) / _THOUSAND
            ok = z > 0 and x == x  # noqa: PLR0124 (NaN)
            z = z if ok else _NAN
            out[row, column, 0] = x * z
            out[row, column, 1] = table[row, column, 1] * z
            out[row, column, 2] = z
            out[row, column, 3] = _ONE
            packed = (
                np.uint32(color[row, column, 0])
                | np.uint32(color[row, column, 1]) << np.uint32(8)
                | np.uint32(color[row, column, 2]) << np.uint32(16)
            )
            bits[row, column, 4] = packed if ok else np.uint32(0)
            out[row, column, 5] = _ZERO
            out[row, column, 6] = _ZERO
            out[row, column, 7] = _ZERO
