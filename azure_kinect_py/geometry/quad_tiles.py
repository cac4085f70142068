# SPDX-License-Identifier: Apache-2.0
"""Blocks of quads drawn into the color image, in tiles of one row of a few pixels."""

from __future__ import annotations

from typing import Any

import numpy as np

from azure_kinect_py.geometry.compiled import fast_kernel
from azure_kinect_py.geometry.correspondence import U16
from azure_kinect_py.geometry.lanes import merge4, merge8, put4, put8
from azure_kinect_py.geometry.projection import Floats
from azure_kinect_py.geometry.quad_values import evaluate_mixed, evaluate_nearest
from azure_kinect_py.geometry.quads import (
    BLOCK,
    COLUMN,
    F32,
    HEIGHT,
    NO_KEYS,
    PIXEL,
    U32,
    WIDTH,
    at,
    evaluate,
    evaluate_two,
    is_drawn,
)

_STRANDS = 4  # neighbouring quads share pixels, and a load soon after a store to them would wait


@fast_kernel
def peak(block: Floats, row: int, count: int) -> int:
    """Return the largest whole number in a row of the table of a block."""
    most = np.int32(0)  # so that the compiler keeps to 32 bits
    for i in range(count):
        most = max(most, np.int32(block[at(row, i)]))
    return int(most)


@fast_kernel
def draw_small(
    block: Floats,
    count: int,
    tiles: Any,
    out: U16,
    first: int,
    values_out: Any,
    nearest: Any,
    corner: int,
) -> None:
    """
    Draw the quads of a block that are SMALL, in tiles of one row of four or eight pixels.

    :param block: The table of the block.
    :param tiles: (6, 2 * BLOCK) uint32, scratch: keys, values and steps of the left four pixels
        of the tile in each quad, then of the right four.
    :param first: The first row to draw.
    :param values_out: As for :func:`~azure_kinect_py.geometry.mesh.draw_band`; ``nearest`` too.
    :param corner: Number of the depth pixel at corner a of the first quad.
    """
    width = out.shape[1]
    widest = peak(block, WIDTH, count)
    whole = (widest + 7) // 8 * 8
    if peak(block, COLUMN, count) + whole > width:
        widest = whole  # tiles move left, away from the edge of the image
    for row in range(peak(block, HEIGHT, count)):
        if widest <= 4:
            tile = (F32(row), F32(0), F32(width - 4), F32(width), F32(first))
            _evaluate(block, count, tile, widest, tiles[0])
            _evaluate_along(block, count, tile, widest, tiles[1:3], values_out, nearest)
            _merge_fours(block, count, tiles, out, values_out, nearest, corner)
            continue
        for column in range(0, widest, 8):
            right = (F32(row), F32(column + 4), F32(width - 4), F32(width), F32(first))
            covered = widest - column - 4
            _evaluate(block, count, right, covered, tiles[3])
            _evaluate_along(block, count, right, covered, tiles[4:6], values_out, nearest)
            left = (F32(row), F32(column), F32(width - 8), F32(width), F32(first))
            _evaluate(block, count, left, 4, tiles[0])
            _evaluate_along(block, count, left, 4, tiles[1:3], values_out, nearest)
            _merge_eights(block, count, left, tiles, out, values_out, nearest, corner)


@fast_kernel
def _evaluate(block: Floats, count: int, tile: Any, covered: int, keys: U32) -> None:
    if covered <= 2:
        evaluate_two(block, count, tile, keys)
    else:
        evaluate(block, count, tile, keys)


@fast_kernel
def _evaluate_along(
    block: Floats,
    count: int,
    tile: Any,
    covered: int,
    along: U32,
    values_out: Any,
    nearest: Any,
) -> None:
    if values_out is not None:
        evaluate_mixed(block, count, tile, covered, along[0])
    if nearest is not None:
        evaluate_nearest(block, count, tile, covered, along[1])


@fast_kernel
def _merge_fours(
    block: Floats, count: int, tiles: Any, out: U16, values_out: Any, nearest: Any, corner: int
) -> None:
    keys, values, steps = tiles[0], tiles[1], tiles[2]
    covering = np.empty(BLOCK, np.int32)
    covered = 0
    for i in range(count):  # many small quads cover no pixel, and no processor foresees which
        covering[covered] = i
        covered += np.intp((keys[2 * i] & keys[2 * i + 1]) != NO_KEYS)
    for strand in range(_STRANDS):
        for k in range(strand, covered, _STRANDS):
            i = covering[k]
            pixel = int(block[at(PIXEL, i)])
            nearer = merge4(out, pixel, keys, 2 * i)
            if values_out is not None:
                put4(values_out, pixel, nearer, 0, values, 2 * i)
            if nearest is not None:
                put4(nearest, pixel, nearer, corner + i, steps, 2 * i)


@fast_kernel
def _merge_eights(
    block: Floats,
    count: int,
    tile: Any,
    tiles: Any,
    out: U16,
    values_out: Any,
    nearest: Any,
    corner: int,
) -> None:
    row, _column, _last, _width, first_row = tile
    for strand in range(_STRANDS):
        for i in range(strand, count, _STRANDS):
            if is_drawn(block, i, row, first_row):
                pixel = int(block[at(PIXEL, i)])
                nearer = merge8(out, pixel, tiles[0], tiles[3], 2 * i)
                if values_out is not None:
                    put8(values_out, pixel, nearer, 0, tiles[1], tiles[4], 2 * i)
                if nearest is not None:
                    put8(nearest, pixel, nearer, corner + i, tiles[2], tiles[5], 2 * i)
