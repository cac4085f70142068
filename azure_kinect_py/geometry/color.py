# SPDX-License-Identifier: Apache-2.0
"""
Color images of any of the camera's formats, decoded to BGR or BGRA.

Where simplejpeg is installed, JPEGs become what the vendor's SDK makes of them, bit for bit: by
libjpeg-turbo, straight into BGRA, with its quick transform and without smoothing colors between
pixels. OpenCV, which is used elsewhere and for headers that are not quite in order, smooths (a
level away in the mean, thirty at edges) and takes a third longer.
"""

from __future__ import annotations

import contextlib
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import Image
from azure_kinect_py.errors import KinectError
from azure_kinect_py.geometry.yuv import nv12_to_bgr, yuy2_to_bgr
from azure_kinect_py.modes import ImageFormat

try:
    import simplejpeg
except (ImportError, ValueError):  # ValueError: it was built for another numpy
    simplejpeg = None

Color = npt.NDArray[np.uint8]


def decode(image: Image, channels: int = 4, out: Color | None = None) -> Color:
    """
    Decode a color image.

    :param channels: 3 for BGR, 4 for BGRA; taken from ``out`` if that is given.
    :param out: Where to write, (H, W, channels) uint8; None allocates.
    :returns: (H, W, channels) uint8. A BGRA image asked for as BGRA without ``out`` is returned
        as it is.
    :raises KinectError: when the image is damaged, or not of the size of ``out``.
    """
    if out is not None:
        channels = out.shape[2]
    if image.format == ImageFormat.MJPG:
        return _decode_jpeg(image.pixels, channels, out)
    if image.format == ImageFormat.BGRA32:
        return _store(image.pixels, channels, out)
    if image.format == ImageFormat.NV12:
        height, width = image.pixels.shape[0] * 2 // 3, image.pixels.shape[1]
        out = _buffer(height, width, channels, out)
        nv12_to_bgr(image.pixels, out)
        return out
    if image.format == ImageFormat.YUY2:
        height, width = image.pixels.shape[:2]
        out = _buffer(height, width, channels, out)
        yuy2_to_bgr(image.pixels.reshape(height, 2 * width), out)
        return out
    raise KinectError(f'color image: {image.format.name} is not a color format')


def _decode_jpeg(data: npt.NDArray[Any], channels: int, out: Color | None) -> Color:
    if data.size < 4 or data[0] != 0xFF or data[1] != 0xD8:
        raise KinectError(f'color image: {data.size} bytes that are not a JPEG')
    # Padding may follow the end marker; without one the image was cut off.
    if data[-4096:].tobytes().rfind(b'\xff\xd9') < 0:
        raise KinectError(f'color image: JPEG of {data.size} bytes is cut off')
    if simplejpeg is not None:
        with contextlib.suppress(ValueError, KeyError):
            return _decode_as_sdk(data, channels, out)
    pixels: Any = None
    with contextlib.suppress(cv2.error):  # of a size that no image has
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        raise KinectError(f'color image: JPEG of {data.size} bytes is damaged')
    return _store(pixels, channels, out)


def _decode_as_sdk(data: npt.NDArray[Any], channels: int, out: Color | None) -> Color:
    height, width, *_ = simplejpeg.decode_jpeg_header(data, strict=False)
    out = _buffer(height, width, channels, out)
    simplejpeg.decode_jpeg(
        data,
        'BGRA' if channels == 4 else 'BGR',
        fastdct=True,
        fastupsample=True,
        buffer=out,
        strict=False,  # as OpenCV: a few wrong bits are a few wrong pixels
    )
    return out


def _store(pixels: Color, channels: int, out: Color | None) -> Color:
    if out is None and pixels.shape[2] == channels:
        return pixels
    out = _buffer(pixels.shape[0], pixels.shape[1], channels, out)
    if pixels.shape[2] == channels:
        np.copyto(out, pixels)
    else:
        code = cv2.COLOR_BGR2BGRA if channels == 4 else cv2.COLOR_BGRA2BGR
        cv2.cvtColor(pixels, code, dst=out)
    return out


def _buffer(height: int, width: int, channels: int, out: Color | None) -> Color:
    if out is None:
        return np.empty((height, width, channels), np.uint8)
    if out.shape[:2] != (height, width):
        raise KinectError(
            f'color image: {width} x {height} pixels; expected {out.shape[1]} x {out.shape[0]}'
        )
    return out
