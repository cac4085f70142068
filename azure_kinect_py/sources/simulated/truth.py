# SPDX-License-Identifier: Apache-2.0
"""What a perfect body tracker would report: joints, confidences, the body index map."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import Body, BodyFrame
from azure_kinect_py.geometry import rotations
from azure_kinect_py.geometry.projection import project
from azure_kinect_py.geometry.ray_casting import NOBODY
from azure_kinect_py.geometry.visible import fill
from azure_kinect_py.joints import BACKGROUND, Confidence, Joint
from azure_kinect_py.modes import DepthMode
from azure_kinect_py.sources.simulated.crowd import Moment
from azure_kinect_py.sources.simulated.view import View

Array = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# How far the skin in front of a joint may be from it, metres.
_DEPTHS = {
    'PELVIS': 0.18,
    'SPINE': 0.18,
    'NECK': 0.11,
    'CLAVICLE': 0.14,
    'SHOULDER': 0.11,
    'ELBOW': 0.09,
    'HIP': 0.16,
    'KNEE': 0.11,
    'ANKLE': 0.10,
    'FOOT': 0.09,
    'HEAD': 0.15,
}
_DEPTH = np.array([_DEPTHS.get(joint.name.split('_')[0], 0.06) for joint in Joint])
_AROUND = np.array([[du, dv] for dv in (-1, 0, 1) for du in (-1, 0, 1)])


class Witness:
    """
    Sees the people as the depth camera does.

    :param lit: (H, W) pixels that get light of the illuminator.
    """

    def __init__(self, view: View, mode: DepthMode, lit: Bools) -> None:
        self._view = view
        self._range = mode.range_m
        self._lit = lit
        self._dark = np.where(lit, np.uint8(0), np.uint8(BACKGROUND))
        inverse = np.linalg.inv(view.to_room)
        self._rotation, self._translation = inverse[:3, :3], inverse[:3, 3]
        self._turn = rotations.from_matrix(self._rotation)

    def in_view(self, positions: Array) -> npt.NDArray[np.intp]:
        """Return how many of the joints (M, 32, 3) in the room are in view and in range, (M,)."""
        points = positions @ self._rotation.T + self._translation
        seen, _ = self._reachable(points.reshape(-1, 3))
        count: npt.NDArray[np.intp] = seen.reshape(len(positions), -1).sum(axis=1)
        return count

    def testify(self, moment: Moment, device_time_usec: int) -> BodyFrame:
        """Return the bodies of the frame that ``view`` shows."""
        listed = np.flatnonzero(moment.ids)
        if not len(listed):
            return BodyFrame(device_time_usec, (), self._index_map(moment, listed))
        positions = moment.poses.positions[listed] @ self._rotation.T + self._translation
        turns = rotations.multiply(self._turn, moment.poses.orientations[listed])
        confidences = self._confidences(positions, moment.owners, listed)
        bodies = tuple(
            Body(int(moment.ids[row]), positions[index], turns[index], confidences[index])
            for index, row in enumerate(listed)
        )
        index_map = self._index_map(moment, listed)
        return BodyFrame(device_time_usec, bodies, index_map)

    def _index_map(self, moment: Moment, listed: npt.NDArray[np.intp]) -> npt.NDArray[np.uint8]:
        index_map = np.full(self._lit.shape, BACKGROUND, np.uint8)
        if len(listed):
            numbers = np.full(len(moment.ids), BACKGROUND, np.uint8)
            numbers[listed] = np.arange(len(listed))
            fill(self._view.people.visible, numbers[moment.owners], index_map)
            np.maximum(index_map, self._dark, out=index_map)
        return index_map

    def _confidences(
        self, positions: Array, owners: npt.NDArray[np.intp], listed: npt.NDArray[np.intp]
    ) -> npt.NDArray[np.uint8]:
        """Return those of the joints (M, 32, 3) of the people in these rows, (M, 32)."""
        reachable, pixels = self._reachable(positions.reshape(-1, 3))
        u, v = (pixels.reshape(*positions.shape[:2], 1, 2) + _AROUND).transpose(3, 0, 1, 2)
        height, width = self._lit.shape
        u = np.minimum(np.maximum(u, 0), width - 1)
        v = np.minimum(np.maximum(v, 0), height - 1)
        skin = self._view.depth[v, u] > (positions[..., 2] - _DEPTH)[..., None]
        owners = np.append(owners, NOBODY)  # the last is picked where nobody is
        mine = owners[self._view.hits[v, u]] == listed[:, None, None]
        confidences = np.where((skin & mine).any(axis=-1), Confidence.MEDIUM, Confidence.LOW)
        confidences[~reachable.reshape(confidences.shape)] = Confidence.NONE
        return confidences.astype(np.uint8)

    def _reachable(self, points: Array) -> tuple[Bools, npt.NDArray[np.intp]]:
        """Return which points are lit and in range, and the pixels nearest to them."""
        exact, valid = project(self._view.camera, points)
        height, width = self._lit.shape
        pixels = np.rint(np.where(valid[:, None], exact, -1.0)).astype(np.intp)
        inside = valid & (pixels >= 0).all(axis=1) & (pixels < (width, height)).all(axis=1)
        pixels[~inside] = 0
        near, far = self._range
        lit = self._lit[pixels[:, 1], pixels[:, 0]]
        return inside & lit & (points[:, 2] >= near) & (points[:, 2] <= far), pixels
