# SPDX-License-Identifier: Apache-2.0
"""
The registration as one would first write it: pixel by pixel, quad by quad, compiled.

What the driver's kernels are compared with on the same machine, in speed and in result.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

F32 = np.float32

_compiled = numba.njit(nogil=True, error_model='numpy')


@_compiled
def _project(depth: Any, table: Any, shift: Any, lens: Any, row: int, column: int) -> Any:
    d = F32(depth[row, column])
    z = table[row, 2, column] * d + shift[2]
    if d == 0 or not z > 0:
        return F32(0), F32(0), F32(0)
    x = (table[row, 0, column] * d + shift[0]) / z - lens[12]
    y = (table[row, 1, column] * d + shift[1]) / z - lens[13]
    rs = x * x + y * y
    if not rs <= lens[14] * lens[14]:
        return F32(0), F32(0), F32(0)
    a = F32(1) + rs * (lens[4] + rs * (lens[5] + rs * lens[6]))
    b = F32(1) + rs * (lens[7] + rs * (lens[8] + rs * lens[9]))
    xy = lens[15] * x * y
    u = x * a / b + lens[11] * (rs + F32(2) * x * x) + lens[10] * xy + lens[12]
    v = y * a / b + lens[10] * (rs + F32(2) * y * y) + lens[11] * xy + lens[13]
    return u * lens[0] + lens[2], v * lens[1] + lens[3], z


@_compiled
def _middle(p: Any, q: Any) -> Any:
    return (p[0] + q[0]) * F32(0.5), (p[1] + q[1]) * F32(0.5), (p[2] + q[2]) * F32(0.5)


@_compiled
def _area(p: Any, q: Any, x: F32, y: F32) -> Any:
    return (y - p[1]) * (q[0] - p[0]) - (x - p[0]) * (q[1] - p[1])


@_compiled
def depth_to_color(depth: Any, table: Any, shift: Any, lens: Any, out: Any) -> None:
    """Draw depth into ``out``, like ``DepthToColor``."""
    height, width = depth.shape
    out[:] = 0
    above = np.empty((width, 3), F32)
    for column in range(width):
        above[column, 0], above[column, 1], above[column, 2] = _project(
            depth, table, shift, lens, 0, column
        )
    for row in range(1, height):
        a = (above[0, 0], above[0, 1], above[0, 2])
        d = _project(depth, table, shift, lens, row, 0)
        above[0, 0], above[0, 1], above[0, 2] = d
        for column in range(1, width):
            b = (above[column, 0], above[column, 1], above[column, 2])
            c = _project(depth, table, shift, lens, row, column)
            above[column, 0], above[column, 1], above[column, 2] = c
            _quad(a, b, c, d, out)
            a, d = b, c


@_compiled
def _quad(a: Any, b: Any, c: Any, d: Any, out: Any) -> None:  # noqa: C901, PLR0912
    missing = int(a[2] == 0) + int(b[2] == 0) + int(c[2] == 0) + int(d[2] == 0)
    if missing > 1:
        return
    if missing == 1:
        if a[2] == 0:
            a = _middle(b, d)
        elif b[2] == 0:
            b, c = c, _middle(c, d)
        elif c[2] == 0:
            c = _middle(b, d)
        else:
            d, c = c, _middle(b, c)
    near, far = min(a[2], b[2], c[2], d[2]), max(a[2], b[2], c[2], d[2])
    if far - near > F32(0.04693441759) * near:
        return
    left = max(int(np.ceil(min(a[0], b[0], c[0], d[0]))), 0)
    top = max(int(np.ceil(min(a[1], b[1], c[1], d[1]))), 0)
    right = min(int(np.ceil(max(a[0], b[0], c[0], d[0]))), out.shape[1])
    bottom = min(int(np.ceil(max(a[1], b[1], c[1], d[1]))), out.shape[0])
    for y in range(top, bottom):
        for x in range(left, right):
            px, py = F32(x), F32(y)
            beside = _area(a, c, px, py)
            if beside >= 0:
                k, at_a, at_c = d, _area(d, a, px, py), _area(c, d, px, py)
            else:
                k, at_a, at_c = b, -_area(b, a, px, py), -_area(c, b, px, py)
            if at_a >= 0 and at_c > 0:
                beside = abs(beside)
                total = at_a + beside + at_c
                z = (at_a * c[2] + beside * k[2] + at_c * a[2]) / total
                z16 = np.uint16(z + F32(0.5))
                if out[y, x] == 0 or z16 < out[y, x]:
                    out[y, x] = z16


@_compiled
def color_to_depth(depth: Any, table: Any, shift: Any, lens: Any, color: Any, out: Any) -> None:
    """Sample BGRA ``color`` into ``out``, like ``ColorToDepth``."""
    height, width = color.shape[:2]
    for row in range(depth.shape[0]):
        for column in range(depth.shape[1]):
            u, v, z = _project(depth, table, shift, lens, row, column)
            x, y = int(np.floor(u)), int(np.floor(v))
            out[row, column] = 0
            if z == 0 or x < 0 or y < 0 or x + 1 >= width or y + 1 >= height:
                continue
            fx, fy = u - F32(x), v - F32(y)
            for k in range(4):
                upper = (F32(1) - fx) * color[y, x, k] + fx * color[y, x + 1, k]
                lower = (F32(1) - fx) * color[y + 1, x, k] + fx * color[y + 1, x + 1, k]
                out[row, column, k] = int((F32(1) - fy) * upper + fy * lower + F32(0.5))
            if not out[row, column].any():
                out[row, column, 0] = 1
