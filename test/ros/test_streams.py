# SPDX-License-Identifier: Apache-2.0
"""The threads that read a source: stalls, losses, ends, slow and absent subscribers."""

import dataclasses
import itertools
import threading
import time
import types

import numpy as np
import pytest
from helpers.kept_log import Log

from azure_kinect_py.data import Capture, DeviceInfo, Image, ImuSample
from azure_kinect_py.errors import DeviceError, RecordingError, StreamEnded
from azure_kinect_py.modes import ColorResolution, DeviceConfig, ImageFormat, WiredSyncMode
from azure_kinect_py.ros import connection, streams, watch
from azure_kinect_py.ros.connection import Connection
from azure_kinect_py.ros.streams import Streams
from azure_kinect_py.sources import SourceOptions
from azure_kinect_py.sources.base import Source

DEPTH_ONLY = DeviceConfig(color_resolution=ColorResolution.OFF)
SUBORDINATE = dataclasses.replace(DEPTH_ONLY, wired_sync_mode=WiredSyncMode.SUBORDINATE)


class FakeCamera(Source):
    """A camera of a thousand frames a second, with a queue, and switches for what goes wrong."""

    def __init__(self, config=None):
        self.info = DeviceInfo('device', '0001')
        self.config = config or DEPTH_ONLY
        self.stalled = False
        self.lacks = ''
        self.imu_error = None
        self.error = None
        self.closed = False
        self.read = 0
        self._last = 0.0
        self._numbers = itertools.count()
        self._stop_event = threading.Event()

    def _start(self):
        self._stop_event.clear()

    def _stop(self):
        self._stop_event.set()

    def _close(self):
        self.closed = True

    def _next_capture(self, timeout):
        if self.error:
            raise self.error
        if self.stalled:
            self._stop_event.wait(timeout)
            return None
        if timeout == 0 and time.monotonic() - self._last < 0.001:
            return None
        self._stop_event.wait(min(timeout, 0.001))
        self._last = time.monotonic()
        self.read += 1
        pixels, now = np.zeros((2, 2), np.uint16), time.monotonic_ns()
        image = Image(pixels, ImageFormat.DEPTH16, next(self._numbers), now)
        color = image if self.config.color_on and self.lacks != 'color' else None
        return Capture(depth_image=image if self.lacks != 'depth' else None, color_image=color)

    def _next_imu(self, timeout):
        if self.imu_error:
            raise self.imu_error
        self._stop_event.wait(0.001)
        return [ImuSample((0, 0, 0), 1, (0, 0, 0), 1, 20.0)]


class Rig:
    def __init__(self, monkeypatch, *cameras):
        self.cameras = list(cameras)
        self.log, self.captures, self.samples = Log(), [], []
        self.wanted = True
        self.takes_s = 0.0
        self.imu_period_s = 0.0045
        self.failing = set()
        monkeypatch.setattr(connection, 'open_source', self._open)
        monkeypatch.setattr(connection, 'FIRST_DELAY_S', 0.01)
        monkeypatch.setattr(streams, 'PATIENCE_S', 0.02)
        monkeypatch.setattr(watch, 'STALLED_S', 0.1)
        monkeypatch.setattr(streams, 'IDLE_S', 0.01)
        monkeypatch.setattr(streams, 'LOOK_EVERY_S', 0.05)
        self.options = []
        self.prepared = []
        self.connection = Connection(SourceOptions(), self.prepared.append, self.log)
        self.streams = Streams(
            self.connection,
            self._take,
            self._take_samples,
            lambda: self.wanted,
            lambda: self.wanted,
            lambda: self.imu_period_s,
            self.log,
        )

    def _open(self, options):
        self.options.append(options)
        camera = self.cameras.pop(0)
        if isinstance(camera, Exception):
            raise camera
        return camera

    def _take(self, source, capture):
        time.sleep(self.takes_s)
        self._fail('captures')
        self.captures.append(capture.device_time_usec)

    def _take_samples(self, source, samples):
        self._fail('samples')
        self.samples.extend(samples)

    def _fail(self, what):
        if what in self.failing:
            self.failing.remove(what)
            raise ZeroDivisionError('nobody foresaw this')

    def start(self):
        self.connection.start()
        self.streams.start()
        return self

    def stop(self):
        self.connection.close()
        self.streams.join()

    def until(self, condition):
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, self.log.lines
            time.sleep(0.002)


