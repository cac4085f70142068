# SPDX-License-Identifier: Apache-2.0
"""Organised point clouds from depth images, written once into the caller's buffer."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.geometry.compiled import kernel
from azure_kinect_py.geometry.projection import Floats, rays

Depth = npt.NDArray[np.uint16]

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

    def xyz(self, depth: Depth, out: Floats) -> Floats:
        """
        Write x, y, z in metres and 1 (PCL's PointXYZ, 16 bytes a point).

        :param depth: (H, W) uint16, millimetres.
        :param out: (H, W, 4) float32, returned.
        """
        _check('depth', depth, self.shape, np.uint16)
        _check('out', out, (*self.shape, 4), np.float32)
        _xyz(depth, self._rays, out)
        return out

    def xyzrgb(self, depth: Depth, color: npt.NDArray[np.uint8], out: Floats) -> Floats:
        """
        Write x, y, z in metres, 1, packed color and padding (PCL's PointXYZRGB, 32 bytes a point).

        :param depth: (H, W) uint16, millimetres.
        :param color: (H, W, 3) BGR or (H, W, 4) BGRA uint8 of the same view.
        :param out: (H, W, 8) float32, returned; color is the float32 at index 4, with the bytes
            b, g, r, 0 in memory.
        """
        _check('depth', depth, self.shape, np.uint16)
        _check('color', color, (*self.shape, color.shape[-1]), np.uint8)
        _check('out', out, (*self.shape, 8), np.float32)
        _xyzrgb(depth, color, self._rays, out, out.view(np.uint32))
        return out


def _check(name: str, array: npt.NDArray[Any], shape: tuple[int, ...], dtype: type) -> None:
    if array.shape != shape or array.dtype != dtype:
        raise ValueError(
            f'{name}: {array.shape} {array.dtype}; needed is {shape} {np.dtype(dtype)}'
        )


@kernel
def _xyz(depth: Depth, table: Floats, out: Floats) -> None:
    height, width = depth.shape
    for row in range(height):
        for column in range(width):
            x = table[row, column, 0]
            z = np.float32(depth[row, column]) / _THOUSAND
            z = z if z > 0 and x == x else _NAN  # noqa: PLR0124 (NaN)
            out[row, column, 0] = x * z
            out[row, column, 1] = table[row, column, 1] * z
            out[row, column, 2] = z
            out[row, column, 3] = _ONE


@kernel
def _xyzrgb(
    depth: Depth,
    color: npt.NDArray[np.uint8],
    table: Floats,
    out: Floats,
    bits: npt.NDArray[np.uint32],
) -> None:
    height, width = depth.shape
    for row in range(height):
        for column in range(width):
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
