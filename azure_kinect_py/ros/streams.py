# SPDX-License-Identifier: Apache-2.0
"""The two threads that read a source: one waits for captures, one drains the IMU."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable

from azure_kinect_py.data import Capture, ImuSample
from azure_kinect_py.errors import CaptureTimeout, DeviceError, KinectError, StreamEnded
from azure_kinect_py.ros.connection import Connection
from azure_kinect_py.ros.log import Log
from azure_kinect_py.ros.watch import Watch
from azure_kinect_py.sources import Source

PATIENCE_S = 0.5
IDLE_S = 0.05
LOOK_EVERY_S = 1.0
IMU_IDLE_PAUSE_S = 0.2
TRIES = 100


class Streams:
    """
    Reads captures and IMU samples, and hands them on.

    Where that fails in a way that nobody foresaw, this is told, and the next ones are tried.

    :param on_capture: Takes a capture over; called from one thread.
    :param on_imu: Takes samples; called from another.
    :param captures_wanted: Whether anybody wants captures; else a live camera is only looked at
        once a second, to see that it still works.
    :param imu_wanted: Whether anybody wants IMU samples at once; else they are drained in bulk.
    :param imu_period_s: Seconds from one batch of samples to the next, if they are wanted.
    :param keeper: Returns who is given the captures that are passed over because they are too old,
        before they are closed; None while nobody is.
    """

    def __init__(
        self,
        connection: Connection,
        on_capture: Callable[[Source, Capture], None],
        on_imu: Callable[[Source, list[ImuSample]], None],
        captures_wanted: Callable[[], bool],
        imu_wanted: Callable[[], bool],
        imu_period_s: Callable[[], float],
        log: Log,
        keeper: Callable[[Source], Callable[[Capture], None] | None] = lambda _: None,
    ) -> None:
        self._connection = connection
        self._on_capture = on_capture
        self._on_imu = on_imu
        self._captures_wanted = captures_wanted
        self._imu_wanted = imu_wanted
        self._imu_period_s = imu_period_s
        self._log = log
        self._keeper = keeper
        self._threads: list[threading.Thread] = []
        self._watch = Watch(log)
        self._is_behind = False
        self._imu_over = threading.Event()
        self.ended = False
        self.idle = False
        self.dropped = 0

    def start(self) -> None:
        """Start reading; the source runs already."""
        self.ended = False
        self._is_behind = False
        self._imu_over.clear()
        self._watch.begin()
        self._threads = [
            threading.Thread(target=self._read_captures, name='captures', daemon=True),
            threading.Thread(target=self._read_imu, name='imu', daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait for the threads to end; the connection is stopped already."""
        for thread in self._threads:
            thread.join()
        self._threads = []

    def _read_captures(self) -> None:
        try:
            while not self._connection.stopped and not self.ended:
                self._insist(self._read_capture, 'a capture')
        except KinectError as error:
            self.ended = True
            self._say_ended(error)

    def _insist(self, work: Callable[[], None], what: str) -> None:
        """
        Do some work, and again where it fails in a way that nobody foresaw.

        :raises KinectError: which the work raised, or when it always fails.
        """
        for _ in range(TRIES):
            try:
                work()
            except KinectError:
                raise
            except Exception:  # noqa: BLE001 (somebody must be told, and the camera goes on)
                text = f'{what} failed unexpectedly:\n{traceback.format_exc()}'
                self._log.warning(text, about=what)
                if self._connection.wait_stopped(IDLE_S):
                    return
            else:
                return
        raise KinectError(f'{what} failed unexpectedly {TRIES} times in a row')

    def _say_ended(self, error: KinectError) -> None:
        self._connection.problem = error.message
        self._log.error(f'{error}\nthe stream has ended; the service ~/reset starts it again')

    def _read_capture(self) -> None:
        source = self._connection.source
        try:
            self._hand_on_next(source)
        except StreamEnded as end:
            while not (self._imu_over.is_set() or self._connection.wait_stopped(IDLE_S)):
                pass  # a recording may have samples after its last capture, or nothing else
            self.ended = not self._connection.stopped
            if self.ended:
                self._log.info(f'{end}; the service ~/reset plays it again')
        except DeviceError as error:
            self._connection.recover(source, error)
            self._watch.begin()

    def _hand_on_next(self, source: Source | None) -> None:
        if source is None:
            raise DeviceError('the camera is not there yet')
        if not self._captures_wanted() and (not source.lossless or source.skip_captures()):
            self._look_at(source)
            return
        if self.idle:
            self.idle = self._is_behind = False
            if not source.skip_captures():
                self._hand_on_newest(source)
        try:
            capture = self._next_capture(source)
        except CaptureTimeout:
            self._watch.check_captures(source)
            return
        period_s = source.config.fps.period_usec / 1e6
        began = time.monotonic()
        is_late = _age_s(capture) > period_s
        self._hand_on(source, capture)
        is_slow = self._watch.last_capture - began > period_s
        self._is_behind = (is_late or is_slow) and not source.lossless
        self._watch.check_parts(source)

    def _next_capture(self, source: Source) -> Capture:
        """Return the next capture; where a live camera was too fast, the newest."""
        if self._is_behind:
            newest, dropped = source.newest(self._keeper(source))
            self.dropped += dropped
            if newest is not None:
                return newest
        return source.capture(PATIENCE_S)

    def _look_at(self, source: Source) -> None:
        """Take a capture once in a while, and leave the others where they are."""
        self.idle = True
        if self._connection.wait_stopped(IDLE_S) or source.lossless:
            return
        if time.monotonic() - self._watch.last_capture > LOOK_EVERY_S:
            self._hand_on_newest(source)
            self._watch.check_captures(source)
            self._watch.check_parts(source)

    def _hand_on_newest(self, source: Source) -> None:
        """Hand on the newest capture that waits; the older ones, nobody wanted."""
        newest, _ = source.newest()
        if newest is not None:
            self._hand_on(source, newest)

    def _hand_on(self, source: Source, capture: Capture) -> None:
        try:
            self._on_capture(source, capture)
        finally:  # the camera delivers, whatever becomes of it
            self._watch.took(capture)

    def _read_imu(self) -> None:
        try:
            self._drain_until_stopped()
        except KinectError as error:
            self._say_ended(error)
        finally:
            self._imu_over.set()

    def _drain_until_stopped(self) -> None:
        while not self._connection.stopped:
            source = self._connection.source
            if source is not None and not source.has_imu:
                return
            self._insist(self._read_samples, 'IMU')

    def _read_samples(self) -> None:
        """Hand on the samples that are there, and pause."""
        wanted = self._imu_wanted()
        if self._drain_imu(self._connection.source, wanted) and wanted:
            time.sleep(self._imu_period_s())  # too short to wait for a stop, which costs more
        else:
            self._connection.wait_stopped(IMU_IDLE_PAUSE_S)

    def _drain_imu(self, source: Source | None, wanted: bool) -> bool:
        """Hand on the samples that are there; return False when there may be none for a while."""
        if source is None:
            return False
        try:
            if not wanted and source.skip_imu():
                return True
            samples = source.imu(PATIENCE_S)
        except CaptureTimeout:
            return True
        except StreamEnded:  # or stopped
            self._imu_over.set()
            return False
        except KinectError as error:
            if source.lossless:  # damaged
                self._log.warning(f'IMU: {error}')
            else:
                self._watch.failed_imu(error)
            return False
        self._watch.took_samples()
        self._on_imu(source, samples)
        return True


def _age_s(capture: Capture) -> float:
    """Return how long ago the last of its images arrived."""
    arrived = max((image.host_time_ns for image in capture.images), default=0)
    return time.monotonic() - arrived / 1e9
