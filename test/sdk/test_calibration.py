# SPDX-License-Identifier: Apache-2.0
"""The SDK's calibration and conversions, which the driver's geometry is compared with."""

import itertools

import pytest
from helpers.factory_calibration import raw_calibration

from azure_kinect_py.data import Sensor
from azure_kinect_py.errors import ConfigError
from azure_kinect_py.modes import ColorResolution, DepthMode, ImageFormat
from azure_kinect_py.sdk import k4a
from azure_kinect_py.sdk.calibration import SdkCalibration
from azure_kinect_py.sdk.image import ImageHandle


@pytest.fixture(scope='module')
def calibration():
    return SdkCalibration.from_raw(
        k4a.load(), raw_calibration(), DepthMode.NFOV_UNBINNED, ColorResolution.R720P
    )


def test_modes_and_sizes(calibration):
    struct = calibration.struct
    assert (struct.depth_mode, struct.color_resolution) == (2, 1)
    assert struct.depth_camera_calibration.resolution_width == 640
    assert struct.color_camera_calibration.resolution_height == 720


def test_every_combination_of_modes_but_none_at_all():
    for depth, color in itertools.product(DepthMode, ColorResolution):
        if depth or color:
            SdkCalibration.from_raw(k4a.load(), raw_calibration() + b'\0', depth, color)


def test_both_cameras_off_are_refused():
    with pytest.raises(ConfigError, match='OFF and OFF'):
        SdkCalibration.from_raw(k4a.load(), raw_calibration(), DepthMode.OFF, ColorResolution.OFF)


@pytest.mark.parametrize('raw', [b'', b'{}', b'no json', raw_calibration()[:1000]])
def test_what_is_no_calibration_is_refused_with_the_reason(raw):
    with pytest.raises(ConfigError, match='calibration: the SDK cannot use it') as caught:
        SdkCalibration.from_raw(k4a.load(), raw, DepthMode.PASSIVE_IR, ColorResolution.OFF)
    assert caught.value.log


def test_pixels_and_points_go_there_and_back(calibration):
    point = calibration.pixel_to_point((200, 300), 1500, Sensor.DEPTH, Sensor.COLOR)
    assert calibration.point_to_pixel(point, Sensor.COLOR, Sensor.DEPTH) == pytest.approx(
        (200, 300), abs=0.01
    )
    pixel = calibration.pixel_to_pixel((200, 300), 1500, Sensor.DEPTH, Sensor.COLOR)
    assert calibration.point_to_pixel(point, Sensor.COLOR, Sensor.COLOR) == pytest.approx(pixel)


def test_points_between_sensors(calibration):
    point = (100.0, 200.0, 1000.0)
    there = calibration.point_to_point(point, Sensor.DEPTH, Sensor.ACCEL)
    assert there != pytest.approx(point, abs=10)
    back = calibration.point_to_point(there, Sensor.ACCEL, Sensor.DEPTH)
    assert back == pytest.approx(point, abs=1e-2)


def test_what_has_no_result_is_none(calibration):
    assert calibration.point_to_pixel((0, 0, -1), Sensor.DEPTH, Sensor.DEPTH) is None
    assert calibration.pixel_to_point((320, 320), 0, Sensor.DEPTH, Sensor.DEPTH) is None
    assert calibration.pixel_to_pixel((320, 320), 0, Sensor.DEPTH, Sensor.COLOR) is None


def test_the_depth_pixel_behind_a_color_pixel(calibration):
    with ImageHandle.create(k4a.load(), ImageFormat.DEPTH16, 640, 576) as depth:
        depth.pixels()[:] = 0
        assert calibration.color_to_depth_pixel((640, 360), depth) is None
        depth.pixels()[:] = 1000
        found = calibration.color_to_depth_pixel((640, 360), depth)
        back = calibration.pixel_to_pixel(found, 1000, Sensor.DEPTH, Sensor.COLOR)
        assert back == pytest.approx((640, 360), abs=3)
