# SPDX-License-Identifier: Apache-2.0
"""
Quads of neighbouring depth pixels in the color image, many at a time.

A quad has its corners at four depth pixels: a top left, b top right, c bottom right, d bottom
left. The diagonal from a to c cuts it into two triangles. Whether it covers a pixel, and at what
depth, are linear functions of the pixel's position. For a block of quads these functions are
prepared once, in a table of which each row is one coefficient and each column one quad, so that
the compiler works on as many quads at a time as the machine's vectors hold.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_kernel, fast_part
from azure_kinect_py.geometry.projection import Floats

U32 = npt.NDArray[np.uint32]
F32 = np.float32

BLOCK = 128  # quads; the table of a block stays in the first-level cache

# Rows of the table. A function takes three: its value at the quad's first pixel, and what a pixel
# to the right and one down add to it. The first five are areas of triangles with the pixel.
_DIAGONAL = 0  # from a to c: not negative in the triangle of d
_LEFT, _TOP = 3, 6  # edges at a, not negative inside
_BOTTOM, _RIGHT = 9, 12  # edges at c, positive inside
_DEPTH = 15  # in the triangle of d
_FOLD = 18  # what the diagonal's function, times this, adds to depth in the triangle of b
COLUMN, ROW = 19, 20  # the quad's first pixel
WIDTH, HEIGHT = 21, 22  # how many pixels it may cover, down to the last row to draw; 0 for quads
# that are LARGE or NOTHING
KIND = 23
PIXEL = 24  # index in the image of the first of the pixels that were evaluated last
# Another image's value at a; then how much more it is at c and at d, in the triangle of d, for its
# whole area; then at c and at b, in the triangle of b.
GAINS = 25
STEPS = 30  # four rows: from the depth pixel of a to those of the corners a, b, c, d
TABLE = 34 * BLOCK

NOTHING, SMALL, LARGE = F32(0), F32(1), F32(2)  # kinds of quad

LARGEST_STEP = F32(0.04693441759)  # of the nearest corner's depth: beyond it is an edge

_ZERO, _HALF, _ONE = F32(0), F32(0.5), F32(1)
_NONE = F32(65535)
_MASK = np.uint32(0xFFFF)
NO_KEYS = np.uint32(0xFFFFFFFF)
_SHIFT = np.uint32(16)


@fast_part
def at(row: int, i: int) -> int:
    """Return the index of a row's element in the table of a block."""
    return row * BLOCK + i


@fast_part
def _ceil(value: F32) -> Any:
    """Round up; below 0 gives 0."""
    value = max(value, _ZERO)
    whole = F32(np.int32(value))
    return whole + _ONE if whole < value else whole


@fast_part
def _smallest(a: F32, b: F32, c: F32, d: F32) -> Any:
    return min(min(a, b), min(c, d))  # noqa: PLW3301 (in this shape it becomes vectors)


@fast_part
def _largest(a: F32, b: F32, c: F32, d: F32) -> Any:
    return max(max(a, b), max(c, d))  # noqa: PLW3301


@fast_part
def complete(a: F32, b: F32, c: F32, d: F32, holes: tuple[bool, bool, bool, bool]) -> Any:
    """
    Return one coordinate of the corners, with one missing corner made up for.

    What is left is a triangle: a or c move to the middle of b and d; c takes the place of b or d,
    and moves itself to the middle of the last edge.
    """
    no_a, no_b, no_c, no_d = holes
    middle = (b + d) * _HALF
    edge = ((d if no_b else b) + c) * _HALF
    return (
        middle if no_a else a,
        c if no_b else b,
        middle if no_c else (edge if no_b | no_d else c),
        c if no_d else d,
    )


@fast_part
def _put(table: Floats, row: int, i: int, start: F32, right: F32, down: F32) -> None:
    table[at(row, i)] = start
    table[at(row + 1, i)] = right
    table[at(row + 2, i)] = down


@fast_part
def _put_edge(table: Floats, row: int, i: int, x: F32, y: F32, ex: F32, ey: F32) -> None:
    """Store the area that an edge (ex, ey) spans with a pixel, which starts at (x, y) from it."""
    _put(table, row, i, y * ex - x * ey, -ey, ex)


