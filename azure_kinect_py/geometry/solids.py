# SPDX-License-Identifier: Apache-2.0
"""
Solids as the kernels know them.

A solid is a simple body in its own local frame, placed by an affine map that takes points of the
camera's frame into the local one, so that it can be stretched and turned at will:

* BALL_CONE: the hull of two balls, of radius ``r0`` at the origin and ``r1`` at (0, length, 0);
  with length 0 a ball, hence an ellipsoid,
* BOX: the cube from -1 to 1,
* ROOM: the same cube seen from inside.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import part

Floats = npt.NDArray[np.float32]
Row = tuple[float, float, float, float]
Map = tuple[Row, Row, Row]

BALL_CONE = 0
BOX = 1
ROOM = 2


def ball_cone(r0: float, r1: float, length: float) -> tuple[float, float, float, float, float]:
    """
    Return the numbers by which kernels know a BALL_CONE.

    Its radii, its length, the sine of the slope of its mantle, and the inverse of the cosine's
    square. A ball has length 0.
    """
    sine = (r0 - r1) / length if length > 0.0 else 0.0
    return r0, r1, length, sine, 1.0 / (1.0 - sine * sine)


@part
def affine(m: Floats) -> Map:
    """Return an affine map, (3, 4), as numbers."""
    return (
        (m[0, 0], m[0, 1], m[0, 2], m[0, 3]),
        (m[1, 0], m[1, 1], m[1, 2], m[1, 3]),
        (m[2, 0], m[2, 1], m[2, 2], m[2, 3]),
    )
