# SPDX-License-Identifier: Apache-2.0
"""
The room: its size, its lights, the floor space that is taken, and all solids in it. Metres.

Its frame has x to the right, y down and z forward, level, with the depth camera at the origin.
"""

from __future__ import annotations

import numpy as np

from azure_kinect_py.geometry.solids import ROOM
from azure_kinect_py.geometry.textures import SHELL
from azure_kinect_py.sources.simulated import furniture
from azure_kinect_py.sources.simulated.shapes import Builder, Look, Solids

FLOOR = furniture.FLOOR
"""Height of the floor: the camera hangs 1.45 m above it."""

LOW = np.array([-2.45, -1.15, -1.6])
HIGH = np.array([2.55, FLOOR, 4.35])
"""Corners of the room."""

FURNITURE = np.array(
    [
        [-2.45, 3.55, -0.85, 4.35],  # bookcase, and the plant beside it
        [-0.85, 3.40, 1.95, 4.35],  # loudspeaker and sofa
        [1.30, 1.95, 2.55, 3.20],  # table and chairs
        [1.95, 3.20, 2.55, 4.35],  # floor lamp
        [-2.45, 1.30, -2.00, 2.50],  # sideboard under the window
    ]
)
"""(N, 4) floor space that is taken: x and z of the near left, x and z of the far right corner."""

LIGHTS = np.array(
    [
        [0.15, -1.05, 2.0, 1.00, 0.93, 0.82, 3.0, 1.3],  # lamp: place, color, strength, softness
        [-2.40, -0.25, 1.9, 0.82, 0.93, 1.08, 1.9, 1.0],  # window
        [0.46, 0, 0, 0, 0, 0, 0, 0],  # surroundings
    ],
    np.float32,
)


def furnished_room(seed: int) -> Solids:
    """Return the room and what stands in it; the seed chooses books and leaves."""
    random = np.random.default_rng([seed, 1])
    builder = Builder()
    wall = Look((0.84, 0.83, 0.77), pattern=SHELL, infrared=0.74)
    builder.add(ROOM, (LOW + HIGH) / 2, wall, stretch=(HIGH - LOW) / 2)
    furniture.rug(builder)
    furniture.pictures(builder, back=float(HIGH[2]))
    furniture.window(builder, wall=float(LOW[0]))
    furniture.bookcase(builder, random)
    furniture.sofa(builder)
    furniture.loudspeaker(builder)
    furniture.table(builder, 1.92, 2.58)
    furniture.chair(builder, 1.62, 2.15, 0.3)
    furniture.chair(builder, 1.75, 3.02, 2.9)
    furniture.sideboard(builder, wall=float(LOW[0]))
    furniture.floor_lamp(builder, 2.25, 3.95)
    furniture.ceiling_lamp(builder, float(LIGHTS[0, 0]), float(LOW[1]), float(LIGHTS[0, 2]))
    furniture.plant(builder, random, -1.12, 3.95)
    return builder.build()
