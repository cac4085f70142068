# SPDX-License-Identifier: Apache-2.0
"""
Giving color, and infrared, to what :mod:`~azure_kinect_py.geometry.ray_casting` hit, as kernels.

Both work row by row, run by run of pixels that show the same solid.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_kernel
from azure_kinect_py.geometry.lighting import darken_corners, light_up, shadow
from azure_kinect_py.geometry.ray_casting import ROOM
from azure_kinect_py.geometry.surfaces import (
    LOCAL,
    NORMAL,
    PLACE,
    ROWS,
    SECOND,
    SHADE,
    Vector,
    end_of_run,
    meet,
)
from azure_kinect_py.geometry.textures import (
    FABRIC,
    LAMP,
    PLAIN,
    STRIPES,
    WINDOW,
    cloth,
    texel,
)

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]
Box = npt.NDArray[np.int64]

_ON_FLOOR = np.float32(0.02)  # metres
_KNEE = np.float32(0.8)  # level from which highlights are rolled off
_GLOW = np.float32(1.07)
_ZERO = np.float32(0)
_ONE = np.float32(1)
_HALF = np.float32(0.5)


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
    pose: Floats,
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
    :param maps: (N, 3, 4) from the camera's frame into the solids'.
    :param shapes: (N, 5), see :func:`ray_casting.ball_cone`.
    :param patterns: (N,) textures.
    :param colors: (N, 7) main color, second color, infrared reflectance.
    :param pose: (3, 4) pose of the camera in the room.
    :param room: (2, 3) lowest and highest coordinates of the room.
    :param lights: (3, 8), see :mod:`lighting`.
    :param shadows: (S, S) depth seen from the lamp; (0, 0) throws none.
    :param image: (H, W, 3) BGR.
    """
    width = box[2] - box[0]
    work, levels = np.empty((ROWS, width), np.float32), np.empty((3, width), np.float32)
    seen = np.ones(width, np.float32)
    for row in range(box[1], box[3]):
        first = box[0]
        while first < box[2]:
            end = end_of_run(hits[row], first, box[2])
            k = hits[row, first]
            if k >= 0:
                count = end - first
                x, y = slopes[0, row, first:end], slopes[1, row, first:end]
                meet(x, y, depth[row, first:end], maps, k, kinds[k], shapes, pose, work)
                if shadows.size:
                    shadow(work, count, lights, shadows, seen)
                light_up(work, count, lights, seen, levels)
                if kinds[k] == ROOM:
                    darken_corners(work, count, room, levels)
                if patterns[k] == WINDOW or patterns[k] == LAMP:
                    levels[:] = _GLOW
                target = image[row, first:end]
                _color(work, patterns[k], colors, k, room[1, 1], levels, target)
            first = end


@fast_kernel
def _color(
    work: Floats, pattern: int, colors: Floats, k: int, floor: float, levels: Floats, image: Bytes
) -> None:
    """Write a run of pixels, (L, 3) BGR."""
    count = image.shape[0]
    if pattern in (PLAIN, FABRIC, STRIPES):
        shades, second = work[SHADE, :count], work[SECOND, :count]
        if pattern == PLAIN:
            shades[:], second[:] = _ONE, _ZERO
        else:
            q = work[LOCAL, :count], work[LOCAL + 1, :count], work[LOCAL + 2, :count]
            cloth(q, pattern == STRIPES, shades, second)
        main = colors[k, 0], colors[k, 1], colors[k, 2]
        other = colors[k, 3], colors[k, 4], colors[k, 5]
        _two_colors(main, other, shades, second, levels[:, :count], image)
        return
    for i in range(count):
        point = work[LOCAL, i], work[LOCAL + 1, i], work[LOCAL + 2, i]
        p = work[PLACE, i], work[PLACE + 1, i], work[PLACE + 2, i]
        n = work[NORMAL, i], work[NORMAL + 1, i], work[NORMAL + 2, i]
        texture = texel(pattern, colors, k, point, p, n, floor)
        for j in range(3):
            image[i, 2 - j] = _to_byte(np.float32(texture[j]) * levels[j, i])


