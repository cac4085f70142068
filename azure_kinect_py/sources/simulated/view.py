# SPDX-License-Identifier: Apache-2.0
"""A camera's view of the scene: what stands still is looked at once, people anew in each frame."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import Calibration, CameraCalibration, Sensor
from azure_kinect_py.geometry.distortion import lens_of
from azure_kinect_py.geometry.projection import rays
from azure_kinect_py.geometry.ray_casting import MISS, NOBODY, cast
from azure_kinect_py.geometry.spans import Spans, find_spans
from azure_kinect_py.geometry.visible import Visible, find_visible, put_back, wipe
from azure_kinect_py.sources.simulated.shapes import Floats, Solids

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
    :ivar reach: (H, 2) columns between which they are: the first, and that after the last.
    :ivar visible: The pixels that show each.
    """

    solids: Solids
    maps: Floats
    reach: npt.NDArray[np.int32]
    visible: Visible


@functools.lru_cache(maxsize=3)  # the cameras of a unit are opened again and again
def _slopes(camera: CameraCalibration) -> Floats:
    """
    Return x/z and y/z of every pixel, (2, H, W).

    Single pixels that the vendor's way to undo the distortion fails on get the mean of their
    neighbours: light falls on them all the same.
    """
    slopes = np.ascontiguousarray(np.moveaxis(rays(camera), -1, 0))
    padded = np.pad(slopes, ((0, 0), (1, 1), (1, 1)), constant_values=np.nan)
    rows, columns = np.nonzero(np.isnan(slopes[0]))
    around = [padded[:, rows + i, columns + j] for i in range(3) for j in range(3)]
    count = sum(np.isfinite(each[0]) for each in around)
    single = count >= _NEIGHBOURS
    total = sum(np.nan_to_num(each[:, single]) for each in around)
    slopes[:, rows[single], columns[single]] = total / count[single]
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
        self.hits = np.full(shape, NOBODY, np.int16)
        self.lens = lens_of(camera)
        self.window = _window(self.slopes)
        self.background = np.full(shape, MISS, np.float32)
        self._reach = np.zeros((shape[0], 2), np.int32)
        self.room = self._look(room)
        self.background = self.depth.copy()
        self.people = self.room  # who are still in the images

    def show(self, people: Solids) -> Seen:
        """Put people into the room, instead of those before; return how this camera meets them."""
        if self.people.solids is not people:
            self.people = self._look(people)
        return self.people

    def spans(self, solids: Solids) -> Spans:
        """Return where each of these solids may be seen."""
        return self._spans(solids, solids.maps(self.to_room))

    def _spans(self, solids: Solids, maps: Floats) -> Spans:
        size = self.camera.height, self.camera.width
        return find_spans(self.lens, self.window, solids.kinds, maps, solids.shapes, *size)

    def _look(self, solids: Solids) -> Seen:
        """Put solids into the images; return them as this camera meets them."""
        maps = solids.maps(self.to_room)
        spans = self._spans(solids, maps)
        put_back(self._reach, self.background, self.depth)
        wipe(self._reach, NOBODY, self.hits)
        cast(self.slopes, solids.kinds, maps, solids.shapes, spans, self.depth, self.hits)
        self._reach = spans.reach
        return Seen(solids, maps, spans.reach, find_visible(self.hits, spans.reach, len(solids)))


def _window(slopes: Floats) -> npt.NDArray[np.float64]:
    """Return the lowest and the highest slopes that a camera sees, see ``cast``."""
    sides = np.nanmin(slopes, axis=(1, 2)), np.nanmax(slopes, axis=(1, 2))
    return np.concatenate(sides).astype(np.float64)
