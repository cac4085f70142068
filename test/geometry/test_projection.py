# SPDX-License-Identifier: Apache-2.0
"""Pixels and points: equal to the vendor's library, to OpenCV, and to each other's inverse."""

import dataclasses

import cv2
import numpy as np
import pytest
from helpers.references import DATA

from azure_kinect_py.data import CameraCalibration, LensModel, Sensor
from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.geometry.projection import project, rays, transform_points, unproject
from azure_kinect_py.modes import ColorResolution, DepthMode, ImageFormat
from azure_kinect_py.sdk import k4a
from azure_kinect_py.sdk.calibration import SdkCalibration
from azure_kinect_py.sdk.image import ImageHandle
from azure_kinect_py.sdk.transformation import TransformationHandle

UNITS = ['retail', 'devkit']
MODES = [
    *((mode, ColorResolution.OFF) for mode in (DepthMode.NFOV_UNBINNED, DepthMode.WFOV_2X2BINNED)),
    *(
        (DepthMode.OFF, resolution)
        for resolution in (ColorResolution.R720P, ColorResolution.R1440P)
    ),
]
EVERY_MODE = [
    *((mode, ColorResolution.OFF) for mode in DepthMode if mode),
    *((DepthMode.OFF, resolution) for resolution in ColorResolution if resolution),
]


