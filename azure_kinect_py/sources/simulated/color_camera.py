# SPDX-License-Identifier: Apache-2.0
"""The color camera: the picture, and the formats in which it is delivered."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.geometry.ray_casting import BOX
from azure_kinect_py.geometry.shading import paint, shade_floor
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.sources.simulated.controls import ColorControls
from azure_kinect_py.sources.simulated.motion import Poses
from azure_kinect_py.sources.simulated.room import FLOOR, HIGH, LIGHTS, LOW
from azure_kinect_py.sources.simulated.shapes import Builder, Look, Solids
from azure_kinect_py.sources.simulated.view import Seen, View

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

_JPEG_QUALITY = 85
_GRAIN = 1.6  # standard deviation of the noise, grey levels
_LAMP_PIXELS = 768
_SHADOW_RADIUS = 0.55  # metres, of the darkness under somebody
_SHADOW_DEPTH = 0.5
_NO_SHADOWS = np.empty((0, 0), np.float32)
_ROOM = np.array([LOW, HIGH], np.float32)


class ColorCamera:
    """
    Turns a view into color images of one format.

    :param controls: Exposure and the like, effective from the next image on.
    """

    def __init__(
        self,
        view: View,
        room: Solids,
        image_format: ImageFormat,
        controls: ColorControls,
        seed: int,
    ) -> None:
        self._view = view
        self._encode = _ENCODERS[image_format]
        self._controls = controls
        picture = np.zeros((*view.depth.shape, 3), np.uint8)
        shadows = _seen_from_lamp(room)
        self._paint(view.room, view.room_hits, view.background, shadows, picture)
        self._backgrounds = _grainy(picture, np.random.default_rng([seed, 9]))

    def shoot(self, people: Seen | None, poses: Poses, random: np.random.Generator) -> Bytes:
        """
        Return the image of what the view shows now.

        :param people: As ``View.show`` returned them.
        :param poses: Theirs, for the shadows under them.
        :param random: Of this frame.
        """
        picture = self._backgrounds[random.integers(len(self._backgrounds))].copy()
        if people is not None:
            self._ground(poses, picture)
            self._paint(people, self._view.hits, self._view.depth, _NO_SHADOWS, picture)
        return self._encode(self._controls.applied(picture))

    def _paint(
        self, seen: Seen, hits: Ints, depth: Floats, shadows: Floats, picture: Bytes
    ) -> None:
        solids = seen.solids
        paint(
            self._view.slopes,
            depth,
            hits,
            seen.area,
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

    def _ground(self, poses: Poses, picture: Bytes) -> None:
        """Darken the floor under everybody."""
        spots = poses.positions[:, 0] * (1, 0, 1) + (0, FLOOR, 0)
        discs = Builder()
        for spot in spots:
            discs.add(BOX, spot, Look(), stretch=(_SHADOW_RADIUS, 0.01, _SHADOW_RADIUS))
        boxes = discs.build().boxes(self._view.camera, self._view.to_room)
        for (x, _, z), box in zip(spots, boxes, strict=True):
            spot = np.array([x, z, _SHADOW_RADIUS, _SHADOW_DEPTH], np.float32)
            view = self._view
            shade_floor(
                view.slopes, view.background, view.pose, np.float32(FLOOR), spot, box, picture
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


def _grainy(picture: Bytes, random: np.random.Generator) -> list[Bytes]:
    """Return the picture with the noise of a sensor, several times."""
    copies = 4 if picture.shape[0] <= 1080 else 2
    grain = random.normal(0.0, _GRAIN, (copies, *picture.shape[:2], 1)).astype(np.float32)
    return [np.clip(picture + one + 0.5, 0, 255).astype(np.uint8) for one in grain]


def _jpeg(picture: Bytes) -> Bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    if hasattr(cv2, 'IMWRITE_JPEG_SAMPLING_FACTOR'):  # since OpenCV 4.7
        options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422]
    return np.asarray(cv2.imencode('.jpg', picture, options)[1]).reshape(-1)


def _bgra(picture: Bytes) -> Bytes:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA))


def _planes(picture: Bytes) -> tuple[Bytes, Bytes, Bytes]:
    """Return Y at full size, U and V at half the width and height."""
    height, width = picture.shape[:2]
    planar: Bytes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
    chroma = planar[height:].reshape(2, height // 2, width // 2)
    return planar[:height], chroma[0], chroma[1]


def _nv12(picture: Bytes) -> Bytes:
    luma, u, v = _planes(picture)
    height, width = luma.shape
    image = np.empty((height * 3 // 2, width), np.uint8)
    image[:height] = luma
    image[height:].reshape(height // 2, width // 2, 2)[:] = np.stack([u, v], axis=-1)
    return image


def _yuy2(picture: Bytes) -> Bytes:
    luma, u, v = _planes(picture)
    image = np.empty((*luma.shape, 2), np.uint8)
    image[..., 0] = luma
    image[:, 0::2, 1] = np.repeat(u, 2, axis=0)
    image[:, 1::2, 1] = np.repeat(v, 2, axis=0)
    return image


_ENCODERS: dict[ImageFormat, Callable[[Bytes], Bytes]] = {
    ImageFormat.MJPG: _jpeg,
    ImageFormat.NV12: _nv12,
    ImageFormat.YUY2: _yuy2,
    ImageFormat.BGRA32: _bgra,
}
