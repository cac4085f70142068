# SPDX-License-Identifier: Apache-2.0
"""
The broadcaster of tf2_ros that the driver imports, for machines without ROS.

Installed into the project's virtual environment by ``make setup``; hidden from colcon, so that a
ROS install uses its own tf2_ros.
"""

from tf2_ros.static_transform_broadcaster import StaticTransformBroadcaster

__all__ = ['StaticTransformBroadcaster']
