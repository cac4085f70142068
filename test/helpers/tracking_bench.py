# SPDX-License-Identifier: Apache-2.0
"""Tracking without a camera: a tracker that a test steers, and what becomes of the captures."""

import contextlib
import threading
import time

import numpy as np
from helpers.kept_log import Log

from azure_kinect_py.data import BodyFrame, Capture, Image
from azure_kinect_py.errors import TrackerError
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.ros import tracker_run, tracking
from azure_kinect_py.ros.tracking import Tracking
from azure_kinect_py.trackers.base import Tracked, Tracker


class FakeTracker(Tracker):
    """A tracker with a queue of three that works while ``go`` is set."""

    name = 'fake'
    processing_mode = 'cpu'

    def __init__(self, fail_after=None, start_error=None):
        self.hangs_in = ()
        self.go = threading.Event()
        self.go.set()
        self.may_start = threading.Event()
        self.may_start.set()
        self.queue = []
        self.taken = 0
        self.fail_after = fail_after
        self.start_error = start_error
        self.smoothing = None
        self.closed = False

    def start(self, calibration):
        self.may_start.wait(10)
        if self.start_error:
            raise self.start_error

    def hang(self, *functions):
        """Do not return from these until told otherwise."""
        self.hangs_in = functions

    def _hang(self, function):
        while function in self.hangs_in:
            time.sleep(0.01)

    def enqueue(self, capture, timeout):
        self._hang('enqueue')
        if self.closed:
            raise TrackerError('was closed')
        if self.fail_after is not None and self.taken >= self.fail_after:
            raise TrackerError('the GPU fell over')
        if len(self.queue) >= 3:
            time.sleep(min(timeout, 0.01))
            return False
        self.taken += 1
        self.queue.append(capture)
        return True

    def pop(self, timeout):
        self._hang('pop')
        if not self.go.wait(timeout) or not self.queue:
            time.sleep(0.001)
            return None
        capture = self.queue.pop(0)
        return Tracked(capture, BodyFrame(capture.device_time_usec, ()))

    def set_smoothing(self, factor):
        self.smoothing = factor

    def close(self):
        self._hang('close')
        self.closed = True
        for capture in self.queue:
            capture.close()
        self.queue.clear()


class Bench:
    """
    Tracking with fake trackers, and what became of the captures, known by their numbers.

    ``left`` has them in the order in which they left, with a result (``delivered``, with their
    stamps) or without one (``given_back``).
    """

    def __init__(self, *trackers, is_synchronous=False, awaits_start=False):
        self.log, self.delivered, self.closed, self.silences = Log(), [], [], 0
        self.given_back, self.left = [], []
        self.may_leave = threading.Event()
        self.may_leave.set()
        self.made = []
        self._trackers = list(trackers)
        self.tracking = Tracking(
            self._create,
            None,
            self._deliver,
            self._hand_out,
            self._on_silence,
            self.log,
            is_synchronous=is_synchronous,
            awaits_start=awaits_start,
            smoothing=0.25,
        )

    def _create(self):
        tracker = self._trackers.pop(0)
        if isinstance(tracker, Exception):
            raise tracker
        self.made.append(tracker)
        return tracker

    def _deliver(self, result, stamp_ns):
        self.may_leave.wait(10)
        self.delivered.append((result.capture.device_time_usec, stamp_ns))
        self.left.append(stamp_ns // 1000)
        result.capture.close()

    def _hand_out(self, capture, stamp_ns):
        self.given_back.append(capture.device_time_usec)
        self.left.append(stamp_ns // 1000)

    def _on_silence(self):
        self.silences += 1

    def capture(self, number, **images):
        pixels = np.zeros((2, 2), np.uint16)
        images = images or {
            'depth_image': Image(pixels, ImageFormat.DEPTH16, number, 0),
            'ir_image': Image(pixels, ImageFormat.IR16, number, 0),
        }
        return Capture(**images, on_close=lambda: self.closed.append(number))

    def offer(self, number, **images):
        return self.tracking.offer(self.capture(number, **images), 1000 * number)

    def queue(self, number, may_wait=False):
        color = Image(np.zeros(3, np.uint8), ImageFormat.MJPG, number, 0)
        capture = self.capture(number, color_image=color)
        return self.tracking.queue(capture, 1000 * number, may_wait=may_wait)


def until(condition):
    """Wait until a condition, a function, holds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


@contextlib.contextmanager
def starting(monkeypatch):
    """Give a function that starts tracking with the given trackers; stop it all at the end."""
    monkeypatch.setattr(tracking, 'RETRY_DELAY_S', 0.01)
    monkeypatch.setattr(tracker_run, 'PATIENCE_S', 0.02)
    monkeypatch.setattr(tracker_run, 'LEAVE_S', 0.1)
    started = []

    def start(*trackers, **options):
        bench = Bench(*trackers, **options)
        started.append(bench)
        bench.tracking.start()
        return bench

    yield start
    for bench in started:
        for tracker in bench.made:
            tracker.go.set()
            tracker.may_start.set()
            tracker.hang()
        bench.tracking.stop()