@pytest.fixture
def rig(monkeypatch):
    rigs = []

    def build(*cameras):
        rigs.append(Rig(monkeypatch, *cameras))
        return rigs[-1].start()

    yield build
    for each in rigs:
        each.stop()


def test_captures_and_samples_are_handed_on(rig):
    running = rig(FakeCamera())
    running.until(lambda: len(running.captures) > 20 and len(running.samples) > 20)
    assert running.captures == list(range(len(running.captures)))


def test_what_nobody_foresaw_is_told_and_survived(rig):
    running = rig(FakeCamera())
    running.until(lambda: running.captures and running.samples)
    running.failing |= {'captures', 'samples'}
    running.until(lambda: not running.failing)
    captures, samples = len(running.captures), len(running.samples)
    running.until(lambda: len(running.captures) > captures + 5)
    running.until(lambda: len(running.samples) > samples + 5)
    for what in ('a capture failed unexpectedly', 'IMU failed unexpectedly'):
        line = next(line for line in running.log.lines if line.startswith(what))
        assert 'nobody foresaw this' in line
    assert not running.streams.ended


class BrokenRecording(FakeCamera):
    """A recording with one capture, whose samples nobody can read."""

    lossless = True

    def _next_capture(self, timeout):
        if self.read:
            raise StreamEnded('the recording is over')
        return super()._next_capture(timeout)

    def _next_imu(self, timeout):
        raise ZeroDivisionError('nobody foresaw this')


def test_what_always_fails_ends(rig, monkeypatch):
    monkeypatch.setattr(streams, 'TRIES', 3)
    running = rig(BrokenRecording())
    running.until(lambda: running.streams.ended)
    assert running.connection.problem == 'IMU failed unexpectedly 3 times in a row'
    assert len(running.captures) == 1


def test_captures_that_always_fail_end(rig, monkeypatch):
    monkeypatch.setattr(streams, 'TRIES', 3)
    monkeypatch.setattr(Rig, '_take', lambda *_: 1 / 0)
    running = rig(FakeCamera())
    running.until(lambda: running.streams.ended)
    assert running.connection.problem == 'a capture failed unexpectedly 3 times in a row'
    assert running.connection.reconnects == 0


def test_looks_that_always_fail_neither_end_nor_restart_a_camera(rig, monkeypatch):
    monkeypatch.setattr(streams, 'TRIES', 20)
    running = rig(FakeCamera())
    running.until(lambda: running.captures)
    running.wanted = False
    running.until(lambda: running.streams.idle)
    failures = []

    def fail(*_):
        failures.append(time.monotonic())
        raise ZeroDivisionError('nobody foresaw this')

    monkeypatch.setattr(running.streams, '_on_capture', fail)
    running.until(lambda: len(failures) > 25)
    assert not running.streams.ended
    assert running.connection.reconnects == 0


def test_samples_are_read_once_a_period(rig):
    running = rig(FakeCamera())
    running.imu_period_s = 0.1
    running.until(lambda: running.samples)
    before, begin = len(running.samples), time.monotonic()
    running.until(lambda: len(running.samples) >= before + 3)
    assert time.monotonic() - begin > 0.2


class ImuRecording(FakeCamera):
    """A recording with thirty samples and no images."""

    lossless = True
    errors = types.MappingProxyType({30: StreamEnded('the end of the IMU samples')})

    def _next_capture(self, timeout):
        raise StreamEnded('the end of the recording')

    def _next_imu(self, timeout):
        number = next(self._numbers)
        if number in self.errors:
            raise self.errors[number]
        return super()._next_imu(timeout)


def test_the_end_is_told_after_the_last_sample(rig):
    running = rig(ImuRecording())
    running.until(lambda: running.log.lines)
    assert 'the end of the recording' in running.log.lines[0]
    assert len(running.samples) == 30
    assert running.streams.ended


class DamagedImuRecording(ImuRecording):
    """A recording whose samples are damaged in the middle."""

    errors = types.MappingProxyType(
        {10: RecordingError('a.mkv: is damaged'), **ImuRecording.errors}
    )


