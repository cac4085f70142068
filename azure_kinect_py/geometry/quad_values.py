# SPDX-License-Identifier: Apache-2.0
"""Values of another image of the depth camera in the quads of a block, as depth is in quads.py."""

from __future__ import annotations

from typing import Any

import numpy as np

from azure_kinect_py.geometry.compiled import fast_kernel, fast_part
from azure_kinect_py.geometry.projection import Floats
from azure_kinect_py.geometry.quads import (
    COLUMN,
    F32,
    U32,
    VALUES,
    at,
    functions_at,
    step_right,
)

_ZERO, _HALF = F32(0), F32(0.5)
_MASK = np.uint32(0xFFFF)
_SHIFT = np.uint32(16)


@fast_kernel
def prepare_values(depths: Any, values: Any, table: Floats, linear: bool) -> None:
    """
    Fill the rows VALUES of the table, a missing corner made up for.

    :param depths: The upper and the lower row's depths, (N + 1,) float32, 0 where there is none.
    :param values: The upper and the lower row's values, (N + 1,) uint8 or uint16.
    :param linear: Whether what is made up is the mean of two corners, or one of the others.
    """
    z0, z1 = depths
    above, below = values
    for i in range(z0.shape[0] - 1):
        no_a, no_b, no_c, no_d = z0[i] <= 0, z0[i + 1] <= 0, z1[i + 1] <= 0, z1[i] <= 0
        a, b, c, d = F32(above[i]), F32(above[i + 1]), F32(below[i + 1]), F32(below[i])
        e = d if no_b else b
        middle = _mean(b, d) if linear else (c if no_a else a)
        edge = _mean(e, c) if linear else e
        table[at(VALUES, i)] = middle if no_a else a
        table[at(VALUES + 1, i)] = c if no_b else b
        table[at(VALUES + 2, i)] = middle if no_c else (edge if no_b | no_d else c)
        table[at(VALUES + 3, i)] = c if no_d else d


@fast_part
def _mean(a: F32, b: F32) -> Any:
    return F32(np.int32((a + b) * _HALF))


@fast_part
def _nearest(table: Floats, i: int, functions: Any) -> Any:
    """Return the value of the corner with the largest share."""
    d, l, t, b, r, _z = functions  # noqa: E741
    lower = d >= _ZERO
    of_a, of_k, of_c = b if lower else r, d if lower else -d, l if lower else t
    a, kb = table[at(VALUES, i)], table[at(VALUES + 1, i)]
    c, kd = table[at(VALUES + 2, i)], table[at(VALUES + 3, i)]
    k = kd if lower else kb
    value = (c if of_c > of_a else a) if of_c > of_k else (k if of_k > of_a else a)
    return np.uint32(np.int32(value)) & _MASK


@fast_part
def _mixed(table: Floats, i: int, functions: Any) -> Any:
    """Return the mean of the corners' values, weighted with their shares and rounded."""
    d, l, t, b, r, _z = functions  # noqa: E741
    lower = d >= _ZERO
    of_a, of_k, of_c = b if lower else r, d if lower else -d, l if lower else t
    a, kb = table[at(VALUES, i)], table[at(VALUES + 1, i)]
    c, kd = table[at(VALUES + 2, i)], table[at(VALUES + 3, i)]
    k = kd if lower else kb
    value = (of_c * c + of_k * k + of_a * a) / (of_c + of_k + of_a)
    return np.uint32(np.int32(value + _HALF)) & _MASK


@fast_kernel
def evaluate_nearest(table: Floats, count: int, tile: Any, kept: U32) -> None:
    """
    Find the value of the nearest corner for four neighbouring pixels in each quad of a block.

    :param tile: As for :func:`~azure_kinect_py.geometry.quads.evaluate`.
    :param kept: (2 * BLOCK,) uint32 to fill with values, of no meaning outside the quad; two to a
        number.
    """
    row, column, last, _width = tile
    for i in range(count):
        right = min(table[at(COLUMN, i)] + column, last) - table[at(COLUMN, i)]
        first = functions_at(table, i, right, row)
        second = step_right(table, i, first)
        third = step_right(table, i, second)
        fourth = step_right(table, i, third)
        kept[2 * i] = _nearest(table, i, first) | (_nearest(table, i, second) << _SHIFT)
        kept[2 * i + 1] = _nearest(table, i, third) | (_nearest(table, i, fourth) << _SHIFT)


@fast_kernel
def evaluate_mixed(table: Floats, count: int, tile: Any, kept: U32) -> None:
    """Do as :func:`evaluate_nearest`, with the corners' values mixed."""
    row, column, last, _width = tile
    for i in range(count):
        right = min(table[at(COLUMN, i)] + column, last) - table[at(COLUMN, i)]
        first = functions_at(table, i, right, row)
        second = step_right(table, i, first)
        third = step_right(table, i, second)
        fourth = step_right(table, i, third)
        kept[2 * i] = _mixed(table, i, first) | (_mixed(table, i, second) << _SHIFT)
        kept[2 * i + 1] = _mixed(table, i, third) | (_mixed(table, i, fourth) << _SHIFT)
