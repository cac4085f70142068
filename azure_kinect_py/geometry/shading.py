# SPDX-License-Identifier: Apache-2.0
"""
Coloring what :mod:`~azure_kinect_py.geometry.ray_casting` hit, as kernels.

One lamp under the ceiling, which throws shadows, one window as a soft light from the side, and
the light that walls and ceiling give back.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_kernel
from azure_kinect_py.geometry.ray_casting import ROOM, normal_of
from azure_kinect_py.geometry.textures import LAMP, WINDOW, Vector, texel

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]
Box = npt.NDArray[np.int64]

_BESIDE_LAMP = np.float32(0.05)  # metres
_LIFT = np.float32(0.05)  # metres
_SHADOW_SLACK = np.float32(0.02)  # metres
_ON_FLOOR = np.float32(0.02)  # metres
_KNEE = np.float32(0.8)
_GLOW = np.float32(1.07)
_ZERO = np.float32(0)
_ONE = np.float32(1)
_HALF = np.float32(0.5)


@fast_kernel
def _at(maps: Floats, k: int, x: float, y: float, t: float) -> Vector:
    """Return the point that a ray reaches, in the frame that a map goes to."""
    return (
        maps[k, 0, 3] + t * (maps[k, 0, 0] * x + maps[k, 0, 1] * y + maps[k, 0, 2]),
        maps[k, 1, 3] + t * (maps[k, 1, 0] * x + maps[k, 1, 1] * y + maps[k, 1, 2]),
        maps[k, 2, 3] + t * (maps[k, 2, 0] * x + maps[k, 2, 1] * y + maps[k, 2, 2]),
    )


@fast_kernel
def _normal(maps: Floats, k: int, kind: int, shapes: Floats, q: Vector) -> Vector:
    """Return the unit normal at a solid's local point, in the camera's frame."""
    x, y, z = normal_of(kind, shapes[k, 0], shapes[k, 1], shapes[k, 2], q[0], q[1], q[2])
    nx = maps[k, 0, 0] * x + maps[k, 1, 0] * y + maps[k, 2, 0] * z
    ny = maps[k, 0, 1] * x + maps[k, 1, 1] * y + maps[k, 2, 1] * z
    nz = maps[k, 0, 2] * x + maps[k, 1, 2] * y + maps[k, 2, 2] * z
    scale = _ONE / np.sqrt(nx * nx + ny * ny + nz * nz)
    return nx * scale, ny * scale, nz * scale


@fast_kernel
def _turned(pose: Floats, n: Vector) -> Vector:
    return (
        pose[0, 0, 0] * n[0] + pose[0, 0, 1] * n[1] + pose[0, 0, 2] * n[2],
        pose[0, 1, 0] * n[0] + pose[0, 1, 1] * n[1] + pose[0, 1, 2] * n[2],
        pose[0, 2, 0] * n[0] + pose[0, 2, 1] * n[1] + pose[0, 2, 2] * n[2],
    )


@fast_kernel
def _lit_by_lamp(p: Vector, n: Vector, lights: Floats, shadows: Floats) -> float:
    """
    Return how much of the lamp a point sees, 0 to 1.

    ``shadows`` is the depth image of a pinhole camera in the lamp that looks down, x to the right,
    which covers slopes of -4 to 4.
    """
    # A little off the surface, so that it does not shade itself.
    down = p[1] + n[1] * _LIFT - lights[0, 1]
    if down < _BESIDE_LAMP:
        return 1.0
    size = shadows.shape[0]
    u = ((p[0] + n[0] * _LIFT - lights[0, 0]) / down + 4) * (size / 8)
    v = (4 - (p[2] + n[2] * _LIFT - lights[0, 2]) / down) * (size / 8)
    seen = 0
    for i in range(-2, 3):
        for j in range(-2, 3):
            row, column = int(v + i * 1.5), int(u + j * 1.5)
            covered = 0 <= row < size and 0 <= column < size
            if not covered or shadows[row, column] > down - _SHADOW_SLACK:
                seen += 1
    share: float = np.float32(seen) / np.float32(25)
    return share


@fast_kernel
def _crease(p: Vector, room: Floats) -> float:
    """Return the darkening, 0 to 1, that corners of the room get for lack of light."""
    x = min(abs(p[0] - room[0, 0]), abs(room[1, 0] - p[0]))
    y = min(abs(p[1] - room[0, 1]), abs(room[1, 1] - p[1]))
    z = min(abs(p[2] - room[0, 2]), abs(room[1, 2] - p[2]))
    second = max(min(x, y), min(max(x, y), z))
    keep: float = _ONE - np.float32(0.28) * np.exp(-second / np.float32(0.18))
    return keep


@fast_kernel
def _lamp(lights: Floats, k: int, p: Vector, n: Vector, breadth: float) -> float:
    """
    Return the strength of a light at a surface.

    :param breadth: 0 for a point, more for lights that reach around a surface.
    """
    x, y, z = lights[k, 0] - p[0], lights[k, 1] - p[1], lights[k, 2] - p[2]
    squared = x * x + y * y + z * z
    distance = np.sqrt(squared)
    facing = (n[0] * x + n[1] * y + n[2] * z) * (_ONE - breadth) + distance * breadth
    power = lights[k, 6] / (distance * (squared + lights[k, 7]))
    strength: float = max(facing, _ZERO) * power
    return strength


@fast_kernel
def paint(
    slopes: Floats,
    depth: Floats,
    hits: Ints,
    box: Box,
    kinds: Ints,
    maps: Floats,
    shapes: Floats,
    patterns: Ints,
    colors: Floats,
    to_room: Floats,
    room: Floats,
    lights: Floats,
    shadows: Floats,
    image: Bytes,
) -> None:
    """
    Write the color of what was hit; pixels that show none of the solids are left alone.

    :param slopes: (2, H, W) x/z and y/z.
    :param depth: (H, W) metres.
    :param hits: (H, W) numbers of the solids, negative = none of them.
    :param box: (4,) left, top, right, bottom.
    :param maps: (N, 3, 4) from the camera's frame into the solids'; the next two as well.
    :param patterns: (N,) textures.
    :param colors: (N, 7) main color, second color, infrared reflectance.
    :param to_room: (1, 3, 4) pose of the camera in the room.
    :param room: (2, 3) lowest and highest coordinates of the room.
    :param lights: (3, 8) lamp and window: position, color, strength, softness; surroundings.
    :param shadows: (S, S) depth seen from the lamp; (0, 0) throws none.
    :param image: (H, W, 3) BGR.
    """
    for row in range(box[1], box[3]):
        for column in range(box[0], box[2]):
            k = hits[row, column]
            if k < 0:
                continue
            t, x, y = depth[row, column], slopes[0, row, column], slopes[1, row, column]
            q = _at(maps, k, x, y, t)
            p = _at(to_room, 0, x, y, t)
            n = _turned(to_room, _normal(maps, k, kinds[k], shapes, q))
            color = texel(patterns[k], colors, k, q, p, n, room[1, 1])
            lamp = _lamp(lights, 0, p, n, _ZERO)
            if shadows.size:
                lamp *= _lit_by_lamp(p, n, lights, shadows)
            window = _lamp(lights, 1, p, n, np.float32(0.25))
            around = lights[2, 0] * (np.float32(0.66) - np.float32(0.34) * n[1])
            dark = _crease(p, room) if kinds[k] == ROOM else _ONE
            # Display values are about the square root of light. The colors of the light differ
            # little, so that one step of Newton's method from the root of the sum is exact.
            root = np.sqrt(dark * (around + lamp + window))
            scale = dark / root
            for i in range(3):
                light = around + lamp * lights[0, 3 + i] + window * lights[1, 3 + i]
                level = _HALF * (root + light * scale)
                if patterns[k] == WINDOW or patterns[k] == LAMP:
                    level = _GLOW
                image[row, column, 2 - i] = _to_byte(np.float32(color[i]) * level)


@fast_kernel
def _to_byte(level: float) -> int:
    """Return a level, 0 to 1 and more, as a byte; highlights are rolled off softly."""
    over = level - _KNEE
    if over > 0:
        level = _KNEE + over * (_ONE - _KNEE) / (over + _ONE - _KNEE)
    byte: int = np.uint8(np.int32(level * np.float32(255) + _HALF))
    return byte


@fast_kernel
def reflect(
    slopes: Floats,
    depth: Floats,
    hits: Ints,
    box: Box,
    kinds: Ints,
    maps: Floats,
    shapes: Floats,
    patterns: Ints,
    colors: Floats,
    to_room: Floats,
    floor: float,
    textured: bool,
    illumination: Floats,
    signal: Floats,
) -> None:
    """
    Write how much of the camera's own infrared light comes back; see :func:`paint`.

    A white surface one metre away, face on, in the middle of the light gives 1.

    :param textured: Whether textures show, or each solid reflects evenly.
    :param illumination: (H, W) strength of the illuminator per pixel, 1 in the middle.
    :param signal: (H, W) out.
    """
    for row in range(box[1], box[3]):
        for column in range(box[0], box[2]):
            k = hits[row, column]
            if k < 0:
                continue
            t, x, y = depth[row, column], slopes[0, row, column], slopes[1, row, column]
            q = _at(maps, k, x, y, t)
            n = _normal(maps, k, kinds[k], shapes, q)
            infrared = colors[k, 6]
            if textured:
                p = _at(to_room, 0, x, y, t)
                turned = _turned(to_room, n)
                infrared = np.float32(texel(patterns[k], colors, k, q, p, turned, floor)[3])
            squared = x * x + y * y + _ONE
            facing = abs(n[0] * x + n[1] * y + n[2])
            returned = infrared * facing / (squared * np.sqrt(squared) * t * t)
            signal[row, column] = returned * illumination[row, column]


@fast_kernel
def shade_floor(
    slopes: Floats,
    depth: Floats,
    to_room: Floats,
    floor: float,
    spot: Floats,
    box: Box,
    image: Bytes,
) -> None:
    """
    Darken the floor under somebody.

    :param spot: (4,) x, z, radius in metres, and strength 0 to 1 in its middle.
    """
    for row in range(box[1], box[3]):
        for column in range(box[0], box[2]):
            x, y = slopes[0, row, column], slopes[1, row, column]
            p = _at(to_room, 0, x, y, depth[row, column])
            far = ((p[0] - spot[0]) ** 2 + (p[2] - spot[1]) ** 2) / (spot[2] * spot[2])
            if abs(p[1] - floor) < _ON_FLOOR and far < 1:
                keep = _ONE - spot[3] * (_ONE - far) ** 2
                for i in range(3):
                    image[row, column, i] = int(image[row, column, i] * keep)
