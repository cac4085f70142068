# SPDX-License-Identifier: Apache-2.0
"""
The pixels that show solids, as kernels.

They are kept as a list sorted by solid, so that all pixels of a solid can be worked on together,
however scattered they are, and so that only they need be put back afterwards.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import kernel, part

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int16]

_FEW = 4096


class Visible(NamedTuple):
    """
    The pixels that show each of N solids.

    :ivar pixels: (P,) their numbers, counted row by row; sorted by solid.
    :ivar starts: (N + 1,) where each solid's pixels start, and where the last one's end.
    """

    pixels: Ints
    starts: Ints


@kernel
def grown(rows: Ints) -> Ints:
    """Return a list of twice the length that begins with the same rows."""
    more = np.empty((2 * rows.shape[0], rows.shape[1]), rows.dtype)
    for i in range(rows.shape[0]):
        for j in range(rows.shape[1]):
            more[i, j] = rows[i, j]
    return more


@kernel
def find_visible(hits: Numbers, reach: Ints, count: int) -> Visible:
    """
    Return the pixels of all solids.

    :param hits: (H, W) numbers of the solids, negative = none of them.
    :param reach: (H, 2) first column to look at, and that after the last.
    :param count: Number of solids.
    """
    runs, total = _find_runs(hits, reach)
    starts = np.zeros(count + 1, np.int32)
    for i in range(total):
        starts[runs[i, 0] + 1] += runs[i, 2] - runs[i, 1]
    for number in range(count):
        starts[number + 1] += starts[number]
    pixels, nexts = np.empty(starts[count], np.int32), starts.copy()
    for i in range(total):
        number, first = runs[i, 0], runs[i, 1]
        place, length = nexts[number], runs[i, 2] - first
        for j in range(length):
            pixels[place + j] = first + j
        nexts[number] = place + length
    return Visible(pixels, starts)


@kernel
def _find_runs(hits: Numbers, reach: Ints) -> tuple[Ints, int]:
    """Return neighbours that show one solid: its number, the first, that after the last pixel."""
    runs, total = np.empty((_FEW, 3), np.int32), 0
    height, width = hits.shape
    flat = hits.reshape(-1)
    fours = flat[: flat.size // 4 * 4].view(np.uint64)
    for row in range(height):
        pixel, stop = np.uint64(reach[row, 0]), np.uint64(reach[row, 1])
        pixel, stop = pixel + np.uint64(row * width), stop + np.uint64(row * width)
        while pixel < stop:
            number, first = flat[pixel], pixel
            pixel = _end_of_run(flat, fours, pixel, stop)
            if number >= 0:
                if total == runs.shape[0]:
                    runs = grown(runs)
                runs[total, 0], runs[total, 1], runs[total, 2] = number, first, pixel
                total += 1
    return runs, total


@part
def _end_of_run(flat: Numbers, fours: Any, pixel: int, stop: int) -> int:
    """Return the first pixel after one whose number is another; four at a time where possible."""
    number = flat[pixel]
    same = np.uint64(np.uint16(number)) * np.uint64(0x0001000100010001)
    one, four, last = np.uint64(1), np.uint64(4), np.uint64(3)
    while pixel < stop:
        if pixel & last == 0 and pixel + four <= stop and fours[pixel >> np.uint64(2)] == same:
            pixel += four
        elif flat[pixel] == number:
            pixel += one
        else:
            break
    return pixel


@kernel
def put_back(reach: Ints, source: Any, target: Any) -> None:
    """
    Copy rows from one image (H, W) to another.

    :param reach: (H, 2) first column to copy, and that after the last.
    """
    width = source.shape[1]
    old, new = source.reshape(-1), target.reshape(-1)
    for row in range(reach.shape[0]):
        start, stop = (
            np.uint64(row * width + reach[row, 0]),
            np.uint64(row * width + reach[row, 1]),
        )
        for pixel in range(start, stop):
            new[pixel] = old[pixel]


@kernel
def wipe(reach: Ints, value: int, image: Any) -> None:
    """Give pixels of rows, see :func:`put_back`, the same value."""
    width = image.shape[1]
    new = image.reshape(-1)
    for row in range(reach.shape[0]):
        start, stop = (
            np.uint64(row * width + reach[row, 0]),
            np.uint64(row * width + reach[row, 1]),
        )
        for pixel in range(start, stop):
            new[pixel] = value


@kernel
def fill(visible: Visible, values: Any, image: Any) -> None:
    """
    Give the pixels of each solid a value of its own.

    :param values: (N,).
    :param image: (H, W), out.
    """
    flat = image.reshape(-1)
    for number in range(values.shape[0]):
        for i in range(visible.starts[number], visible.starts[number + 1]):
            flat[np.uint32(visible.pixels[i])] = values[number]
