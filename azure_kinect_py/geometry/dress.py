# SPDX-License-Identifier: Apache-2.0
"""
What people look like, as kernels: the textures of cloth and of heads.

They work on a batch of points in the solid's own frame, see :mod:`surfaces`, and are free of
branches, so that several points are computed at once: people are new in each picture.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_kernel, fast_part
from azure_kinect_py.geometry.surfaces import BATCH, LEVEL, LOCAL, SECOND, SHADE, Vector

Floats = npt.NDArray[np.float32]

F = np.float32
_ZERO = np.float32(0)
_ONE = np.float32(1)
_TWO = np.float32(2)
_THREE = np.float32(3)
_HALF = np.float32(0.5)
_PUPIL = np.float32(0.16), np.float32(0.11), np.float32(0.08)
_EYE = np.float32(0.90), np.float32(0.88), np.float32(0.86)
_BROW = np.float32(0.8)
_LIPS = np.float32(0.82), np.float32(0.58), np.float32(0.60)


@fast_kernel
def cloth(work: Floats, count: int, striped: bool) -> None:
    """
    Write the brightness of woven cloth with soft folds, about 1, and where stripes are.

    :param work: (SIZE,); SHADE is written, and SECOND: 1 in stripes of the second color, else 0.
    """
    for i in range(count):
        x = work[LOCAL + i] + F(0.7) * work[LOCAL + 2 * BATCH + i]
        y = work[LOCAL + BATCH + i]
        folds = _clouds(x * F(9) + F(3), y * F(14))
        thread = _lattice(np.int32(np.floor(x * F(300))), np.int32(np.floor(y * F(300))))
        work[SHADE + i] = (F(0.97) + F(0.06) * thread) * (F(0.95) + F(0.10) * folds)
        band = np.int32(np.floor(y * F(32)))
        work[SECOND + i] = _ONE if striped & ((band & 1) == 1) else _ZERO


@fast_kernel
def head(work: Floats, count: int, skin: Vector, hair: Vector) -> None:
    """
    Give light the colors of a head, skin and hair, and a face.

    Its own frame is the unit ball, x to its left, y up, z to the front.

    :param work: (SIZE,); LEVEL is multiplied with the colors.
    """
    for i in range(count):
        side, y, z = work[LOCAL + i], work[LOCAL + BATCH + i], work[LOCAL + 2 * BATCH + i]
        x = abs(side)
        hairline = F(0.52) + F(0.10) * x - F(0.08) * _clouds(side * F(9), _ONE)
        hairy = (y > hairline) | ((z < F(0.10)) & (y > F(-0.35) - _HALF * z))
        strand = F(0.75) + _HALF * _clouds((side + z) * F(40), y * F(6))

        face = (z > 0) & (not hairy)
        across, up = x - F(0.36), y - F(0.10)
        eye_x, eye_y = across * F(1 / 0.155), up * F(1 / 0.075)
        eye = face & (eye_x * eye_x + eye_y * eye_y < _ONE)
        pupil = eye & (across * across + up * up < F(0.0046))
        arch = F(0.27) - F(0.35) * (x - F(0.38)) * (x - F(0.38))
        brow = face & (x > F(0.18)) & (x < F(0.58)) & (abs(y - arch) < F(0.032))
        lips = face & (x < F(0.27)) & (abs(y + F(0.52)) < F(0.055) - _HALF * x * x)
        cheek = (x - _HALF) * (x - _HALF) + (y + F(0.2)) * (y + F(0.2))
        cheek = _ONE - cheek * F(1 / 0.09)
        blush = _ONE - F(0.06) * (cheek if cheek > 0 else _ZERO)

        strand = _BROW if brow else strand
        locks, tint = hairy | brow, (_ONE, blush, blush)
        for j in range(3):
            color = skin[j] * (_LIPS[j] if lips else tint[j])
            color = hair[j] * strand if locks else color
            color = _EYE[j] if eye else color
            color = _PUPIL[j] if pupil else color
            work[LEVEL + j * BATCH + i] *= color


@fast_part
def _clouds(x: float, y: float) -> float:
    """Return smooth noise 0 to 1 with a grain of one unit."""
    left, top = np.floor(x), np.floor(y)
    u, v = x - left, y - top
    u, v = u * u * (_THREE - _TWO * u), v * v * (_THREE - _TWO * v)
    column, row = np.int32(left), np.int32(top)
    right, bottom = np.int32(column + 1), np.int32(row + 1)
    above = _lattice(column, row) * (_ONE - u) + _lattice(right, row) * u
    below = _lattice(column, bottom) * (_ONE - u) + _lattice(right, bottom) * u
    value: float = above + (below - above) * v
    return value


@fast_part
def _lattice(x: int, y: int) -> float:
    """Return a fixed random number 0 to 1 for a point of the lattice, in 32 bits throughout."""
    n = np.uint32(np.uint32(x) * np.uint32(374761393))
    n = np.uint32(n + np.uint32(np.uint32(y) * np.uint32(668265263)))
    n = np.uint32(np.uint32(n ^ (n >> np.uint32(13))) * np.uint32(1274126177))
    value: float = np.float32(np.int32(n >> np.uint32(16))) * np.float32(1 / 65535)
    return value
