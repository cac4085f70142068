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

from azure_kinect_py.geometry.compiled import fast_kernel
from azure_kinect_py.geometry.surfaces import NORMAL, PLACE

Floats = npt.NDArray[np.float32]

_LIFT = np.float32(0.05)  # metres
_BESIDE_LAMP = np.float32(0.05)
_SHADOW_SLACK = np.float32(0.02)
_BREADTH = np.float32(0.25)  # a window is so broad that it reaches around what it lights
_ZERO = np.float32(0)
_ONE = np.float32(1)
_HALF = np.float32(0.5)


@fast_kernel
def light_up(work: Floats, count: int, lights: Floats, seen: Floats, levels: Floats) -> None:
    """
    Write the light at the points of a workspace as display levels of red, green, blue.

    :param work: (ROWS, count or more), see :mod:`surfaces`.
    :param seen: (count or more) share of the lamp that a point sees.
    :param levels: (3, count or more), out: 1 shows a surface in its own color.
    """
    for i in range(count):
        nx, ny, nz = work[NORMAL, i], work[NORMAL + 1, i], work[NORMAL + 2, i]
        px, py, pz = work[PLACE, i], work[PLACE + 1, i], work[PLACE + 2, i]
        x, y, z = lights[0, 0] - px, lights[0, 1] - py, lights[0, 2] - pz
        squared = x * x + y * y + z * z
        distance = np.sqrt(squared)
        facing = nx * x + ny * y + nz * z
        facing = facing if facing > 0 else _ZERO
        lamp = seen[i] * facing * lights[0, 6] / (distance * (squared + lights[0, 7]))

        x, y, z = lights[1, 0] - px, lights[1, 1] - py, lights[1, 2] - pz
        squared = x * x + y * y + z * z
        distance = np.sqrt(squared)
        facing = (nx * x + ny * y + nz * z) * (_ONE - _BREADTH) + distance * _BREADTH
        facing = facing if facing > 0 else _ZERO
        window = facing * lights[1, 6] / (distance * (squared + lights[1, 7]))

        around = lights[2, 0] * (np.float32(0.66) - np.float32(0.34) * ny)
        # Display levels are about the square root of light. The colors of the light differ
        # little, so that one step of Newton's method from the root of the sum is exact.
        root = np.sqrt(around + lamp + window)
        scale = _ONE / root
        for j in range(3):
            light = around + lamp * lights[0, 3 + j] + window * lights[1, 3 + j]
            levels[j, i] = _HALF * (root + light * scale)


@fast_kernel
def shadow(work: Floats, count: int, lights: Floats, shadows: Floats, seen: Floats) -> None:
    """
    Write how much of the lamp the points of a workspace see, 0 to 1.

    :param shadows: (S, S) depth image of a pinhole camera in the lamp that looks down, x to the
        right, which covers slopes of -4 to 4.
    """
    size = shadows.shape[0]
    for i in range(count):
        # A little off the surface, so that it does not shade itself.
        x = work[PLACE, i] + work[NORMAL, i] * _LIFT - lights[0, 0]
        down = work[PLACE + 1, i] + work[NORMAL + 1, i] * _LIFT - lights[0, 1]
        z = work[PLACE + 2, i] + work[NORMAL + 2, i] * _LIFT - lights[0, 2]
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
        seen[i] = np.float32(free) / np.float32(25)


@fast_kernel
def darken_corners(work: Floats, count: int, room: Floats, levels: Floats) -> None:
    """
    Darken levels where two sides of the room meet, for lack of light.

    :param room: (2, 3) lowest and highest coordinates.
    """
    for i in range(count):
        x = min(abs(work[PLACE, i] - room[0, 0]), abs(room[1, 0] - work[PLACE, i]))
        y = min(abs(work[PLACE + 1, i] - room[0, 1]), abs(room[1, 1] - work[PLACE + 1, i]))
        z = min(abs(work[PLACE + 2, i] - room[0, 2]), abs(room[1, 2] - work[PLACE + 2, i]))
        second = max(min(x, y), min(max(x, y), z))
        keep = _ONE - np.float32(0.15) * np.exp(-second / np.float32(0.18))
        for j in range(3):
            levels[j, i] *= keep