LENS = ('k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'p1', 'p2')


def raw(unit):
    return (DATA / f'calibration_{unit}.json').read_bytes()


def one_camera(unit, depth_mode, resolution):
    calibration = parse_calibration(raw(unit), depth_mode, resolution)
    return calibration.depth or calibration.color


def grid(camera, count=23):
    """Pixels all over the image, its corners and edges included."""
    columns = np.linspace(0, camera.width - 1, count)
    rows = np.linspace(0, camera.height - 1, count)
    return np.stack(np.meshgrid(columns, rows), -1).reshape(-1, 2)


@pytest.mark.parametrize('unit', UNITS)
@pytest.mark.parametrize(('depth_mode', 'resolution'), MODES)
def test_rays_of_the_whole_image_equal_the_vendors(unit, depth_mode, resolution):
    library = k4a.load()
    camera = one_camera(unit, depth_mode, resolution)
    calibration = SdkCalibration.from_raw(library, raw(unit), depth_mode, resolution)
    sensor = Sensor.DEPTH if depth_mode else Sensor.COLOR
    with (
        TransformationHandle.create(calibration) as transformation,
        ImageHandle.create(library, ImageFormat.DEPTH16, camera.width, camera.height) as depth,
    ):
        depth.pixels()[:] = 10000
        with transformation.point_cloud(depth, sensor) as cloud:
            points = cloud.bytes().view(np.int16).reshape(camera.height, camera.width, 3).copy()
    table = rays(camera)
    assert table.dtype == np.float32
    np.testing.assert_array_equal(np.isnan(table[..., 0]), points[..., 2] == 0)
    near = np.nan_to_num(np.abs(table).max(-1)) < 3.2  # further out the points leave int16
    # Points are rounded to 1 mm at 10 m: to 0.05 mm at 1 m.
    np.testing.assert_allclose(np.nan_to_num(table)[near] * 10000, points[near][:, :2], atol=0.53)


@pytest.mark.parametrize('unit', UNITS)
@pytest.mark.parametrize(('depth_mode', 'resolution'), MODES)
def test_points_equal_the_vendors(unit, depth_mode, resolution):
    calibration = SdkCalibration.from_raw(k4a.load(), raw(unit), depth_mode, resolution)
    camera = one_camera(unit, depth_mode, resolution)
    sensor = Sensor.DEPTH if depth_mode else Sensor.COLOR
    pixels = grid(camera) + 0.37
    points, valid = unproject(camera, pixels, 1.5)
    for pixel, point, ok in zip(pixels.tolist(), points * 1000, valid, strict=True):
        expected = calibration.pixel_to_point(tuple(pixel), 1500, sensor, sensor)
        assert ok == (expected is not None)
        if ok:
            assert point == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize('unit', UNITS)
@pytest.mark.parametrize(('depth_mode', 'resolution'), MODES)
def test_pixels_equal_the_vendors(unit, depth_mode, resolution):
    calibration = SdkCalibration.from_raw(k4a.load(), raw(unit), depth_mode, resolution)
    camera = one_camera(unit, depth_mode, resolution)
    sensor = Sensor.DEPTH if depth_mode else Sensor.COLOR
    spread = np.linspace(-1900, 1900, 21)
    points = np.stack(np.meshgrid(spread, spread, [700.0, -1.0]), -1).reshape(-1, 3)
    pixels, valid = project(camera, points)
    for point, pixel, ok in zip(points.tolist(), pixels, valid, strict=True):
        expected = calibration.point_to_pixel(tuple(point), sensor, sensor)
        assert ok == (expected is not None)
        if ok:
            assert pixel == pytest.approx(expected, abs=0.01)
        else:
            assert np.isnan(pixel).all()


@pytest.mark.parametrize('unit', UNITS)
@pytest.mark.parametrize(('depth_mode', 'resolution'), EVERY_MODE)
def test_there_and_back_over_the_whole_image(unit, depth_mode, resolution):
    camera = one_camera(unit, depth_mode, resolution)
    step = 1 if camera.width <= 2048 else 2
    columns = np.arange(0, camera.width, step, float)
    shares = []
    for first in range(0, camera.height, 256):
        rows = np.arange(first, min(first + 256, camera.height), step, float)
        pixels = np.stack(np.meshgrid(columns, rows), -1).reshape(-1, 2)
        shares.append(share_that_comes_back(camera, pixels, step, seed=first))
    assert np.mean(shares) > 0.4


@pytest.mark.parametrize('seed', range(40))
def test_there_and_back_through_any_lens(seed):
    """Lenses between none and a fifth more than real ones, anywhere in the image."""
    random = np.random.default_rng(seed)
    depth_mode, resolution = EVERY_MODE[seed % len(EVERY_MODE)]
    real = one_camera(UNITS[seed % 2], depth_mode, resolution)
    bent = random.uniform(0.0, 1.2)
    lens = {name: bent * getattr(real, name) for name in LENS}
    focal = real.fx * random.uniform(0.8, 1.5)
    centre = {'cx': real.cx + random.uniform(-60, 60), 'cy': real.cy + random.uniform(-60, 60)}
    camera = dataclasses.replace(
        real, fx=focal, fy=focal * random.uniform(0.9, 1.1), **centre, **lens
    )
    assert share_that_comes_back(camera, grid(camera, 61), 1, seed) > 0.3


def share_that_comes_back(camera, pixels, size, seed):
    """Go from places in pixels to points, at any depth that 16 bits hold, and back."""
    random = np.random.default_rng(seed)
    pixels = pixels + random.uniform(-size / 2, size / 2, pixels.shape)
    depths = np.float32(10 ** random.uniform(-3, np.log10(65.535), len(pixels)))
    points, valid = unproject(camera, pixels, depths)
    np.testing.assert_array_equal(points[valid][:, 2], depths[valid])
    assert np.isnan(points[~valid]).all()
    back, seen = project(camera, points)
    np.testing.assert_array_equal(seen, valid)
    np.testing.assert_allclose(back[valid], pixels[valid], atol=0.01)
    return valid.mean()


def test_projection_equals_opencv():
    camera = one_camera('retail', DepthMode.OFF, ColorResolution.R1080P)
    c = camera
    matrix = np.array([[c.fx, 0, c.cx], [0, c.fy, c.cy], [0, 0, 1]])
    lens = np.array([c.k1, c.k2, c.p1, c.p2, c.k3, c.k4, c.k5, c.k6])
    points = np.random.default_rng(1).uniform((-0.4, -0.4, 0.9), (0.4, 0.4, 3.0), (500, 3))
    expected = cv2.projectPoints(points, np.zeros(3), np.zeros(3), matrix, lens)[0].reshape(-1, 2)
    pixels, valid = project(camera, points)
    assert valid.all()
    np.testing.assert_allclose(pixels, expected, atol=0.01)
    points, valid = unproject(camera, pixels, points[:, 2])
    straight = cv2.undistortPoints(expected.reshape(-1, 1, 2), matrix, lens).reshape(-1, 2)
    np.testing.assert_allclose(points[:, :2] / points[:, 2:], straight, atol=1e-4)


@pytest.mark.parametrize('model', LensModel)
def test_models_differ_in_the_mixed_term_only(model):
    camera = CameraCalibration(100, 100, 100.0, 100.0, 50.0, 50.0, p1=0.01, p2=0.02, model=model)
    mixed = 1 if model is LensModel.RATIONAL_6KT else 2
    x, y = 0.3, 0.2
    rs = x * x + y * y
    u = x + 0.02 * (rs + 2 * x * x) + mixed * 0.01 * x * y
    v = y + 0.01 * (rs + 2 * y * y) + mixed * 0.02 * x * y
    pixels, _ = project(camera, [(x, y, 1.0)])
    assert pixels[0] == pytest.approx((100 * u + 50, 100 * v + 50), abs=1e-3)


def test_without_depth_there_is_no_point():
    camera = one_camera('retail', DepthMode.NFOV_UNBINNED, ColorResolution.OFF)
    points, valid = unproject(camera, [(320, 288)] * 3, [0.0, np.nan, 1.0])
    assert valid.tolist() == [False, False, True]
    assert np.isnan(points[:2]).all()


def test_outside_the_metric_radius_there_is_no_pixel():
    camera = one_camera('retail', DepthMode.OFF, ColorResolution.R720P)
    edge = camera.metric_radius
    _, valid = project(camera, [(edge - 0.001, 0, 1), (edge + 0.001, 0, 1), (0, 0, 0), (0, 0, -1)])
    assert valid.tolist() == [True, False, False, False]


def test_transform_points():
    matrix = np.array([[0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1.0]])
    np.testing.assert_allclose(
        transform_points(matrix, [(1, 2, 3), (0, 0, 0)]), [(-1, 3, 6), (1, 2, 3)]
    )
