# SPDX-License-Identifier: Apache-2.0
"""A camera's view of the scene: what stands still is looked at once, people anew in each frame."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import Calibration, CameraCalibration, Sensor
from azure_kinect_py.geometry.projection import rays
from azure_kinect_py.geometry.ray_casting import MISS, cast
from azure_kinect_py.sources.simulated.shapes import Floats, Ints, Solids

NOBODY = -1

_HOUSING_TO_ACCEL = np.array([[0.0, 0, -1], [-1, 0, 0], [0, 1, 0]])
"""From right, down, forward to the accelerometer's backward, left, down."""


def depth_camera_pose(calibration: Calibration) -> npt.NDArray[np.float64]:
    """
    Return the pose of the depth camera in the room, 4x4.

    The housing is level, so that the depth camera looks down by the tilt that the calibration
    knows from its accelerometer.
    """
    pose = np.eye(4)
    pose[:3, :3] = _HOUSING_TO_ACCEL.T @ calibration.from_depth[Sensor.ACCEL][:3, :3]
    return pose


@dataclasses.dataclass(eq=False)
class Seen:
    """
    Solids as a camera meets them.

    :ivar first: Number of the first one in ``View.hits``.
    :ivar area: (4,) left, top, right, bottom of all ``boxes``, empty if none is in view.
    """

    solids: Solids
    maps: Floats
    boxes: Ints
    first: int

    @property
    def area(self) -> Ints:
        """The pixels that any of them may cover."""
        used = self.boxes[(self.boxes[:, 2] > self.boxes[:, 0])]
        if not len(used):
            return np.zeros(4, np.int64)
        return np.concatenate([used[:, :2].min(axis=0), used[:, 2:].max(axis=0)])


class View:
    """
    One camera in the room.

    :ivar rays: (H, W, 2) x/z and y/z.
    :ivar to_room: 4x4 pose in the room.
    :ivar background: (H, W) depth of the room and its furniture, metres.
    :ivar depth: (H, W) depth with people.
    :ivar hits: (H, W) number of the solid that a pixel shows, or NOBODY where no person is.
    """

    def __init__(
        self, camera: CameraCalibration, to_room: npt.NDArray[np.float64], room: Solids
    ) -> None:
        self.camera = camera
        self.rays = rays(camera)
        self.to_room = to_room
        self.pose = to_room[:3].astype(np.float32)
        shape = self.rays.shape[:2]
        self.depth = np.full(shape, MISS, np.float32)
        self.hits = np.full(shape, NOBODY, np.int16)
        self.room = self._look(room, 0)
        self._cast(self.room)
        self.room_hits = self.hits.copy()
        self.background = self.depth.copy()
        self.hits[:] = NOBODY
        self._changed = np.zeros(4, np.int64)

    def show(self, people: Solids | None) -> Seen | None:
        """Put people into the room; return them as this camera meets them, None if nobody is."""
        left, top, right, bottom = self._changed
        self.depth[top:bottom, left:right] = self.background[top:bottom, left:right]
        self.hits[top:bottom, left:right] = NOBODY
        self._changed = np.zeros(4, np.int64)
        if people is None:
            return None
        seen = self._look(people, 0)
        self._changed = seen.area
        self._cast(seen)
        return seen

    def _look(self, solids: Solids, first: int) -> Seen:
        boxes = solids.boxes(self.camera, self.to_room)
        return Seen(solids, solids.maps(self.to_room), boxes, first)

    def _cast(self, seen: Seen) -> None:
        cast(
            self.rays,
            seen.solids.kinds,
            seen.maps,
            seen.solids.shapes,
            seen.boxes,
            seen.first,
            self.depth,
            self.hits,
        )
