# SPDX-License-Identifier: Apache-2.0
"""
Giving color, and infrared, to what :mod:`~azure_kinect_py.geometry.ray_casting` hit, as kernels.

Both work solid by solid, batch by batch of the pixels that show it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_kernel
from azure_kinect_py.geometry.dress import cloth, head
from azure_kinect_py.geometry.lighting import darken_corners, light_up, shadow
from azure_kinect_py.geometry.solids import ROOM
from azure_kinect_py.geometry.surfaces import (
    BATCH,
    LEVEL,
    LOCAL,
    NORMAL,
    PLACE,
    RAY,
    SECOND,
    SEEN,
    SHADE,
    SIZE,
    Vector,
    meet,
)
from azure_kinect_py.geometry.textures import (
    FABRIC,
    HEAD,
    LAMP,
    PLAIN,
    STRIPES,
    WINDOW,
    texel,
)
from azure_kinect_py.geometry.visible import Visible

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]

_LANES = 16  # pixels that are computed at once
_KNEE = np.float32(0.8)  # level from which highlights are rolled off
_GLOW = np.float32(1.07)
_ZERO = np.float32(0)
_ONE = np.float32(1)
_HALF = np.float32(0.5)


@fast_kernel
def paint(
    slopes: Floats,
    depth: Floats,
    visible: Visible,
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
    :param visible: The pixels that show each of N solids.
    :param maps: (N, 3, 4) from the camera's frame into the solids'.
    :param shapes: (N, 5), see :func:`solids.ball_cone`.
    :param patterns: (N,) textures.
    :param colors: (N, 7) main color, second color, infrared reflectance.
    :param pose: (3, 4) pose of the camera in the room.
    :param room: (2, 3) lowest and highest coordinates of the room.
    :param lights: (3, 8), see :mod:`lighting`.
    :param shadows: (S, S) depth seen from the lamp; (0, 0) throws none.
    :param image: (H, W, 3) BGR.
    """
    work = np.zeros(SIZE, np.float32)
    work[SEEN:] = _ONE
    colored = np.empty(3 * BATCH, np.uint8)
    for k in range(kinds.shape[0]):
        for first in range(visible.starts[k], visible.starts[k + 1], BATCH):
            pixels = visible.pixels[first : min(first + BATCH, visible.starts[k + 1])]
            count = pixels.shape[0]
            _collect(slopes, depth, pixels, work)
            meet(work, _whole(count), maps, k, kinds[k], shapes, pose)
            if shadows.size:
                shadow(work, count, lights, shadows)
            light_up(work, _whole(count), lights)
            if kinds[k] == ROOM:
                darken_corners(work, count, room)
            if patterns[k] == WINDOW or patterns[k] == LAMP:
                work[LEVEL:SEEN] = _GLOW
            _color(work, count, patterns[k], colors, k, room[1, 1], colored)
            _scatter(colored, pixels, image)


@fast_kernel
def _whole(count: int) -> int:
    """Return a number of pixels, and a few more, that makes up whole vectors."""
    return (count + _LANES - 1) // _LANES * _LANES


@fast_kernel
def _collect(slopes: Floats, depth: Floats, pixels: Ints, work: Floats) -> None:
    """Write the rays of pixels."""
    x, y, z = slopes[0].reshape(-1), slopes[1].reshape(-1), depth.reshape(-1)
    for i in range(pixels.shape[0]):
        pixel = np.uint32(pixels[i])
        work[RAY + i] = x[pixel]
        work[RAY + BATCH + i] = y[pixel]
        work[RAY + 2 * BATCH + i] = z[pixel]


@fast_kernel
def _scatter(colored: Bytes, pixels: Ints, image: Bytes) -> None:
    flat = image.reshape(-1)
    for i in range(pixels.shape[0]):
        place = np.uint32(3 * pixels[i])
        flat[place] = colored[i]
        flat[place + np.uint32(1)] = colored[BATCH + i]
        flat[place + np.uint32(2)] = colored[2 * BATCH + i]


