# SPDX-License-Identifier: Apache-2.0
"""Images of one camera in the view of the other."""

from __future__ import annotations

import numpy as np
from builtin_interfaces.msg import Time

from azure_kinect_py.ros.depth_images import DepthTopic, InfraredTopic
from azure_kinect_py.ros.scene import Scene
from azure_kinect_py.ros.topics import Advertise, ImageTopic, Pixels
from azure_kinect_py.ros.work import Bench, Work


class DepthInColorView:
    """Publishes ``depth_to_rgb`` and ``ir_to_rgb``, each with camera_info."""

    def __init__(self, scene: Scene, advertise: Advertise, bench: Bench) -> None:
        camera = scene.calibration.color
        assert camera is not None
        frame, unit = scene.frames.color, scene.settings.depth_unit
        self._bench = bench
        self._depth = DepthTopic(advertise, 'depth_to_rgb', camera, frame, unit)
        self.infrared = InfraredTopic(advertise, 'ir_to_rgb', camera, frame, scene)

    def __call__(self, work: Work, stamp: Time) -> None:
        """Publish what is wanted; a capture that lacks its depth image has none of them."""
        if work.capture.depth_image is None:
            return
        try:
            self._send_infrared(work, stamp)
        finally:  # which depth does not need
            self._send_depth(work, stamp)

    @property
    def draws_depth_in_color(self) -> bool:
        """Whether it does at present."""
        return self._depth.image.wanted or self.infrared.image.wanted

    @property
    def _depth_buffer(self) -> Pixels | None:
        """Where registered depth is to be written, if it is to be sent as it is."""
        topic = self._depth
        return topic.image.buffer if topic.is_raw and topic.image.wanted else None

    def _send_depth(self, work: Work, stamp: Time) -> None:
        if self._depth.image.wanted:
            depth = work.depth_in_color(self._depth_buffer)
            assert depth is not None
            self._depth.send(depth, stamp)
        self._depth.send_info(stamp)

    def _send_infrared(self, work: Work, stamp: Time) -> None:
        topic = self.infrared
        if work.capture.ir_image is None:
            return
        if topic.image.wanted:
            target = topic.image.buffer
            if not topic.is_raw:
                target = self._bench.scratch('ir_in_color', target.shape, np.uint16)
            work.infrared_in_color(target, self._depth_buffer)
            topic.send(target, stamp)
        topic.send_info(stamp)


class ColorInDepthView:
    """Publishes ``rgb_to_depth`` with camera_info."""

    def __init__(self, scene: Scene, advertise: Advertise) -> None:
        camera = scene.calibration.depth
        assert camera is not None
        self._topic = ImageTopic(
            advertise,
            'rgb_to_depth',
            camera,
            scene.frames.depth,
            encoding='bgra8',
            shape=(camera.height, camera.width, 4),
            dtype=np.uint8,
        )

    def __call__(self, work: Work, stamp: Time) -> None:
        """Publish what is wanted of a capture that has both images."""
        if work.capture.depth_image is None or work.capture.color_image is None:
            return
        if self._topic.image.wanted:
            work.color_in_depth(self._topic.image.buffer)
            self._topic.image.send(stamp)
        self._topic.send_info(stamp)
