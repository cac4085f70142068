# SPDX-License-Identifier: Apache-2.0
"""What stands and hangs in the room, piece by piece, in its frame (y points down)."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry import rotations
from azure_kinect_py.geometry.solids import BALL_CONE, BOX
from azure_kinect_py.geometry.textures import (
    CURTAIN,
    FABRIC,
    LAMP,
    LEAF,
    PICTURE,
    RUG,
    WINDOW,
    WOOD,
)
from azure_kinect_py.sources.simulated.shapes import Builder, Look

FLOOR = 1.45
"""Height of the floor, metres below the depth camera."""

_OAK = Look((0.70, 0.52, 0.34), pattern=WOOD, infrared=0.5)
_WALNUT = Look((0.42, 0.29, 0.20), pattern=WOOD, infrared=0.32)
_WHITE = Look((0.92, 0.92, 0.90), infrared=0.7)
_METAL = Look((0.22, 0.22, 0.23), infrared=0.12)
_SOFA = Look((0.35, 0.45, 0.48), pattern=FABRIC, infrared=0.5)
_BOOKS = (
    (0.62, 0.18, 0.16),
    (0.18, 0.30, 0.44),
    (0.86, 0.80, 0.66),
    (0.24, 0.42, 0.30),
    (0.82, 0.58, 0.20),
    (0.30, 0.22, 0.36),
    (0.14, 0.14, 0.16),
    (0.72, 0.72, 0.70),
)
_UP = rotations.to_matrix(rotations.from_axis_angle([1.0, 0, 0], np.pi))


def _block(builder: Builder, low: npt.ArrayLike, high: npt.ArrayLike, look: Look) -> None:
    """Add a box by two of its corners."""
    low, high = np.asarray(low, np.float64), np.asarray(high, np.float64)
    builder.add(BOX, (low + high) / 2, look, stretch=(high - low) / 2)


def _turned(
    builder: Builder,
    foot: npt.ArrayLike,
    height: float,
    radii: tuple[float, float],
    look: Look,
) -> None:
    """Add something round that stands upright, by the radii of its lower and upper end."""
    builder.add(BALL_CONE, foot, look, turn=_UP, shape=(*radii, height))


def rug(builder: Builder) -> None:
    """Add a rug in the middle."""
    look = Look((0.55, 0.24, 0.22), (0.86, 0.76, 0.58), RUG, infrared=0.45)
    _block(builder, (-1.35, FLOOR - 0.012, 1.55), (1.05, FLOOR, 3.15), look)


def pictures(builder: Builder, back: float) -> None:
    """Add a painting over the sofa and two prints beside it, on the back wall."""
    painting = Look((0.16, 0.14, 0.12), pattern=PICTURE, infrared=0.2)
    _block(builder, (0.15, -0.62, back - 0.03), (1.35, 0.12, back), painting)
    for x, color in ((-0.62, (0.80, 0.58, 0.26)), (-0.22, (0.30, 0.46, 0.52))):
        _block(builder, (x, -0.38, back - 0.02), (x + 0.28, 0.02, back), _WHITE)
        print_ = Look(color, pattern=FABRIC)
        _block(builder, (x + 0.04, -0.34, back - 0.025), (x + 0.24, -0.02, back), print_)


def window(builder: Builder, wall: float) -> None:
    """Add a window with curtains in the left wall; glass gives no depth."""
    pane = Look(pattern=WINDOW, infrared=0.02)
    _block(builder, (wall, -0.85, 1.35), (wall + 0.03, 0.30, 2.45), pane)
    curtain = Look((0.72, 0.77, 0.80), pattern=CURTAIN, infrared=0.6)
    for z in (1.02, 2.45):
        _block(builder, (wall + 0.03, -0.98, z), (wall + 0.09, 0.62, z + 0.33), curtain)


def bookcase(builder: Builder, random: np.random.Generator) -> None:
    """Add a bookcase full of books in the left corner."""
    left, right, front, back, top = -2.35, -1.45, 3.98, 4.34, -0.55
    for x in (left, right - 0.03):
        _block(builder, (x, top, front), (x + 0.03, FLOOR, back), _WALNUT)
    _block(builder, (left, top, back - 0.02), (right, FLOOR, back), _WALNUT)
    shelves = np.linspace(top, FLOOR - 0.06, 6)
    for y in shelves:
        _block(builder, (left, y, front), (right, y + 0.03, back), _WALNUT)
    for y in shelves[1:]:
        x = left + 0.05
        while x < right - 0.16:
            thick, tall = random.uniform(0.022, 0.055), random.uniform(0.20, 0.31)
            deep = front + random.uniform(0.03, 0.09)
            color = np.multiply(_BOOKS[random.integers(len(_BOOKS))], random.uniform(0.85, 1.1))
            look = Look(np.minimum(color, 1.0).tolist(), infrared=random.uniform(0.25, 0.7))
            _block(builder, (x, y - tall, deep), (x + thick, y, back - 0.05), look)
            x += thick + (0.003 if random.random() < 0.88 else 0.12)


def sofa(builder: Builder) -> None:
    """Add a sofa with two cushions at the back wall."""
    left, right, front, back = -0.25, 1.85, 3.48, 4.30
    _block(builder, (left, FLOOR - 0.30, front + 0.04), (right, FLOOR - 0.07, back), _SOFA)
    _block(builder, (left, FLOOR - 0.80, back - 0.22), (right, FLOOR - 0.25, back), _SOFA)
    for x in (left, right - 0.20):
        _block(builder, (x, FLOOR - 0.58, front), (x + 0.20, FLOOR - 0.07, back), _SOFA)
    seat = dataclasses.replace(_SOFA, color=(0.39, 0.50, 0.53))
    middle = (left + right) / 2
    for x in (left + 0.21, middle + 0.005):
        low, high = (x, FLOOR - 0.44, front + 0.02), (x + 0.83, FLOOR - 0.30, back - 0.2)
        _block(builder, low, high, seat)
    for x, color, turn in ((0.10, (0.85, 0.62, 0.22), 0.25), (1.50, (0.86, 0.82, 0.74), -0.2)):
        lean = rotations.multiply(
            rotations.from_axis_angle([0, 0, 1.0], turn),
            rotations.from_axis_angle([1.0, 0, 0], 0.35),
        )
        builder.add(
            BALL_CONE,
            (x, FLOOR - 0.60, back - 0.36),
            Look(color, pattern=FABRIC, infrared=0.6),
            turn=rotations.to_matrix(lean),
            stretch=(0.21, 0.20, 0.085),
        )


def loudspeaker(builder: Builder) -> None:
    """Add a black loudspeaker beside the sofa, too dark in infrared to give depth."""
    black = Look((0.09, 0.09, 0.10), infrared=0.02)
    cone = Look((0.16, 0.16, 0.17), infrared=0.03)
    low, high = np.array([-0.70, FLOOR - 0.95, 3.92]), np.array([-0.46, FLOOR, 4.20])
    _block(builder, low, high, black)
    for y, radius in ((-0.25, 0.085), (-0.53, 0.085), (-0.77, 0.045)):
        builder.add(BALL_CONE, (-0.58, FLOOR + y, 3.92), cone, stretch=(radius, radius, 0.012))


def table(builder: Builder, x: float, z: float) -> None:
    """Add a table with a mug, a bowl of oranges and a laptop, whose screen gives no depth."""
    top = FLOOR - 0.74
    _block(builder, (x - 0.42, top, z - 0.36), (x + 0.42, top + 0.035, z + 0.36), _OAK)
    for dx in (-0.38, 0.38):
        for dz in (-0.32, 0.32):
            low = (x + dx - 0.025, top + 0.03, z + dz - 0.025)
            _block(builder, low, (low[0] + 0.05, FLOOR, low[2] + 0.05), _OAK)
    mug = Look((0.75, 0.20, 0.18))
    _turned(builder, (x - 0.28, top - 0.03, z - 0.14), 0.055, (0.036, 0.036), mug)
    bowl = (x + 0.18, top - 0.045, z + 0.16)
    builder.add(BALL_CONE, bowl, _WHITE, stretch=(0.15, 0.05, 0.15))
    orange = Look((0.93, 0.52, 0.12), infrared=0.7)
    for dx, dz in ((-0.05, 0.02), (0.05, -0.02), (0.0, -0.06)):
        place = (bowl[0] + dx, top - 0.10, bowl[2] + dz)
        builder.add(BALL_CONE, place, orange, shape=(0.043, 0.043, 0))
    grey, black = Look((0.6, 0.6, 0.62)), Look((0.05, 0.05, 0.06), infrared=0.015)
    _block(builder, (x - 0.08, top - 0.015, z - 0.25), (x + 0.24, top, z - 0.02), grey)
    open_ = rotations.to_matrix(rotations.from_axis_angle([1.0, 0, 0], 0.3))
    screen = (x + 0.08, top - 0.12, z + 0.02)
    builder.add(BOX, screen, black, turn=open_, stretch=(0.16, 0.105, 0.005))


def chair(builder: Builder, x: float, z: float, turn: float) -> None:
    """Add a wooden chair, turned about the vertical."""
    q = rotations.from_axis_angle([0, 1.0, 0], turn)
    matrix = rotations.to_matrix(q)

    def part(center: tuple[float, float, float], half: tuple[float, float, float]) -> None:
        place = np.array([x, FLOOR, z]) + rotations.rotate(q, center)
        builder.add(BOX, place, _WALNUT, turn=matrix, stretch=half)

    part((0, -0.45, 0), (0.20, 0.02, 0.20))
    for dx in (-0.17, 0.17):
        part((dx, -0.22, 0.17), (0.018, 0.22, 0.018))
        part((dx, -0.44, -0.18), (0.018, 0.44, 0.018))
    for y in (-0.82, -0.70, -0.58):
        part((0, y, -0.18), (0.17, 0.03, 0.01))


def sideboard(builder: Builder, wall: float) -> None:
    """Add a sideboard with two vases under the window."""
    right, near, far = wall + 0.40, 1.35, 2.45
    _block(builder, (wall, FLOOR - 0.62, near), (right, FLOOR - 0.08, far), _OAK)
    door, knob = dataclasses.replace(_OAK, color=(0.74, 0.56, 0.38)), _METAL
    for z in np.linspace(near, far, 4)[:3]:
        low, high = (right, FLOOR - 0.59, z + 0.01), (right + 0.012, FLOOR - 0.11, z + 0.355)
        _block(builder, low, high, door)
        low, high = (right, FLOOR - 0.37, z + 0.30), (right + 0.03, FLOOR - 0.33, z + 0.32)
        _block(builder, low, high, knob)
    for z, height, color in ((1.55, 0.20, (0.20, 0.42, 0.46)), (2.22, 0.13, (0.85, 0.82, 0.76))):
        _turned(builder, (wall + 0.22, FLOOR - 0.68, z), height, (0.07, 0.035), Look(color))


def floor_lamp(builder: Builder, x: float, z: float) -> None:
    """Add a lamp on a tall stand."""
    _block(builder, (x - 0.13, FLOOR - 0.03, z - 0.13), (x + 0.13, FLOOR, z + 0.13), _METAL)
    _turned(builder, (x, FLOOR - 0.03, z), 1.40, (0.012, 0.012), _METAL)
    shade = Look((0.98, 0.90, 0.74), pattern=LAMP, infrared=0.75)
    _turned(builder, (x, -0.12, z), 0.20, (0.17, 0.12), shade)


def ceiling_lamp(builder: Builder, x: float, ceiling: float, z: float) -> None:
    """Add the lamp under the ceiling."""
    glass = Look((1.0, 0.97, 0.90), pattern=LAMP, infrared=0.8)
    builder.add(BALL_CONE, (x, ceiling, z), glass, stretch=(0.24, 0.07, 0.24))


def plant(builder: Builder, random: np.random.Generator, x: float, z: float) -> None:
    """Add a plant in a pot."""
    pot = Look((0.76, 0.44, 0.30))
    _turned(builder, (x, FLOOR - 0.14, z), 0.16, (0.12, 0.15), pot)
    _turned(builder, (x, FLOOR - 0.3, z), 0.8, (0.014, 0.010), Look((0.35, 0.30, 0.18)))
    for number in range(26):
        angle = number * 2.4 + random.uniform(-0.3, 0.3)
        rise = random.uniform(0.2, 1.0)
        reach = 0.06 + 0.16 * np.sin(rise * 2.2) * random.uniform(0.7, 1.1)
        aside, ahead = reach * np.cos(angle), reach * np.sin(angle)
        lean = rotations.multiply(
            rotations.from_axis_angle([0, 1.0, 0], -angle),
            rotations.from_axis_angle([0, 0, 1.0], 0.7 - 1.5 * rise),
        )
        shade = random.uniform(0.8, 1.25)
        builder.add(
            BALL_CONE,
            (x + aside, FLOOR - 0.35 - 0.75 * rise, z + ahead),
            Look((0.24 * shade, 0.50 * shade, 0.22 * shade), pattern=LEAF, infrared=0.75),
            turn=rotations.to_matrix(lean),
            stretch=np.array([0.16, 0.014, 0.075]) * random.uniform(0.7, 1.15),
        )