def test_damaged_samples_are_told(rig):
    running = rig(DamagedImuRecording())
    running.until(lambda: len(running.log.lines) > 1)
    assert any('IMU: a.mkv: is damaged' in line for line in running.log.lines)


def test_a_lost_camera_is_opened_again_and_it_is_the_same_one(rig):
    first, second = FakeCamera(), FakeCamera()
    running = rig(first, DeviceError('not there'), DeviceError('not there'), second)
    running.until(lambda: running.captures)
    first.error = DeviceError('it was lost')
    running.until(lambda: second.read > 3)
    assert first.closed
    assert running.connection.reconnects == 1
    assert running.options[-1].sensor_sn == '0001'
    assert running.prepared == [first, second]
    assert [line.split('\n')[0] for line in running.log.lines] == [
        'it was lost',
        'not yet: not there',
        'the camera is back',
    ]
    assert running.connection.problem == ''


def test_a_stop_while_the_camera_is_opened_again_is_not_forgotten(rig, monkeypatch):
    first = FakeCamera()
    running = rig(first, FakeCamera())
    running.until(lambda: running.captures)
    opening, go_on, open_source = threading.Event(), threading.Event(), connection.open_source

    def take_long(options):
        opening.set()
        assert go_on.wait(10)
        return open_source(options)

    monkeypatch.setattr(connection, 'open_source', take_long)
    first.error = DeviceError('it was lost')
    assert opening.wait(10)
    stopping = threading.Thread(target=running.connection.stop)
    stopping.start()
    running.until(lambda: running.connection.stopped)
    go_on.set()
    stopping.join(10)
    running.streams.join()
    assert running.connection.stopped
    assert not running.connection.source._running
    assert running.log.lines == ['it was lost\ntrying to get it back']


def test_cameras_that_stall_are_started_again(rig):
    first, second = FakeCamera(), FakeCamera()
    running = rig(first, second)
    running.until(lambda: running.captures)
    first.stalled = True
    running.until(lambda: second.read > 3)
    assert 'no capture for' in running.log.lines[0]


def test_a_subordinate_waits_for_its_master(rig):
    camera = FakeCamera(SUBORDINATE)
    camera.stalled = True
    running = rig(camera)
    running.until(lambda: running.log.lines)
    time.sleep(0.2)
    assert running.log.lines == ['no captures yet: a subordinate waits for its master']
    camera.stalled = False
    running.until(lambda: running.captures)


def test_a_subordinate_that_falls_silent_is_started_again_once(rig):
    first, second = FakeCamera(SUBORDINATE), FakeCamera(SUBORDINATE)
    second.stalled = True
    running = rig(first, second)
    running.until(lambda: running.captures)
    first.stalled = True
    waits = 'no captures yet: a subordinate waits for its master'
    running.until(lambda: waits in running.log.lines)
    time.sleep(0.3)
    assert running.log.lines[0].startswith('no capture for')
    assert running.log.lines[1:] == ['the camera is back', waits]
    assert running.connection.reconnects == 1
    second.stalled = False
    running.until(lambda: second.read > 3)


@pytest.mark.parametrize('part', ['depth', 'color'])
def test_one_of_two_cameras_that_falls_silent_is_started_again_once(rig, part):
    first, second = FakeCamera(DeviceConfig()), FakeCamera(DeviceConfig())
    running = rig(first, second)
    running.until(lambda: running.captures and running.samples)
    first.lacks = second.lacks = part
    running.until(lambda: len(running.log.lines) > 2)
    time.sleep(0.3)
    lines = running.log.lines
    assert lines[0].startswith(f'nothing from the {part} camera for ')
    assert lines[1:] == [
        'the camera is back',
        f'nothing comes from the {part} camera; ~/reset starts it again',
    ]
    count = len(running.captures)
    running.until(lambda: len(running.captures) > count)


