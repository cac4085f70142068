# SPDX-License-Identifier: Apache-2.0
"""One quad in the color image at a time, pixel by pixel: for exceptions, and for other images."""

from __future__ import annotations

from typing import Any

import numpy as np

from azure_kinect_py.geometry.compiled import kernel
from azure_kinect_py.geometry.correspondence import U16

F32 = np.float32

_HALF, _ONE = F32(0.5), F32(1)
_FARTHEST = 65535


@kernel
def _area(ax: F32, ay: F32, bx: F32, by: F32, x: F32, y: F32) -> Any:
    """Return twice the signed area of the triangle a, b, (x, y)."""
    return (y - ay) * (bx - ax) - (x - ax) * (by - ay)


@kernel
def _span(places: Any, first: int, last: int) -> tuple[int, int]:
    """Return the first pixel from the corners' smallest place on, and the one after the last."""
    a, b, c, d = places
    start = int(np.ceil(min(a, b, c, d)))
    end = int(np.ceil(max(a, b, c, d)))
    return max(start, first), min(end, last)


@kernel
def draw_quad(
    u: Any,
    v: Any,
    z: Any,
    out: U16,
    rows: tuple[int, int],
    brought: Any,
    values_out: Any,
    nearest: Any,
    corner: int,
) -> None:
    """
    Draw one quad; the nearest surface wins.

    :param u: Columns of the corners a, b, c, d in the color image, ``v`` rows, ``z`` depths.
    :param rows: The first row to draw, and the one after the last.
    :param brought: What :func:`~azure_kinect_py.geometry.quad_values.brought_along` returns.
    :param values_out: As for :func:`~azure_kinect_py.geometry.mesh.draw_band`; ``nearest`` too.
    :param corner: Number of the depth pixel at corner a.
    """
    gains, steps = brought
    left, right = _span(u, 0, out.shape[1])
    top, bottom = _span(v, rows[0], rows[1])
    for row in range(top, bottom):
        for column in range(left, right):
            x, y = F32(column), F32(row)
            beside = _area(u[0], v[0], u[2], v[2], x, y)
            lower = beside >= 0
            ku, kv, kz = (u[3], v[3], z[3]) if lower else (u[1], v[1], z[1])
            at_a = _area(ku, kv, u[0], v[0], x, y)
            at_c = _area(u[2], v[2], ku, kv, x, y)
            if not lower:
                beside, at_a, at_c = -beside, -at_a, -at_c
            if not (at_a >= 0 and at_c > 0):
                continue
            scale = _ONE / (at_a + beside + at_c)
            depth = np.int64((at_a * z[2] + beside * kz + at_c * z[0]) * scale + _HALF)
            if depth > _FARTHEST or 0 < out[row, column] <= depth:
                continue
            out[row, column] = depth
            if values_out is not None:
                of_c, of_k = (gains[1], gains[2]) if lower else (gains[3], gains[4])
                values_out[row, column] = int(gains[0] + at_a * of_c + beside * of_k + _HALF)
            if nearest is not None:
                step = steps[0]
                if at_a > beside:
                    step = steps[2] if at_a > at_c else steps[0]
                elif beside > at_c:
                    step = steps[3] if lower else steps[1]
                nearest[row, column] = corner + int(step)
