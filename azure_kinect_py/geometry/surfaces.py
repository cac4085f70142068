# SPDX-License-Identifier: Apache-2.0
"""
Where rays met solids: points and normals, for a batch of pixels of one solid at once.

A batch is worked on in one flat array, row after row of BATCH numbers, so that the compiler sees
that rows do not overlap; the kernels are free of branches. Both let several pixels be computed at
once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_kernel, fast_part
from azure_kinect_py.geometry.solids import BALL_CONE, ROOM, Map, Row, affine

Floats = npt.NDArray[np.float32]
Vector = tuple[float, float, float]

_ZERO = np.float32(0)
_ONE = np.float32(1)

BATCH = 256
"""Pixels of a batch at most."""

RAY = 0
"""Where the rays are: x/z, y/z and the depth of the hit, three rows."""

LOCAL = 3 * BATCH
"""The points in the solid's own frame, three rows."""

PLACE = 6 * BATCH
"""The points in the room, metres, three rows."""

NORMAL = 9 * BATCH
"""The unit normals in the room, three rows."""

SHADE = 12 * BATCH
"""The brightness of a texture, about 1."""

SECOND = 13 * BATCH
"""The share of the second color, 0 or 1."""

LEVEL = 14 * BATCH
"""The light as display levels of red, green and blue, three rows."""

SEEN = 17 * BATCH
"""The share of the lamp that the points see."""

SIZE = 18 * BATCH
"""Of the array."""


@fast_kernel
def meet(
    work: Floats,
    count: int,
    maps: Floats,
    k: int,
    kind: int,
    shapes: Floats,
    pose: Floats,
) -> None:
    """
    Write the points and normals of a batch of pixels that show solid ``k``.

    :param work: (SIZE,) with the rays in it, in and out.
    :param count: Pixels of the batch.
    :param maps: (N, 3, 4) from the camera's frame into the solids'.
    :param pose: (3, 4) pose of the camera in the room.
    """
    m, p = affine(maps[k]), affine(pose)
    if kind == BALL_CONE:
        _meet_ball_cone(
            work, count, m, p, (shapes[k, 0] * shapes[k, 3], shapes[k, 2], shapes[k, 4])
        )
    else:
        _meet_box(work, count, m, p, -_ONE if kind == ROOM else _ONE)


@fast_kernel
def _meet_ball_cone(work: Floats, count: int, m: Map, p: Map, shape: Vector) -> None:
    """Its normals point away from the point of the axis that is in charge."""
    middle, length, inverse = shape
    turn = _turn_of(m, p)
    for i in range(count):
        x, y, z = _reach(work, i, m, p)
        foot = (y - middle) * inverse
        foot = max(foot, _ZERO)
        foot = min(foot, length)
        _turn(work, i, (x, y - foot, z), turn)


@fast_kernel
def _meet_box(work: Floats, count: int, m: Map, p: Map, sign: float) -> None:
    turn = _turn_of(m, p)
    for i in range(count):
        x, y, z = _reach(work, i, m, p)
        ax, ay, az = abs(x), abs(y), abs(z)
        side = (ax >= ay) & (ax >= az)
        top = (ay >= az) & (not side)
        nx = np.copysign(_ONE, x) * sign if side else _ZERO
        ny = np.copysign(_ONE, y) * sign if top else _ZERO
        nz = _ZERO if side or top else np.copysign(_ONE, z) * sign
        _turn(work, i, (nx, ny, nz), turn)


@fast_part
def _reach(work: Floats, i: int, m: Map, p: Map) -> Vector:
    """Write the point that a ray reaches in both frames; return it in the solid's own."""
    x, y, z = work[RAY + i], work[RAY + BATCH + i], work[RAY + 2 * BATCH + i]
    a, b, c = _moved(m[0], x, y, z), _moved(m[1], x, y, z), _moved(m[2], x, y, z)
    work[LOCAL + i], work[LOCAL + BATCH + i], work[LOCAL + 2 * BATCH + i] = a, b, c
    work[PLACE + i] = _moved(p[0], x, y, z)
    work[PLACE + BATCH + i] = _moved(p[1], x, y, z)
    work[PLACE + 2 * BATCH + i] = _moved(p[2], x, y, z)
    return a, b, c


@fast_part
def _moved(m: Row, x: float, y: float, z: float) -> float:
    return m[3] + z * (m[0] * x + m[1] * y + m[2])


@fast_part
def _turn(work: Floats, i: int, n: Vector, turn: tuple[Vector, Vector, Vector]) -> None:
    """Write a normal, turned from the solid's frame into the room, as a unit vector."""
    a, b, c = n
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = turn
    x, y, z = ax * a + bx * b + cx * c, ay * a + by * b + cy * c, az * a + bz * b + cz * c
    scale = _ONE / np.sqrt(x * x + y * y + z * z)
    work[NORMAL + i] = x * scale
    work[NORMAL + BATCH + i] = y * scale
    work[NORMAL + 2 * BATCH + i] = z * scale


@fast_part
def _turn_of(m: Map, p: Map) -> tuple[Vector, Vector, Vector]:
    """Return the directions in the room of normals along the solid's axes."""
    return _column(m[0], p), _column(m[1], p), _column(m[2], p)


@fast_part
def _column(m: Row, p: Map) -> Vector:
    x, y, z, _ = m
    a, b, c = p
    return (
        a[0] * x + a[1] * y + a[2] * z,
        b[0] * x + b[1] * y + b[2] * z,
        c[0] * x + c[1] * y + c[2] * z,
    )
