# SPDX-License-Identifier: Apache-2.0
"""The depth camera's topics: depth and infrared images."""

from __future__ import annotations

import numpy as np
from builtin_interfaces.msg import Time

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.geometry.image_checks import check_image
from azure_kinect_py.geometry.pixels import depth_to_metres, ir_to_mono8
from azure_kinect_py.ros.scene import Scene
from azure_kinect_py.ros.topics import Advertise, ImageTopic, Pixels
from azure_kinect_py.ros.work import Work

DEPTH_TYPES = {'16UC1': np.uint16, '32FC1': np.float32}


class DepthTopic(ImageTopic):
    """A topic of depth images in the unit that the user chose."""

    def __init__(
        self, advertise: Advertise, name: str, camera: CameraCalibration, frame_id: str, unit: str
    ) -> None:
        shape = (camera.height, camera.width)
        super().__init__(
            advertise, name, camera, frame_id, encoding=unit, shape=shape, dtype=DEPTH_TYPES[unit]
        )
        self.is_raw = unit == '16UC1'

    def send(self, depth: Pixels, stamp: Time) -> None:
        """Publish (H, W) uint16 millimetres, copied unless it is the topic's own buffer."""
        buffer = self.image.buffer
        if not self.is_raw:
            depth_to_metres(depth, buffer)
        elif depth is not buffer:
            check_image('depth', depth, buffer.shape, np.uint16)
            np.copyto(buffer, depth)
        self.image.send(stamp)


class DepthImages:
    """Publishes ``depth/image_raw`` and ``depth/camera_info``."""

    def __init__(self, scene: Scene, advertise: Advertise) -> None:
        camera = scene.calibration.depth
        assert camera is not None
        unit = scene.settings.depth_unit
        self._topic = DepthTopic(advertise, 'depth', camera, scene.frames.depth, unit)

    def __call__(self, work: Work, stamp: Time) -> None:
        """Publish what is wanted of a capture's depth image."""
        image = work.capture.depth_image
        if image is None:
            return
        if self._topic.image.wanted:
            self._topic.send(image.pixels, stamp)
        self._topic.send_info(stamp)


class InfraredTopic(ImageTopic):
    """
    A topic of infrared images: mono16, or scaled to mono8.

    :ivar factor: From 16 bits to 8.
    """

    def __init__(
        self,
        advertise: Advertise,
        name: str,
        camera: CameraCalibration,
        frame_id: str,
        scene: Scene,
    ) -> None:
        self.factor = scene.settings.ir_mono8_scaling_factor
        self.is_raw = not scene.settings.rescale_ir_to_mono8
        shape = (camera.height, camera.width)
        encoding, dtype = ('mono16', np.uint16) if self.is_raw else ('mono8', np.uint8)
        super().__init__(
            advertise, name, camera, frame_id, encoding=encoding, shape=shape, dtype=dtype
        )

    def send(self, ir: Pixels, stamp: Time) -> None:
        """Publish (H, W) uint16, copied unless it is the topic's own buffer."""
        buffer = self.image.buffer
        if not self.is_raw:
            ir_to_mono8(ir, self.factor, buffer)
        elif ir is not buffer:
            check_image('infrared', ir, buffer.shape, np.uint16)
            np.copyto(buffer, ir)
        self.image.send(stamp)


class InfraredImages:
    """Publishes ``ir/image_raw`` and ``ir/camera_info``."""

    def __init__(self, scene: Scene, advertise: Advertise) -> None:
        camera = scene.calibration.depth
        assert camera is not None
        self.topic = InfraredTopic(advertise, 'ir', camera, scene.frames.depth, scene)

    def __call__(self, work: Work, stamp: Time) -> None:
        """Publish what is wanted of a capture's infrared image."""
        image = work.capture.ir_image
        if image is None:
            return
        if self.topic.image.wanted:
            self.topic.send(image.pixels, stamp)
        self.topic.send_info(stamp)
