# SPDX-License-Identifier: Apache-2.0
"""Solids with their looks, many at a time: collected in the room, handed to the kernels."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.kinematics import maps_into
from azure_kinect_py.geometry.solids import ball_cone
from azure_kinect_py.geometry.textures import PLAIN

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


@dataclasses.dataclass(frozen=True, eq=False)
class Solids:
    """
    N solids of :mod:`azure_kinect_py.geometry.solids` in the frame of the room.

    A local point q is at ``centers + turns @ (stretches * q)``.

    :ivar kinds: (N,) which solid.
    :ivar centers: (N, 3) metres.
    :ivar turns: (N, 3, 3) rotations.
    :ivar stretches: (N, 3) scales along the local axes.
    :ivar shapes: (N, 5) of a BALL_CONE, see ``ball_cone``.
    :ivar patterns: (N,) textures.
    :ivar colors: (N, 7) main color, second color, infrared reflectance.
    """

    kinds: Ints
    centers: npt.NDArray[np.float64]
    turns: npt.NDArray[np.float64]
    stretches: npt.NDArray[np.float64]
    shapes: Floats
    patterns: Ints
    colors: Floats

    def __len__(self) -> int:
        """Return the number of solids."""
        return len(self.kinds)

    def maps(self, to_room: npt.NDArray[np.float64]) -> Floats:
        """Return the maps from a camera's frame, whose pose is given, into the local ones."""
        return maps_into(self.turns, self.stretches, self.centers, to_room)


NOTHING = Solids(
    np.empty(0, np.int32),
    np.empty((0, 3)),
    np.empty((0, 3, 3)),
    np.empty((0, 3)),
    np.empty((0, 5), np.float32),
    np.empty(0, np.int32),
    np.empty((0, 7), np.float32),
)
"""No solids."""


@dataclasses.dataclass(frozen=True)
class Look:
    """
    How a surface looks; colors are 0 to 1.

    :ivar pattern: One of :mod:`azure_kinect_py.geometry.textures`.
    :ivar infrared: Reflectance in the depth camera's light.
    """

    color: Sequence[float] = (0.5, 0.5, 0.5)
    second: Sequence[float] = (0.0, 0.0, 0.0)
    pattern: int = PLAIN
    infrared: float = 0.5


class Builder:
    """Collects solids one by one."""

    def __init__(self) -> None:
        self._rows: list[tuple[object, ...]] = []

    def add(
        self,
        kind: int,
        center: npt.ArrayLike,
        look: Look,
        *,
        turn: npt.ArrayLike | None = None,
        stretch: npt.ArrayLike = (1.0, 1.0, 1.0),
        shape: tuple[float, float, float] = (1.0, 1.0, 0.0),
    ) -> None:
        """
        Add a solid, see :class:`Solids`.

        :param shape: Radii and length of a BALL_CONE.
        """
        color = np.array([*look.color, *look.second, look.infrared])
        turn = np.eye(3) if turn is None else turn
        self._rows.append((kind, center, turn, stretch, ball_cone(*shape), look.pattern, color))

    def build(self) -> Solids:
        """Return what was added."""
        kinds, centers, turns, stretches, shapes, patterns, colors = zip(*self._rows, strict=True)
        return Solids(
            np.array(kinds, np.int32),
            np.array(centers, np.float64),
            np.array(turns, np.float64),
            np.array(stretches, np.float64),
            np.array(shapes, np.float32),
            np.array(patterns, np.int32),
            np.array(colors, np.float32),
        )


def joined(solids: Sequence[Solids]) -> Solids:
    """Return all solids as one."""
    names = [field.name for field in dataclasses.fields(Solids)]
    return Solids(*(np.concatenate([getattr(each, name) for each in solids]) for name in names))
