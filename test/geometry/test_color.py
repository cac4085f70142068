# SPDX-License-Identifier: Apache-2.0
"""Every color format decoded to the same picture; damaged images refused."""

import dataclasses
import re

import cv2
import numpy as np
import pytest
from helpers import recordings

from azure_kinect_py.data import Image
from azure_kinect_py.errors import KinectError
from azure_kinect_py.geometry import color
from azure_kinect_py.geometry.color import decode
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.sdk import k4arecord
from azure_kinect_py.sdk.playback import PlaybackHandle

WIDTH, HEIGHT = 320, 240


@pytest.fixture(autouse=True, params=['simplejpeg', 'OpenCV'])
def jpeg_decoder(request, monkeypatch):
    """Both ways to decode a JPEG."""
    if request.param == 'OpenCV':
        monkeypatch.setattr(color, 'simplejpeg', None)
    elif color.simplejpeg is None:
        pytest.skip('simplejpeg is not installed')
    return request.param


@pytest.fixture(scope='module')
def picture():
    """BGR that is smooth, so that formats with less color resolution keep it."""
    coarse = np.random.default_rng(1).integers(0, 256, (6, 8, 3), np.uint8)
    return cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)


def yuv(picture):
    """BT.601 over the range of 16 to 235, as of video, float."""
    weights = np.array(
        [[0.114, 0.587, 0.299], [0.5, -0.331264, -0.168736], [-0.081312, -0.418688, 0.5]]
    )
    return picture.astype(float) @ weights.T * (219 / 255, 224 / 255, 224 / 255) + (16, 128, 128)