@fast_kernel
def prepare(upper: Any, lower: Any, table: Floats, limits: Any) -> None:
    """
    Fill the table for the quads between two rows of projected depth pixels.

    :param upper: Three arrays (N + 1,) float32: column and row in the color image, and depth, 0
        where there is none.
    :param table: (TABLE,) float32 to fill for N <= BLOCK quads.
    :param limits: Five float32: width of the image, the first row to draw, the row after the
        last; the width and the height in pixels beyond which a quad is LARGE, as it is where it
        reaches depths that 16 bits do not hold.
    """
    u0, v0, z0 = upper
    u1, v1, z1 = lower
    columns, first, last, widest, highest = limits
    for i in range(u0.shape[0] - 1):
        holes = (z0[i] <= _ZERO, z0[i + 1] <= _ZERO, z1[i + 1] <= _ZERO, z1[i] <= _ZERO)
        missing = F32(holes[0]) + F32(holes[1]) + F32(holes[2]) + F32(holes[3])
        au, bu, cu, du = complete(u0[i], u0[i + 1], u1[i + 1], u1[i], holes)
        av, bv, cv, dv = complete(v0[i], v0[i + 1], v1[i + 1], v1[i], holes)
        az, bz, cz, dz = complete(z0[i], z0[i + 1], z1[i + 1], z1[i], holes)

        near, far = _smallest(az, bz, cz, dz), _largest(az, bz, cz, dz)
        left = _ceil(_smallest(au, bu, cu, du))
        top = _ceil(_smallest(av, bv, cv, dv))  # whatever the band, so that rounding is the same
        width = min(_ceil(_largest(au, bu, cu, du)), columns) - left
        end = _ceil(_largest(av, bv, cv, dv))
        bottom = min(end, last)
        drawn = (missing <= _ONE) & (far - near <= LARGEST_STEP * near)
        drawn = drawn & (width > _ZERO) & (bottom > max(top, first))
        small = drawn & (width <= widest) & (end - top <= highest) & (far < _NONE)
        table[at(KIND, i)] = SMALL if small else (LARGE if drawn else NOTHING)
        table[at(WIDTH, i)] = width if small else _ZERO
        table[at(HEIGHT, i)] = bottom - top if small else _ZERO
        table[at(COLUMN, i)] = left if small else _ZERO
        table[at(ROW, i)] = top

        x, y = left - au, top - av
        ex, ey = cu - au, cv - av
        _put_edge(table, _DIAGONAL, i, x, y, ex, ey)
        _put_edge(table, _LEFT, i, x, y, au - du, av - dv)
        _put_edge(table, _TOP, i, x, y, bu - au, bv - av)
        _put_edge(table, _BOTTOM, i, left - cu, top - cv, du - cu, dv - cv)
        _put_edge(table, _RIGHT, i, left - cu, top - cv, cu - bu, cv - bv)

        # The plane through a, c and d, and how it folds along the diagonal to reach b.
        area = (dv - av) * ex - (du - au) * ey
        slope_x = ((cz - az) * (dv - av) - (dz - az) * ey) / area
        slope_y = ((dz - az) * ex - (cz - az) * (du - au)) / area
        _put(table, _DEPTH, i, az + slope_x * x + slope_y * y, slope_x, slope_y)
        fold = bz - (az + slope_x * (bu - au) + slope_y * (bv - av))
        table[at(_FOLD, i)] = fold / ((bv - av) * ex - (bu - au) * ey)


@fast_part
def begin(table: Floats, i: int, row: F32, column: F32, last: F32, width: F32) -> Any:
    """Note the pixel where a tile begins; return how far right of the quad's first one it is."""
    place = min(table[at(COLUMN, i)] + column, last)
    table[at(PIXEL, i)] = (table[at(ROW, i)] + row) * width + place  # exact up to 2 ** 24
    return place - table[at(COLUMN, i)]


