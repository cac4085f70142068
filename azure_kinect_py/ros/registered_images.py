# SPDX-License-Identifier: Apache-2.0
"""Images of one camera in the view of the other."""

from __future__ import annotations

import numpy as np
from builtin_interfaces.msg import Time

from azure_kinect_py.ros.depth_images import DepthTopic, InfraredTopic
from azure_kinect_py.ros.scene import Scene
from azure_kinect_py.ros.topics import Advertise, ImageTopic, Pixels
from azure_kinect_py.ros.work import Bench, Work


class RegisteredImages:
    """Publishes ``depth_to_rgb``, ``ir_to_rgb`` and ``rgb_to_depth``, each with camera_info."""

    def __init__(self, scene: Scene, advertise: Advertise, bench: Bench) -> None:
        depth, color = scene.calibration.depth, scene.calibration.color
        assert depth is not None
        assert color is not None
        frames, unit = scene.frames, scene.settings.depth_unit
        self._bench = bench
        self._depth = DepthTopic(advertise, 'depth_to_rgb', color, frames.color, unit)
        self.infrared = InfraredTopic(advertise, 'ir_to_rgb', color, frames.color, scene)
        self._color = ImageTopic(
            advertise,
            'rgb_to_depth',
            depth,
            frames.depth,
            encoding='bgra8',
            shape=(depth.height, depth.width, 4),
            dtype=np.uint8,
        )

    def __call__(self, work: Work, stamp: Time) -> None:
        """Publish what is wanted; a capture that lacks its depth image has none of them."""
        if work.capture.depth is None:
            return
        self._send_infrared(work, stamp)
        self._send_depth(work, stamp)
        if work.capture.color_image is not None:
            self._send_color(work, stamp)

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
        ir, topic = work.capture.ir, self.infrared
        if ir is None:
            return
        if topic.image.wanted:
            target = topic.image.buffer
            if not topic.is_raw:
                target = self._bench.scratch('ir_in_color', target.shape, np.uint16)
            work.infrared_in_color(target, self._depth_buffer)
            topic.send(target, stamp)
        topic.send_info(stamp)

    def _send_color(self, work: Work, stamp: Time) -> None:
        if self._color.image.wanted:
            work.color_in_depth(self._color.image.buffer)
            self._color.image.send(stamp)
        self._color.send_info(stamp)
