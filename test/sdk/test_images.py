# SPDX-License-Identifier: Apache-2.0
"""Images and captures of the real library: pixels without copies, metadata, missing images."""

import gc
import math

import numpy as np
import pytest

from azure_kinect_py import data
from azure_kinect_py.errors import ConfigError, KinectError
from azure_kinect_py.modes import ColorResolution, DepthMode, DeviceConfig, ImageFormat
from azure_kinect_py.sdk import handles, image, k4a
from azure_kinect_py.sdk.capture import CaptureHandle
from azure_kinect_py.sdk.image import ImageHandle

CONFIG = DeviceConfig(DepthMode.NFOV_2X2BINNED, ColorResolution.R720P)


@pytest.fixture(autouse=True)
def everything_comes_back():
    yield
    gc.collect()
    assert handles.live() == {}
    assert image._lent == {}


@pytest.fixture
def library():
    return k4a.load()


@pytest.mark.parametrize(
    ('kind', 'shape', 'dtype'),
    [
        (ImageFormat.NV12, (72, 64), np.uint8),
        (ImageFormat.YUY2, (48, 64, 2), np.uint8),
        (ImageFormat.BGRA32, (48, 64, 4), np.uint8),
        (ImageFormat.DEPTH16, (48, 64), np.uint16),
        (ImageFormat.IR16, (48, 64), np.uint16),
        (ImageFormat.CUSTOM8, (48, 64), np.uint8),
        (ImageFormat.CUSTOM16, (48, 64), np.uint16),
    ],
)
def test_pixels_have_the_shape_of_their_format(library, kind, shape, dtype):
    handle = ImageHandle.create(library, kind, 64, 48)
    pixels = handle.pixels()
    assert (pixels.shape, pixels.dtype) == (shape, dtype)
    pixels[:] = 9
    assert np.all(handle.pixels() == 9)
    assert handle.size == (64, 48)
    assert handle.format is kind


def test_padding_between_rows_is_left_out(library):
    handle = ImageHandle.create(library, ImageFormat.DEPTH16, 64, 4, 130)
    rows = handle.bytes()[:520].reshape(4, 130)
    rows[:, :128] = np.arange(4 * 128, dtype=np.uint8).reshape(4, 128)
    rows[:, 128:] = 255
    assert handle.pixels().tobytes() == np.arange(4 * 128, dtype=np.uint8).tobytes()


def test_the_library_makes_no_encoded_images(library):
    with pytest.raises(KinectError, match='k4a_image_create failed'):
        ImageHandle.create(library, ImageFormat.MJPG, 64, 48)


def test_wrapped_arrays_are_shared_and_live_as_long_as_needed(library):
    pixels = np.arange(64 * 48, dtype=np.uint16).reshape(48, 64)
    handle = ImageHandle.wrap(library, pixels, ImageFormat.DEPTH16, (64, 48))
    assert np.shares_memory(handle.pixels(), pixels)
    capture = CaptureHandle.create(library)
    library.k4a_capture_set_depth_image(capture, handle)
    handle.close()
    del pixels
    gc.collect()
    assert len(image._lent) == 1
    with capture, capture.depth as depth:
        assert depth.pixels()[1, 1] == 65


def test_encoded_images_keep_their_bytes(library):
    jpeg = np.frombuffer(b'\xff\xd8 not really a jpeg \xff\xd9', np.uint8)
    handle = ImageHandle.wrap(library, jpeg, ImageFormat.MJPG, (1280, 720))
    assert handle.pixels().tobytes() == jpeg.tobytes()
    assert handle.size == (1280, 720)


def test_refused_arrays_are_let_go(library):
    with pytest.raises(KinectError):
        ImageHandle.wrap(library, np.zeros((1, 1), np.uint16), ImageFormat.DEPTH16, (30000, 1))


def test_metadata_and_pixels_go_there_and_back(library):
    color = data.Image(
        np.arange(100, dtype=np.uint8), ImageFormat.MJPG, 5_000_000_000, 7, 8330, 4500, 200
    )
    depth = data.Image(np.full((288, 320), 3, np.uint16), ImageFormat.DEPTH16, 11, 12)
    given = data.Capture(depth_image=depth, color_image=color, temperature_c=31.5)
    with CaptureHandle.from_data(library, given, CONFIG).to_data() as taken:
        assert taken.ir_image is None
        assert taken.temperature_c == 31.5
        assert np.shares_memory(taken.depth, depth.pixels)
        for before, after in ((color, taken.color_image), (depth, taken.depth_image)):
            for field in ('format', 'device_time_usec', 'host_time_ns', 'exposure_usec'):
                assert getattr(after, field) == getattr(before, field)
        assert taken.color_image.white_balance_kelvin == 4500
        assert taken.color_image.iso_speed == 200
        assert taken.color.tobytes() == color.pixels.tobytes()


def test_an_image_of_another_size_is_refused(library):
    depth = data.Image(np.zeros((576, 640), np.uint16), ImageFormat.DEPTH16, 0, 0)
    with pytest.raises(ConfigError, match=r'DEPTH16 image: shape \(576, 640\).*320x288'):
        CaptureHandle.from_data(library, data.Capture(depth_image=depth), CONFIG)


def test_an_empty_capture(library):
    with CaptureHandle.create(library).to_data() as capture:
        assert capture.images == ()
        assert math.isnan(capture.temperature_c)


def test_a_reference_outlives_its_capture(library):
    first = CaptureHandle.create(library)
    with ImageHandle.create(library, ImageFormat.DEPTH16, 320, 288) as depth:
        library.k4a_capture_set_depth_image(first, depth)
    second = first.reference()
    first.close()
    with second, second.depth as depth:
        assert depth.size == (320, 288)


def test_captures_know_their_library(library):
    with CaptureHandle.create(library) as capture:
        assert capture.belongs_to(library)
