# SPDX-License-Identifier: Apache-2.0
"""
The camera's uncompressed formats to BGR, as kernels.

As in video: BT.601 over the range of 16 to 235. The weights, rounded as they are, and the two
steps in which they are applied are those of the vendor's library, so that the pixels are its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import kernel, part

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint32]

# Weights in units of 2 ** -6, that of Y, 1.164, of 2 ** -22.
_BITS = np.int32(6)
_Y_BITS = np.int32(16)
_Y = np.int32(257 * 18997)
_BLACK = np.int32(1160)  # what Y = 16 gives, less half a level
_V_TO_R = np.int32(102)
_U_TO_G = np.int32(-25)
_V_TO_G = np.int32(-52)
_U_TO_B = np.int32(128)
_MIDDLE = np.int32(128)
_OPAQUE = np.uint32(0xFF000000)


@part
def _byte(value: Any) -> Any:
    return np.uint32(min(max(np.int32(value >> _BITS), np.int32(0)), np.int32(255)))


@part
def _bgra(y: Any, u: Any, v: Any) -> Any:
    """Return a pixel as four bytes in one number."""
    luma = np.int32((np.int32(y) * _Y >> _Y_BITS) - _BLACK)
    cu, cv = np.int32(np.int32(u) - _MIDDLE), np.int32(np.int32(v) - _MIDDLE)
    blue = _byte(np.int32(luma + _U_TO_B * cu))
    green = _byte(np.int32(luma + _U_TO_G * cu + _V_TO_G * cv))
    red = _byte(np.int32(luma + _V_TO_R * cv))
    return np.uint32(blue | (green << np.uint32(8)) | (red << np.uint32(16)) | _OPAQUE)


@kernel
def nv12_to_bgr(pixels: Bytes, out: Bytes) -> None:
    """
    Convert NV12 to BGR or BGRA.

    :param pixels: (H * 3 / 2, W) uint8: Y, then U and V in turn at half the height and width.
    :param out: (H, W, 3) or (H, W, 4) uint8.
    """
    height, width = out.shape[0], out.shape[1]
    words = np.empty(width, np.uint32)
    for row in range(height):
        y, uv = pixels[row], pixels[height + row // 2]
        for pair in range(width // 2):
            u, v = uv[2 * pair], uv[2 * pair + 1]
            words[2 * pair] = _bgra(y[2 * pair], u, v)
            words[2 * pair + 1] = _bgra(y[2 * pair + 1], u, v)
        _store(words, out[row])


@kernel
def yuy2_to_bgr(pixels: Bytes, out: Bytes) -> None:
    """
    Convert YUY2 to BGR or BGRA.

    :param pixels: (H, W * 2) uint8: Y, U, Y, V for two pixels at a time.
    :param out: (H, W, 3) or (H, W, 4) uint8.
    """
    width = out.shape[1]
    words = np.empty(width, np.uint32)
    for row in range(out.shape[0]):
        line = pixels[row]
        for pair in range(width // 2):
            u, v = line[4 * pair + 1], line[4 * pair + 3]
            words[2 * pair] = _bgra(line[4 * pair], u, v)
            words[2 * pair + 1] = _bgra(line[4 * pair + 2], u, v)
        _store(words, out[row])


@kernel
def _store(words: Words, out: Bytes) -> None:
    for i in range(words.shape[0]):
        out[i, 0] = np.uint8(words[i])
        out[i, 1] = np.uint8(words[i] >> np.uint32(8))
        out[i, 2] = np.uint8(words[i] >> np.uint32(16))
    if out.shape[1] == 4:
        for i in range(words.shape[0]):
            out[i, 3] = 255
