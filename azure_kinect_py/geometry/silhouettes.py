# SPDX-License-Identifier: Apache-2.0
"""
Which pixels a solid may cover, row by row, as kernels: so that few rays miss what they are
cast at.

What a camera sees of a ball or of a box has the outline of a few points around it. Their hull in
slopes (x/z and y/z), cut to what the camera sees, is drawn through the lens model.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import kernel
from azure_kinect_py.geometry.distortion import Lens, distort

Floats = npt.NDArray[np.float32]
Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

MOST = 512
"""Points that an outline may have."""

_AROUND = 10  # points around a ball
_ANGLES = np.arange(_AROUND) * (2.0 * np.pi / _AROUND)
_WIDER = 1.0 / np.cos(np.pi / _AROUND)  # a polygon that is around the circle, not in it
_CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=-1) * _WIDER
_INSIDE = 1.02  # of a ball's radius, squared
_AHEAD = 1e-3  # metres
_STEP = 16.0  # pixels, as lenses bend lines
_RIM = 0.999  # of the metric radius
_MARGIN = 0.5  # pixels
_FAR = 1 << 30


@kernel
def points_around_balls(m: Floats, shape: Floats, points: Array) -> int:
    """
    Write points in the camera's frame whose outline is around a BALL_CONE.

    :param m: (3, 4) map from the camera's frame into the solid's.
    :param shape: (5,), see :func:`solids.ball_cone`.
    :param points: (MOST, 3) metres, out.
    :returns: Their number; -1 if the camera is inside.
    """
    count: int = np.int64(0)
    for ball in range(2 if shape[2] > 0 else 1):
        radius = np.float64(shape[ball])
        # The way from the camera to the middle of the ball, in the solid's frame.
        x, y, z = -np.float64(m[0, 3]), ball * np.float64(shape[2]) - m[1, 3], -np.float64(m[2, 3])
        squared = x * x + y * y + z * z
        if squared < radius * radius * _INSIDE:
            return -1
        # Rays touch the ball in a circle about this way.
        share = 1.0 - radius * radius / squared
        radius *= np.sqrt(share)
        flat = np.hypot(x, z)
        ax, az = (z / flat, -x / flat) if flat > 0 else (1.0, 0.0)
        length = np.sqrt(squared)
        bx, by, bz = -y * az / length, (x * az - z * ax) / length, y * ax / length
        for i in range(_AROUND):
            a, b = radius * _CIRCLE[i, 0], radius * _CIRCLE[i, 1]
            points[count, 0] = share * x + a * ax + b * bx
            points[count, 1] = share * y + b * by
            points[count, 2] = share * z + a * az + b * bz
            count += 1
    _turn_back(m, points, count)
    return count


@kernel
def points_around_box(m: Floats, points: Array) -> int:
    """Write the corners of the cube from -1 to 1; see :func:`points_around_balls`."""
    for i in range(8):
        points[i, 0] = (-1.0 if i & 1 else 1.0) - m[0, 3]
        points[i, 1] = (-1.0 if i & 2 else 1.0) - m[1, 3]
        points[i, 2] = (-1.0 if i & 4 else 1.0) - m[2, 3]
    count: int = np.int64(8)
    _turn_back(m, points, count)
    return count


@kernel
def _turn_back(m: Floats, points: Array, count: int) -> None:
    """Turn ways from the camera from the solid's frame into that of the camera."""
    a, b, c = np.float64(m[0, 0]), np.float64(m[0, 1]), np.float64(m[0, 2])
    d, e, f = np.float64(m[1, 0]), np.float64(m[1, 1]), np.float64(m[1, 2])
    g, h, k = np.float64(m[2, 0]), np.float64(m[2, 1]), np.float64(m[2, 2])
    scale = 1.0 / (a * (e * k - f * h) - b * (d * k - f * g) + c * (d * h - e * g))
    for i in range(count):
        x, y, z = points[i, 0] * scale, points[i, 1] * scale, points[i, 2] * scale
        points[i, 0] = (e * k - f * h) * x + (c * h - b * k) * y + (b * f - c * e) * z
        points[i, 1] = (f * g - d * k) * x + (a * k - c * g) * y + (c * d - a * f) * z
        points[i, 2] = (d * h - e * g) * x + (b * g - a * h) * y + (a * e - b * d) * z


@kernel
def outline(
    points: Array, count: int, lens: Lens, window: Array, polygon: Array, edges: Ints
) -> tuple[int, int]:
    """
    Write the columns between which the hull of points is seen, row by row.

    :param points: (MOST, 3) metres; overwritten.
    :param window: (4,) slopes that the camera sees: lowest x and y, highest x and y.
    :param polygon: (MOST, 2), overwritten.
    :param edges: (H, 2) first and last column, out, in the rows that are returned; they may lie
        outside the image.
    :returns: The first row, and that after the last.
    """
    count = _ahead(points, count)
    count = _hull(points, count, polygon)
    for side in range(4):
        count = _cut(polygon, count, side % 2, window[side], side < 2, points)
    return _draw(points, _trace(polygon, count, lens, points), edges)


