# SPDX-License-Identifier: Apache-2.0
"""CameraInfo reprojects, in OpenCV's independent code, to the pixels of the vendor's model."""

import cv2
import numpy as np
import pytest
from helpers.factory_calibration import raw_calibration

from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.geometry.projection import project
from azure_kinect_py.modes import ColorResolution, DepthMode
from azure_kinect_py.ros.camera_info import camera_info

MODES = [
    *((mode, ColorResolution.OFF) for mode in list(DepthMode)[1:]),
    *((DepthMode.OFF, resolution) for resolution in list(ColorResolution)[1:]),
]


@pytest.mark.parametrize(('mode', 'resolution'), MODES)
def test_opencv_projects_as_the_vendor_does(mode, resolution):
    calibration = parse_calibration(raw_calibration(), mode, resolution)
    camera = calibration.depth or calibration.color
    info = camera_info(camera, 'lens')
    rng = np.random.default_rng(0)
    points = rng.uniform((-1, -1, 0.7), (1, 1, 3.0), (2000, 3))
    pixels, valid = project(camera, points)
    k, d = np.array(info.k).reshape(3, 3), np.array(info.d)
    expected = cv2.projectPoints(points, np.zeros(3), np.zeros(3), k, d)[0].reshape(-1, 2)
    assert valid.sum() > 1500
    assert np.abs(pixels - expected)[valid].max() < 0.01


def test_message_is_complete():
    calibration = parse_calibration(
        raw_calibration(), DepthMode.NFOV_UNBINNED, ColorResolution.R1080P
    )
    info = camera_info(calibration.color, 'rgb_camera_link')
    assert info.header.frame_id == 'rgb_camera_link'
    assert (info.width, info.height) == (1920, 1080)
    assert info.distortion_model == 'rational_polynomial'
    assert len(info.d) == 8
    assert np.array_equal(np.array(info.r).reshape(3, 3), np.eye(3))
    p = np.array(info.p).reshape(3, 4)
    assert np.array_equal(p[:, :3], np.array(info.k).reshape(3, 3))
    assert np.array_equal(p[:, 3], np.zeros(3))


def test_undistorting_with_p_gives_a_pinhole_image():
    """What image_proc does: a point lands where P says."""
    calibration = parse_calibration(
        raw_calibration(), DepthMode.NFOV_UNBINNED, ColorResolution.R720P
    )
    info = camera_info(calibration.depth, 'depth_camera_link')
    points = np.array([[0.1, 0.2, 1.0], [-0.5, 0.4, 1.5], [0.7, -0.6, 2.0]])
    raw, _ = project(calibration.depth, points)
    k, p = np.array(info.k).reshape(3, 3), np.array(info.p).reshape(3, 4)
    flat = cv2.undistortPoints(raw.reshape(-1, 1, 2), k, np.array(info.d), P=p).reshape(-1, 2)
    expected = (points / points[:, 2:]) @ p[:2, :3].T
    assert np.abs(flat - expected).max() < 0.05
