# SPDX-License-Identifier: Apache-2.0
"""The point cloud, in the frame of the depth or of the color camera, with color or without."""

from __future__ import annotations

from builtin_interfaces.msg import Time

from azure_kinect_py.geometry.point_cloud import PointCloud
from azure_kinect_py.ros.scene import Scene
from azure_kinect_py.ros.topics import Advertise, CloudTopic
from azure_kinect_py.ros.work import Work


class Clouds:
    """Publishes ``points2``."""

    def __init__(self, scene: Scene, advertise: Advertise) -> None:
        self._in_depth = scene.settings.point_cloud_in_depth_frame
        self._has_color = scene.settings.rgb_point_cloud
        frames, calibration = scene.frames, scene.calibration
        camera = calibration.depth if self._in_depth else calibration.color
        assert camera is not None
        frame = frames.depth if self._in_depth else frames.color
        self._cloud = PointCloud(camera)
        self._topic = CloudTopic(advertise, 'points2', camera, frame, color=self._has_color)

    @property
    def draws_depth_in_color(self) -> bool:
        """Whether it does at present."""
        return self._topic.wanted and not self._in_depth

    def __call__(self, work: Work, stamp: Time) -> None:
        """Publish the cloud of a capture, if it is wanted and the capture has its images."""
        if not self._topic.wanted:
            return
        depth = work.capture.depth if self._in_depth else work.depth_in_color()
        if depth is None:
            return
        if self._has_color:
            color = work.color_in_depth() if self._in_depth else work.color()
            if color is None:
                return
            self._cloud.xyzrgb(depth, color, self._topic.buffer)
        else:
            self._cloud.xyz(depth, self._topic.buffer)
        self._topic.send(stamp)
