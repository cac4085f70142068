# SPDX-License-Identifier: Apache-2.0
"""What the driver needs of the node that hosts it."""

from __future__ import annotations

from typing import Any, Protocol

from azure_kinect_py.ros.log import Log
from azure_kinect_py.ros.topics import QUEUE, Publisher


class Host(Protocol):
    """The node, as the driver sees it."""

    @property
    def log(self) -> Log:
        """Where to say what happens."""

    def advertise(self, kind: type[Any], name: str, depth: int = QUEUE) -> Publisher:
        """Return a publisher, which lives until the node is cleaned up."""

    def now_ns(self) -> int:
        """Return the present ROS time, simulated if the node uses simulated time."""

    def send_static(self, transforms: list[Any]) -> None:
        """Send transforms that do not change until the node is cleaned up."""
