# SPDX-License-Identifier: Apache-2.0
"""Sends transforms that do not change on /tf_static, latched."""

from __future__ import annotations

from geometry_msgs.msg import TransformStamped
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile
from tf2_msgs.msg import TFMessage


class StaticTransformBroadcaster:
    """Publishes all transforms sent so far whenever one is added or changed."""

    def __init__(self, node: Node, qos: QoSProfile | None = None) -> None:
        """Create the latched publisher on ``node``."""
        qos = qos or QoSProfile(
            depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL, history=HistoryPolicy.KEEP_LAST
        )
        self.pub_tf = node.create_publisher(TFMessage, '/tf_static', qos)
        self._sent: dict[str, TransformStamped] = {}

    def sendTransform(self, transform: TransformStamped | list[TransformStamped]) -> None:  # noqa: N802 (the name that tf2_ros gives it)
        """Add or replace one transform, or each of a list, by child frame."""
        transforms = transform if isinstance(transform, list) else [transform]
        self._sent.update({item.child_frame_id: item for item in transforms})
        self.pub_tf.publish(TFMessage(transforms=list(self._sent.values())))
