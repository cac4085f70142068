# SPDX-License-Identifier: Apache-2.0
"""Color in the depth camera's view: each depth pixel looks itself up in the color image."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_kernel
from azure_kinect_py.geometry.correspondence import U16, project_row
from azure_kinect_py.geometry.distortion import Lens
from azure_kinect_py.geometry.lanes import prefetch, sample3, sample4
from azure_kinect_py.geometry.projection import Floats

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
I32 = npt.NDArray[np.int32]


@fast_kernel
def sample_rows(
    depth: U16,
    table: Floats,
    shift: Floats,
    lens: Lens,
    color: U8,
    out: U32,
    first: int,
    last: int,
) -> None:
    """
    Write the rows from ``first`` up to but not ``last``.

    There is no test for what hides behind what, and bilinear sampling needs all four neighbours,
    both like the vendor's engine. While a row is sampled, memory is asked for what the next needs:
    with large images most of the time is spent waiting for it.

    :param depth: (Hd, Wd) uint16, millimetres; ``table``, ``shift`` and ``lens`` as in
        :class:`~azure_kinect_py.geometry.correspondence.Correspondence`.
    :param color: (Hc, Wc, 3) BGR or (Hc, Wc, 4) BGRA.
    :param out: (Hd, Wd) uint32, BGRA as four bytes; 0 = none, and black that is not opaque is 1.
    """
    columns = depth.shape[1]
    places = np.empty((2, 3, columns), np.float32)
    pixels = np.full((2, columns), -1, np.int32)
    for row in range(first, last + 1):
        here, ahead = (row + 1) % 2, row % 2
        if row < last:
            u, v, z = places[ahead, 0], places[ahead, 1], places[ahead, 2]
            project_row(depth[row], table[row], shift, lens, u, v, z)
            _locate(u, v, z, color, pixels[ahead])
        if row > first:
            shares = (places[here, 0], places[here, 1])
            _sample_row(color, pixels[here], shares, out[row - 1], pixels[ahead])


@fast_kernel
def _sample_row(color: U8, pixels: I32, shares: Any, out: Any, ahead: I32) -> None:
    _height, width, channels = color.shape
    stride = width * channels
    fx, fy = shares
    for i in range(out.shape[0]):
        coming = max(ahead[i], np.int32(0))
        prefetch(color, coming)
        prefetch(color, coming + stride)
        pixel = pixels[i]
        if pixel < 0:
            out[i] = 0
        elif channels == 4:
            out[i] = max(sample4(color, pixel, pixel + stride, fx[i], fy[i]), np.uint32(1))
        else:
            out[i] = sample3(color, pixel, pixel + stride, fx[i], fy[i])


@fast_kernel
def _locate(u: Floats, v: Floats, z: Floats, color: U8, pixels: I32) -> None:
    """Split places into the index of the upper left pixel, -1 for none, and what is beyond it."""
    height, width, channels = color.shape
    right, bottom = np.float32(width - 1), np.float32(height - 1)
    for i in range(u.shape[0]):
        ok = (z[i] > 0) & (u[i] >= 0) & (v[i] >= 0) & (u[i] < right) & (v[i] < bottom)
        x, y = np.int32(u[i]), np.int32(v[i])
        pixels[i] = np.int32((y * width + x) * channels) if ok else np.int32(-1)
        u[i] -= np.float32(x)
        v[i] -= np.float32(y)
