# SPDX-License-Identifier: Apache-2.0
"""The messages of one capture, out of all that a subscriber gets; for pictures of it."""

from __future__ import annotations

import collections

import numpy as np
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import PointCloud2

KEPT = 8
JOINTS = 'body_tracking/joints'
SEEN = 2  # confidence: medium


class OneCapture:
    """Keeps the capture in which most joints are seen; without bodies the newest whole one."""

    def __init__(self) -> None:
        self._recent: dict[str, collections.deque[tuple[int, bytes]]] = {}
        self._most_joints = 0
        self._best_stamp = -1
        self._best: dict[str, bytes] = {}

    def add(self, topic: str, stamp: int, data: bytes) -> None:
        """
        Take a message into account.

        :param stamp: In nanoseconds; 0 for none.
        :param data: The serialised message.
        """
        recent = self._recent.setdefault(topic, collections.deque(maxlen=KEPT))
        recent.append((stamp, data))
        if topic.endswith(JOINTS):
            self._judge(stamp, data)
        if stamp == self._best_stamp:
            self._best[topic] = data

    def _judge(self, stamp: int, table: bytes) -> None:
        """Remember the capture in which most joints are seen; its other messages may yet come."""
        joints = seen_joints(table)
        if joints > self._most_joints:
            self._most_joints, self._best_stamp = joints, stamp
            self._best = self._messages_of(stamp)

    def _messages_of(self, stamp: int) -> dict[str, bytes]:
        return {
            topic: data
            for topic, recent in self._recent.items()
            for kept, data in recent
            if kept == stamp
        }

    def messages(self) -> dict[str, bytes]:
        """Return the serialised messages of that capture, by topic."""
        stamped = {topic: {stamp for stamp, _ in kept} for topic, kept in self._recent.items()}
        counts = collections.Counter(stamp for stamps in stamped.values() for stamp in stamps)
        del counts[0]
        most = max(counts.values(), default=0)
        if len(self._best) >= most:
            return self._best
        return self._messages_of(max(stamp for stamp, count in counts.items() if count == most))


def seen_joints(data: bytes) -> int:
    """Return how many joints of a serialised joint table are seen in both images."""
    table = deserialize_message(data, PointCloud2)
    offsets = {field.name: field.offset for field in table.fields}
    rows = np.frombuffer(table.data, np.uint8).reshape(-1, table.point_step)
    u = rows[:, offsets['u_color'] :][:, :4].copy().view('<f4')[:, 0]
    return int((np.isfinite(u) & (rows[:, offsets['confidence']] >= SEEN)).sum())
