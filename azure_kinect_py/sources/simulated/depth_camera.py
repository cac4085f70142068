# SPDX-License-Identifier: Apache-2.0
"""The depth camera: depth and infrared images, or passive infrared alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.sensing import sense
from azure_kinect_py.geometry.shading import reflect
from azure_kinect_py.modes import DepthMode
from azure_kinect_py.sources.simulated import illumination
from azure_kinect_py.sources.simulated.noise import SIGMA_AMBIENT, NoiseTile, sensor_model
from azure_kinect_py.sources.simulated.room import FLOOR, HIGH, LOW
from azure_kinect_py.sources.simulated.view import Seen, View

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint16]

_CORNER = 0.035  # metres from a corner of the room where light comes on several paths
_PASSIVE_COUNTS = 420.0  # infrared value of a white surface in the room's own light


class DepthImages(NamedTuple):
    """Depth in millimetres (None in PASSIVE_IR) and infrared."""

    depth: Pixels | None
    infrared: Pixels


class DepthCamera:
    """
    Turns a view into the images of a depth mode.

    :ivar lit: (H, W) pixels inside the illumination mask.
    """

    def __init__(self, view: View, mode: DepthMode, seed: int) -> None:
        self._view = view
        self._passive = not mode.has_depth
        self.lit = illumination.lit(mode, view.rays)
        self._model = sensor_model(mode if mode.has_depth else DepthMode.WFOV_UNBINNED, seed)
        self._noise = NoiseTile(view.camera.width, seed)
        shape = self.lit.shape
        self._strength = (
            np.ones(shape, np.float32) if self._passive else illumination.strength(mode, view.rays)
        )
        self._doubt = np.where(self.lit, _corners(view), np.float32(1.0)).astype(np.float32)
        self._ambient = np.full(shape, SIGMA_AMBIENT, np.float32)
        self._empty = np.zeros(shape, np.float32)
        self._reflect(view.room, view.room_hits, view.background, self._empty)
        self._signal = self._empty.copy()
        self._changed = np.zeros(4, np.int64)

    def shoot(self, people: Seen | None, random: np.random.Generator) -> DepthImages:
        """
        Return the images of what the view shows now.

        :param people: As ``View.show`` returned them.
        :param random: Of this frame.
        """
        left, top, right, bottom = self._changed
        self._signal[top:bottom, left:right] = self._empty[top:bottom, left:right]
        self._changed = np.zeros(4, np.int64)
        if people is not None:
            self._changed = people.area
            self._reflect(people, self._view.hits, self._view.depth, self._signal)
        depth, infrared = (np.empty(self.lit.shape, np.uint16) for _ in range(2))
        sense(
            self._view.depth,
            self._signal,
            self._view.hits,
            self._doubt,
            self._ambient,
            self._noise.numbers,
            self._noise.offsets(random),
            self._model,
            depth,
            infrared,
        )
        return DepthImages(None if self._passive else depth, infrared)

    def _reflect(
        self, seen: Seen, hits: npt.NDArray[np.int16], depth: Floats, signal: Floats
    ) -> None:
        solids = seen.solids
        reflect(
            self._view.rays,
            depth,
            hits,
            seen.area,
            seen.first,
            solids.kinds,
            seen.maps,
            solids.shapes,
            solids.patterns,
            solids.colors,
            self._view.pose,
            np.float32(FLOOR),
            self._strength,
            signal,
        )


def _corners(view: View) -> Floats:
    """Return the chance that a pixel near a corner of the room gets no depth, (H, W)."""
    ones = np.ones((*view.rays.shape[:2], 1), np.float32)
    points = np.concatenate([view.rays, ones], axis=-1) * view.background[..., None]
    room = points @ view.pose[:, :3].T + view.pose[:, 3]
    distances = np.sort(np.minimum(np.abs(room - LOW), np.abs(HIGH - room)), axis=-1)
    chance: Floats = (0.7 * np.exp(-((distances[..., 1] / _CORNER) ** 2))).astype(np.float32)
    chance[~(chance > 0.02)] = 0.0
    return chance
