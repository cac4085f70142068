# SPDX-License-Identifier: Apache-2.0
"""The color camera: the picture, and the formats in which it is delivered."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.sources.simulated.controls import ColorControls
from azure_kinect_py.sources.simulated.crowd import Moment
from azure_kinect_py.sources.simulated.painter import Painter
from azure_kinect_py.sources.simulated.shapes import Solids
from azure_kinect_py.sources.simulated.view import View

Bytes = npt.NDArray[np.uint8]

_JPEG_QUALITY = 85
_LARGEST_HEIGHT = 1080
_GRAIN = 1.6  # standard deviation of the noise, grey levels
_GRAINS = 4  # pictures of the room that differ by their noise
_SHIFT = 101  # pixels between their noise
_LEVELS = np.arange(256)
_VIDEO_RANGE = np.rint(
    np.stack([16 + _LEVELS * 219 / 255, *[128 + (_LEVELS - 128) * 224 / 255] * 2], -1)
).astype(np.uint8)[None]
"""Y, V and U of the full range of 0 to 255 -> those of video, (1, 256, 3)."""


def view_size(camera: CameraCalibration) -> CameraCalibration:
    """Return the camera to render: with half the pixels each way where there are very many."""
    if camera.height <= _LARGEST_HEIGHT:
        return camera
    return dataclasses.replace(
        camera,
        width=camera.width // 2,
        height=camera.height // 2,
        fx=camera.fx / 2,
        fy=camera.fy / 2,
        cx=(camera.cx + 0.5) / 2 - 0.5,
        cy=(camera.cy + 0.5) / 2 - 0.5,
    )


class ColorCamera:
    """
    Turns a view into color images of one format; from one thread at a time.

    :param view: Of :func:`view_size`.
    :param size: Width and height of the images.
    :param controls: Exposure and the like, effective from the next image on.
    """

    def __init__(
        self,
        view: View,
        room: Solids,
        size: tuple[int, int],
        image_format: ImageFormat,
        controls: ColorControls,
        seed: int,
    ) -> None:
        self._lock = threading.Lock()
        self._painter = Painter(view, room)
        self._encode = _ENCODERS[image_format]
        self._size = size
        self._controls = controls
        self._rooms = _grainy(self._painter.room, np.random.default_rng([seed, 9]))

    def shoot(self, moment: Moment, random: np.random.Generator) -> Bytes:
        """Return the image of a moment, with the random numbers of its frame."""
        with self._lock:
            picture = self._rooms[random.integers(len(self._rooms))].copy()
            self._painter.add_people(moment, picture)
        picture = self._controls.applied(picture)
        if self._size != picture.shape[1::-1]:
            picture = np.asarray(cv2.resize(picture, self._size), np.uint8)
        return self._encode(picture)


def _grainy(picture: Bytes, random: np.random.Generator) -> list[Bytes]:
    """Return the picture with the noise of a sensor, shifted a little more each time."""
    height, width = picture.shape[:2]
    grain = random.standard_normal((height, width), dtype=np.float32) * _GRAIN
    margin = _SHIFT * (_GRAINS - 1)
    grey = cv2.merge([np.pad(grain, ((margin, 0), (margin, 0)), mode='wrap')] * 3)
    grains = (grey[i : i + height, i : i + width] for i in range(margin, -1, -_SHIFT))
    return [np.asarray(cv2.add(picture, each, dtype=cv2.CV_8U), np.uint8) for each in grains]


def _jpeg(picture: Bytes) -> Bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    if hasattr(cv2, 'IMWRITE_JPEG_SAMPLING_FACTOR'):  # since OpenCV 4.7
        options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422]
    return np.asarray(cv2.imencode('.jpg', picture, options)[1]).reshape(-1)


def _bgra(picture: Bytes) -> Bytes:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA))


def _luma_and_chroma(picture: Bytes, rows: int) -> tuple[Bytes, Bytes]:
    """
    Return Y (H, W), and V and U at half the width (rows, W / 2, 2); BT.601 as of video.

    :param rows: Height of the chroma image.
    """
    full = cv2.cvtColor(picture, cv2.COLOR_BGR2YCrCb)
    yvu: Bytes = np.asarray(cv2.LUT(full, _VIDEO_RANGE), np.uint8)
    size = (picture.shape[1] // 2, rows)
    smaller: Bytes = np.asarray(cv2.resize(yvu, size, interpolation=cv2.INTER_AREA), np.uint8)
    return yvu[..., 0], smaller[..., 1:]


def _nv12(picture: Bytes) -> Bytes:
    height, width = picture.shape[:2]
    image = np.empty((height * 3 // 2, width), np.uint8)
    image[:height], chroma = _luma_and_chroma(picture, height // 2)
    image[height:].reshape(height // 2, width // 2, 2)[:] = chroma[..., ::-1]
    return image


def _yuy2(picture: Bytes) -> Bytes:
    image = np.empty((*picture.shape[:2], 2), np.uint8)
    image[..., 0], chroma = _luma_and_chroma(picture, len(picture))
    image[:, 0::2, 1] = chroma[..., 1]
    image[:, 1::2, 1] = chroma[..., 0]
    return image


_ENCODERS: dict[ImageFormat, Callable[[Bytes], Bytes]] = {
    ImageFormat.MJPG: _jpeg,
    ImageFormat.NV12: _nv12,
    ImageFormat.YUY2: _yuy2,
    ImageFormat.BGRA32: _bgra,
}
