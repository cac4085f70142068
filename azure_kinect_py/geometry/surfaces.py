# SPDX-License-Identifier: Apache-2.0
"""
Where rays met solids: points and normals, for a run of neighbouring pixels of one solid at once.

The kernels are free of branches, so that several pixels are computed in parallel.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_kernel
from azure_kinect_py.geometry.ray_casting import BALL_CONE, ROOM

Floats = npt.NDArray[np.float32]
Vector = tuple[float, float, float]
Rows = tuple[Floats, Floats, Floats]

_ZERO = np.float32(0)
_ONE = np.float32(1)

LOCAL = 0
"""Rows 0 to 2 of a workspace: the points in the solid's own frame."""

PLACE = 3
"""Rows 3 to 5: the points in the room, metres."""

NORMAL = 6
"""Rows 6 to 8: the unit normals in the room."""

SHADE = 9
"""Row 9: the brightness of a texture, about 1."""

SECOND = 10
"""Row 10: the share of the second color, 0 or 1."""

ROWS = 11


@fast_kernel
def meet(
    slope_x: Floats,
    slope_y: Floats,
    depth: Floats,
    maps: Floats,
    k: int,
    kind: int,
    shapes: Floats,
    pose: Floats,
    work: Floats,
) -> None:
    """
    Write the points and normals of a run of pixels that show solid ``k``.

    :param slope_x: (L,) x/z of the rays; ``slope_y`` and ``depth`` likewise.
    :param maps: (N, 3, 4) from the camera's frame into the solids'.
    :param pose: (3, 4) pose of the camera in the room.
    :param work: (ROWS, L or more), out.
    """
    count = slope_x.shape[0]
    for j in range(3):
        m = maps[k, j, 0], maps[k, j, 1], maps[k, j, 2], maps[k, j, 3]
        _reach(slope_x, slope_y, depth, m, work[LOCAL + j, :count])
        m = pose[j, 0], pose[j, 1], pose[j, 2], pose[j, 3]
        _reach(slope_x, slope_y, depth, m, work[PLACE + j, :count])
    n = work[NORMAL, :count], work[NORMAL + 1, :count], work[NORMAL + 2, :count]
    q = work[LOCAL, :count], work[LOCAL + 1, :count], work[LOCAL + 2, :count]
    if kind == BALL_CONE:
        shape = shapes[k, 0] * shapes[k, 3], shapes[k, 2], shapes[k, 4]
        _ball_cone_normals(q, shape, n)
    else:
        _box_normals(q, -_ONE if kind == ROOM else _ONE, n)
    x, y, z = _column(maps, k, 0, pose), _column(maps, k, 1, pose), _column(maps, k, 2, pose)
    _turn(x, y, z, n)


@fast_kernel
def _reach(
    slope_x: Floats,
    slope_y: Floats,
    depth: Floats,
    m: tuple[float, float, float, float],
    out: Floats,
) -> None:
    """Write one coordinate of the points that rays reach, in the frame that ``m`` goes to."""
    for i in range(slope_x.shape[0]):
        out[i] = m[3] + depth[i] * (m[0] * slope_x[i] + m[1] * slope_y[i] + m[2])


@fast_kernel
def _ball_cone_normals(q: Rows, shape: Vector, n: Rows) -> None:
    """Write local normals, not of unit length: from the point of the axis that is in charge."""
    middle, length, inverse = shape
    for i in range(q[0].shape[0]):
        foot = (q[1][i] - middle) * inverse
        foot = max(foot, _ZERO)
        foot = min(foot, length)
        n[0][i] = q[0][i]
        n[1][i] = q[1][i] - foot
        n[2][i] = q[2][i]


@fast_kernel
def _box_normals(q: Rows, sign: float, n: Rows) -> None:
    for i in range(q[0].shape[0]):
        ax, ay, az = abs(q[0][i]), abs(q[1][i]), abs(q[2][i])
        side = (ax >= ay) & (ax >= az)
        top = (ay >= az) & (not side)
        n[0][i] = np.copysign(_ONE, q[0][i]) * sign if side else _ZERO
        n[1][i] = np.copysign(_ONE, q[1][i]) * sign if top else _ZERO
        n[2][i] = _ZERO if side or top else np.copysign(_ONE, q[2][i]) * sign


@fast_kernel
def _column(maps: Floats, k: int, j: int, pose: Floats) -> Vector:
    """Return the direction in the room of a normal along the solid's axis ``j``."""
    x, y, z = maps[k, j, 0], maps[k, j, 1], maps[k, j, 2]
    return (
        pose[0, 0] * x + pose[0, 1] * y + pose[0, 2] * z,
        pose[1, 0] * x + pose[1, 1] * y + pose[1, 2] * z,
        pose[2, 0] * x + pose[2, 1] * y + pose[2, 2] * z,
    )


@fast_kernel
def _turn(x: Vector, y: Vector, z: Vector, n: Rows) -> None:
    """Turn normals from the solid's frame into the room, and make them unit vectors."""
    for i in range(n[0].shape[0]):
        a, b, c = n[0][i], n[1][i], n[2][i]
        nx = x[0] * a + y[0] * b + z[0] * c
        ny = x[1] * a + y[1] * b + z[1] * c
        nz = x[2] * a + y[2] * b + z[2] * c
        scale = _ONE / np.sqrt(nx * nx + ny * ny + nz * nz)
        n[0][i], n[1][i], n[2][i] = nx * scale, ny * scale, nz * scale


@fast_kernel
def end_of_run(hits: npt.NDArray[np.int32], first: int, end: int) -> int:
    """Return where a run of equal numbers that starts at ``first`` ends, at ``end`` at most."""
    number = hits[first]
    last = first + 1
    while last < end and hits[last] == number:
        last += 1
    return last
