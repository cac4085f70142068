# SPDX-License-Identifier: Apache-2.0
"""
The camera's uncompressed formats to BGR, as kernels.

The camera's YUV is BT.601 over the full range of 0 to 255, unlike video's 16 to 235.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import kernel

Bytes = npt.NDArray[np.uint8]

# Weights of U and V in units of 2 ** -16.
_SHIFT = np.int32(16)
_HALF = np.int32(1 << 15)
_V_TO_R = np.int32(91881)
_U_TO_G = np.int32(-22554)
_V_TO_G = np.int32(-46802)
_U_TO_B = np.int32(116130)


@kernel
def _clamp(value: np.int32) -> Any:
    return np.uint8(min(max(value, np.int32(0)), np.int32(255)))


@kernel
def _put(out: Bytes, row: int, column: int, y: int, u: int, v: int) -> None:
    luma = (np.int32(y) << _SHIFT) + _HALF
    cu, cv = np.int32(u) - np.int32(128), np.int32(v) - np.int32(128)
    out[row, column, 0] = _clamp((luma + _U_TO_B * cu) >> _SHIFT)
    out[row, column, 1] = _clamp((luma + _U_TO_G * cu + _V_TO_G * cv) >> _SHIFT)
    out[row, column, 2] = _clamp((luma + _V_TO_R * cv) >> _SHIFT)
    if out.shape[2] == 4:
        out[row, column, 3] = 255


@kernel
def nv12_to_bgr(pixels: Bytes, out: Bytes) -> None:
    """Convert (H * 3 / 2, W) uint8: a plane of Y, then one of U and V in turn at half the size."""
    height, width = out.shape[0], out.shape[1]
    for row in range(height):
        for column in range(width):
            chroma = height + row // 2
            even = column & ~1
            y = pixels[row, column]
            _put(out, row, column, y, pixels[chroma, even], pixels[chroma, even + 1])


@kernel
def yuy2_to_bgr(pixels: Bytes, out: Bytes) -> None:
    """Convert (H, W, 2) uint8: Y of each pixel, followed by U or V of a pair of pixels in turn."""
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            even = column & ~1
            y = pixels[row, column, 0]
            _put(out, row, column, y, pixels[row, even, 1], pixels[row, even + 1, 1])
