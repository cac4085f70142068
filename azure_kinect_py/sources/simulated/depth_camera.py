# SPDX-License-Identifier: Apache-2.0
"""The depth camera in its own light: depth and infrared images."""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import BodyFrame
from azure_kinect_py.geometry.sensing import DARK, sense
from azure_kinect_py.geometry.shading import reflect
from azure_kinect_py.geometry.visible import put_back
from azure_kinect_py.modes import DepthMode
from azure_kinect_py.sources.simulated import illumination
from azure_kinect_py.sources.simulated.crowd import Moment
from azure_kinect_py.sources.simulated.noise import NoiseTile, sensor_model
from azure_kinect_py.sources.simulated.room import FLOOR, HIGH, LOW
from azure_kinect_py.sources.simulated.truth import Witness
from azure_kinect_py.sources.simulated.view import Seen, View

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint16]

_CORNER = 0.035  # metres from a corner of the room where light comes on several paths
_LEAST_CHANCE = 0.02
_NO_LIMIT = np.float32(100.0)


class DepthImages(NamedTuple):
    """Depth in millimetres (empty in PASSIVE_IR) and infrared, (H, W)."""

    depth: Pixels
    infrared: Pixels


class DepthCamera:
    """Turns a view into the images of a depth mode; from one thread at a time."""

    def __init__(self, view: View, mode: DepthMode, seed: int) -> None:
        self._view = view
        self._lock = threading.Lock()
        away = illumination.distance(mode, view.slopes)
        lit = away < 1.0
        self._witness = Witness(view, mode, lit)
        self._model = sensor_model(mode, seed)
        self._noise = NoiseTile(view.camera.width, seed)
        self._strength = illumination.strength(away)
        self._limits = np.where(lit, _corners(view), DARK).astype(np.float32)
        self._empty = np.zeros(lit.shape, np.float32)
        self._reflect(view.room, view.background, self._empty, textured=True)
        self._signal = self._empty.copy()
        self._reach = np.zeros((len(lit), 2), np.int32)  # of the people in the signal

    def joints_in_view(self, positions: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
        """See :meth:`Witness.in_view`."""
        return self._witness.in_view(positions)

    def shoot(self, moment: Moment, random: np.random.Generator) -> DepthImages:
        """Return the images of a moment, with the random numbers of its frame."""
        with self._lock:
            people = self._view.show(moment.solids)
            put_back(self._reach, self._empty, self._signal)
            self._reach = people.reach
            self._reflect(people, self._view.depth, self._signal)
            return self._sense(random)

    def testify(self, moment: Moment, device_time_usec: int) -> BodyFrame:
        """Return the bodies of a moment."""
        with self._lock:
            self._view.show(moment.solids)
            return self._witness.testify(moment, device_time_usec)

    def _sense(self, random: np.random.Generator) -> DepthImages:
        depth, infrared = (np.empty(self._signal.shape, np.uint16) for _ in range(2))
        sense(
            self._view.depth,
            self._signal,
            self._view.hits,
            self._limits,
            self._noise.numbers,
            self._noise.offsets(random),
            self._model,
            depth,
            infrared,
        )
        return DepthImages(depth, infrared)

    def _reflect(
        self, seen: Seen, depth: Floats, signal: Floats, *, textured: bool = False
    ) -> None:
        solids = seen.solids
        reflect(
            self._view.slopes,
            depth,
            seen.visible,
            solids.kinds,
            seen.maps,
            solids.shapes,
            solids.patterns,
            solids.colors,
            self._view.pose,
            np.float32(FLOOR),
            textured,
            self._strength,
            signal,
        )


def _corners(view: View) -> Floats:
    """Return limits, see ``sense``, that take depth from pixels near a corner of the room."""
    x, y = view.slopes
    ways = []
    for axis in range(3):
        a, b, c, d = view.pose[axis]
        place = (a * x + b * y + c) * view.background + d
        low, high = np.float32(LOW[axis]), np.float32(HIGH[axis])
        ways.append(np.minimum(np.abs(place - low), np.abs(high - place)))
    second = np.maximum(
        np.minimum(ways[0], ways[1]), np.minimum(np.maximum(ways[0], ways[1]), ways[2])
    )
    chance = np.clip(0.7 * np.exp(-((second / _CORNER) ** 2)), 1e-12, None)
    limits = np.log(1.0 / chance - 1.0) / 1.702  # about the quantile of the normal distribution
    limited: Floats = np.where(chance > _LEAST_CHANCE, limits, _NO_LIMIT).astype(np.float32)
    return limited
