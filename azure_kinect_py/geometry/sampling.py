# SPDX-License-Identifier: Apache-2.0
"""Color in the depth camera's view: each depth pixel looks itself up in the color image."""

from __future__ import annotations

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

_AHEAD = 64  # pixels: how far memory is asked for before it is needed
_LINE = 48  # bytes that surely share a line of the cache with the next such


@fast_kernel
def sample_rows(
    depth: U16,
    table: Floats,
    shift: Floats,
    lens: Lens,
    scale: float,
    color: U8,
    out: U32,
    first: int,
    last: int,
) -> None:
    """
    Write the rows from ``first`` up to but not ``last``.

    There is no test for what hides behind what, and bilinear sampling needs all four neighbours,
    both like the vendor's engine.

    :param depth: (Hd, Wd) uint16, millimetres; ``table``, ``shift`` and ``lens`` as in
        :class:`~azure_kinect_py.geometry.correspondence.Correspondence`.
    :param scale: Color pixels to a depth pixel, about.
    :param color: (Hc, Wc, 3) BGR or (Hc, Wc, 4) BGRA.
    :param out: (Hd, Wd) uint32, BGRA as four bytes; 0 = none, and black that is not opaque is 1.
    """
    channels = color.shape[2]
    stride = color.shape[1] * channels
    columns = depth.shape[1]
    places = np.empty((3, columns), np.float32)
    u, v, z = places[0], places[1], places[2]
    pixels = np.full(columns + _AHEAD, -1, np.int32)
    apart = max(1, int(_LINE / (scale * channels)))
    for row in range(first, last):
        project_row(depth[row], table[row], shift, lens, u, v, z)
        _locate(u, v, z, color, pixels)
        for start in range(0, columns, apart):
            ahead = pixels[start + _AHEAD]
            if ahead >= 0:
                prefetch(color, ahead)
                prefetch(color, ahead + stride)
            for i in range(start, min(start + apart, columns)):
                pixel = pixels[i]
                if pixel < 0:
                    out[row, i] = 0
                elif channels == 4:
                    value = sample4(color, pixel, pixel + stride, u[i], v[i])
                    out[row, i] = max(value, np.uint32(1))
                else:
                    out[row, i] = sample3(color, pixel, pixel + stride, u[i], v[i])


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
