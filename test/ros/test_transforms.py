# SPDX-License-Identifier: Apache-2.0
"""Static transforms against rotations composed by hand and the factory's numbers."""

import cv2
import numpy as np
import pytest
from helpers.factory_calibration import raw_calibration

from azure_kinect_py.data import Sensor
from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.modes import ColorResolution, DepthMode
from azure_kinect_py.ros.frames import Frames
from azure_kinect_py.ros.transforms import static_transforms


def matrix(message):
    """Return the pose in a message as 4x4, by the textbook formula."""
    t, q = message.transform.translation, message.transform.rotation
    x, y, z, w = q.x, q.y, q.z, q.w
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w), t.x],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w), t.y],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y), t.z],
            [0, 0, 0, 1],
        ]
    )


@pytest.fixture
def calibration():
    return parse_calibration(raw_calibration(), DepthMode.NFOV_UNBINNED, ColorResolution.R720P)


def test_tree_has_the_frames_of_the_convention(calibration):
    pairs = [
        (t.header.frame_id, t.child_frame_id)
        for t in static_transforms(calibration, Frames('k_', 'rep103'))
    ]
    assert pairs == [
        ('k_camera_link', 'k_depth_optical_frame'),
        ('k_depth_optical_frame', 'k_color_optical_frame'),
        ('k_depth_optical_frame', 'k_imu_frame'),
    ]


def test_depth_camera_looks_ahead_and_six_degrees_down(calibration):
    pose = matrix(static_transforms(calibration, Frames())[0])
    level = np.array([[0, 0, 1], [-1, 0, 0], [0, -1, 0]])  # optical axes in x ahead, z up
    down = cv2.Rodrigues(np.array([np.deg2rad(-6.0), 0, 0]))[0]
    assert np.allclose(pose[:3, :3], level @ down, atol=1e-12)
    assert np.allclose(pose[:3, 3], (0, 0, 0.0018))
    q = static_transforms(calibration, Frames())[0].transform.rotation
    microsoft = np.array([0.5255, -0.5255, 0.4731, -0.4731])
    assert abs(abs(microsoft @ (q.x, q.y, q.z, q.w)) - 1) < 1e-4


@pytest.mark.parametrize(('index', 'sensor'), [(1, Sensor.COLOR), (2, Sensor.ACCEL)])
def test_pose_of_the_child_undoes_the_factorys_transform(calibration, index, sensor):
    pose = matrix(static_transforms(calibration, Frames())[index])
    assert np.allclose(pose @ calibration.from_depth[sensor], np.eye(4), atol=1e-6)


def test_color_camera_is_32_mm_to_the_right(calibration):
    move = static_transforms(calibration, Frames())[1].transform.translation
    assert (round(move.x, 3), round(move.y, 3), round(move.z, 3)) == (0.032, 0.003, -0.004)


def test_gravity_in_the_base_frame_points_down(calibration):
    """At rest the accelerometer reads -9.8 on its z axis, which points down."""
    base, _, imu = (matrix(t) for t in static_transforms(calibration, Frames()))
    reading = (base @ imu)[:3, :3] @ (0, 0, -9.81)
    assert np.degrees(np.arccos(reading[2] / 9.81)) < 1.0


def test_tree_does_not_depend_on_modes():
    both = parse_calibration(raw_calibration(), DepthMode.NFOV_UNBINNED, ColorResolution.R720P)
    one = parse_calibration(raw_calibration(), DepthMode.WFOV_UNBINNED, ColorResolution.OFF)
    assert static_transforms(both, Frames()) == static_transforms(one, Frames())
