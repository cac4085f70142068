# SPDX-License-Identifier: Apache-2.0
"""
The transforms that do not change: base, depth camera, color camera, IMU.

All of them are there whatever cameras run: the factory measured them all, and a robot's tree
should not depend on modes.
"""

from __future__ import annotations

import numpy as np
from geometry_msgs.msg import TransformStamped

from azure_kinect_py.data import Calibration, Matrix, Sensor
from azure_kinect_py.geometry import rotations
from azure_kinect_py.ros.frames import Frames

DEPTH_HEIGHT_M = 0.0018
"""The depth camera above the base frame, as in Microsoft's driver."""

DEPTH_TILT_DEG = 6.0
"""The depth camera looks down by this, in the narrow and in the wide modes."""


def static_transforms(calibration: Calibration, frames: Frames) -> list[TransformStamped]:
    """Return base -> depth, depth -> color and depth -> imu; stamps are for the caller to set."""
    return [
        _transform(frames.base, frames.depth, depth_in_base()),
        _transform(frames.depth, frames.color, calibration.extrinsics(Sensor.COLOR, Sensor.DEPTH)),
        _transform(frames.depth, frames.imu, calibration.extrinsics(Sensor.ACCEL, Sensor.DEPTH)),
    ]


def depth_in_base() -> Matrix:
    """Return the pose of the depth camera (optical axes) in the base frame (x ahead, z up)."""
    tilt = np.deg2rad(DEPTH_TILT_DEG)
    pose = np.eye(4)
    pose[:3, 0] = (0.0, -1.0, 0.0)
    pose[:3, 1] = (-np.sin(tilt), 0.0, -np.cos(tilt))
    pose[:3, 2] = (np.cos(tilt), 0.0, -np.sin(tilt))
    pose[2, 3] = DEPTH_HEIGHT_M
    return pose


def _transform(parent: str, child: str, pose: Matrix) -> TransformStamped:
    """Return the message of a child's pose in its parent."""
    message = TransformStamped(child_frame_id=child)
    message.header.frame_id = parent
    move, turn = message.transform.translation, message.transform.rotation
    move.x, move.y, move.z = pose[:3, 3].tolist()
    turn.x, turn.y, turn.z, turn.w = rotations.from_matrix(pose[:3, :3]).tolist()
    return message
