# SPDX-License-Identifier: Apache-2.0
"""Color in the depth camera's view: each depth pixel looks itself up in the color image."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_kernel
from azure_kinect_py.geometry.correspondence import U16, project_row
from azure_kinect_py.geometry.distortion import Lens
from azure_kinect_py.geometry.lanes import sample3, sample4
from azure_kinect_py.geometry.projection import Floats

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]


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
    both like the vendor's engine.

    :param color: (Hc, Wc, 3) BGR or (Hc, Wc, 4) BGRA.
    :param out: (Hd, Wd) uint32, BGRA as four bytes; 0 = none, and black that is not opaque is 1.
    """
    height, width, channels = color.shape
    stride = width * channels
    columns = depth.shape[1]
    places = np.empty((3, columns), np.float32)
    u, v, z = places[0], places[1], places[2]
    for row in range(first, last):
        project_row(depth[row], table[row], shift, lens, u, v, z)
        for i in range(columns):
            value = np.uint32(0)
            if z[i] > 0 and u[i] >= 0 and v[i] >= 0:
                x, y = int(u[i]), int(v[i])
                if x + 1 < width and y + 1 < height:
                    at = y * stride + x * channels
                    fx, fy = u[i] - np.float32(x), v[i] - np.float32(y)
                    if channels == 4:
                        value = max(np.uint32(1), sample4(color, at, at + stride, fx, fy))
                    else:
                        value = sample3(color, at, at + stride, fx, fy)
            out[row, i] = value
