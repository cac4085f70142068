# SPDX-License-Identifier: Apache-2.0
"""
Casting the rays of a camera against solids, as kernels.

Rays are (x/z, y/z, 1), so the parameter of a hit is its depth z in metres.

Several rays are computed at once, on processors without AVX-512 too: what is there is read before
it is chosen, since these cannot read some elements of a vector and not others; and what is chosen
is never just what was read, which the compiler would leave where it is by a masked store, for
which AMD's Zen takes 40 steps.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_part, kernel, part
from azure_kinect_py.geometry.solids import BALL_CONE, ROOM, Map, affine
from azure_kinect_py.geometry.spans import Spans

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int16]
Shape = tuple[float, float, float, float, float]

MISS = np.float32(1e9)
"""Depth of a ray that hits nothing."""

NOBODY = -1
"""Number where none of the solids is."""

_NEAREST = np.float32(0.02)
_ZERO = np.float32(0)
_ONE = np.float32(1)


@kernel
def cast(
    slopes: Floats,
    kinds: Ints,
    maps: Floats,
    shapes: Floats,
    spans: Spans,
    depth: Floats,
    hits: Numbers,
) -> None:
    """
    Write the depth and the number of the solid wherever one is nearer than what is there.

    :param slopes: (2, H, W) x/z and y/z, NaN = no ray.
    :param kinds: (N,) BALL_CONE, BOX or ROOM.
    :param maps: (N, 3, 4) affine maps from the camera's frame into the solids' frames.
    :param shapes: (N, 5) of each BALL_CONE, see :func:`solids.ball_cone`.
    :param spans: The rays to cast at each.
    :param depth: (H, W) metres, in and out.
    :param hits: (H, W) numbers of the solids, in and out.
    """
    width = depth.shape[1]
    x, y = slopes[0].reshape(-1), slopes[1].reshape(-1)
    z, hit = depth.reshape(-1), hits.reshape(-1)
    for n in range(kinds.shape[0]):
        m = affine(maps[n])
        shape = shapes[n, 0], shapes[n, 1], shapes[n, 2], shapes[n, 3], shapes[n, 4]
        place = spans.starts[n]
        for row in range(spans.rows[n, 0], spans.rows[n, 1]):
            start = np.uint64(row * width + spans.columns[place, 0])
            stop = np.uint64(row * width + spans.columns[place, 1])
            if kinds[n] == BALL_CONE:
                _cast_ball_cone(x, y, m, shape, np.int16(n), z, hit, start, stop)
            else:
                _cast_box(x, y, m, kinds[n] == ROOM, np.int16(n), z, hit, start, stop)
            place += 1


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

    Free of branches, so that it is computed for several rays at once, see the module.
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
        x, y, z, hit = slope_x[i], slope_y[i], min(depth[i], MISS), hits[i]
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
        nearer = (t > _NEAREST) & (t < z)
        depth[i] = t if nearer else z
        hits[i] = number if nearer else hit


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
        x, y, z, hit = slope_x[i], slope_y[i], min(depth[i], MISS), hits[i]
        ix = _ONE / (m00 * x + m01 * y + m02)
        iy = _ONE / (m10 * x + m11 * y + m12)
        iz = _ONE / (m20 * x + m21 * y + m22)
        ax, bx = (-_ONE - ox) * ix, (_ONE - ox) * ix
        ay, by = (-_ONE - oy) * iy, (_ONE - oy) * iy
        az, bz = (-_ONE - oz) * iz, (_ONE - oz) * iz
        enter = max(min(ax, bx), min(ay, by), min(az, bz))
        leave = min(max(ax, bx), max(ay, by), max(az, bz))
        t = leave if inside else enter
        nearer = (enter <= leave) & (t > _NEAREST) & (t < z)
        depth[i] = t if nearer else z
        hits[i] = number if nearer else hit
