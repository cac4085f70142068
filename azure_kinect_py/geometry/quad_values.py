# SPDX-License-Identifier: Apache-2.0
"""What the quads of a block bring along with depth: another image's values, nearest corners."""

from __future__ import annotations

from typing import Any

import numpy as np

from azure_kinect_py.geometry.compiled import fast_kernel, fast_part
from azure_kinect_py.geometry.projection import Floats
from azure_kinect_py.geometry.quads import (
    COLUMN,
    F32,
    GAINS,
    STEPS,
    U32,
    areas,
    at,
    functions_at,
    step_right,
)

_ZERO, _HALF, _ONE = F32(0), F32(0.5), F32(1)
_MASK = np.uint32(0xFFFF)
_SHIFT = np.uint32(16)


@fast_kernel
def prepare_values(depths: Any, values: Any, table: Floats) -> None:
    """
    Fill the rows GAINS of a prepared table.

    :param depths: The upper and the lower row's depths, (N + 1,) float32, 0 where there is none.
    :param values: The upper and the lower row's values, (N + 1,) uint16. A missing corner's is
        the mean of two others, as its place is.
    """
    z0, z1 = depths
    above, below = values
    for i in range(z0.shape[0] - 1):
        no_a, no_b, no_c, no_d = z0[i] <= 0, z0[i + 1] <= 0, z1[i + 1] <= 0, z1[i] <= 0
        a, b, c, d = F32(above[i]), F32(above[i + 1]), F32(below[i + 1]), F32(below[i])
        middle, edge = _mean(b, d), _mean(d if no_b else b, c)
        a, b, c, d = (
            middle if no_a else a,
            c if no_b else b,
            middle if no_c else (edge if no_b | no_d else c),
            c if no_d else d,
        )
        lower, upper = areas(table, i)
        table[at(GAINS, i)] = a
        table[at(GAINS + 1, i)] = (c - a) / lower
        table[at(GAINS + 2, i)] = (d - a) / lower
        table[at(GAINS + 3, i)] = (c - a) / upper
        table[at(GAINS + 4, i)] = (b - a) / upper


@fast_part
def _mean(a: F32, b: F32) -> Any:
    return F32(np.int32((a + b) * _HALF))


@fast_kernel
def prepare_steps(depths: Any, columns: int, table: Floats) -> None:
    """
    Fill the rows STEPS of the table.

    :param depths: As for :func:`prepare_values`. For a missing corner one of the others stands.
    :param columns: Of the depth image.
    """
    z0, z1 = depths
    to_b, to_c, to_d = _ONE, F32(columns + 1), F32(columns)
    for i in range(z0.shape[0] - 1):
        no_a, no_b, no_c, no_d = z0[i] <= 0, z0[i + 1] <= 0, z1[i + 1] <= 0, z1[i] <= 0
        other = to_d if no_b else to_b
        table[at(STEPS, i)] = to_c if no_a else _ZERO
        table[at(STEPS + 1, i)] = to_c if no_b else to_b
        table[at(STEPS + 2, i)] = _ZERO if no_c else (other if no_b | no_d else to_c)
        table[at(STEPS + 3, i)] = to_c if no_d else to_d


@fast_part
def brought_along(table: Floats, i: int) -> Any:
    """Return rows GAINS and STEPS of a quad."""
    gains = (
        table[at(GAINS, i)],
        table[at(GAINS + 1, i)],
        table[at(GAINS + 2, i)],
        table[at(GAINS + 3, i)],
        table[at(GAINS + 4, i)],
    )
    steps = (
        table[at(STEPS, i)],
        table[at(STEPS + 1, i)],
        table[at(STEPS + 2, i)],
        table[at(STEPS + 3, i)],
    )
    return gains, steps


@fast_part
def _shares(functions: Any) -> Any:
    """Return whether a pixel is in the triangle of d, and the shares of a, of b or d, and of c."""
    d, l, t, b, r, _z = functions  # noqa: E741
    lower = d >= _ZERO
    return lower, b if lower else r, d if lower else -d, l if lower else t


@fast_part
def _mixed(table: Floats, i: int, functions: Any) -> Any:
    """Return the mean of the corners' values, weighted with their shares and rounded."""
    lower, _of_a, of_k, of_c = _shares(functions)
    lower_c, lower_d = table[at(GAINS + 1, i)], table[at(GAINS + 2, i)]
    upper_c, upper_b = table[at(GAINS + 3, i)], table[at(GAINS + 4, i)]
    gain_c, gain_k = lower_c if lower else upper_c, lower_d if lower else upper_b
    value = table[at(GAINS, i)] + of_c * gain_c + of_k * gain_k
    return np.uint32(np.int32(value + _HALF)) & _MASK


@fast_part
def _nearest(table: Floats, i: int, functions: Any) -> Any:
    """Return the way to the corner with the largest share."""
    lower, of_a, of_k, of_c = _shares(functions)
    a, c = table[at(STEPS, i)], table[at(STEPS + 2, i)]
    b, d = table[at(STEPS + 1, i)], table[at(STEPS + 3, i)]
    k = d if lower else b
    step = (c if of_c > of_a else a) if of_c > of_k else (k if of_k > of_a else a)
    return np.uint32(np.int32(step))


@fast_part
def _first_two(table: Floats, i: int, tile: Any) -> Any:
    """Return a quad's functions at the first two pixels of a tile."""
    row, column, last, _width, _first_row = tile
    right = min(table[at(COLUMN, i)] + column, last) - table[at(COLUMN, i)]
    first = functions_at(table, i, right, row)
    return first, step_right(table, i, first)


@fast_part
def _latter_two(table: Floats, i: int, second: Any) -> Any:
    third = step_right(table, i, second)
    return third, step_right(table, i, third)


@fast_kernel
def evaluate_mixed(table: Floats, count: int, tile: Any, covered: int, brought: U32) -> None:
    """
    Find the mixed values for four neighbouring pixels in each quad of a block.

    :param tile: As for :func:`~azure_kinect_py.geometry.quads.evaluate`.
    :param covered: How many of the pixels a quad may cover; the latter two are left out if none.
    :param brought: (2 * BLOCK,) uint32 to fill, of no meaning outside the quad; two to a number.
    """
    if covered <= 2:
        for i in range(count):
            first, second = _first_two(table, i, tile)
            brought[2 * i] = _mixed(table, i, first) | (_mixed(table, i, second) << _SHIFT)
        return
    for i in range(count):
        first, second = _first_two(table, i, tile)
        third, fourth = _latter_two(table, i, second)
        brought[2 * i] = _mixed(table, i, first) | (_mixed(table, i, second) << _SHIFT)
        brought[2 * i + 1] = _mixed(table, i, third) | (_mixed(table, i, fourth) << _SHIFT)


@fast_kernel
def evaluate_nearest(table: Floats, count: int, tile: Any, covered: int, brought: U32) -> None:
    """
    Do as :func:`evaluate_mixed` with the way from corner a to the corner with the largest share.

    It is counted in depth pixels, row after row.
    """
    if covered <= 2:
        for i in range(count):
            first, second = _first_two(table, i, tile)
            brought[2 * i] = _nearest(table, i, first) | (_nearest(table, i, second) << _SHIFT)
        return
    for i in range(count):
        first, second = _first_two(table, i, tile)
        third, fourth = _latter_two(table, i, second)
        brought[2 * i] = _nearest(table, i, first) | (_nearest(table, i, second) << _SHIFT)
        brought[2 * i + 1] = _nearest(table, i, third) | (_nearest(table, i, fourth) << _SHIFT)