def encoded(picture, kind):
    planes = np.clip(np.round(yuv(picture)), 0, 255).astype(np.uint8)
    pairs = np.clip(np.round(yuv(picture).reshape(HEIGHT, WIDTH // 2, 2, 3).mean(2)), 0, 255)
    if kind is ImageFormat.MJPG:
        pixels = cv2.imencode('.jpg', picture, [cv2.IMWRITE_JPEG_QUALITY, 98])[1].ravel()
    elif kind is ImageFormat.BGRA32:
        pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA)
    elif kind is ImageFormat.YUY2:
        pixels = np.empty((HEIGHT, WIDTH, 2), np.uint8)
        pixels[..., 0] = planes[..., 0]
        pixels[:, ::2, 1], pixels[:, 1::2, 1] = pairs[..., 1], pairs[..., 2]
    else:
        pixels = np.empty((HEIGHT * 3 // 2, WIDTH), np.uint8)
        pixels[:HEIGHT] = planes[..., 0]
        quads = pairs.reshape(HEIGHT // 2, 2, WIDTH // 2, 3).mean(1)
        pixels[HEIGHT:, ::2], pixels[HEIGHT:, 1::2] = quads[..., 1], quads[..., 2]
    return Image(pixels, kind, 0, 0)


@pytest.mark.parametrize('channels', [3, 4])
@pytest.mark.parametrize('kind', [kind for kind in ImageFormat if kind.is_color])
def test_every_format_gives_the_picture(kind, channels, picture, jpeg_decoder):
    image = encoded(picture, kind)
    out = np.full((HEIGHT, WIDTH, channels), 77, np.uint8)
    assert decode(image, out=out) is out
    np.testing.assert_array_equal(decode(image, channels), out)
    # The SDK's way does not smooth colors between pixels
    is_rough = kind is ImageFormat.MJPG and jpeg_decoder == 'simplejpeg'
    assert out[..., :3] == pytest.approx(picture, abs=10 if is_rough else 8)
    assert np.abs(out[..., :3].astype(int) - picture).mean() < (1.6 if is_rough else 1.5)
    if channels == 4:
        assert (out[..., 3] == 255).all()


@pytest.mark.parametrize('kind', list(ImageFormat)[:4])
def test_color_becomes_what_the_sdk_makes_of_it(kind, jpeg_decoder, tmp_path):
    config = dataclasses.replace(recordings.SMALL, color_format=kind)
    recording = recordings.record(tmp_path / 'color.mkv', config, count=3)
    library = k4arecord.load()
    with (
        PlaybackHandle.open(library, recording.path) as untouched,
        PlaybackHandle.open(library, recording.path) as converted,
    ):
        converted.convert_color(ImageFormat.BGRA32)
        for _ in range(3):
            with (
                untouched.next_capture().to_data() as capture,
                converted.next_capture().to_data() as expected,
            ):
                error = np.abs(decode(capture.color_image).astype(int) - expected.color)
            if kind is ImageFormat.MJPG and jpeg_decoder == 'OpenCV':
                assert error.mean() < 10  # of noise
            else:
                assert error.max() == 0


@pytest.mark.parametrize('kind', [ImageFormat.NV12, ImageFormat.YUY2])
def test_yuv_is_that_of_video(kind):
    for value in (0, 128, 255):
        gray = np.full((HEIGHT, WIDTH, 3), value, np.uint8)
        assert np.abs(decode(encoded(gray, kind), 3).astype(int) - gray).max() <= 1
    for pure in ((255, 0, 0), (0, 255, 0), (0, 0, 255)):
        plain = np.broadcast_to(np.uint8(pure), (HEIGHT, WIDTH, 3))
        assert np.abs(decode(encoded(plain, kind), 3).astype(int) - plain).max() <= 3


def test_bgra_is_not_copied_without_need(picture):
    image = encoded(picture, ImageFormat.BGRA32)
    assert decode(image, 4) is image.pixels


@pytest.mark.parametrize(
    ('damage', 'reason'),
    [
        (lambda data: data[:0], '0 bytes that are not a JPEG'),
        (lambda data: data[:3], 'not a JPEG'),
        (lambda data: data[len(data) // 2 :], 'not a JPEG'),
        (lambda data: data[: len(data) // 2], 'is cut off'),
        (lambda data: data[:-2], 'is cut off'),
        (lambda data: np.r_[data[:2], data[-2:]], 'is damaged'),
        (lambda data: np.r_[data[:300], data[-2:]], 'is damaged'),
    ],
)
def test_a_damaged_jpeg_is_refused(damage, reason, picture):
    data = np.ascontiguousarray(damage(encoded(picture, ImageFormat.MJPG).pixels))
    with pytest.raises(KinectError, match=reason):
        decode(Image(data, ImageFormat.MJPG, 0, 0))


def test_a_size_that_no_image_has_is_refused(picture):
    data = encoded(picture, ImageFormat.MJPG).pixels.copy()
    (frame,) = re.finditer(rb'\xff\xc0', data.tobytes())
    data[frame.start() + 5 :][:4] = 0xFF  # height and width
    with pytest.raises(KinectError, match=r'is damaged|expected 320 x 240'):
        decode(Image(data, ImageFormat.MJPG, 0, 0), out=np.empty((HEIGHT, WIDTH, 3), np.uint8))


def test_flipped_bits_never_crash(picture):
    good = encoded(picture, ImageFormat.MJPG).pixels
    random = np.random.default_rng(1)
    out = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    for _ in range(200):
        data = good.copy()
        where = random.integers(2, data.size, 8)
        data[where] ^= random.integers(1, 256, 8).astype(np.uint8)
        try:
            pixels = decode(Image(data, ImageFormat.MJPG, 0, 0), out=out)
        except KinectError:
            continue
        assert pixels.shape == (HEIGHT, WIDTH, 3)


def test_stray_bytes_in_the_header_are_passed_over(picture):
    data = encoded(picture, ImageFormat.MJPG).pixels
    after_first_segment = 20
    stray = np.insert(data, after_first_segment, [1, 2, 3])
    assert decode(Image(stray, ImageFormat.MJPG, 0, 0), 3) == pytest.approx(picture, abs=10)


def test_padding_after_the_jpeg_is_accepted(picture):
    data = encoded(picture, ImageFormat.MJPG).pixels
    padded = Image(np.r_[data, np.zeros(1000, np.uint8)], ImageFormat.MJPG, 0, 0)
    assert decode(padded, 3).shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize('kind', [kind for kind in ImageFormat if kind.is_color])
def test_another_size_than_expected_is_named(kind, picture):
    with pytest.raises(KinectError, match='320 x 240 pixels; expected 640 x 480'):
        decode(encoded(picture, kind), out=np.empty((480, 640, 3), np.uint8))


def test_depth_is_no_color():
    with pytest.raises(KinectError, match='DEPTH16 is not a color format'):
        decode(Image(np.zeros((2, 2), np.uint16), ImageFormat.DEPTH16, 0, 0))
