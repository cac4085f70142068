# SPDX-License-Identifier: Apache-2.0
"""Sends transforms on /tf."""

from __future__ import annotations

from geometry_msgs.msg import TransformStamped
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile
from tf2_msgs.msg import TFMessage


class TransformBroadcaster:
    """Publishes one TFMessage per call."""

    def __init__(self, node: Node, qos: QoSProfile | None = None) -> None:
        """Create the publisher on ``node``, by default with 100 messages kept."""
        qos = qos or QoSProfile(
            depth=100, durability=DurabilityPolicy.VOLATILE, history=HistoryPolicy.KEEP_LAST
        )
        self.pub_tf = node.create_publisher(TFMessage, '/tf', qos)

    def sendTransform(self, transform: TransformStamped | list[TransformStamped]) -> None:  # noqa: N802 (the name that tf2_ros gives it)
        """Send one transform, or a list of them in one message."""
        transforms = transform if isinstance(transform, list) else [transform]
        self.pub_tf.publish(TFMessage(transforms=transforms))
