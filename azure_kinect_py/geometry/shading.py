# SPDX-License-Identifier: Apache-2.0
"""
Coloring what :mod:`~azure_kinect_py.geometry.ray_casting` hit, as kernels.

One lamp under the ceiling, which throws shadows, one window as a soft light from the side, and
the light that walls and ceiling give back.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import kernel
from azure_kinect_py.geometry.ray_casting import ROOM, normal_of
from azure_kinect_py.geometry.textures import LAMP, WINDOW, texel

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Hits = npt.NDArray[np.int16]

_ZERO = np.float32(0)
_ONE = np.float32(1)


@kernel
def _surface(
    m: Floats, kind: int, shape: Floats, ray: Floats, t: float, q: Floats, n: Floats
) -> None:
    """Write the local point ``q`` and the unit normal ``n`` in the frame that ``m`` maps from."""
    for i in range(3):
        q[i] = m[i, 3] + t * (m[i, 0] * ray[0] + m[i, 1] * ray[1] + m[i, 2])
    nx, ny, nz = normal_of(kind, shape, q[0], q[1], q[2])
    for i in range(3):
        n[i] = m[0, i] * nx + m[1, i] * ny + m[2, i] * nz
    length = np.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2])
    for i in range(3):
        n[i] /= length


@kernel
def _turn(pose: Floats, v: Floats, out: Floats) -> None:
    for i in range(3):
        out[i] = pose[i, 0] * v[0] + pose[i, 1] * v[1] + pose[i, 2] * v[2]


@kernel
def _lit_by_lamp(p: Floats, lamp: Floats, shadows: Floats) -> float:
    """
    Return how much of the lamp a point sees, 0 to 1.

    ``shadows`` is the depth image of a pinhole camera in the lamp that looks down, x to the right,
    which covers slopes of -4 to 4.
    """
    down = p[1] - lamp[1]
    if down < 0.05:
        return _ONE
    size = shadows.shape[0]
    u = ((p[0] - lamp[0]) / down + 4) * (size / 8)
    v = (4 - (p[2] - lamp[2]) / down) * (size / 8)
    seen = 0
    for i in range(-2, 3):
        for j in range(-2, 3):
            row, column = int(v + i * 1.5), int(u + j * 1.5)
            if not (0 <= row < size and 0 <= column < size):
                seen += 1
            elif shadows[row, column] > down * np.float32(0.985) - np.float32(0.01):
                seen += 1
    return np.float32(seen) / np.float32(25)


@kernel
def _crease(p: Floats, room: Floats) -> float:
    """Return the darkening, 0 to 1, that corners of the room get for lack of light."""
    near = np.float32(1e3)
    second = np.float32(1e3)
    for axis in range(3):
        distance = min(abs(p[axis] - room[0, axis]), abs(room[1, axis] - p[axis]))
        if distance < near:
            near, second = distance, near
        elif distance < second:
            second = distance
    return _ONE - np.float32(0.30) * np.exp(-second / np.float32(0.18))


@kernel
def _light(p: Floats, n: Floats, lights: Floats, seen: float, out: Floats) -> None:
    """Write the light in red, green, blue at a point: lamp, window and surroundings."""
    around = lights[2, 0] * (np.float32(0.62) - np.float32(0.38) * n[1])
    for i in range(3):
        out[i] = around
    for k in range(2):  # the lamp, then the window
        x, y, z = lights[k, 0] - p[0], lights[k, 1] - p[1], lights[k, 2] - p[2]
        squared = x * x + y * y + z * z
        facing = (n[0] * x + n[1] * y + n[2] * z) / np.sqrt(squared)
        if k == 0:
            strength = max(facing, _ZERO) * seen
        else:  # as broad as a window
            strength = max(facing * np.float32(0.75) + np.float32(0.25), _ZERO)
        strength *= lights[k, 6] / (squared + lights[k, 7])
        for i in range(3):
            out[i] += strength * lights[k, 3 + i]


@kernel
def paint(
    rays: Floats,
    depth: Floats,
    hits: Hits,
    box: npt.NDArray[np.int64],
    first: int,
    kinds: npt.NDArray[np.int64],
    maps: Floats,
    shapes: Floats,
    patterns: npt.NDArray[np.int64],
    colors: Floats,
    to_room: Floats,
    room: Floats,
    lights: Floats,
    shadows: Floats,
    image: Bytes,
) -> None:
    """
    Write the color of what was hit, from solid number ``first`` on; the rest is left alone.

    :param box: (4,) left, top, right, bottom.
    :param to_room: (3, 4) pose of the camera in the room.
    :param room: (2, 3) lowest and highest coordinates of the room.
    :param lights: (3, 8) lamp and window: position, color, strength, softness; surroundings.
    :param shadows: (S, S) depth seen from the lamp.
    :param image: (H, W, 3) BGR.
    """
    work = np.empty((5, 3), np.float32)
    q, n, p, normal, light = work[0], work[1], work[2], work[3], work[4]
    for row in range(box[1], box[3]):
        for column in range(box[0], box[2]):
            k = hits[row, column] - first
            if k < 0:
                continue
            t = depth[row, column]
            ray = rays[row, column]
            _surface(maps[k], kinds[k], shapes[k], ray, t, q, n)
            _turn(to_room, n, normal)
            for i in range(3):
                p[i] = to_room[i, 3] + t * (
                    to_room[i, 0] * ray[0] + to_room[i, 1] * ray[1] + to_room[i, 2]
                )
            red, green, blue, _ = texel(patterns[k], colors[k], q, p, normal, room[1, 1])
            if patterns[k] == WINDOW or patterns[k] == LAMP:
                light[:] = 1.15
            else:
                _light(p, normal, lights, _lit_by_lamp(p, lights[0], shadows), light)
                if kinds[k] == ROOM:
                    light *= _crease(p, room)
            image[row, column, 2] = _to_byte(red, light[0])
            image[row, column, 1] = _to_byte(green, light[1])
            image[row, column, 0] = _to_byte(blue, light[2])


@kernel
def _to_byte(reflectance: float, light: float) -> int:
    # Display values are about the square root of light; the highlights are rolled off softly.
    value = np.float32(reflectance) * np.sqrt(light)
    if value > np.float32(0.8):
        value = np.float32(0.8) + np.float32(0.2) * (
            _ONE - np.exp((np.float32(0.8) - value) * np.float32(5))
        )
    return int(value * np.float32(255) + np.float32(0.5))


@kernel
def reflect(
    rays: Floats,
    depth: Floats,
    hits: Hits,
    box: npt.NDArray[np.int64],
    first: int,
    kinds: npt.NDArray[np.int64],
    maps: Floats,
    shapes: Floats,
    patterns: npt.NDArray[np.int64],
    colors: Floats,
    to_room: Floats,
    floor: float,
    illumination: Floats,
    signal: Floats,
) -> None:
    """
    Write how much of the camera's own infrared light comes back, from solid ``first`` on.

    A white surface one metre away, face on, in the middle of the light gives 1.

    :param illumination: (H, W) strength of the illuminator per pixel, 1 in the middle.
    :param signal: (H, W) out.
    """
    work = np.empty((4, 3), np.float32)
    q, n, p, normal = work[0], work[1], work[2], work[3]
    for row in range(box[1], box[3]):
        for column in range(box[0], box[2]):
            k = hits[row, column] - first
            if k < 0:
                continue
            t = depth[row, column]
            ray = rays[row, column]
            _surface(maps[k], kinds[k], shapes[k], ray, t, q, n)
            _turn(to_room, n, normal)
            for i in range(3):
                p[i] = to_room[i, 3] + t * (
                    to_room[i, 0] * ray[0] + to_room[i, 1] * ray[1] + to_room[i, 2]
                )
            infrared = texel(patterns[k], colors[k], q, p, normal, floor)[3]
            length2 = ray[0] * ray[0] + ray[1] * ray[1] + _ONE
            facing = abs(n[0] * ray[0] + n[1] * ray[1] + n[2]) / np.sqrt(length2)
            signal[row, column] = np.float32(
                infrared * facing / (length2 * t * t) * illumination[row, column]
            )


@kernel
def ground_shadow(
    rays: Floats,
    depth: Floats,
    to_room: Floats,
    floor: float,
    spot: Floats,
    box: npt.NDArray[np.int64],
    image: Bytes,
) -> None:
    """
    Darken the floor under somebody.

    :param spot: (4,) x, z, radius in metres, and strength 0 to 1 in its middle.
    """
    for row in range(box[1], box[3]):
        for column in range(box[0], box[2]):
            t = depth[row, column]
            ray = rays[row, column]
            y = to_room[1, 3] + t * (
                to_room[1, 0] * ray[0] + to_room[1, 1] * ray[1] + to_room[1, 2]
            )
            if abs(y - floor) > np.float32(0.02):
                continue
            x = to_room[0, 3] + t * (
                to_room[0, 0] * ray[0] + to_room[0, 1] * ray[1] + to_room[0, 2]
            )
            z = to_room[2, 3] + t * (
                to_room[2, 0] * ray[0] + to_room[2, 1] * ray[1] + to_room[2, 2]
            )
            far = ((x - spot[0]) ** 2 + (z - spot[1]) ** 2) / (spot[2] * spot[2])
            if far < 1:
                keep = _ONE - spot[3] * (_ONE - far) ** 2
                for i in range(3):
                    image[row, column, i] = int(image[row, column, i] * keep)
