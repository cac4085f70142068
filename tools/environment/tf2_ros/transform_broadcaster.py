# SPDX-License-Identifier: Apache-2.0
"""Sends transforms on /tf."""

from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile
from tf2_msgs.msg import TFMessage


class TransformBroadcaster:
    """Publishes one TFMessage per call."""

    def __init__(self, node, qos=None):
        """Create the publisher on ``node``; 100 messages are kept unless ``qos`` says otherwise."""
        qos = qos or QoSProfile(
            depth=100, durability=DurabilityPolicy.VOLATILE, history=HistoryPolicy.KEEP_LAST
        )
        self.pub_tf = node.create_publisher(TFMessage, '/tf', qos)

    def sendTransform(self, transform):  # noqa: N802 (the name that tf2_ros gives it)
        """Send one TransformStamped, or a list of them in one message."""
        transforms = transform if isinstance(transform, list) else [transform]
        self.pub_tf.publish(TFMessage(transforms=transforms))
