# SPDX-License-Identifier: Apache-2.0
"""
What every source promises, as tests.

A subclass brings a fixture ``opener``: a function that returns a new source, not started, which
delivers at least ten captures with an image of each camera that its ``config`` says is on.
"""

import gc
import math
import threading
import time

import numpy as np
import pytest

from azure_kinect_py.data import Capture, ImuSample
from azure_kinect_py.errors import CaptureTimeout, ConfigError, StreamEnded
from azure_kinect_py.modes import ColorControl, ImageFormat
from azure_kinect_py.sdk import handles
from azure_kinect_py.sources import SOURCES

LONG = 30  # seconds that nobody may have to wait


class SourceContract:
    @pytest.fixture(autouse=True)
    def handles_come_back(self):
        yield
        gc.collect()
        assert handles.live() == {}

    @pytest.fixture
    def source(self, opener):
        source = opener()
        yield source
        source.close()

    def test_describes_itself(self, source):
        assert source.info.kind in SOURCES
        assert isinstance(source.info.serial, str)
        assert source.info.serial
        assert source.clock_epoch == 0

    def test_calibration_fits_the_modes(self, source):
        config, calibration = source.config, source.calibration
        for camera, size in (
            (calibration.depth, config.depth_mode.size),
            (calibration.color, config.color_resolution.size),
        ):
            if size == (0, 0):
                assert camera is None
            else:
                assert (camera.width, camera.height) == size
        assert calibration.raw.startswith(b'{')

    def test_delivers_nothing_before_start(self, source):
        with pytest.raises(StreamEnded):
            source.capture(LONG)
        with pytest.raises(StreamEnded):
            source.imu(LONG)

    def test_starts_once(self, source):
        source.start()
        source.start()
        assert source.clock_epoch == 1
        source.capture().close()

    def test_ends_when_stopped(self, source):
        source.start()
        source.capture().close()
        source.stop()
        source.stop()
        with pytest.raises(StreamEnded):
            source.capture(LONG)
        with pytest.raises(StreamEnded):
            source.imu(LONG)

    def test_starts_again(self, source):
        for epoch in (1, 2, 3):
            source.start()
            assert source.clock_epoch == epoch
            with source.capture() as capture:
                assert capture.images
            source.stop()

    def test_closes_repeatedly(self, opener):
        source = opener()
        source.close()
        source.close()
        with pytest.raises(StreamEnded):
            source.capture(LONG)

    def test_does_not_start_once_closed(self, opener):
        source = opener()
        source.close()
        with pytest.raises(StreamEnded, match='closed'):
            source.start()

    def test_waits_without_limit(self, source):
        source.start()
        source.capture(math.inf).close()
        assert source.imu(math.inf)

    def test_closes_while_running(self, opener):
        source = opener()
        source.start()
        source.capture().close()
        source.close()
        source.close()

    def test_with_starts_and_closes(self, opener):
        with opener() as source:
            source.capture().close()
        with pytest.raises(StreamEnded):
            source.capture(LONG)

    def test_iteration_yields_captures_and_closes_them(self, source):
        source.start()
        captures = []
        for capture in source:
            captures.append(capture)
            if len(captures) == 3:
                break
        assert all(isinstance(capture, Capture) for capture in captures)
        for capture in captures[:2]:
            assert capture.handle is None or capture.handle.closed

    def test_iteration_ends_when_stopped(self, source):
        source.start()
        count = 0
        for _capture in source:
            count += 1
            source.stop()
        assert count == 1

    def test_does_not_wait_with_timeout_zero(self, source):
        source.start()
        with pytest.raises(CaptureTimeout, match='no capture'):  # noqa: PT012 (some may wait)
            for _ in range(1000):
                source.capture(0).close()

    def test_images_are_those_of_the_modes(self, source):
        source.start()
        with _whole_capture(source) as capture:
            config = source.config
            width, height = config.depth_mode.size
            if config.depth_mode.has_depth:
                assert capture.depth_image.format is ImageFormat.DEPTH16
                assert capture.depth.shape == (height, width)
                assert capture.depth.dtype == np.uint16
            if config.depth_mode.has_ir:
                assert capture.ir_image.format is ImageFormat.IR16
                assert capture.ir.shape == (height, width)
                assert capture.ir.dtype == np.uint16
            if config.color_on:
                assert capture.color_image.format is config.color_format
                assert capture.color.dtype == np.uint8
                _check_color(capture.color, config)

    def test_images_of_one_capture_belong_together(self, source):
        source.start()
        with _whole_capture(source) as capture:
            times = [image.device_time_usec for image in capture.images]
            assert max(times) - min(times) <= source.config.fps.period_usec
            if capture.depth_image:
                assert capture.depth_image.device_time_usec == capture.ir_image.device_time_usec
            assert capture.device_time_usec == times[0]

    def test_times_rise(self, source):
        source.start()
        device, host = {}, {}
        for _ in range(6):
            with source.capture() as capture:
                for image in capture.images:
                    assert image.device_time_usec > device.get(image.format, -1)
                    assert image.host_time_ns >= host.get(image.format, 0)
                    device[image.format] = image.device_time_usec
                    host[image.format] = image.host_time_ns

    def test_host_times_are_of_the_monotonic_clock(self, source):
        source.start()
        with source.capture() as capture:
            for image in capture.images:
                assert abs(image.host_time_ns - time.monotonic_ns()) < LONG * 10**9

    def test_pixels_outlive_capture_and_source(self, opener):
        source = opener()
        source.start()
        with _whole_capture(source) as capture:
            pixels = [image.pixels for image in capture.images]
            before = [each.tobytes() for each in pixels]
        del capture
        for _ in range(3):  # other captures must not get the memory
            source.capture().close()
        source.close()
        gc.collect()
        assert [each.tobytes() for each in pixels] == before

    def test_captures_close_repeatedly(self, source):
        source.start()
        capture = source.capture()
        capture.close()
        capture.close()

    def test_imu_samples_rise(self, source):
        if not source.has_imu:
            pytest.skip('this source has no IMU')
        source.start()
        samples = []
        while len(samples) < 20:
            samples += source.imu()
        assert all(isinstance(sample, ImuSample) for sample in samples)
        assert all(
            math.isfinite(value) for sample in samples for value in sample.acc + sample.gyro
        )
        times = [sample.acc_time_usec for sample in samples]
        assert times == sorted(set(times))
        gyro_times = [sample.gyro_time_usec for sample in samples]
        assert gyro_times == sorted(set(gyro_times))

    def test_captures_and_imu_share_a_clock(self, source):
        if not source.has_imu:
            pytest.skip('this source has no IMU')
        source.start()
        with source.capture() as capture:
            sample = source.imu()[0]
            assert abs(sample.acc_time_usec - capture.device_time_usec) < LONG * 10**6

    def test_two_threads_read(self, source):
        if not source.has_imu:
            pytest.skip('this source has no IMU')
        source.start()
        samples = []
        reader = _Thread(lambda: samples.extend(source.imu()))
        for _ in range(5):
            source.capture().close()
        source.stop()
        reader.join()
        assert samples

    @pytest.mark.parametrize('end', ['stop', 'close'])
    def test_end_wakes_who_waits(self, source, end):
        source.start()
        source.capture().close()  # before the others, who may take all there is
        readers = [_Thread(lambda: source.capture(LONG).close())]
        if source.has_imu:
            readers.append(_Thread(lambda: source.imu(LONG)))
        getattr(source, end)()
        for reader in readers:
            reader.join()

    def test_events_are_in_order(self, source):
        source.start()
        times, kinds = [], set()
        for event in source.events():
            imu = isinstance(event, ImuSample)
            times.append(event.acc_time_usec if imu else event.device_time_usec)
            kinds.add(type(event))
            if len(kinds) == 1 + source.has_imu and len(times) > 30 * source.has_imu:
                break
        assert times == sorted(times)

    def test_color_controls_are_set_or_refused_by_name(self, source):
        try:
            source.set_color_control(ColorControl.BRIGHTNESS, 128)
        except ConfigError as error:
            assert 'BRIGHTNESS' in str(error)  # noqa: PT017 (that it is set is right as well)

    def test_sync_jacks(self, source):
        assert [type(jack) for jack in source.sync_jacks()] == [bool, bool]


