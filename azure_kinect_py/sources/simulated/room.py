# SPDX-License-Identifier: Apache-2.0
"""
The furnished room, in metres.

Its frame has x to the right, y down and z forward, level, with the depth camera at the origin.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry import rotations
from azure_kinect_py.geometry.ray_casting import BALL_CONE, BOX, ROOM
from azure_kinect_py.geometry.textures import (
    CURTAIN,
    FABRIC,
    LAMP,
    LEAF,
    PICTURE,
    RUG,
    SHELL,
    WINDOW,
    WOOD,
)
from azure_kinect_py.sources.simulated.shapes import Builder, Solids

FLOOR = 1.45
"""Height of the floor: the camera hangs 1.45 m above it."""

LOW = np.array([-2.45, -1.15, -1.6])
HIGH = np.array([2.55, FLOOR, 4.35])
"""Corners of the room."""

FURNITURE = np.array(
    [
        [-2.45, 3.55, -0.85, 4.35],  # bookcase, and the plant beside it
        [-0.35, 3.40, 1.95, 4.35],  # sofa
        [1.30, 1.95, 2.55, 3.20],  # table and chairs
        [1.95, 3.20, 2.55, 4.35],  # floor lamp
        [-2.45, 1.30, -2.00, 2.50],  # sideboard under the window
    ]
)
"""(N, 4) floor space that is taken: x and z of the near left, x and z of the far right corner."""

LIGHTS = np.array(
    [
        [0.15, -1.05, 2.0, 1.00, 0.93, 0.82, 2.3, 1.2],  # lamp: place, color, strength, softness
        [-2.40, -0.25, 1.9, 0.80, 0.92, 1.10, 1.5, 1.0],  # window
        [0.36, 0, 0, 0, 0, 0, 0, 0],  # surroundings
    ],
    np.float32,
)

_OAK = (0.70, 0.52, 0.34)
_WALNUT = (0.42, 0.29, 0.20)
_WHITE = (0.92, 0.92, 0.90)
_UP = rotations.to_matrix(rotations.from_axis_angle([1.0, 0, 0], np.pi))
"""Turns the y axis of a BALL_CONE from down to up."""


def furnished_room(seed: int) -> Solids:
    """Return the room and what stands in it; the seed chooses books and leaves."""
    random = np.random.default_rng([seed, 1])
    builder = Builder()
    builder.add(
        ROOM,
        (LOW + HIGH) / 2,
        stretch=(HIGH - LOW) / 2,
        pattern=SHELL,
        color=(0.80, 0.80, 0.74),
        infrared=0.74,
    )
    _rug_and_pictures(builder)
    _window(builder)
    _bookcase(builder, random)
    _sofa(builder)
    _table(builder, 1.92, 2.58)
    for x, z, turn in ((1.62, 2.15, 0.3), (1.75, 3.02, 2.9)):
        _chair(builder, x, z, turn)
    _sideboard(builder)
    _floor_lamp(builder, 2.25, 3.95)
    _plant(builder, random, -1.12, 3.95)
    return builder.build()


def _block(builder: Builder, low: npt.ArrayLike, high: npt.ArrayLike, **looks: object) -> None:
    """Add a box by two of its corners."""
    low, high = np.asarray(low, np.float64), np.asarray(high, np.float64)
    builder.add(BOX, (low + high) / 2, stretch=(high - low) / 2, **looks)  # type: ignore[arg-type]


def _rod(
    builder: Builder, foot: npt.ArrayLike, height: float, radius: float, **looks: object
) -> None:
    """Add an upright round bar."""
    shape = (radius, radius, height)
    builder.add(BALL_CONE, foot, turn=_UP, shape=shape, **looks)  # type: ignore[arg-type]


def _rug_and_pictures(builder: Builder) -> None:
    _block(
        builder,
        (-1.35, FLOOR - 0.012, 1.55),
        (1.05, FLOOR, 3.15),
        pattern=RUG,
        color=(0.55, 0.24, 0.22),
        second=(0.86, 0.76, 0.58),
        infrared=0.45,
    )
    back = HIGH[2]
    _block(
        builder,
        (0.15, -0.62, back - 0.03),
        (1.35, 0.12, back),
        pattern=PICTURE,
        color=(0.16, 0.14, 0.12),
        infrared=0.2,
    )
    for x, color in ((-0.62, (0.80, 0.58, 0.26)), (-0.22, (0.30, 0.46, 0.52))):
        _block(
            builder, (x, -0.38, back - 0.02), (x + 0.28, 0.02, back), color=_WHITE, infrared=0.7
        )
        low, high = (x + 0.04, -0.34, back - 0.025), (x + 0.24, -0.02, back)
        _block(builder, low, high, color=color, infrared=0.5, pattern=FABRIC)


def _window(builder: Builder) -> None:
    wall = LOW[0]
    low, high = (wall, -0.85, 1.35), (wall + 0.03, 0.30, 2.45)
    _block(builder, low, high, pattern=WINDOW, infrared=0.02)
    for z in (1.02, 2.45):
        _block(
            builder,
            (wall + 0.03, -0.98, z),
            (wall + 0.09, 0.62, z + 0.33),
            pattern=CURTAIN,
            color=(0.62, 0.68, 0.72),
            infrared=0.6,
        )


def _bookcase(builder: Builder, random: np.random.Generator) -> None:
    left, right, front, back, top = -2.35, -1.45, 3.98, 4.34, -0.55
    looks = {'pattern': WOOD, 'color': _WALNUT, 'infrared': 0.30}
    for x in (left, right - 0.03):
        _block(builder, (x, top, front), (x + 0.03, FLOOR, back), **looks)
    _block(builder, (left, top, back - 0.02), (right, FLOOR, back), **looks)
    shelves = np.linspace(top, FLOOR - 0.06, 6)
    for y in shelves:
        _block(builder, (left, y, front), (right, y + 0.03, back), **looks)
    palette = np.array(
        [(0.62, 0.18, 0.16), (0.18, 0.30, 0.44), (0.86, 0.80, 0.66), (0.24, 0.42, 0.30)]
        + [(0.82, 0.58, 0.20), (0.30, 0.22, 0.36), (0.14, 0.14, 0.16), (0.72, 0.72, 0.70)]
    )
    for y in shelves[1:]:
        x = left + 0.05
        while x < right - 0.16:
            thick, tall = random.uniform(0.022, 0.055), random.uniform(0.20, 0.31)
            deep = front + random.uniform(0.03, 0.09)
            color = palette[random.integers(len(palette))] * random.uniform(0.85, 1.1)
            _block(
                builder,
                (x, y - tall, deep),
                (x + thick, y, back - 0.05),
                color=np.minimum(color, 1.0),
                infrared=random.uniform(0.25, 0.7),
            )
            x += thick + (0.003 if random.random() < 0.88 else 0.12)


def _sofa(builder: Builder) -> None:
    looks = {'pattern': FABRIC, 'color': (0.33, 0.42, 0.45), 'infrared': 0.5}
    left, right, front, back = -0.25, 1.85, 3.48, 4.30
    _block(builder, (left, FLOOR - 0.30, front + 0.04), (right, FLOOR - 0.07, back), **looks)
    _block(builder, (left, FLOOR - 0.80, back - 0.22), (right, FLOOR - 0.25, back), **looks)
    for x in (left, right - 0.20):
        _block(builder, (x, FLOOR - 0.58, front), (x + 0.20, FLOOR - 0.07, back), **looks)
    middle = (left + right) / 2
    for x in (left + 0.21, middle + 0.005):
        wide = middle - left - 0.215
        low, high = (x, FLOOR - 0.44, front + 0.02), (x + wide, FLOOR - 0.30, back - 0.2)
        _block(builder, low, high, **{**looks, 'color': (0.37, 0.47, 0.50)})
    for x, color, turn in ((0.10, (0.85, 0.62, 0.22), 0.25), (1.50, (0.80, 0.76, 0.68), -0.2)):
        lean = rotations.multiply(
            rotations.from_axis_angle([0, 0, 1.0], turn),
            rotations.from_axis_angle([1.0, 0, 0], 0.35),
        )
        builder.add(
            BALL_CONE,
            (x, FLOOR - 0.60, back - 0.36),
            turn=rotations.to_matrix(lean),
            stretch=(0.21, 0.20, 0.085),
            pattern=FABRIC,
            color=color,
            infrared=0.6,
        )


def _table(builder: Builder, x: float, z: float) -> None:
    looks = {'pattern': WOOD, 'color': _OAK, 'infrared': 0.5}
    top = FLOOR - 0.74
    _block(builder, (x - 0.42, top, z - 0.36), (x + 0.42, top + 0.035, z + 0.36), **looks)
    for dx in (-0.38, 0.38):
        for dz in (-0.32, 0.32):
            low = (x + dx - 0.025, top + 0.03, z + dz - 0.025)
            _block(builder, low, (low[0] + 0.05, FLOOR, low[2] + 0.05), **looks)
    # A mug, a bowl of oranges, and a laptop, whose black screen gives no depth.
    _rod(builder, (x - 0.28, top - 0.03, z - 0.14), 0.055, 0.036, color=(0.75, 0.20, 0.18))
    builder.add(
        BALL_CONE,
        (x + 0.18, top - 0.045, z + 0.16),
        stretch=(0.15, 0.05, 0.15),
        color=(0.88, 0.88, 0.86),
        infrared=0.7,
    )
    for dx, dz in ((-0.05, 0.02), (0.05, -0.02), (0.0, -0.06)):
        builder.add(
            BALL_CONE,
            (x + 0.18 + dx, top - 0.10, z + 0.16 + dz),
            shape=(0.043, 0.043, 0),
            color=(0.93, 0.52, 0.12),
            infrared=0.7,
        )
    _block(builder, (x - 0.08, top - 0.015, z - 0.25), (x + 0.24, top, z - 0.02), color=(0.6,) * 3)
    screen = rotations.to_matrix(rotations.from_axis_angle([1.0, 0, 0], 0.3))
    builder.add(
        BOX,
        (x + 0.08, top - 0.12, z + 0.02),
        turn=screen,
        stretch=(0.16, 0.105, 0.005),
        color=(0.05, 0.05, 0.06),
        infrared=0.015,
    )


def _chair(builder: Builder, x: float, z: float, turn: float) -> None:
    q = rotations.from_axis_angle([0, 1.0, 0], turn)
    matrix = rotations.to_matrix(q)
    looks = {'pattern': WOOD, 'color': _WALNUT, 'infrared': 0.35}

    def part(center: tuple[float, float, float], half: tuple[float, float, float]) -> None:
        place = np.array([x, FLOOR, z]) + rotations.rotate(q, center)
        builder.add(BOX, place, turn=matrix, stretch=half, **looks)  # type: ignore[arg-type]

    part((0, -0.45, 0), (0.20, 0.02, 0.20))
    for dx in (-0.17, 0.17):
        part((dx, -0.22, 0.17), (0.018, 0.22, 0.018))
        part((dx, -0.44, -0.18), (0.018, 0.44, 0.018))
    for y in (-0.82, -0.70, -0.58):
        part((0, y, -0.18), (0.17, 0.03, 0.01))


def _sideboard(builder: Builder) -> None:
    left, right, near, far = LOW[0], -2.05, 1.35, 2.45
    _block(
        builder,
        (left, FLOOR - 0.62, near),
        (right, FLOOR - 0.08, far),
        pattern=WOOD,
        color=_OAK,
        infrared=0.5,
    )
    for z in np.linspace(near, far, 4)[:3]:
        low, high = (right, FLOOR - 0.59, z + 0.01), (right + 0.012, FLOOR - 0.11, z + 0.355)
        _block(builder, low, high, pattern=WOOD, color=(0.74, 0.56, 0.38), infrared=0.5)
        _block(
            builder,
            (right + 0.012, FLOOR - 0.37, z + 0.30),
            (right + 0.03, FLOOR - 0.33, z + 0.32),
            color=(0.25,) * 3,
            infrared=0.1,
        )
    for z, height, color in ((1.55, 0.20, (0.20, 0.42, 0.46)), (2.22, 0.13, (0.85, 0.82, 0.76))):
        foot = (left + 0.22, FLOOR - 0.68, z)
        shape = (0.07, 0.035, height)
        builder.add(BALL_CONE, foot, turn=_UP, shape=shape, color=color, infrared=0.6)


def _floor_lamp(builder: Builder, x: float, z: float) -> None:
    metal = {'color': (0.22, 0.22, 0.23), 'infrared': 0.12}
    _block(builder, (x - 0.13, FLOOR - 0.03, z - 0.13), (x + 0.13, FLOOR, z + 0.13), **metal)
    _rod(builder, (x, FLOOR - 0.03, z), 1.40, 0.012, **metal)
    builder.add(
        BALL_CONE,
        (x, -0.12, z),
        turn=_UP,
        shape=(0.17, 0.12, 0.20),
        pattern=LAMP,
        color=(0.98, 0.90, 0.74),
        infrared=0.75,
    )
    lamp = LIGHTS[0, :3]
    builder.add(
        BALL_CONE,
        (lamp[0], LOW[1], lamp[2]),
        stretch=(0.24, 0.07, 0.24),
        pattern=LAMP,
        color=(1.0, 0.97, 0.90),
        infrared=0.8,
    )


def _plant(builder: Builder, random: np.random.Generator, x: float, z: float) -> None:
    pot = (x, FLOOR - 0.14, z)
    shape = (0.12, 0.16, 0.16)
    builder.add(BALL_CONE, pot, turn=_UP, shape=shape, color=(0.76, 0.44, 0.30), infrared=0.5)
    for number in range(22):
        angle = number * 2.4 + random.uniform(-0.3, 0.3)
        rise = random.uniform(0.25, 1.0)
        reach = 0.08 + 0.20 * np.sin(rise * 2.2) * random.uniform(0.7, 1.1)
        place = np.array([x + reach * np.cos(angle), FLOOR - 0.35 - 0.75 * rise, 0.0])
        place[2] = z + reach * np.sin(angle)
        lean = rotations.multiply(
            rotations.from_axis_angle([0, 1.0, 0], -angle),
            rotations.from_axis_angle([0, 0, 1.0], 0.5 - rise),
        )
        green = np.array([0.22, 0.46, 0.20]) * random.uniform(0.8, 1.25)
        builder.add(
            BALL_CONE,
            place,
            turn=rotations.to_matrix(lean),
            stretch=np.array([0.17, 0.012, 0.065]) * random.uniform(0.7, 1.15),
            pattern=LEAF,
            color=green,
            infrared=0.75,
        )
    _rod(builder, (x, FLOOR - 0.3, z), 0.8, 0.012, color=(0.35, 0.30, 0.18), infrared=0.4)
