# SPDX-License-Identifier: Apache-2.0
"""The darkness on the floor under people, as a kernel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_part, kernel
from azure_kinect_py.geometry.solids import Map, affine
from azure_kinect_py.geometry.spans import Spans

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

_ON_FLOOR = np.float32(0.02)  # metres
_ONE = np.float32(1)
_ZERO = np.float32(0)


@kernel
def shade_floor(
    slopes: Floats,
    depth: Floats,
    spans: Spans,
    pose: Floats,
    floor: float,
    spots: Floats,
    image: Bytes,
) -> None:
    """
    Darken the floor under people.

    :param slopes: (2, H, W) x/z and y/z; NaN = no ray.
    :param depth: (H, W) metres, of the room.
    :param spans: Where each spot may be seen.
    :param pose: (3, 4) pose of the camera in the room.
    :param floor: Its height in the room.
    :param spots: (N, 4) x, z, radius in metres, and strength 0 to 1 in the middle.
    :param image: (H, W, 3), in and out.
    """
    keep = np.empty(depth.shape[1], np.float32)
    p = affine(pose)
    for n in range(spots.shape[0]):
        spot = spots[n, 0], spots[n, 1], spots[n, 2], spots[n, 3]
        place = spans.starts[n]
        for row in range(spans.rows[n, 0], spans.rows[n, 1]):
            left, right = spans.columns[place, 0], spans.columns[place, 1]
            place += 1
            x, y = slopes[0, row, left:right], slopes[1, row, left:right]
            _shares(x, y, depth[row, left:right], p, floor, spot, keep)
            for i in range(right - left):
                if keep[i] < _ONE:
                    for j in range(3):
                        image[row, left + i, j] = np.uint8(image[row, left + i, j] * keep[i])


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