class _Thread(threading.Thread):
    """Calls something again and again until the stream ends."""

    def __init__(self, function):
        super().__init__(daemon=True)
        self.function = function
        self.error = None
        self.start()

    def run(self):
        try:
            while True:
                self.function()
        except StreamEnded:
            return
        except Exception as error:  # noqa: BLE001 (join tells the test)
            self.error = error

    def join(self, timeout=LONG / 3):
        super().join(timeout)
        assert not self.is_alive(), 'the reader was not woken'
        assert self.error is None, self.error


def _whole_capture(source):
    """Return a capture with all images of the modes; a camera's first ones may lack some."""
    config = source.config
    expected = config.depth_mode.has_depth + config.depth_mode.has_ir + config.color_on
    for _ in range(10):
        capture = source.capture()
        if len(capture.images) == expected:
            return capture
        capture.close()
    raise AssertionError(f'no capture has {expected} images')


def _check_color(pixels, config):
    width, height = config.color_resolution.size
    if config.color_format is ImageFormat.MJPG:
        assert pixels.ndim == 1
        assert bytes(pixels[:2]) == b'\xff\xd8'
    elif config.color_format is ImageFormat.NV12:
        assert pixels.shape == (height * 3 // 2, width)
    elif config.color_format is ImageFormat.YUY2:
        assert pixels.shape == (height, width, 2)
    else:
        assert pixels.shape == (height, width, 4)
