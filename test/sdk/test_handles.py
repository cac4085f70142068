# SPDX-License-Identifier: Apache-2.0
"""Handles: counted, closed once, refused when closed, kept alive by views of their memory."""

import ctypes
import gc

import numpy as np
import pytest

from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.sdk import handles, k4a
from azure_kinect_py.sdk.image import ImageHandle


@pytest.fixture(autouse=True)
def everything_comes_back():
    gc.collect()
    assert handles.live() == {}
    yield
    gc.collect()
    assert handles.live() == {}


def _image():
    return ImageHandle.create(k4a.load(), ImageFormat.DEPTH16, 64, 48)


def test_open_handles_are_counted_by_type():
    image = _image()
    assert handles.live() == {'ImageHandle': 1}
    image.close()
    assert handles.live() == {}


def test_closing_repeatedly_is_harmless():
    image = _image()
    assert not image.closed
    image.close()
    image.close()
    assert image.closed


def test_with_closes():
    image = _image()
    with image as same:
        assert same is image
    assert image.closed


def test_forgotten_handles_are_given_back():
    image = _image()
    del image
    gc.collect()
    assert handles.live() == {}


def test_a_closed_handle_is_refused_before_the_library_sees_it():
    image = _image()
    image.close()
    with pytest.raises(ctypes.ArgumentError, match='ImageHandle is closed'):
        k4a.load().k4a_image_get_size(image)


def test_views_keep_their_handle():
    image = _image()
    pixels = image.pixels()
    pixels[:] = 77
    row = pixels[5]
    del pixels, image
    gc.collect()
    assert handles.live() == {'ImageHandle': 1}
    assert np.all(row == 77)
    del row
    gc.collect()
    assert handles.live() == {}


def test_bytes_of_a_function_that_reports_too_large_a_size():
    """Orbbec's library reports 10240 bytes for a calibration, and then writes fewer."""

    def function(buffer, size):
        if buffer is None:
            size._obj.value = 100
        else:
            buffer[:3] = b'{}\0'
            size._obj.value = 3

    assert handles.read_bytes(function) == b'{}\0'
    assert handles.read_text(function) == '{}'
