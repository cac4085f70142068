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

from azure_kinect_py.geometry.compiled import fast_kernel, kernel

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Boxes = npt.NDArray[np.int64]

BALL_CONE = 0
BOX = 1
ROOM = 2

MISS = np.float32(1e9)
"""Depth of a ray that hits nothing."""

_NEAREST = np.float32(0.02)
_ZERO = np.float32(0)
_ONE = np.float32(1)


def ball_cone(r0: float, r1: float, length: float) -> tuple[float, float, float, float, float]:
    """
    Return the numbers by which kernels know a BALL_CONE.

    Its radii, its length, the sine of the slope of its mantle, and the inverse of the cosine's
    square. A ball has length 0.
    """
    sine = (r0 - r1) / length if length > 0.0 else 0.0
    return r0, r1, length, sine, 1.0 / (1.0 - sine * sine)


@kernel
def cast(
    slopes: Floats,
    kinds: Ints,
    maps: Floats,
    shapes: Floats,
    boxes: Boxes,
    depth: Floats,
    hits: Ints,
) -> None:
    """
    Write the depth and the number of the solid wherever one is nearer than what is there.

    :param slopes: (2, H, W) x/z and y/z, NaN = no ray.
    :param kinds: (N,) BALL_CONE, BOX or ROOM.
    :param maps: (N, 3, 4) affine maps from the camera's frame into the solids' frames.
    :param shapes: (N, 5) of each BALL_CONE, see :func:`ball_cone`.
    :param boxes: (N, 4) pixels to look at: left, top, right, bottom, the last two excluded.
    :param depth: (H, W) metres, in and out.
    :param hits: (H, W) numbers of the solids, in and out.
    """
    for n in range(kinds.shape[0]):
        left, right = boxes[n, 0], boxes[n, 2]
        for row in range(boxes[n, 1], boxes[n, 3]):
            x, y = slopes[0, row, left:right], slopes[1, row, left:right]
            z, hit = depth[row, left:right], hits[row, left:right]
            if kinds[n] == BALL_CONE:
                _cast_ball_cone(x, y, maps[n], shapes[n], n, z, hit)
            else:
                _cast_box(x, y, maps[n], kinds[n] == ROOM, n, z, hit)


@fast_kernel
def _cast_ball_cone(
    slope_x: Floats,
    slope_y: Floats,
    m: Floats,
    shape: Floats,
    number: int,
    depth: Floats,
    hits: Ints,
) -> None:
    """
    Cast a row of rays against the hull of two balls: through the cone between, or a cap.

    Free of branches, so that it is computed for several rays at once.
    """
    r0, r1, length = shape[0], shape[1], shape[2]
    longest = length if length > 0 else -_ONE  # a ball has no mantle
    sine, inverse = shape[3], shape[4]
    cosine2 = _ONE / inverse
    ox, oy, oz = m[0, 3], m[1, 3], m[2, 3]
    far_oy = oy - length
    slant = r0 - sine * oy
    near_c = ox * ox + oy * oy + oz * oz - r0 * r0
    far_c = ox * ox + far_oy * far_oy + oz * oz - r1 * r1
    c = cosine2 * (ox * ox + oz * oz) - slant * slant
    for i in range(slope_x.shape[0]):
        x, y = slope_x[i], slope_y[i]
        dx = m[0, 0] * x + m[0, 1] * y + m[0, 2]
        dy = m[1, 0] * x + m[1, 1] * y + m[1, 2]
        dz = m[2, 0] * x + m[2, 1] * y + m[2, 2]
        around = dx * dx + dz * dz
        across = ox * dx + oz * dz

        a = cosine2 * around - sine * sine * dy * dy
        b = cosine2 * across + sine * dy * slant
        inside = b * b - a * c
        t = (-b - np.sqrt(inside if inside > 0 else _ZERO)) / a
        height = oy + t * dy
        # Where the mantle's normal through the hit meets the axis: between the balls, or not.
        foot = (height - sine * r0) * inverse
        on_mantle = (inside >= 0) & (foot >= 0) & (foot <= longest)

        steep = around + dy * dy
        near_b = across + oy * dy
        far_b = across + far_oy * dy
        near_in = near_b * near_b - steep * near_c
        far_in = far_b * far_b - steep * far_c
        near = (-near_b - np.sqrt(near_in if near_in > 0 else _ZERO)) / steep
        far = (-far_b - np.sqrt(far_in if far_in > 0 else _ZERO)) / steep
        near = near if near_in >= 0 else MISS
        far = far if far_in >= 0 else MISS
        cap = min(far, near)
        t = t if on_mantle else cap
        nearer = (t > _NEAREST) & (t < depth[i])
        depth[i] = t if nearer else depth[i]
        hits[i] = number if nearer else hits[i]


@kernel
def _cast_box(
    slope_x: Floats,
    slope_y: Floats,
    m: Floats,
    inside: bool,
    number: int,
    depth: Floats,
    hits: Ints,
) -> None:
    """Cast a row of rays against the cube from -1 to 1, or against its inner sides."""
    ox, oy, oz = m[0, 3], m[1, 3], m[2, 3]
    for i in range(slope_x.shape[0]):
        x, y = slope_x[i], slope_y[i]
        ix = _ONE / (m[0, 0] * x + m[0, 1] * y + m[0, 2])
        iy = _ONE / (m[1, 0] * x + m[1, 1] * y + m[1, 2])
        iz = _ONE / (m[2, 0] * x + m[2, 1] * y + m[2, 2])
        ax, bx = (-_ONE - ox) * ix, (_ONE - ox) * ix
        ay, by = (-_ONE - oy) * iy, (_ONE - oy) * iy
        az, bz = (-_ONE - oz) * iz, (_ONE - oz) * iz
        enter = max(min(ax, bx), min(ay, by), min(az, bz))
        leave = min(max(ax, bx), max(ay, by), max(az, bz))
        t = leave if inside else enter
        if enter <= leave and _NEAREST < t < depth[i]:
            depth[i] = t
            hits[i] = number
