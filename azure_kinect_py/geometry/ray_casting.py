# SPDX-License-Identifier: Apache-2.0
"""
Casting the rays of a camera against solids, as kernels.

A solid is a simple body in its own local frame, placed by an affine map that takes points of the
camera's frame into the local one, so that it can be stretched and turned at will:

* BALL_CONE: the hull of two balls, of radius ``r0`` at the origin and ``r1`` at (0, length, 0);
  with length 0 a ball, hence an ellipsoid,
* BOX: the cube from -1 to 1,
* ROOM: the same cube seen from inside.

Rays are (x/z, y/z, 1), so the parameter of a hit is its depth z in metres.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import kernel

Floats = npt.NDArray[np.float32]

BALL_CONE = 0
BOX = 1
ROOM = 2

MISS = np.float32(1e9)
"""Depth of a ray that hits nothing."""

_NEAREST = np.float32(0.02)
_ZERO = np.float32(0)
_ONE = np.float32(1)


@kernel
def cast(
    rays: Floats,
    kinds: npt.NDArray[np.int64],
    maps: Floats,
    shapes: Floats,
    boxes: npt.NDArray[np.int64],
    first: int,
    depth: Floats,
    hits: npt.NDArray[np.int16],
) -> None:
    """
    Write the depth and the number of the solid wherever one is nearer than what is there.

    :param rays: (H, W, 2) x/z and y/z, NaN = no ray.
    :param kinds: (N,) BALL_CONE, BOX or ROOM.
    :param maps: (N, 3, 4) affine maps from the camera's frame into the solids' frames.
    :param shapes: (N, 3) r0, r1 and length of a BALL_CONE.
    :param boxes: (N, 4) pixels to look at: left, top, right, bottom, the last two excluded.
    :param first: Number of the first solid.
    :param depth: (H, W) metres, in and out.
    :param hits: (H, W), in and out.
    """
    for n in range(kinds.shape[0]):
        m = maps[n]
        for row in range(boxes[n, 1], boxes[n, 3]):
            for column in range(boxes[n, 0], boxes[n, 2]):
                x = rays[row, column, 0]
                y = rays[row, column, 1]
                dx = m[0, 0] * x + m[0, 1] * y + m[0, 2]
                dy = m[1, 0] * x + m[1, 1] * y + m[1, 2]
                dz = m[2, 0] * x + m[2, 1] * y + m[2, 2]
                if kinds[n] == BALL_CONE:
                    t = _ball_cone(m[0, 3], m[1, 3], m[2, 3], dx, dy, dz, shapes[n])
                else:
                    inside = kinds[n] == ROOM
                    t = _box(m[0, 3], m[1, 3], m[2, 3], dx, dy, dz, inside)
                if t < depth[row, column]:
                    depth[row, column] = t
                    hits[row, column] = first + n


@kernel
def _ball(
    ox: float, oy: float, oz: float, dx: float, dy: float, dz: float, radius: float
) -> float:
    """Return where the ray enters a ball about the origin."""
    a = dx * dx + dy * dy + dz * dz
    b = ox * dx + oy * dy + oz * dz
    c = ox * ox + oy * oy + oz * oz - radius * radius
    inside = b * b - a * c
    if inside < 0:
        return MISS
    t = (-b - np.sqrt(inside)) / a
    return t if t > _NEAREST else MISS


@kernel
def _ball_cone(
    ox: float, oy: float, oz: float, dx: float, dy: float, dz: float, shape: Floats
) -> float:
    """Return where the ray enters the hull of two balls: through the cone between, or a cap."""
    r0, r1, length = shape[0], shape[1], shape[2]
    if length == 0:
        return _ball(ox, oy, oz, dx, dy, dz, r0)
    sine = (r0 - r1) / length
    cosine2 = _ONE - sine * sine
    slant = r0 - sine * oy
    a = cosine2 * (dx * dx + dz * dz) - sine * sine * dy * dy
    b = cosine2 * (ox * dx + oz * dz) + sine * dy * slant
    c = cosine2 * (ox * ox + oz * oz) - slant * slant
    inside = b * b - a * c
    if inside >= 0:
        t = (-b - np.sqrt(inside)) / a
        y = oy + t * dy
        # Where the mantle's normal through the hit meets the axis: between the balls, or not.
        foot = y - sine * (r0 - sine * y) / cosine2
        if t > _NEAREST and 0 <= foot <= length:
            return t
    elif a > 0:
        return MISS  # passes the endless cone, and so both balls
    near = _ball(ox, oy, oz, dx, dy, dz, r0)
    far = _ball(ox, oy - length, oz, dx, dy, dz, r1)
    return near if near < far else far


@kernel
def _box(ox: float, oy: float, oz: float, dx: float, dy: float, dz: float, inside: bool) -> float:
    """Return where the ray enters the cube from -1 to 1, or leaves it if seen from inside."""
    ix, iy, iz = _ONE / dx, _ONE / dy, _ONE / dz
    ax, bx = (-_ONE - ox) * ix, (_ONE - ox) * ix
    ay, by = (-_ONE - oy) * iy, (_ONE - oy) * iy
    az, bz = (-_ONE - oz) * iz, (_ONE - oz) * iz
    enter = max(min(ax, bx), min(ay, by), min(az, bz))
    leave = min(max(ax, bx), max(ay, by), max(az, bz))
    if inside:
        return leave if leave > _NEAREST else MISS
    return enter if enter < leave and enter > _NEAREST else MISS


@kernel
def normal_of(
    kind: int, shape: Floats, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """Return the outward normal of a solid at a local point of its surface, not normalised."""
    if kind == BALL_CONE:
        r0, r1, length = shape[0], shape[1], shape[2]
        if length == 0:
            return x, y, z
        sine = (r0 - r1) / length
        foot = y - sine * (r0 - sine * y) / (_ONE - sine * sine)
        return x, y - min(max(foot, _ZERO), length), z
    ax, ay, az = abs(x), abs(y), abs(z)
    sign = -_ONE if kind == ROOM else _ONE
    if ax >= ay and ax >= az:
        return sign * np.sign(x), _ZERO, _ZERO
    if ay >= az:
        return _ZERO, sign * np.sign(y), _ZERO
    return _ZERO, _ZERO, sign * np.sign(z)
