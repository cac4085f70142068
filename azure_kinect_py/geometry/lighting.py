# SPDX-License-Identifier: Apache-2.0
"""
The light in the simulated camera's room, as kernels.

One lamp under the ceiling, which throws shadows, one window as a soft light from the side, and
the light that walls and ceiling give back. Lights are (3, 8): the lamp's and the window's place,
color, strength and softness, and the strength of the surroundings.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_kernel, fast_part
from azure_kinect_py.geometry.surfaces import BATCH, LEVEL, NORMAL, PLACE, SEEN, Vector

Floats = npt.NDArray[np.float32]

_LIFT = np.float32(0.05)  # metres
_BESIDE_LAMP = np.float32(0.05)
_SHADOW_SLACK = np.float32(0.02)
_BREADTH = np.float32(0.25)  # a window is so broad that it reaches around what it lights
_ZERO = np.float32(0)
_ONE = np.float32(1)
_HALF = np.float32(0.5)


@fast_kernel
def light_up(work: Floats, count: int, lights: Floats) -> None:
    """
    Write the light at the points of a batch as display levels of red, green, blue.

    A level of 1 shows a surface in its own color.

    :param work: (SIZE,), see :mod:`surfaces`.
    """
    lamp_place = lights[0, 0], lights[0, 1], lights[0, 2]
    lamp_red, lamp_green, lamp_blue = lights[0, 3], lights[0, 4], lights[0, 5]
    lamp_strength, lamp_softness = lights[0, 6], lights[0, 7]
    window_place = lights[1, 0], lights[1, 1], lights[1, 2]
    window_red, window_green, window_blue = lights[1, 3], lights[1, 4], lights[1, 5]
    window_strength, window_softness = lights[1, 6], lights[1, 7]
    everywhere = lights[2, 0]
    for i in range(count):
        facing, distance, squared = _towards(work, i, lamp_place)
        facing = facing if facing > 0 else _ZERO
        lamp = work[SEEN + i] * facing * lamp_strength / (distance * (squared + lamp_softness))

        facing, distance, squared = _towards(work, i, window_place)
        facing = facing * (_ONE - _BREADTH) + distance * _BREADTH
        facing = facing if facing > 0 else _ZERO
        window = facing * window_strength / (distance * (squared + window_softness))

        ny = work[NORMAL + BATCH + i]
        around = everywhere * (np.float32(0.66) - np.float32(0.34) * ny)
        # Display levels are about the square root of light. The colors of the light differ
        # little, so that one step of Newton's method from the root of the sum is exact.
        root = np.sqrt(around + lamp + window)
        scale = _ONE / root
        red = around + lamp * lamp_red + window * window_red
        green = around + lamp * lamp_green + window * window_green
        blue = around + lamp * lamp_blue + window * window_blue
        work[LEVEL + i] = _HALF * (root + red * scale)
        work[LEVEL + BATCH + i] = _HALF * (root + green * scale)
        work[LEVEL + 2 * BATCH + i] = _HALF * (root + blue * scale)


@fast_part
def _towards(work: Floats, i: int, light: Vector) -> Vector:
    """Return the normal's share of the way to a light, and the way's length and its square."""
    x, y, z = light
    x -= work[PLACE + i]
    y -= work[PLACE + BATCH + i]
    z -= work[PLACE + 2 * BATCH + i]
    squared = x * x + y * y + z * z
    facing = work[NORMAL + i] * x + work[NORMAL + BATCH + i] * y + work[NORMAL + 2 * BATCH + i] * z
    return facing, np.sqrt(squared), squared


@fast_kernel
def shadow(work: Floats, count: int, lights: Floats, shadows: Floats) -> None:
    """
    Write how much of the lamp the points of a workspace see, 0 to 1.

    :param shadows: (S, S) depth image of a pinhole camera in the lamp that looks down, x to the
        right, which covers slopes of -4 to 4.
    """
    size = shadows.shape[0]
    for i in range(count):
        # A little off the surface, so that it does not shade itself.
        x = work[PLACE + i] + work[NORMAL + i] * _LIFT - lights[0, 0]
        down = work[PLACE + BATCH + i] + work[NORMAL + BATCH + i] * _LIFT - lights[0, 1]
        z = work[PLACE + 2 * BATCH + i] + work[NORMAL + 2 * BATCH + i] * _LIFT - lights[0, 2]
        free = 25
        if down > _BESIDE_LAMP:
            free = 0
            u, v = (x / down + 4) * (size / 8), (4 - z / down) * (size / 8)
            for j in range(25):
                row = int(v + (j // 5 - 2) * 1.5)
                column = int(u + (j % 5 - 2) * 1.5)
                covered = 0 <= row < size and 0 <= column < size
                if not covered or shadows[row, column] > down - _SHADOW_SLACK:
                    free += 1
        work[SEEN + i] = np.float32(free) / np.float32(25)


@fast_kernel
def darken_corners(work: Floats, count: int, room: Floats) -> None:
    """
    Darken levels where two sides of the room meet, for lack of light.

    :param room: (2, 3) lowest and highest coordinates.
    """
    for i in range(count):
        x = min(abs(work[PLACE + i] - room[0, 0]), abs(room[1, 0] - work[PLACE + i]))
        y = min(
            abs(work[PLACE + BATCH + i] - room[0, 1]), abs(room[1, 1] - work[PLACE + BATCH + i])
        )
        z = min(
            abs(work[PLACE + 2 * BATCH + i] - room[0, 2]),
            abs(room[1, 2] - work[PLACE + 2 * BATCH + i]),
        )
        second = max(min(x, y), min(max(x, y), z))
        keep = _ONE - np.float32(0.15) * np.exp(-second / np.float32(0.18))
        for j in range(3):
            work[LEVEL + j * BATCH + i] *= keep
