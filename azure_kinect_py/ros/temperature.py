# SPDX-License-Identifier: Apache-2.0
"""Temperature of the depth sensor."""

from __future__ import annotations

import math

from builtin_interfaces.msg import Time
from sensor_msgs.msg import Temperature

from azure_kinect_py.ros.scene import Scene
from azure_kinect_py.ros.topics import Advertise
from azure_kinect_py.ros.work import Work


class Temperatures:
    """Publishes ``temperature``."""

    def __init__(self, scene: Scene, advertise: Advertise) -> None:
        self._topic = advertise(Temperature, 'temperature')
        self._message = Temperature()
        self._message.header.frame_id = scene.frames.depth

    def __call__(self, work: Work, stamp: Time) -> None:
        """Publish the temperature of a capture, where it is known."""
        celsius = work.capture.temperature_c
        if math.isnan(celsius) or not self._topic.wanted:
            return
        self._message.header.stamp = stamp
        self._message.temperature = celsius
        self._topic.publish(self._message)
