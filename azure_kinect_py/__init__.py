# SPDX-License-Identifier: Apache-2.0
"""ROS 2 driver for the Azure Kinect DK and k4a-compatible cameras, with body tracking."""

__version__ = '0.1.0'
