# SPDX-License-Identifier: Apache-2.0
"""Clouds in PCL's layout, equal to the vendor's points."""

import numpy as np
import pytest
from helpers.references import CASES, DATA

from azure_kinect_py.data import Sensor
from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.geometry.point_cloud import PointCloud
from azure_kinect_py.geometry.registration import DepthToColor
from azure_kinect_py.modes import ColorResolution, DepthMode, ImageFormat
from azure_kinect_py.sdk import k4a
from azure_kinect_py.sdk.calibration import SdkCalibration
from azure_kinect_py.sdk.image import ImageHandle
from azure_kinect_py.sdk.transformation import TransformationHandle


def vendor_points(raw, depth_mode, resolution, sensor, depth):
    library = k4a.load()
    calibration = SdkCalibration.from_raw(library, raw, depth_mode, resolution)
    height, width = depth.shape
    with (
        TransformationHandle.create(calibration) as transformation,
        ImageHandle.create(library, ImageFormat.DEPTH16, width, height) as image,
    ):
        image.pixels()[:] = depth
        with transformation.point_cloud(image, sensor) as cloud:
            return cloud.bytes().view(np.int16).reshape(height, width, 3).copy()


@pytest.mark.parametrize('case', CASES, ids=str)
def test_equals_the_vendor_in_both_views(case):
    calibration = case.calibration
    views = [(Sensor.DEPTH, calibration.depth, (case.depth_mode, ColorResolution.OFF), case.depth)]
    if case.resolution <= ColorResolution.R1536P:
        registered = DepthToColor(calibration)(case.depth)
        modes = (DepthMode.OFF, case.resolution)
        views.append((Sensor.COLOR, calibration.color, modes, registered))
    for sensor, camera, modes, seen in views:
        depth = np.minimum(seen, 30000)  # int16 ends there
        expected = vendor_points(case.raw, *modes, sensor, depth)
        cloud = PointCloud(camera).xyz(depth, np.empty((*depth.shape, 4), np.float32))
        valid = expected[..., 2] != 0
        np.testing.assert_array_equal(np.isfinite(cloud[..., 2]), valid)
        inside = valid & (np.abs(expected) < 32767).all(-1)
        assert np.abs(cloud[inside][:, :3] * 1000 - expected[inside]).max() < 0.6


@pytest.fixture(scope='module')
def cloud():
    raw = (DATA / 'calibration_retail.json').read_bytes()
    camera = parse_calibration(raw, DepthMode.WFOV_2X2BINNED, ColorResolution.OFF).depth
    return PointCloud(camera)


def test_every_float_is_written(cloud):
    depth = np.full(cloud.shape, 1234, np.uint16)
    depth[::3] = 0
    color = np.random.default_rng(1).integers(0, 255, (*cloud.shape, 4), np.uint8)
    xyz = cloud.xyz(depth, np.full((*cloud.shape, 4), -7, np.float32))
    out = np.full((*cloud.shape, 8), -7, np.float32)
    assert cloud.xyzrgb(depth, color, out) is out
    np.testing.assert_array_equal(out[..., :4], xyz)
    assert (xyz[..., 3] == 1).all()
    assert (out[..., 5:] == 0).all()
    valid = np.isfinite(xyz[..., 0])
    assert 0.3 < valid.mean() < 0.9
    assert np.isnan(xyz[~valid][:, :3]).all()
    assert (xyz[valid][:, 2] == np.float32(1.234)).all()
    packed = out[..., 4].copy().view(np.uint8).reshape(*cloud.shape, 4)
    np.testing.assert_array_equal(packed[valid][:, :3], color[valid][:, :3])
    assert not packed[..., 3].any()
    assert not packed[~valid].any()


def test_bgr_gives_what_bgra_gives(cloud):
    depth = np.full(cloud.shape, 1234, np.uint16)
    color = np.random.default_rng(1).integers(0, 255, (*cloud.shape, 4), np.uint8)
    results = [
        cloud.xyzrgb(depth, pixels, np.empty((*cloud.shape, 8), np.float32))
        for pixels in (color, np.ascontiguousarray(color[..., :3]))
    ]
    np.testing.assert_array_equal(*results)


def test_wrong_buffers_are_refused(cloud):
    depth = np.zeros(cloud.shape, np.uint16)
    with pytest.raises(ValueError, match='out: '):
        cloud.xyz(depth, np.empty((*cloud.shape, 3), np.float32))
    with pytest.raises(ValueError, match='color: '):
        cloud.xyzrgb(depth, depth[..., None], np.empty((*cloud.shape, 8), np.float32))