@fast_part
def is_drawn(table: Floats, i: int, row: F32, first_row: F32) -> Any:
    """Return whether a row of a quad, counted from its first one, is to be drawn."""
    return (table[at(HEIGHT, i)] > row) & (table[at(ROW, i)] + row >= first_row)


@fast_part
def functions_at(table: Floats, i: int, right: F32, down: F32) -> Any:
    """Return the values of a quad's functions at a pixel."""
    return (
        _value(table, _DIAGONAL, i, right, down),
        _value(table, _LEFT, i, right, down),
        _value(table, _TOP, i, right, down),
        _value(table, _BOTTOM, i, right, down),
        _value(table, _RIGHT, i, right, down),
        _value(table, _DEPTH, i, right, down),
    )


@fast_part
def _value(table: Floats, row: int, i: int, right: F32, down: F32) -> Any:
    return table[at(row, i)] + table[at(row + 1, i)] * right + table[at(row + 2, i)] * down


@fast_part
def areas(table: Floats, i: int) -> Any:
    """Return what the shares in the triangle of d sum up to, and those in the triangle of b."""
    return (
        table[at(_DIAGONAL, i)] + table[at(_LEFT, i)] + table[at(_BOTTOM, i)],
        table[at(_TOP, i)] + table[at(_RIGHT, i)] - table[at(_DIAGONAL, i)],
    )


@fast_part
def step_right(table: Floats, i: int, values: Any) -> Any:
    """Return the values of a quad's functions one pixel further right."""
    d, l, t, b, r, z = values  # noqa: E741
    return (
        d + table[at(_DIAGONAL + 1, i)],
        l + table[at(_LEFT + 1, i)],
        t + table[at(_TOP + 1, i)],
        b + table[at(_BOTTOM + 1, i)],
        r + table[at(_RIGHT + 1, i)],
        z + table[at(_DEPTH + 1, i)],
    )


@fast_part
def depth_key(table: Floats, i: int, values: Any) -> Any:
    """Return depth less 1, or 65535 outside the quad."""
    d, l, t, b, r, z = values  # noqa: E741
    lower = d >= _ZERO
    inside = ((l if lower else t) >= _ZERO) & ((b if lower else r) > _ZERO)
    fold = table[at(_FOLD, i)]  # before it is chosen, so that it is loaded as a vector
    depth = z if lower else z + fold * d
    return np.uint32(np.int32(depth - _HALF if inside else _NONE)) & _MASK


@fast_kernel
def evaluate(table: Floats, count: int, tile: Any, keys: U32) -> None:
    """
    Find the depth of four neighbouring pixels in each quad of a block.

    :param tile: Five float32: rows below the quad's first pixel, columns right of it, the last
        column of the image that the four pixels may begin at, width of the image, the first row
        to draw.
    :param keys: (2 * BLOCK,) uint32 to fill: depth less 1, or 65535 outside the quad; two to a
        number.
    """
    row, column, last, width, first_row = tile
    for i in range(count):
        first = functions_at(table, i, begin(table, i, row, column, last, width), row)
        second = step_right(table, i, first)
        third = step_right(table, i, second)
        fourth = step_right(table, i, third)
        left = depth_key(table, i, first) | (depth_key(table, i, second) << _SHIFT)
        right = depth_key(table, i, third) | (depth_key(table, i, fourth) << _SHIFT)
        covers = is_drawn(table, i, row, first_row)
        keys[2 * i] = left if covers else NO_KEYS
        keys[2 * i + 1] = right if covers else NO_KEYS


@fast_kernel
def evaluate_two(table: Floats, count: int, tile: Any, keys: U32) -> None:
    """Do as :func:`evaluate`, where no quad covers the latter two of the four pixels."""
    row, column, last, width, first_row = tile
    for i in range(count):
        first = functions_at(table, i, begin(table, i, row, column, last, width), row)
        second = step_right(table, i, first)
        left = depth_key(table, i, first) | (depth_key(table, i, second) << _SHIFT)
        keys[2 * i] = left if is_drawn(table, i, row, first_row) else NO_KEYS
        keys[2 * i + 1] = NO_KEYS
