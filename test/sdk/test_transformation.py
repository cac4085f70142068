# SPDX-License-Identifier: Apache-2.0
"""The SDK's transformations; those between the cameras need OpenGL and a display."""

import ctypes.util
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from helpers.factory_calibration import raw_calibration

from azure_kinect_py.data import Sensor
from azure_kinect_py.errors import KinectError
from azure_kinect_py.modes import ColorResolution, DepthMode, ImageFormat
from azure_kinect_py.sdk import k4a
from azure_kinect_py.sdk.calibration import SdkCalibration
from azure_kinect_py.sdk.image import ImageHandle
from azure_kinect_py.sdk.transformation import TransformationHandle

DISPLAY = bool(os.environ.get('DISPLAY')) and ctypes.util.find_library('GL') is not None


def _calibration(color):
    return SdkCalibration.from_raw(k4a.load(), raw_calibration(), DepthMode.NFOV_2X2BINNED, color)


def _image(kind, width, height, value):
    image = ImageHandle.create(k4a.load(), kind, width, height)
    image.pixels()[:] = value
    return image


def _settled(run):
    """Repeat until two runs agree: on a busy machine the engine may return before OpenGL did."""
    last = run()
    for _ in range(5):
        again = run()
        if np.array_equal(last, again):
            break
        last = again
    return again


def test_points_without_a_display():
    calibration = _calibration(ColorResolution.OFF)
    with (
        TransformationHandle.create(calibration) as transformation,
        _image(ImageFormat.DEPTH16, 320, 288, 1000) as depth,
        transformation.point_cloud(depth) as cloud,
    ):
        points = cloud.bytes().view(np.int16).reshape(288, 320, 3)
        expected = calibration.pixel_to_point((100, 50), 1000, Sensor.DEPTH, Sensor.DEPTH)
        assert points[50, 100] == pytest.approx(expected, abs=0.51)


@pytest.mark.skipif(DISPLAY, reason='this machine has a display')
def test_without_a_display_the_reason_is_said():
    with pytest.raises(KinectError, match='It needs OpenGL'):
        TransformationHandle.create(_calibration(ColorResolution.R720P))


@pytest.mark.skipif(not DISPLAY, reason='OpenGL and a display are needed (xvfb-run makes one)')
def test_between_the_cameras():
    with (
        TransformationHandle.create(_calibration(ColorResolution.R720P)) as transformation,
        _image(ImageFormat.DEPTH16, 320, 288, 1000) as depth,
        _image(ImageFormat.CUSTOM8, 320, 288, 7) as custom,
        _image(ImageFormat.BGRA32, 1280, 720, 200) as color,
    ):

        def depth_in_color():
            with transformation.depth_to_color(depth) as there:
                return there.pixels().copy()

        def custom_in_color():
            both = transformation.custom_to_color(depth, custom, linear=True, invalid=0)
            with both[0], both[1]:
                return both[1].pixels().copy()

        def color_in_depth():
            with transformation.color_to_depth(depth, color) as back:
                return back.pixels().copy()

        there = _settled(depth_in_color)
        assert there.shape == (720, 1280)
        assert abs(int(there[360, 640]) - 1000) < 100
        assert _settled(custom_in_color)[360, 640] == 7
        assert tuple(_settled(color_in_depth)[144, 160]) == (200, 200, 200, 200)


@pytest.mark.skipif(DISPLAY, reason='this machine has a display')
@pytest.mark.skipif(not shutil.which('xvfb-run'), reason='xvfb-run is not installed')
def test_between_the_cameras_on_a_virtual_display():
    command = ['xvfb-run', '-a', sys.executable, '-m', 'pytest', '-q', '-k', 'between_the_cameras']
    done = subprocess.run(
        [*command, '-p', 'no:cacheprovider', __file__],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout
