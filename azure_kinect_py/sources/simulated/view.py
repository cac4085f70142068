# SPDX-License-Identifier: Apache-2.0
"""A camera's view of the scene: what stands still is looked at once, people anew in each frame."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import Calibration, CameraCalibration, Sensor
from azure_kinect_py.geometry.projection import rays
from azure_kinect_py.geometry.ray_casting import MISS, cast
from azure_kinect_py.sources.simulated.shapes import Boxes, Floats, Solids

NOBODY = -1

_NEIGHBOURS = 5  # valid ones from which a missing ray is filled in

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

    :ivar maps: (N, 3, 4) from the camera's frame into theirs.
    :ivar boxes: (N, 4) pixels that each may cover: left, top, right, bottom.
    :ivar area: (4,) pixels that any of them may cover, empty if none is in view.
    """

    solids: Solids
    maps: Floats
    boxes: Boxes
    area: Boxes


@functools.lru_cache(maxsize=3)  # the cameras of a unit are opened again and again
def _slopes(camera: CameraCalibration) -> Floats:
    """
    Return x/z and y/z of every pixel, (2, H, W).

    Single pixels that the vendor's way to undo the distortion fails on get the mean of their
    neighbours: light falls on them all the same.
    """
    slopes = np.ascontiguousarray(np.moveaxis(rays(camera), -1, 0))
    rows, columns = np.nonzero(np.isnan(slopes[0]))
    inner = (rows > 0) & (rows < camera.height - 1) & (columns > 0) & (columns < camera.width - 1)
    for row, column in zip(rows[inner], columns[inner], strict=True):
        around = slopes[:, row - 1 : row + 2, column - 1 : column + 2]
        if np.count_nonzero(~np.isnan(around[0])) >= _NEIGHBOURS:
            slopes[:, row, column] = np.nanmean(around, axis=(1, 2))
    return slopes


class View:
    """
    One camera in the room.

    :ivar slopes: (2, H, W) x/z and y/z of the pixels' rays, NaN outside the lens.
    :ivar to_room: 4x4 pose in the room; ``pose`` is the same for the kernels, (3, 4).
    :ivar background: (H, W) depth of the room and its furniture, metres.
    :ivar depth: (H, W) depth with people.
    :ivar hits: (H, W) number of the solid that a pixel shows, or NOBODY where no person is.
    """

    def __init__(
        self, camera: CameraCalibration, to_room: npt.NDArray[np.float64], room: Solids
    ) -> None:
        self.camera = camera
        self.slopes = _slopes(camera)
        self.to_room = to_room
        self.pose = to_room[:3].astype(np.float32)
        shape = self.slopes.shape[1:]
        self.depth = np.full(shape, MISS, np.float32)
        self.hits = np.full(shape, NOBODY, np.int32)
        self.room = self.look(room)
        self._cast(self.room)
        self.room_hits = self.hits.copy()
        self.background = self.depth.copy()
        self.hits[:] = NOBODY
        self._people: Solids | None = None
        self._seen: Seen | None = None

    @property
    def changed(self) -> Boxes:
        """The pixels that people may cover: left, top, right, bottom."""
        return np.zeros(4, np.int64) if self._seen is None else self._seen.area

    def show(self, people: Solids | None) -> Seen | None:
        """Put people into the room; return them as this camera meets them, None if nobody is."""
        if people is self._people:
            return self._seen
        left, top, right, bottom = self.changed
        self.depth[top:bottom, left:right] = self.background[top:bottom, left:right]
        self.hits[top:bottom, left:right] = NOBODY
        self._people = people
        self._seen = None
        if people is not None:
            self._seen = self.look(people)
            self._cast(self._seen)
        return self._seen

    def look(self, solids: Solids) -> Seen:
        """Return solids as this camera meets them."""
        boxes = solids.boxes(self.camera, self.to_room)
        used = boxes[boxes[:, 2] > boxes[:, 0]]
        area = np.zeros(4, np.int64)
        if len(used):
            area = np.concatenate([used[:, :2].min(axis=0), used[:, 2:].max(axis=0)])
        return Seen(solids, solids.maps(self.to_room), boxes, area)

    def _cast(self, seen: Seen) -> None:
        solids = seen.solids
        cast(
            self.slopes,
            solids.kinds,
            seen.maps,
            solids.shapes,
            seen.boxes,
            self.depth,
            self.hits,
        )
