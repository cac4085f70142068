# SPDX-License-Identifier: Apache-2.0
"""From tracked bodies to the messages that somebody subscribes to."""

from __future__ import annotations

import threading

import numpy as np
from sensor_msgs.msg import Image, PointCloud2
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import MarkerArray

from azure_kinect_py.ros.body_index_map import body_id_map
from azure_kinect_py.ros.clock import to_time
from azure_kinect_py.ros.joint_frames import JointFrames
from azure_kinect_py.ros.joint_table import JointTable
from azure_kinect_py.ros.markers import BodyMarkers
from azure_kinect_py.ros.parameters import Settings
from azure_kinect_py.ros.scene import Scene
from azure_kinect_py.ros.topics import Advertise, BufferTopic, Topic
from azure_kinect_py.ros.work import Bench, Mappings, Work
from azure_kinect_py.trackers.base import Tracked

QUEUE = 10
TF_QUEUE = 100


class Bodies:
    """Publishes joint frames, markers, the joint table, and the body index map in both views."""

    def __init__(self, scene: Scene, advertise: Advertise, mappings: Mappings | None) -> None:
        settings, frames, calibration = scene.settings, scene.frames, scene.calibration
        self._bench = Bench(mappings)
        self._lock = threading.Lock()
        self._build_frames = JointFrames(frames)
        self._build_markers = BodyMarkers(frames.depth)
        self._build_table = JointTable(calibration, frames.depth, settings.max_bodies)
        self._tf = advertise(TFMessage, '/tf', TF_QUEUE) if settings.publish_tf else None
        self._markers = advertise(MarkerArray, 'body_tracking_data', QUEUE)
        self._table = advertise(PointCloud2, 'body_tracking/joints', QUEUE)
        depth, color = calibration.depth, calibration.color
        assert depth is not None
        self._map = _map_topic(
            advertise, 'body_index_map', frames.depth, (depth.height, depth.width)
        )
        self._map_in_color: BufferTopic | None = None
        if color is not None and scene.config.color_on:
            self._map_in_color = _map_topic(
                advertise, 'body_index_map_to_rgb', frames.color, (color.height, color.width)
            )
        self.apply(settings)

    @property
    def wanted(self) -> bool:
        """Whether anybody subscribes to anything that needs the tracker."""
        topics: list[Topic | BufferTopic] = [self._markers, self._table, self._map]
        if self._map_in_color is not None:
            topics.append(self._map_in_color)
        return any(topic.wanted for topic in topics) or self._tf_wanted

    @property
    def _tf_wanted(self) -> bool:
        return self._tf is not None and self._build_frames.style != 'none' and self._tf.wanted

    def apply(self, settings: Settings) -> None:
        """Take the settings that may change at any time."""
        self._build_frames.style = settings.joint_frames
        self._build_frames.min_confidence = settings.min_joint_confidence

    def __call__(self, result: Tracked, stamp_ns: int) -> None:
        """Publish what is wanted of a result."""
        bodies = result.bodies
        with self._lock:
            if self._tf is not None and self._tf_wanted and bodies.bodies:
                self._tf.publish(self._build_frames(bodies, stamp_ns))
            if self._markers.wanted:
                self._markers.publish(self._build_markers(bodies, stamp_ns))
            if self._table.wanted:
                self._table.publish(self._build_table(bodies, stamp_ns))
        if bodies.index_map is not None:
            self._send_maps(result, stamp_ns)

    def clear(self, stamp_ns: int) -> None:
        """Delete the markers: nobody tracks any more."""
        with self._lock:
            if self._markers.wanted:
                self._markers.publish(self._build_markers.clear(stamp_ns))

    def _send_maps(self, result: Tracked, stamp_ns: int) -> None:
        in_color, capture = self._map_in_color, result.capture
        color_wanted = in_color is not None and in_color.wanted and capture.depth is not None
        if not (self._map.wanted or color_wanted):
            return
        ids = body_id_map(result.bodies, self._map.buffer)
        if self._map.wanted:
            self._map.send(to_time(stamp_ns))
        if in_color is not None and color_wanted:
            Work(self._bench, capture).map_in_color(ids, in_color.buffer)
            in_color.send(to_time(stamp_ns))


def _map_topic(
    advertise: Advertise, name: str, frame_id: str, shape: tuple[int, int]
) -> BufferTopic:
    height, width = shape
    message = Image(height=height, width=width, encoding='mono8', step=width)
    message.header.frame_id = frame_id
    return BufferTopic(advertise(Image, f'{name}/image_raw'), message, shape, np.uint8)
