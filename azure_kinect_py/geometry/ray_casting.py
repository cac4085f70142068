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

from azure_kinect_py.geometry.compiled import fast_part, kernel, part
from azure_kinect_py.geometry.distortion import Lens
from azure_kinect_py.geometry.silhouettes import (
    EVERYWHERE,
    MOST,
    outline,
    points_around_balls,
    points_around_box,
)

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int16]
Array = npt.NDArray[np.float64]
Row = tuple[float, float, float, float]
Map = tuple[Row, Row, Row]
Shape = tuple[float, float, float, float, float]

BALL_CONE = 0
BOX = 1
ROOM = 2

MISS = np.float32(1e9)
"""Depth of a ray that hits nothing."""

_LANES = 16  # pixels that are computed at once
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
    lens: Lens,
    window: Array,
    kinds: Ints,
    maps: Floats,
    shapes: Floats,
    depth: Floats,
    hits: Numbers,
) -> Ints:
    """
    Write the depth and the number of the solid wherever one is nearer than what is there.

    :param slopes: (2, H, W) x/z and y/z, NaN = no ray.
    :param lens: By which directions become pixels, see :func:`distortion.lens_of`.
    :param window: (4,) lowest x/z and y/z, highest x/z and y/z.
    :param kinds: (N,) BALL_CONE, BOX or ROOM.
    :param maps: (N, 3, 4) affine maps from the camera's frame into the solids' frames.
    :param shapes: (N, 5) of each BALL_CONE, see :func:`ball_cone`.
    :param depth: (H, W) metres, in and out.
    :param hits: (H, W) numbers of the solids, in and out.
    :returns: (H, 2) where they may have been hit: first column, and that after the last.
    """
    height, width = depth.shape
    points, polygon = np.empty((MOST, 3)), np.empty((MOST, 2))
    edges, reach = np.empty((height, 2), np.int32), np.empty((height, 2), np.int32)
    reach[:, 0], reach[:, 1] = width, 0
    x, y = slopes[0].reshape(-1), slopes[1].reshape(-1)
    z, hit = depth.reshape(-1), hits.reshape(-1)
    for n in range(kinds.shape[0]):
        first, end = _edges_of(kinds[n], maps[n], shapes[n], lens, window, points, polygon, edges)
        m = affine(maps[n])
        shape = shapes[n, 0], shapes[n, 1], shapes[n, 2], shapes[n, 3], shapes[n, 4]
        for row in range(first, end):
            left = max(edges[row, 0], 0)
            length = min(edges[row, 1] + 1, width) - left
            if length <= 0:
                continue
            # Whole vectors, as a part of one costs as much.
            length = min((length + _LANES - 1) // _LANES * _LANES, width)
            left = min(left, width - length)
            reach[row, 0] = min(reach[row, 0], left)
            reach[row, 1] = max(reach[row, 1], left + length)
            start = np.uint64(row * width + left)
            stop = start + np.uint64(length)
            if kinds[n] == BALL_CONE:
                _cast_ball_cone(x, y, m, shape, np.int16(n), z, hit, start, stop)
            else:
                _cast_box(x, y, m, kinds[n] == ROOM, np.int16(n), z, hit, start, stop)
    return reach


@kernel
def _edges_of(
    kind: int,
    m: Floats,
    shape: Floats,
    lens: Lens,
    window: Array,
    points: Array,
    polygon: Array,
    edges: Ints,
) -> tuple[int, int]:
    """Write between which columns to look for a solid, and return between which rows."""
    count = -1
    if kind == BALL_CONE:
        count = points_around_balls(m, shape, points)
    elif kind == BOX:
        count = points_around_box(m, points)
    if count >= 0:
        return outline(points, count, lens, window, polygon, edges)
    edges[:, 0], edges[:, 1] = 0, EVERYWHERE
    return 0, edges.shape[0]


@part
def affine(m: Floats) -> Map:
    """Return an affine map, (3, 4), as numbers."""
    return (
        (m[0, 0], m[0, 1], m[0, 2], m[0, 3]),
        (m[1, 0], m[1, 1], m[1, 2], m[1, 3]),
        (m[2, 0], m[2, 1], m[2, 2], m[2, 3]),
    )


@fast_part
def _cast_ball_cone(
    slope_x: Floats,
    slope_y: Floats,
    m: Map,
    shape: Shape,
    number: int,
    depth: Floats,
    hits: Numbers,
    start: int,
    stop: int,
) -> None:
    """
    Cast a row of rays against the hull of two balls: through the cone between, or a cap.

    Free of branches, so that it is computed for several rays at once.
    """
    r0, r1, length, sine, inverse = shape
    (m00, m01, m02, ox), (m10, m11, m12, oy), (m20, m21, m22, oz) = m
    longest = length if length > 0 else -_ONE  # a ball has no mantle
    cosine2 = _ONE / inverse
    far_oy = oy - length
    slant = r0 - sine * oy
    near_c = ox * ox + oy * oy + oz * oz - r0 * r0
    far_c = ox * ox + far_oy * far_oy + oz * oz - r1 * r1
    c = cosine2 * (ox * ox + oz * oz) - slant * slant
    for i in range(start, stop):
        x, y = slope_x[i], slope_y[i]
        dx = m00 * x + m01 * y + m02
        dy = m10 * x + m11 * y + m12
        dz = m20 * x + m21 * y + m22
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


@part
def _cast_box(
    slope_x: Floats,
    slope_y: Floats,
    m: Map,
    inside: bool,
    number: int,
    depth: Floats,
    hits: Numbers,
    start: int,
    stop: int,
) -> None:
    """Cast a row of rays against the cube from -1 to 1, or against its inner sides."""
    (m00, m01, m02, ox), (m10, m11, m12, oy), (m20, m21, m22, oz) = m
    for i in range(start, stop):
        x, y = slope_x[i], slope_y[i]
        ix = _ONE / (m00 * x + m01 * y + m02)
        iy = _ONE / (m10 * x + m11 * y + m12)
        iz = _ONE / (m20 * x + m21 * y + m22)
        ax, bx = (-_ONE - ox) * ix, (_ONE - ox) * ix
        ay, by = (-_ONE - oy) * iy, (_ONE - oy) * iy
        az, bz = (-_ONE - oz) * iz, (_ONE - oz) * iz
        enter = max(min(ax, bx), min(ay, by), min(az, bz))
        leave = min(max(ax, bx), max(ay, by), max(az, bz))
        t = leave if inside else enter
        if enter <= leave and _NEAREST < t < depth[i]:
            depth[i] = t
            hits[i] = number
