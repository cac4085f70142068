# SPDX-License-Identifier: Apache-2.0
"""Which rays to cast at which solid, as kernels: few more than those that meet it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import kernel
from azure_kinect_py.geometry.distortion import Lens
from azure_kinect_py.geometry.silhouettes import (
    MOST,
    outline,
    points_around_balls,
    points_around_box,
)
from azure_kinect_py.geometry.solids import BALL_CONE, BOX
from azure_kinect_py.geometry.visible import grown

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Array = npt.NDArray[np.float64]

_LANES = 16  # pixels that are computed at once: a part of them costs as much


class Spans(NamedTuple):
    """
    Where each of N solids may be seen.

    :ivar rows: (N, 2) first row, and that after the last.
    :ivar starts: (N,) where the columns of a solid's first row are.
    :ivar columns: (M, 2) first column, and that after the last, row by row, solid by solid.
    :ivar reach: (H, 2) the same of all solids together.
    """

    rows: Ints
    starts: Ints
    columns: Ints
    reach: Ints


@kernel
def find_spans(
    lens: Lens,
    window: Array,
    kinds: Ints,
    maps: Floats,
    shapes: Floats,
    height: int,
    width: int,
) -> Spans:
    """
    Return where each solid may be seen in an image.

    :param lens: By which directions become pixels, see :func:`distortion.lens_of`.
    :param window: (4,) lowest x/z and y/z, highest x/z and y/z that the camera sees.
    :param kinds: (N,) BALL_CONE, BOX or ROOM.
    :param maps: (N, 3, 4) affine maps from the camera's frame into the solids' frames.
    :param shapes: (N, 5) of each BALL_CONE, see :func:`solids.ball_cone`.
    """
    count = kinds.shape[0]
    points, polygon = np.empty((MOST, 3)), np.empty((MOST, 2))
    edges, reach = np.empty((height, 2), np.int32), np.empty((height, 2), np.int32)
    reach[:, 0], reach[:, 1] = width, 0
    rows, starts = np.empty((count, 2), np.int32), np.empty(count, np.int32)
    columns = np.empty((2 * height, 2), np.int32)
    total = 0
    for n in range(count):
        around = -1
        if kinds[n] == BALL_CONE:
            around = points_around_balls(maps[n], shapes[n], points)
        elif kinds[n] == BOX:
            around = points_around_box(maps[n], points)
        first, end = 0, height
        if around < 0:
            edges[:, 0], edges[:, 1] = 0, width - 1
        else:
            first, end = outline(points, around, lens, window, polygon, edges)
        rows[n, 0], rows[n, 1], starts[n] = first, end, total
        if total + height > columns.shape[0]:
            columns = grown(columns)
        for row in range(first, end):
            left = min(max(edges[row, 0], 0), width)
            length = max(min(edges[row, 1] + 1, width) - left, 0)
            length = min((length + _LANES - 1) // _LANES * _LANES, width)
            left = min(left, width - length)
            columns[total, 0], columns[total, 1] = left, left + length
            if length > 0:
                reach[row, 0] = min(reach[row, 0], left)
                reach[row, 1] = max(reach[row, 1], left + length)
            total += 1
    return Spans(rows, starts, columns, reach)
