# SPDX-License-Identifier: Apache-2.0
"""The darkness on the floor under people, as a kernel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_part, kernel
from azure_kinect_py.geometry.distortion import Lens
from azure_kinect_py.geometry.silhouettes import MOST, outline
from azure_kinect_py.geometry.solids import Map, affine

Floats = npt.NDArray[np.float32]
Array = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

_AROUND = 16  # points
_ON_FLOOR = np.float32(0.02)  # metres
_ONE = np.float32(1)
_ZERO = np.float32(0)


@kernel
def shade_floor(
    slopes: Floats,
    depth: Floats,
    lens: Lens,
    window: Array,
    pose: Floats,
    floor: float,
    spots: Floats,
    image: Bytes,
) -> None:
    """
    Darken the floor under people.

    :param slopes: (2, H, W) x/z and y/z; ``lens`` and ``window`` as for :func:`ray_casting.cast`.
    :param depth: (H, W) metres, of the room.
    :param pose: (3, 4) pose of the camera in the room.
    :param floor: Its height in the room.
    :param spots: (N, 4) x, z, radius in metres, and strength 0 to 1 in the middle.
    :param image: (H, W, 3), in and out.
    """
    height, width = depth.shape
    points, polygon = np.empty((MOST, 3)), np.empty((MOST, 2))
    edges, keep = np.empty((height, 2), np.int32), np.empty(width, np.float32)
    p = affine(pose)
    for n in range(spots.shape[0]):
        spot = spots[n, 0], spots[n, 1], spots[n, 2], spots[n, 3]
        _points_around(p, floor, spot, points)
        first, end = outline(points, _AROUND, lens, window, polygon, edges)
        for row in range(first, end):
            left, right = max(edges[row, 0], 0), min(edges[row, 1] + 1, width)
            if left < right:
                x, y = slopes[0, row, left:right], slopes[1, row, left:right]
                _shares(x, y, depth[row, left:right], p, floor, spot, keep)
                for i in range(right - left):
                    if keep[i] < _ONE:
                        for j in range(3):
                            image[row, left + i, j] = int(image[row, left + i, j] * keep[i])


@kernel
def _points_around(
    p: Map, floor: float, spot: tuple[float, float, float, float], points: Array
) -> None:
    """Write points in the camera's frame around a spot on the floor."""
    for i in range(_AROUND):
        angle = 2.0 * np.pi * i / _AROUND
        x = spot[0] + 1.05 * spot[2] * np.cos(angle) - p[0][3]
        y = floor - p[1][3]
        z = spot[1] + 1.05 * spot[2] * np.sin(angle) - p[2][3]
        for j in range(3):
            points[i, j] = p[0][j] * x + p[1][j] * y + p[2][j] * z


@fast_part
def _shares(
    x: Floats,
    y: Floats,
    depth: Floats,
    p: Map,
    floor: float,
    spot: tuple[float, float, float, float],
    keep: Floats,
) -> None:
    """Write how much of its brightness each pixel of a row keeps."""
    inverse = _ONE / (spot[2] * spot[2])
    for i in range(x.shape[0]):
        px = p[0][3] + depth[i] * (p[0][0] * x[i] + p[0][1] * y[i] + p[0][2])
        py = p[1][3] + depth[i] * (p[1][0] * x[i] + p[1][1] * y[i] + p[1][2])
        pz = p[2][3] + depth[i] * (p[2][0] * x[i] + p[2][1] * y[i] + p[2][2])
        far = ((px - spot[0]) ** 2 + (pz - spot[1]) ** 2) * inverse
        near = _ONE - far if far < _ONE else _ZERO
        near = near if abs(py - floor) < _ON_FLOOR else _ZERO
        keep[i] = _ONE - spot[3] * near * near