@kernel
def _ahead(points: Array, count: int) -> int:
    """Replace points by slopes of what is ahead of the camera; return how many there are."""
    ahead = 0
    for i in range(count):
        ahead += points[i, 2] > _AHEAD
    total = count
    if ahead < count:
        for i in range(count):
            for j in range(count):
                if points[i, 2] > _AHEAD and not points[j, 2] > _AHEAD and total < MOST:
                    share = (points[i, 2] - _AHEAD) / (points[i, 2] - points[j, 2])
                    for k in range(3):
                        points[total, k] = points[i, k] + share * (points[j, k] - points[i, k])
                    points[total, 2] = _AHEAD
                    total += 1
    kept = 0
    for i in range(total):
        if points[i, 2] >= _AHEAD:
            x, y = points[i, 0] / points[i, 2], points[i, 1] / points[i, 2]
            points[kept, 0], points[kept, 1] = x, y
            kept += 1
    return kept


@kernel
def _hull(points: Array, count: int, hull: Array) -> int:
    """Write the convex hull of 2D points, which are sorted on the way; return its size."""
    for i in range(1, count):
        x, y = points[i, 0], points[i, 1]
        j = i
        while j > 0 and (points[j - 1, 0] > x or (points[j - 1, 0] == x and points[j - 1, 1] > y)):
            points[j, 0], points[j, 1] = points[j - 1, 0], points[j - 1, 1]
            j -= 1
        points[j, 0], points[j, 1] = x, y
    size = 0
    for half in range(2):
        first = size
        for step in range(count):
            i = step if half == 0 else count - 1 - step
            while size >= first + 2:
                x, y = hull[size - 1, 0], hull[size - 1, 1]
                ax, ay = x - hull[size - 2, 0], y - hull[size - 2, 1]
                if ax * (points[i, 1] - y) > ay * (points[i, 0] - x):
                    break  # the hull turns on towards the point
                size -= 1
            hull[size, 0], hull[size, 1] = points[i, 0], points[i, 1]
            size += 1
        size -= count > 0  # it is where the other half begins
    return size


@kernel
def _cut(polygon: Array, count: int, axis: int, limit: float, above: bool, spare: Array) -> int:
    """Cut off what a polygon has below, or above, a limit; return its new size."""
    sign = 1.0 if above else -1.0
    kept = 0
    for i in range(count):
        j = i + 1 if i + 1 < count else 0
        here, there = sign * (polygon[i, axis] - limit), sign * (polygon[j, axis] - limit)
        if here >= 0:
            spare[kept, 0], spare[kept, 1] = polygon[i, 0], polygon[i, 1]
            kept += 1
        if (here >= 0) != (there >= 0):
            share = here / (here - there)
            for k in range(2):
                spare[kept, k] = polygon[i, k] + share * (polygon[j, k] - polygon[i, k])
            kept += 1
    for i in range(kept):
        polygon[i, 0], polygon[i, 1] = spare[i, 0], spare[i, 1]
    return kept


@kernel
def _trace(polygon: Array, count: int, lens: Lens, pixels: Array) -> int:
    """Write the pixels of a polygon of slopes, its longer edges in pieces; return their number."""
    traced = 0
    for i in range(count):
        before = i - 1 if i > 0 else count - 1
        x, y = polygon[before, 0], polygon[before, 1]
        dx, dy = polygon[i, 0] - x, polygon[i, 1] - y
        pieces = 1 + int(max(abs(dx) * lens[0], abs(dy) * lens[1]) / _STEP)
        pieces = min(pieces, MOST - count - traced + 1)
        for piece in range(pieces):
            share = piece / pieces
            u, v = _pixel(lens, x + share * dx, y + share * dy)
            pixels[traced, 0], pixels[traced, 1] = u, v
            traced += 1
    return traced


@kernel
def _pixel(lens: Lens, x: float, y: float) -> tuple[float, float]:
    """Return the pixel of a direction; outside the lens that of the nearest on its rim."""
    ox, oy = x - lens[12], y - lens[13]
    radius = np.sqrt(ox * ox + oy * oy)
    keep = min(1.0, _RIM * lens[14] / max(radius, 1e-9))
    u, v, _ = distort(lens, np.float32(lens[12] + ox * keep), np.float32(lens[13] + oy * keep))
    return np.float64(u), np.float64(v)


@kernel
def _draw(pixels: Array, count: int, edges: Ints) -> tuple[int, int]:
    """Write the columns between which a polygon of pixels lies; return its rows."""
    if count == 0:
        return 0, 0
    height = edges.shape[0]
    lowest, highest = pixels[0, 1], pixels[0, 1]
    for i in range(1, count):
        lowest, highest = min(lowest, pixels[i, 1]), max(highest, pixels[i, 1])
    first = int(max(np.floor(lowest - _MARGIN), 0.0))
    end = int(min(np.ceil(highest + _MARGIN) + 1.0, height))
    for row in range(first, end):
        edges[row, 0], edges[row, 1] = _FAR, -_FAR
    for i in range(count):
        before = i - 1 if i > 0 else count - 1
        u, v = pixels[before, 0], pixels[before, 1]
        du, dv = pixels[i, 0] - u, pixels[i, 1] - v
        slope = du / dv if dv != 0 else 0.0
        low, high = min(v, v + dv), max(v, v + dv)
        top = max(int(np.floor(low - _MARGIN)), first)
        for row in range(top, min(int(np.ceil(high + _MARGIN)) + 1, end)):
            # The part of the edge that is within a row of here; all of it where it is level.
            a, b = min(max(low, row - 1.0), high), max(min(high, row + 1.0), low)
            a, b = (u + (a - v) * slope, u + (b - v) * slope) if dv != 0 else (u, u + du)
            edges[row, 0] = min(edges[row, 0], int(np.floor(min(a, b) - _MARGIN)))
            edges[row, 1] = max(edges[row, 1], int(np.ceil(max(a, b) + _MARGIN)))
    return first, end