@fast_kernel
def _color(
    work: Floats,
    count: int,
    pattern: int,
    colors: Floats,
    k: int,
    floor: float,
    image: Bytes,
) -> None:
    """Write the colors of a batch of pixels, (3, BATCH) BGR."""
    if pattern in (PLAIN, FABRIC, STRIPES, HEAD):
        whole = _whole(count)
        main = colors[k, 0], colors[k, 1], colors[k, 2]
        other = colors[k, 3], colors[k, 4], colors[k, 5]
        work[SHADE : SHADE + whole] = _ONE
        work[SECOND : SECOND + whole] = _ZERO
        if pattern == HEAD:
            head(work, whole, main, other)
            main = _ONE, _ONE, _ONE
        elif pattern != PLAIN:
            cloth(work, whole, pattern == STRIPES)
        _two_colors(work, whole, main, other, image)
        return
    for i in range(count):
        point = work[LOCAL + i], work[LOCAL + BATCH + i], work[LOCAL + 2 * BATCH + i]
        p = work[PLACE + i], work[PLACE + BATCH + i], work[PLACE + 2 * BATCH + i]
        n = work[NORMAL + i], work[NORMAL + BATCH + i], work[NORMAL + 2 * BATCH + i]
        texture = texel(pattern, colors, k, point, p, n, floor)
        for j in range(3):
            level = np.float32(texture[j]) * work[LEVEL + j * BATCH + i]
            image[(2 - j) * BATCH + i] = _to_byte(level)


@fast_kernel
def _two_colors(work: Floats, count: int, main: Vector, other: Vector, image: Bytes) -> None:
    """Write a batch of pixels of which each has one of two colors."""
    for i in range(count):
        share, shade = work[SECOND + i], work[SHADE + i]
        red = main[0] + share * (other[0] - main[0])
        green = main[1] + share * (other[1] - main[1])
        blue = main[2] + share * (other[2] - main[2])
        image[i] = _to_byte(blue * shade * work[LEVEL + 2 * BATCH + i])
        image[BATCH + i] = _to_byte(green * shade * work[LEVEL + BATCH + i])
        image[2 * BATCH + i] = _to_byte(red * shade * work[LEVEL + i])


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
    visible: Visible,
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
    work = np.zeros(SIZE, np.float32)
    strength, flat = illumination.reshape(-1), signal.reshape(-1)
    for k in range(kinds.shape[0]):
        for first in range(visible.starts[k], visible.starts[k + 1], BATCH):
            pixels = visible.pixels[first : min(first + BATCH, visible.starts[k + 1])]
            count = pixels.shape[0]
            _collect(slopes, depth, pixels, work)
            meet(work, _whole(count), maps, k, kinds[k], shapes, pose)
            for i in range(count):
                work[LEVEL + i] = strength[np.uint32(pixels[i])]
            _return(work, _whole(count), (pose[0, 3], pose[1, 3], pose[2, 3]), colors[k, 6])
            if textured:
                _vary(work, count, patterns[k], colors, k, floor)
            for i in range(count):
                flat[np.uint32(pixels[i])] = work[LEVEL + i]


@fast_kernel
def _return(work: Floats, count: int, camera: Vector, infrared: float) -> None:
    """Turn the light on a batch of pixels of even reflectance, in LEVEL, to what comes back."""
    for i in range(count):
        x = work[PLACE + i] - camera[0]
        y = work[PLACE + BATCH + i] - camera[1]
        z = work[PLACE + 2 * BATCH + i] - camera[2]
        squared = x * x + y * y + z * z
        across = work[NORMAL + i] * x + work[NORMAL + BATCH + i] * y
        facing = abs(across + work[NORMAL + 2 * BATCH + i] * z)
        work[LEVEL + i] *= infrared * facing / (squared * np.sqrt(squared))


@fast_kernel
def _vary(work: Floats, count: int, pattern: int, colors: Floats, k: int, floor: float) -> None:
    """Let the texture of a batch of pixels show in what comes back."""
    for i in range(count):
        q = work[LOCAL + i], work[LOCAL + BATCH + i], work[LOCAL + 2 * BATCH + i]
        p = work[PLACE + i], work[PLACE + BATCH + i], work[PLACE + 2 * BATCH + i]
        n = work[NORMAL + i], work[NORMAL + BATCH + i], work[NORMAL + 2 * BATCH + i]
        infrared = np.float32(texel(pattern, colors, k, q, p, n, floor)[3])
        work[LEVEL + i] *= infrared / colors[k, 6]
