# SPDX-License-Identifier: Apache-2.0
"""Solids with their looks, many at a time: collected in the room, handed to the kernels."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.geometry.projection import project
from azure_kinect_py.geometry.ray_casting import BALL_CONE, ROOM, ball_cone
from azure_kinect_py.geometry.textures import PLAIN

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Boxes = npt.NDArray[np.int64]

_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)
_NEAREST = 0.05


@dataclasses.dataclass(frozen=True, eq=False)
class Solids:
    """
    N solids of :mod:`azure_kinect_py.geometry.ray_casting` in the frame of the room.

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
        into = np.swapaxes(self.turns, -1, -2) / self.stretches[..., None]
        maps = np.empty((len(self), 3, 4), np.float32)
        maps[..., :3] = into @ to_room[:3, :3]
        maps[..., 3] = (into @ (to_room[:3, 3] - self.centers)[..., None])[..., 0]
        return maps

    def boxes(self, camera: CameraCalibration, to_room: npt.NDArray[np.float64]) -> Boxes:
        """Return the pixels that each may cover, (N, 4): left, top, right, bottom (excluded)."""
        low, high = self._extents()
        local = (low + high)[:, None] / 2 + _CORNERS * (high - low)[:, None] / 2
        room = self.centers[:, None] + (local * self.stretches[:, None]) @ np.swapaxes(
            self.turns, -1, -2
        )
        points = (room - to_room[:3, 3]) @ to_room[:3, :3]
        pixels = project(camera, _in_view(points.reshape(-1, 3), camera))[0].reshape(-1, 8, 2)
        first, last = pixels.min(axis=1), pixels.max(axis=1)
        margin = 2.0 + 0.05 * (last - first)  # straight edges are bent by the lens
        size = (camera.width, camera.height)
        exact = np.concatenate([first - margin, last + margin + 1], axis=1)
        boxes: Boxes = np.clip(exact, 0, (*size, *size)).astype(np.int64)
        boxes[(points[..., 2] < _NEAREST).all(axis=1)] = 0
        boxes[self.kinds == ROOM] = (0, 0, *size)  # it is all around the camera
        return boxes

    def _extents(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        low, high = np.full((len(self), 3), -1.0), np.full((len(self), 3), 1.0)
        round_ = self.kinds == BALL_CONE
        r0, r1, length = self.shapes[round_, :3].T
        low[round_] = -np.maximum(r0, r1)[:, None]
        high[round_] = np.maximum(r0, r1)[:, None]
        low[round_, 1] = np.minimum(-r0, length - r1)
        high[round_, 1] = np.maximum(r0, length + r1)
        return low, high


def _in_view(
    points: npt.NDArray[np.float64], camera: CameraCalibration
) -> npt.NDArray[np.float64]:
    """Move points that the lens cannot project to the rim of its view."""
    z = np.maximum(points[:, 2:], _NEAREST)
    slopes = points[:, :2] / z
    radius = np.linalg.norm(slopes, axis=1, keepdims=True)
    slopes *= np.minimum(1.0, 0.999 * camera.metric_radius / np.maximum(radius, 1e-9))
    return np.concatenate([slopes, np.ones_like(z)], axis=1)


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
