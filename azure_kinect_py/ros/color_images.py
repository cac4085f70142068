# SPDX-License-Identifier: Apache-2.0
"""The color camera's topics: its JPEGs untouched, and raw images in the encoding asked for."""

from __future__ import annotations

import numpy as np
from builtin_interfaces.msg import Time

from azure_kinect_py.data import Image
from azure_kinect_py.geometry.image_checks import check_image
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.ros.scene import Scene
from azure_kinect_py.ros.topics import Advertise, CompressedTopic, ImageTopic
from azure_kinect_py.ros.work import Work

NATIVE = {
    ImageFormat.MJPG: 'bgra8',
    ImageFormat.BGRA32: 'bgra8',
    ImageFormat.NV12: 'nv12',
    ImageFormat.YUY2: 'yuv422_yuy2',
}
CHANNELS = {'bgra8': 4, 'bgr8': 3}


class ColorImages:
    """Publishes ``rgb/image_raw``, ``rgb/image_raw/compressed`` and ``rgb/camera_info``."""

    def __init__(self, scene: Scene, advertise: Advertise) -> None:
        camera = scene.calibration.color
        assert camera is not None
        encoding = scene.settings.color_encoding
        self._encoding = NATIVE[scene.config.color_format] if encoding == 'native' else encoding
        shape: tuple[int, ...] = (camera.height, camera.width, CHANNELS.get(self._encoding, 2))
        if self._encoding == 'nv12':
            shape = (camera.height * 3 // 2, camera.width)
        self._topic = ImageTopic(
            advertise,
            'rgb',
            camera,
            scene.frames.color,
            encoding=self._encoding,
            shape=shape,
            dtype=np.uint8,
        )
        self._compressed: CompressedTopic | None = None
        if scene.config.color_format is ImageFormat.MJPG:
            self._compressed = CompressedTopic(advertise, 'rgb', scene.frames.color)

    def begin(self, work: Work) -> None:
        """Have an idle core decode the color image, if it is wanted, while depth is sent."""
        if self._encoding in CHANNELS and self._topic.image.wanted:
            work.begin_color(self._topic.image.buffer)

    def __call__(self, work: Work, stamp: Time) -> None:
        """Publish what is wanted of a capture's color image."""
        image = work.capture.color_image
        if image is None:
            return
        if self._compressed is not None and self._compressed.wanted:
            self._compressed.send(image.pixels, stamp)
        if self._topic.image.wanted:
            self._fill(image, work)
            self._topic.image.send(stamp)
        self._topic.send_info(stamp)

    def _fill(self, image: Image, work: Work) -> None:
        buffer = self._topic.image.buffer
        if self._encoding in CHANNELS:
            work.color(buffer)
        else:
            check_image('color', image.pixels, buffer.shape, np.uint8)
            np.copyto(buffer, image.pixels)
