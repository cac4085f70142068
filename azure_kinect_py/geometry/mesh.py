# SPDX-License-Identifier: Apache-2.0
"""
Depth drawn into the color image, as a mesh over the depth pixels.

The nearest surface wins. Quads that span a depth edge, or miss two corners, are left out; so are
lone pixels and lines one pixel wide. The rules, rounding included, are those of the vendor's
engine.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from azure_kinect_py.geometry.compiled import fast_kernel, fast_part
from azure_kinect_py.geometry.correspondence import U16, project_row
from azure_kinect_py.geometry.lanes import merge4, merge4_values, merge8
from azure_kinect_py.geometry.projection import Floats
from azure_kinect_py.geometry.quad import draw_quad
from azure_kinect_py.geometry.quad_values import (
    evaluate_mixed,
    evaluate_nearest,
    prepare_values,
)
from azure_kinect_py.geometry.quads import (
    BLOCK,
    COLUMN,
    HEIGHT,
    KIND,
    LARGE,
    PIXEL,
    TABLE,
    U32,
    VALUES,
    WIDTH,
    at,
    complete,
    evaluate,
    evaluate_two,
    prepare,
)

F32 = np.float32

_STRANDS = 4  # neighbouring quads share pixels, and a load soon after a store to them would wait


@fast_kernel
def draw_band(
    to_color: Any,
    size: int,
    out: U16,
    first: int,
    last: int,
    values: Any,
    values_out: Any,
    linear: bool,
) -> None:
    """
    Draw the rows of the color image from ``first`` up to but not ``last``.

    Bands may be drawn at the same time; each reads all of ``depth`` and writes its own rows only.

    :param to_color: ``depth``, (Hd, Wd) uint16 in millimetres; ``table``, ``shift``, ``lens`` of
        :class:`~azure_kinect_py.geometry.correspondence.Correspondence`.
    :param size: Sides in pixels beyond which a quad is an exception; no more than the band has
        rows.
    :param out: (Hc, Wc) uint16, Wc at least 8.
    :param values: Another image of the depth camera, (Hd, Wd) uint8 or uint16, or None.
    :param values_out: (Hc, Wc) of the same type, or None; left as it is where there is no depth.
    :param linear: Whether values are mixed; otherwise the nearest is taken.
    """
    depth, table, shift, lens = to_color
    cleared = first
    columns = depth.shape[1]
    block = np.empty(TABLE, F32)
    keys = np.empty((2, 2 * BLOCK), np.uint32)
    places = np.empty((2, 3, columns), F32)
    limits = (F32(out.shape[1]), F32(first), F32(last), F32(size), F32(size))
    highest, lowest = F32(0), F32(0)
    for row in range(depth.shape[0]):
        upper, lower = places[(row + 1) % 2], places[row % 2]
        project_row(depth[row], table[row], shift, lens, lower[0], lower[1], lower[2])
        above = (highest, lowest)
        highest, lowest = _extent(lower[1], lower[2])
        if row == 0 or min(highest, above[0]) >= last or max(lowest, above[1]) < first:
            continue
        # Cleared just before they are drawn on, rows of the image are still in the cache.
        needed = min(max(int(max(lowest, above[1])) + 2, cleared), last)
        out[cleared:needed] = 0
        cleared = needed
        for start in range(0, columns - 1, BLOCK):
            end = min(start + BLOCK + 1, columns)
            prepare(_cut(upper, start, end), _cut(lower, start, end), block, limits)
            if values is None:
                _draw_small(block, end - start - 1, keys[0], keys[1], out)
            else:
                depths = (upper[2, start:end], lower[2, start:end])
                rows = (values[row - 1, start:end], values[row, start:end])
                prepare_values(depths, rows, block, linear)
                _draw_values(block, end - start - 1, keys, out, values_out, linear)
            if _peak(block, KIND, end - start - 1) == LARGE:
                for i in range(end - start - 1):
                    if block[at(KIND, i)] == LARGE:
                        u, v, z = _corners(upper, lower, start + i)
                        kept = _kept(block, i)
                        draw_quad(u, v, z, out, first, last, kept, values_out, linear)
    out[cleared:last] = 0


@fast_part
def _cut(places: Floats, start: int, end: int) -> Any:
    return places[0, start:end], places[1, start:end], places[2, start:end]


@fast_kernel
def _extent(v: Floats, z: Floats) -> Any:
    """Return the smallest and the largest row in the color image of a row of depth pixels."""
    smallest, largest = F32(np.inf), F32(-np.inf)
    for i in range(v.shape[0]):
        if z[i] > 0:
            smallest, largest = min(smallest, v[i]), max(largest, v[i])
    return smallest, largest


@fast_kernel
def _peak(block: Floats, row: int, count: int) -> int:
    most = 0
    for i in range(count):
        most = max(most, np.int32(block[at(row, i)]))
    return most


@fast_kernel
def _draw_small(block: Floats, count: int, near: U32, far: U32, out: U16) -> None:
    """Draw the quads of a block that are SMALL, in tiles of one row of four or eight pixels."""
    width = out.shape[1]
    widest = _peak(block, WIDTH, count)
    if _peak(block, COLUMN, count) > width - 8:
        widest = max(widest, 8)  # tiles move left, away from the edge of the image
    for row in range(_peak(block, HEIGHT, count)):
        if widest <= 4:
            _evaluate(block, count, (F32(row), F32(0), F32(width - 4), F32(width)), widest, near)
            _merge_fours(block, count, row, near, out)
            continue
        for column in range(0, widest, 8):
            right = (F32(row), F32(column + 4), F32(width - 4), F32(width))
            _evaluate(block, count, right, widest - column - 4, far)
            evaluate(block, count, (F32(row), F32(column), F32(width - 8), F32(width)), near)
            _merge_eights(block, count, row, near, far, out)


@fast_kernel
def _merge_fours(block: Floats, count: int, row: int, keys: U32, out: U16) -> None:
    for strand in range(_STRANDS):
        for i in range(strand, count, _STRANDS):
            if block[at(HEIGHT, i)] > row:
                merge4(out, int(block[at(PIXEL, i)]), keys, 2 * i)


@fast_kernel
def _merge_eights(block: Floats, count: int, row: int, near: U32, far: U32, out: U16) -> None:
    for strand in range(_STRANDS):
        for i in range(strand, count, _STRANDS):
            if block[at(HEIGHT, i)] > row:
                merge8(out, int(block[at(PIXEL, i)]), near, far, 2 * i)


@fast_kernel
def _evaluate(block: Floats, count: int, tile: Any, covered: int, keys: U32) -> None:
    if covered <= 2:
        evaluate_two(block, count, tile, keys)
    else:
        evaluate(block, count, tile, keys)


@fast_kernel
def _draw_values(
    block: Floats, count: int, keys: Any, out: U16, values_out: Any, linear: bool
) -> None:
    """Draw depth and values of the quads of a block that are SMALL, in tiles of four pixels."""
    width = out.shape[1]
    widest = _peak(block, WIDTH, count)
    if _peak(block, COLUMN, count) > width - 8:
        widest = max(widest, 8)
    for row in range(_peak(block, HEIGHT, count)):
        for column in range(0, widest, 4):
            tile = (F32(row), F32(column), F32(width - 4), F32(width))
            evaluate(block, count, tile, keys[0])
            if linear:
                evaluate_mixed(block, count, tile, keys[1])
            else:
                evaluate_nearest(block, count, tile, keys[1])
            for strand in range(_STRANDS):
                for i in range(strand, count, _STRANDS):
                    if block[at(HEIGHT, i)] > row:
                        pixel = int(block[at(PIXEL, i)])
                        merge4_values(out, values_out, pixel, keys[0], keys[1], 2 * i)


@fast_part
def _kept(block: Floats, i: int) -> Any:
    return (
        block[at(VALUES, i)],
        block[at(VALUES + 1, i)],
        block[at(VALUES + 2, i)],
        block[at(VALUES + 3, i)],
    )


@fast_part
def _corners(upper: Floats, lower: Floats, i: int) -> Any:
    """Return columns, rows and depths of the corners of a quad, a missing one made up for."""
    holes = (
        upper[2, i] <= 0,
        upper[2, i + 1] <= 0,
        lower[2, i + 1] <= 0,
        lower[2, i] <= 0,
    )
    return (
        complete(upper[0, i], upper[0, i + 1], lower[0, i + 1], lower[0, i], holes),
        complete(upper[1, i], upper[1, i + 1], lower[1, i + 1], lower[1, i], holes),
        complete(upper[2, i], upper[2, i + 1], lower[2, i + 1], lower[2, i], holes),
    )
