# SPDX-License-Identifier: Apache-2.0
"""What is in the messages of a capture, as arrays; decoded as any subscriber would."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from rclpy.serialization import deserialize_message

Array = np.ndarray[Any, Any]

ENCODINGS = {
    'bgra8': ('u1', 4),
    'bgr8': ('u1', 3),
    'mono8': ('u1', 1),
    'mono16': ('<u2', 1),
    '16UC1': ('<u2', 1),
    '32FC1': ('<f4', 1),
}
NUMBERS = {1: 'i1', 2: 'u1', 3: '<i2', 4: '<u2', 5: '<i4', 6: '<u4', 7: '<f4', 8: '<f8'}
"""Datatypes of sensor_msgs/PointField."""


class Capture:
    """The messages of one capture, by topic without namespace."""

    def __init__(self, messages: Mapping[str, tuple[str, bytes]], namespace: str) -> None:
        self._messages = {
            topic.removeprefix(f'{namespace}/'): message for topic, message in messages.items()
        }

    def __contains__(self, topic: str) -> bool:
        """Return whether there is a message of a topic."""
        return topic in self._messages

    def message(self, topic: str) -> Any:
        """Return the message of a topic."""
        kind, data = self._messages[topic]
        package, _, name = kind.partition('/msg/')
        return deserialize_message(data, getattr(importlib.import_module(f'{package}.msg'), name))

    def image(self, topic: str) -> Array:
        """Return the pixels of an image, (H, W) or (H, W, C)."""
        message = self.message(topic)
        dtype, channels = ENCODINGS[message.encoding]
        rows = np.frombuffer(message.data, dtype).reshape(message.height, -1)
        pixels = rows[:, : message.width * channels]
        shape = (message.height, message.width, channels)
        return pixels if channels == 1 else pixels.reshape(shape)

    def table(self, topic: str) -> Array:
        """Return the points of a cloud as a structured array, (H, W)."""
        message = self.message(topic)
        dtype = np.dtype(
            {
                'names': [field.name for field in message.fields],
                'formats': [NUMBERS[field.datatype] for field in message.fields],
                'offsets': [field.offset for field in message.fields],
                'itemsize': message.point_step,
            }
        )
        return np.frombuffer(message.data, dtype).reshape(message.height, message.width)