@fast_kernel
def _two_colors(
    main: Vector, other: Vector, shades: Floats, second: Floats, levels: Floats, image: Bytes
) -> None:
    """Write a run of pixels of which each has one of two colors."""
    for i in range(image.shape[0]):
        share, shade = second[i], shades[i]
        red = main[0] + share * (other[0] - main[0])
        green = main[1] + share * (other[1] - main[1])
        blue = main[2] + share * (other[2] - main[2])
        image[i, 0] = _to_byte(blue * shade * levels[2, i])
        image[i, 1] = _to_byte(green * shade * levels[1, i])
        image[i, 2] = _to_byte(red * shade * levels[0, i])


@fast_kernel
def _to_byte(level: float) -> int:
    """Return a level, 0 to 1 and more, as a byte; highlights are rolled off softly."""
    over = level - _KNEE
    rolled = _KNEE + over * (_ONE - _KNEE) / (over + _ONE - _KNEE)
    level = rolled if over > 0 else level
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
    pose: Floats,
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
    work = np.empty((ROWS, box[2] - box[0]), np.float32)
    for row in range(box[1], box[3]):
        first = box[0]
        while first < box[2]:
            end = end_of_run(hits[row], first, box[2])
            k = hits[row, first]
            if k >= 0:
                x, y = slopes[0, row, first:end], slopes[1, row, first:end]
                meet(x, y, depth[row, first:end], maps, k, kinds[k], shapes, pose, work)
                target = signal[row, first:end]
                _return(work, pose, colors[k, 6], illumination[row, first:end], target)
                if textured:
                    _vary(work, patterns[k], colors, k, floor, target)
            first = end


@fast_kernel
def _return(
    work: Floats, pose: Floats, infrared: float, illumination: Floats, signal: Floats
) -> None:
    """Write the light that comes back from a run of pixels of even reflectance."""
    for i in range(signal.shape[0]):
        x = work[PLACE, i] - pose[0, 3]
        y = work[PLACE + 1, i] - pose[1, 3]
        z = work[PLACE + 2, i] - pose[2, 3]
        squared = x * x + y * y + z * z
        facing = abs(work[NORMAL, i] * x + work[NORMAL + 1, i] * y + work[NORMAL + 2, i] * z)
        signal[i] = infrared * facing / (squared * np.sqrt(squared)) * illumination[i]


@fast_kernel
def _vary(
    work: Floats, pattern: int, colors: Floats, k: int, floor: float, signal: Floats
) -> None:
    """Let the texture of a run of pixels show in its signal."""
    for i in range(signal.shape[0]):
        q = work[LOCAL, i], work[LOCAL + 1, i], work[LOCAL + 2, i]
        p = work[PLACE, i], work[PLACE + 1, i], work[PLACE + 2, i]
        n = work[NORMAL, i], work[NORMAL + 1, i], work[NORMAL + 2, i]
        infrared = np.float32(texel(pattern, colors, k, q, p, n, floor)[3])
        signal[i] *= infrared / colors[k, 6]


@fast_kernel
def shade_floor(
    slopes: Floats,
    depth: Floats,
    pose: Floats,
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
            x, y, t = slopes[0, row, column], slopes[1, row, column], depth[row, column]
            px = pose[0, 3] + t * (pose[0, 0] * x + pose[0, 1] * y + pose[0, 2])
            py = pose[1, 3] + t * (pose[1, 0] * x + pose[1, 1] * y + pose[1, 2])
            pz = pose[2, 3] + t * (pose[2, 0] * x + pose[2, 1] * y + pose[2, 2])
            far = ((px - spot[0]) ** 2 + (pz - spot[1]) ** 2) / (spot[2] * spot[2])
            if abs(py - floor) < _ON_FLOOR and far < 1:
                keep = _ONE - spot[3] * (_ONE - far) ** 2
                for i in range(3):
                    image[row, column, i] = int(image[row, column, i] * keep)