def test_an_imu_that_fails_is_started_again_once(rig):
    first, second = FakeCamera(), FakeCamera()
    running = rig(first, second)
    running.until(lambda: running.captures and running.samples)
    first.imu_error = second.imu_error = DeviceError('lost', log=['a transfer failed'])
    running.until(lambda: len(running.log.lines) > 2)
    time.sleep(0.3)
    lines = running.log.lines
    assert lines[0].startswith('nothing from the IMU for ')
    assert 'sdk: a transfer failed' in lines[0]
    assert lines[1:] == [
        'the camera is back',
        'nothing comes from the IMU; ~/reset starts it again',
    ]
    second.imu_error, count = None, len(running.samples)
    running.until(lambda: len(running.samples) > count)


def test_captures_that_are_looked_at_rarely_may_lack_an_image(rig, monkeypatch):
    monkeypatch.setattr(watch, 'RARELY_S', 0.02)
    camera = FakeCamera(DeviceConfig())
    running = rig(camera)
    running.until(lambda: running.captures)
    running.wanted = False
    running.until(lambda: running.streams.idle)
    camera.lacks = 'depth'
    count = len(running.captures)
    running.until(lambda: len(running.captures) > count + 5)
    assert running.log.lines == []


def test_an_error_of_the_file_ends_the_stream(rig):
    camera = FakeCamera()
    running = rig(camera)
    running.until(lambda: running.captures)
    camera.error = RecordingError('a.mkv: is damaged')
    running.until(lambda: running.streams.ended)
    assert running.connection.problem == 'a.mkv: is damaged'
    assert '~/reset' in running.log.lines[-1]


class QueuedCamera(FakeCamera):
    """A camera that notes how it is read, and has always dropped two."""

    def __init__(self):
        super().__init__()
        self.reads = []

    def _next_capture(self, timeout):
        self.reads.append('next')
        return super()._next_capture(timeout)

    def newest(self, keep=None):
        self.reads.append('newest')
        return super()._next_capture(1), 2


def test_who_is_slower_than_the_camera_takes_the_newest_until_he_is_not(rig):
    camera = QueuedCamera()
    running = rig(camera)
    running.takes_s = 1.2 * camera.config.fps.period_usec / 1e6
    running.until(lambda: camera.reads[-5:] == ['newest'] * 5)
    assert running.streams.dropped >= 8
    running.takes_s = 0.0
    running.until(lambda: camera.reads[-2:] == ['next'] * 2)


class LateCamera(QueuedCamera):
    """A camera whose captures are old when they are read."""

    def _next_capture(self, timeout):
        capture = super()._next_capture(timeout)
        late = time.monotonic_ns() - 1_000_000_000
        return Capture(dataclasses.replace(capture.depth_image, host_time_ns=late))


def test_who_gets_old_captures_takes_the_newest(rig):
    camera = LateCamera()
    rig(camera).until(lambda: 'newest' in camera.reads)


class SlowRecording(QueuedCamera):
    lossless = True


def test_of_a_recording_nothing_is_passed_over(rig):
    recording = SlowRecording()
    running = rig(recording)
    running.takes_s = 1.2 * recording.config.fps.period_usec / 1e6
    running.until(lambda: len(running.captures) > 5)
    assert 'newest' not in recording.reads


def test_a_camera_that_nobody_wants_is_only_looked_at(rig):
    camera = FakeCamera()
    running = rig(camera)
    running.until(lambda: running.captures)
    running.wanted = False
    running.until(lambda: running.streams.idle)
    before = camera.read
    time.sleep(0.2)
    assert camera.read - before < 20
    camera.error = DeviceError('it was lost')
    running.cameras.append(FakeCamera())
    running.until(lambda: running.connection.reconnects == 1)
    running.wanted = True
    count = len(running.captures)
    running.until(lambda: len(running.captures) > count + 5)


class WaitingCamera(FakeCamera):
    waiting = False

    def _next_capture(self, timeout):
        if timeout > 1:
            self.stalled = self.waiting = True
        return super()._next_capture(timeout)


def test_stopping_ends_waits_at_once(rig, monkeypatch):
    camera = WaitingCamera()
    running = rig(camera)
    monkeypatch.setattr(streams, 'PATIENCE_S', 60)
    running.until(lambda: camera.waiting)
    began = time.monotonic()
    running.stop()
    assert time.monotonic() - began < 30, 'it was waited for'
    assert camera.closed
