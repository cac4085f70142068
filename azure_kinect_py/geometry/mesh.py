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

from azure_kinect_py.geometry.compiled import fast_kernel, fast_part, kernel
from azure_kinect_py.geometry.correspondence import U16, project_row
from azure_kinect_py.geometry.projection import Floats
from azure_kinect_py.geometry.quad import draw_quad
from azure_kinect_py.geometry.quad_tiles import draw_small, peak
from azure_kinect_py.geometry.quad_values import brought_along, prepare_steps, prepare_values
from azure_kinect_py.geometry.quads import BLOCK, KIND, LARGE, TABLE, at, complete, prepare

F32 = np.float32

LEAST_WIDTH = 8
"""Pixels of the color image that are drawn on at once."""


@fast_kernel
def draw_band(
    to_color: Any,
    size: int,
    out: U16,
    first: int,
    last: int,
    values: Any,
    values_out: Any,
    background: int,
    nearest: Any,
) -> None:
    """
    Draw the rows of the color image from ``first`` up to but not ``last``.

    Bands may be drawn at the same time; each reads all of ``depth`` and writes its own rows only.
    What comes out is the same whatever the bands.

    :param to_color: ``depth``, (Hd, Wd) uint16 in millimetres; ``table``, ``shift``, ``lens`` of
        :class:`~azure_kinect_py.geometry.correspondence.Correspondence`.
    :param size: Sides in pixels beyond which a quad is an exception.
    :param out: (Hc, Wc) uint16, Wc at least ``LEAST_WIDTH``.
    :param values: Another image of the depth camera, (Hd, Wd) uint16, or None.
    :param values_out: (Hc, Wc) uint16 for its values, mixed, with ``background`` where there is
        no depth; or None.
    :param nearest: (Hc, Wc) int32 for the number of the depth pixel, counted row after row, that
        has the largest share in each pixel, -1 where there is no depth; or None.
    """
    depth, table, shift, lens = to_color
    cleared = first
    columns = depth.shape[1]
    block = np.empty(TABLE, F32)
    tiles = np.empty((6, 2 * BLOCK), np.uint32)
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
        _clear(out, values_out, background, nearest, cleared, needed)
        cleared = needed
        for start in range(0, columns - 1, BLOCK):
            end = min(start + BLOCK + 1, columns)
            count = end - start - 1
            corner = (row - 1) * columns + start
            prepare(_cut(upper, start, end), _cut(lower, start, end), block, limits)
            depths = (upper[2, start:end], lower[2, start:end])
            if values is not None:
                prepare_values(depths, (values[row - 1, start:end], values[row, start:end]), block)
            if nearest is not None:
                prepare_steps(depths, columns, block)
            draw_small(block, count, tiles, out, first, values_out, nearest, corner)
            if peak(block, KIND, count) == LARGE:
                for i in range(count):
                    if block[at(KIND, i)] == LARGE:
                        u, v, z = _corners(upper, lower, start + i)
                        rows = (first, last)
                        brought = brought_along(block, i)
                        draw_quad(u, v, z, out, rows, brought, values_out, nearest, corner + i)
    _clear(out, values_out, background, nearest, cleared, last)


@fast_kernel
def _clear(
    out: U16, values_out: Any, background: int, nearest: Any, first: int, last: int
) -> None:
    out[first:last] = 0
    if values_out is not None:
        values_out[first:last] = background
    if nearest is not None:
        nearest[first:last] = -1


@kernel
def look_up_rows(
    nearest: Any, values: Any, out: Any, background: Any, first: int, last: int
) -> None:
    """
    Write values of depth pixels into the rows from ``first`` up to but not ``last``.

    :param nearest: As :func:`draw_band` wrote it.
    :param values: Of all depth pixels, row after row.
    :param background: Value where ``nearest`` names none of them.
    """
    count = np.uint32(values.shape[0])
    for row in range(first, last):
        for column in range(out.shape[1]):
            pixel = np.uint32(nearest[row, column])
            out[row, column] = values[pixel] if pixel < count else background


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
