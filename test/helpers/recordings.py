# SPDX-License-Identifier: Apache-2.0
"""Small recordings in any mode, written through the product's recorder and the real library."""

import dataclasses
import functools
import itertools

import cv2
import numpy as np
from helpers.factory_calibration import raw_calibration

from azure_kinect_py.data import Capture, DeviceInfo, Image, ImuSample
from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.modes import ColorResolution, DepthMode, DeviceConfig, Fps, ImageFormat
from azure_kinect_py.sources.recorder import Recorder

SERIAL = '000123456000'
INFO = DeviceInfo('simulated', SERIAL, color_firmware='1.6.110', depth_firmware='1.6.80')
SMALL = DeviceConfig(DepthMode.NFOV_2X2BINNED, ColorResolution.R720P, ImageFormat.MJPG, Fps.FPS_30)


@dataclasses.dataclass
class Recording:
    """A recording, and what was written to it."""

    path: str
    config: DeviceConfig
    calibration: object
    captures: list
    imu: list


def calibration(config):
    """Return the calibration that the recordings carry, in the modes of ``config``."""
    return parse_calibration(raw_calibration(), config.depth_mode, config.color_resolution)


def make_captures(config, count, start_usec=1_000_000, seed=0):
    """Return captures of noise, each image different from all others; none without a camera."""
    noise = np.random.default_rng(seed)
    count = count if config.depth_on or config.color_on else 0
    captures = []
    for number in range(count):
        time = start_usec + number * config.fps.period_usec
        depth = ir = color = None
        if config.depth_on:
            ir = Image(_grey(noise, config.depth_mode.size), ImageFormat.IR16, time, 0)
        if config.depth_mode.has_depth:
            depth = Image(_grey(noise, config.depth_mode.size), ImageFormat.DEPTH16, time, 0)
        if config.color_on:
            color_time = time - config.depth_delay_off_color_usec
            color = Image(_color(noise, config, number), config.color_format, color_time, 0)
        captures.append(Capture(depth_image=depth, ir_image=ir, color_image=color))
    return captures


def make_imu(start_usec, end_usec, hz=400):
    """Return samples from ``start_usec`` up to ``end_usec``, each different from all others."""
    samples = []
    for number in itertools.count():
        time = start_usec + number * 1_000_000 // hz
        if time >= end_usec:
            return samples
        value = float(np.float32(0.001 * number))
        samples.append(
            ImuSample((value, -value, -9.75), time, (value, 0.5, -value), time + 5, float('nan'))
        )
    return samples


def record(
    path,
    config=SMALL,
    count=10,
    *,
    imu=True,
    imu_usec=None,
    start_usec=1_000_000,
    with_calibration=True,
    without_depth=(),
):
    """
    Write a recording and return what was written.

    :param imu_usec: How long there are IMU samples; None: as long as captures.
    :param without_depth: Numbers of captures that have a color image only.
    """
    known = calibration(config)
    if not with_calibration:
        known = dataclasses.replace(known, raw=b'')
    captures = make_captures(config, count, start_usec)
    for number in without_depth:
        captures[number] = Capture(color_image=captures[number].color_image)
    lasting = count * config.fps.period_usec if imu_usec is None else imu_usec
    samples = make_imu(start_usec, start_usec + lasting) if imu else []
    recorder = Recorder(path, known, config, INFO, imu=imu)
    with recorder:
        for event in sorted([*captures, *samples], key=_time):
            if isinstance(event, Capture):
                recorder.write(event)
            else:
                recorder.write_imu(event)
    return Recording(str(path), config, known, captures, samples)


def _time(event):
    return event.device_time_usec if isinstance(event, Capture) else event.acc_time_usec


def _grey(noise, size):
    return noise.integers(0, 5000, size[::-1], dtype=np.uint16)


def _color(noise, config, number):
    width, height = config.color_resolution.size
    if config.color_format is ImageFormat.MJPG:
        return _jpeg(width, height, number)
    shape = {
        ImageFormat.NV12: (height * 3 // 2, width),
        ImageFormat.YUY2: (height, width, 2),
        ImageFormat.BGRA32: (height, width, 4),
    }[config.color_format]
    return noise.integers(0, 255, shape, dtype=np.uint8)


@functools.cache
def _jpeg(width, height, number):
    picture = np.full((height, width, 3), (number * 20 % 255, 90, 160), np.uint8)
    cv2.putText(picture, str(number), (40, 200), cv2.FONT_HERSHEY_SIMPLEX, 6, (255, 255, 255), 9)
    return cv2.imencode('.jpg', picture)[1].ravel()
