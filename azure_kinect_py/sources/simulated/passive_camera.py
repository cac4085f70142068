# SPDX-License-Identifier: Apache-2.0
"""The depth camera in PASSIVE_IR: infrared images in the room's own light, and no depth."""

from __future__ import annotations

import threading

import cv2
import numpy as np

from azure_kinect_py.sources.simulated.crowd import Moment
from azure_kinect_py.sources.simulated.depth_camera import DepthImages
from azure_kinect_py.sources.simulated.noise import AMBIENT, NoiseTile
from azure_kinect_py.sources.simulated.painter import Painter
from azure_kinect_py.sources.simulated.shapes import Solids
from azure_kinect_py.sources.simulated.view import View

_COUNTS = 1.6  # infrared value for a grey level of the picture
_NOISE = 3.0  # standard deviation


class PassiveCamera:
    """Turns a view into passive infrared images; from one thread at a time."""

    def __init__(self, view: View, room: Solids, seed: int) -> None:
        self._lock = threading.Lock()
        self._painter = Painter(view, room)
        self._noise = NoiseTile(view.camera.width, seed)

    def shoot(self, moment: Moment, random: np.random.Generator) -> DepthImages:
        """Return the images of a moment, with the random numbers of its frame."""
        with self._lock:
            picture = self._painter.room.copy()
            self._painter.add_people(moment, picture)
        light = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.float32) * _COUNTS
        light += self._noise.pattern(light.shape, random) * _NOISE + AMBIENT
        infrared = np.maximum(light + 0.5, 0.0).astype(np.uint16)
        return DepthImages(infrared[:0], infrared)
