# SPDX-License-Identifier: Apache-2.0
"""What a camera sees in the room's own light, as a color picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.geometry.floor import shade_floor
from azure_kinect_py.geometry.shading import paint
from azure_kinect_py.geometry.solids import BALL_CONE, ball_cone
from azure_kinect_py.sources.simulated.crowd import Moment
from azure_kinect_py.sources.simulated.room import FLOOR, HIGH, LIGHTS, LOW
from azure_kinect_py.sources.simulated.shapes import Solids
from azure_kinect_py.sources.simulated.view import Seen, View

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_LAMP_PIXELS = 768
_SHADOW_RADIUS = 0.55  # metres, of the darkness under somebody
_SHADOW_DEPTH = 0.5
_NO_SHADOWS = np.empty((0, 0), np.float32)
_ROOM = np.array([LOW, HIGH], np.float32)


class Painter:
    """
    Paints a view: the room once, people anew in each picture.

    :ivar room: (H, W, 3) BGR picture of the empty room.
    """

    def __init__(self, view: View, room: Solids) -> None:
        self._view = view
        self.room = np.zeros((*view.depth.shape, 3), np.uint8)
        self._paint(view.room, view.background, _seen_from_lamp(room), self.room)

    def add_people(self, moment: Moment, picture: Bytes) -> None:
        """Paint the people of a moment into a picture of the room."""
        people = self._view.show(moment.solids)
        self._shade_floor(moment, picture)
        self._paint(people, self._view.depth, _NO_SHADOWS, picture)

    def _paint(self, seen: Seen, depth: Floats, shadows: Floats, picture: Bytes) -> None:
        solids = seen.solids
        paint(
            self._view.slopes,
            depth,
            seen.visible,
            solids.kinds,
            seen.maps,
            solids.shapes,
            solids.patterns,
            solids.colors,
            self._view.pose,
            _ROOM,
            LIGHTS,
            shadows,
            picture,
        )

    def _shade_floor(self, moment: Moment, picture: Bytes) -> None:
        """Darken the floor under everybody."""
        view = self._view
        middles = moment.poses.positions[:, 0] * (1, 0, 1) + (0, FLOOR, 0)
        spots = np.empty((len(middles), 4), np.float32)
        spots[:, :2] = middles[:, ::2]
        spots[:, 2:] = _SHADOW_RADIUS, _SHADOW_DEPTH
        spans = view.spans(_discs(middles))
        floor = np.float32(FLOOR)
        shade_floor(view.slopes, view.background, spans, view.pose, floor, spots, picture)


def _discs(middles: npt.NDArray[np.float64]) -> Solids:
    """Return the discs on the floor that people darken."""
    count = len(middles)
    return Solids(
        np.full(count, BALL_CONE, np.int32),
        middles,
        np.tile(np.eye(3), (count, 1, 1)),
        np.tile((_SHADOW_RADIUS, 0.01, _SHADOW_RADIUS), (count, 1)),
        np.tile(np.array(ball_cone(1.0, 1.0, 0.0), np.float32), (count, 1)),
        np.zeros(count, np.int32),
        np.zeros((count, 7), np.float32),
    )


def _seen_from_lamp(room: Solids) -> Floats:
    """Return the depth image of the room from the lamp downwards; see ``shading``."""
    size = _LAMP_PIXELS
    camera = CameraCalibration(
        size, size, size / 8, size / 8, size / 2, size / 2, metric_radius=8.0
    )
    pose = np.eye(4)
    pose[:3, :3] = [[1, 0, 0], [0, 0, 1], [0, -1, 0]]
    pose[:3, 3] = LIGHTS[0, :3]
    depth: Floats = View(camera, pose, room).background
    return depth
