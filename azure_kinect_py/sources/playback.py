# SPDX-License-Identifier: Apache-2.0
"""Recordings as a source: every capture and IMU sample, at the recording's own pace."""

from __future__ import annotations

import dataclasses
import math
import threading
import time
from collections.abc import Callable
from typing import Any

from azure_kinect_py.data import Capture, Image, ImuSample
from azure_kinect_py.errors import ConfigError, StreamEnded
from azure_kinect_py.sources import SourceOptions
from azure_kinect_py.sources.base import Source
from azure_kinect_py.sources.playback_clock import PlaybackClock
from azure_kinect_py.sources.recording import Recording
from azure_kinect_py.sources.recording_streams import BATCH, CaptureStream, ImuStream, Stream


def open_playback(options: SourceOptions) -> Source:
    """
    Open a recording.

    :raises RecordingError: when it cannot be read, saying why.
    :raises ConfigError: when the options are not possible.
    :raises LibraryNotFound: when there is no libk4arecord.
    """
    if not options.recording_file:
        raise ConfigError('recording_file: the playback source needs the path of a recording')
    rate = options.playback_rate
    if not (math.isfinite(rate) and rate >= 0):
        raise ConfigError(
            f'playback_rate: {rate} is not possible; allowed are 0 (as fast as it is read) '
            'and positive numbers (1 is real time)'
        )
    recording = Recording(options.recording_file, options.sdk_library_path)
    return Playback(recording, rate=rate, loop=options.recording_loop_enabled)


class Playback(Source):
    """
    A recording. Starting it begins at its start, again after each stop.

    Images carry the host time at which they were due, not that at which they were read, and
    nothing is dropped: a late reader gets everything that has become due meanwhile. In a loop
    device times go on rising. At rate 0 nothing is waited for, and IMU samples are due as soon as
    the capture after them was taken, so that they never run ahead of the captures.

    :ivar path: The file.
    :ivar length_s: Seconds from the first to the last image or sample.
    """

    lossless = True

    def __init__(self, recording: Recording, *, rate: float, loop: bool) -> None:
        self.info = recording.info
        self.config = recording.config
        self.calibration = recording.calibration
        self.has_imu = recording.has_imu
        self.path = recording.path
        self.length_s = recording.length_usec / 1e6
        self._recording = recording
        self._rate = rate
        self._clock = PlaybackClock(rate)
        self._captures = CaptureStream(recording, loop=loop)
        self._imu = ImuStream(recording, loop=loop)
        self._taken_usec = -1  # device time up to which captures were taken
        self._moving = threading.Lock()  # nothing is taken while the clock is set

    def pause(self, paused: bool) -> None:
        """Hold the recording, or go on; while it is held, reading times out."""
        with self._moving:
            if not paused:
                self.clock_epoch += 1
            self._clock.pause(paused)

    @property
    def paused(self) -> bool:
        """Whether it is held."""
        return self._clock.paused

    def seek(self, seconds: float) -> None:
        """
        Go to a time, counted from the start of the recording.

        :raises ConfigError: when the recording is not that long.
        :raises StreamEnded: when it is stopped.
        :raises RecordingError: when the file is not there any more; then it has ended.
        """
        with self._moving:
            self._check_running()
            if not 0 <= seconds <= self.length_s:
                raise ConfigError(
                    f'seek: {seconds:g} s is not possible; allowed are 0 to {self.length_s:g}'
                )
            self.clock_epoch += 1
            self._go_to(round(seconds * 1e6))

    def _go_to(self, usec: int) -> None:
        self._captures.seek(usec)
        self._imu.seek(usec)
        self._taken_usec = -1
        self._clock.start(self._recording.start_usec + usec)

    def skip_captures(self) -> bool:
        """
        Pass over the captures that are due, unread; return whether it is possible: not at rate 0.

        :raises StreamEnded: when all of them are over.
        """
        return self._skip(self._captures)

    def skip_imu(self) -> bool:
        """Pass over the IMU samples that are due; as :meth:`skip_captures`."""
        return self._skip(self._imu)

    def _skip(self, stream: Stream[Any]) -> bool:
        self._check_running()
        with self._moving:
            due = self._clock.due_usec()
            if math.isfinite(due) and not stream.skip(int(due)):
                raise StreamEnded(f'{self.path}: the end of the recording')
        return bool(self._rate)

    def _start(self) -> None:
        self._go_to(0)

    def _stop(self) -> None:
        self._clock.stop()

    def _close(self) -> None:
        with self._moving:
            self._captures.close()
            self._imu.close()

    def _next_capture(self, timeout: float) -> Capture | None:
        deadline = time.monotonic_ns() + int(timeout * 1e9)
        while self._clock.wait(self._capture_time, deadline):
            with self._moving:
                capture = self._captures.take(self._clock.is_due)
                if capture is None:  # somebody went to another time in between
                    continue
                capture = _arrived(capture, self._clock.due_ns)
                for image in capture.images:
                    self._taken_usec = max(self._taken_usec, image.device_time_usec)
            self._clock.wake()
            return capture
        return None

    def _capture_time(self) -> int | None:
        usec = self._captures.next_usec()
        if usec is None:
            self._clock.wake()  # the last IMU samples wait for no further capture
            raise StreamEnded(f'{self.path}: the end of the recording')
        return usec

    def _next_imu(self, timeout: float) -> list[ImuSample]:
        deadline = time.monotonic_ns() + int(timeout * 1e9)
        samples = self._due_samples()
        while not samples and self._clock.wait(self._imu_time, deadline):
            samples = self._due_samples()
        return samples

    def _due_samples(self) -> list[ImuSample]:
        """Return the samples that are due now; at rate 0, where all are, a batch of them."""
        samples: list[ImuSample] = []
        while True:
            with self._moving:
                due = min(self._clock.due_usec(), self._imu_may_pass_usec())
                batch = self._imu.take_until(due)
            samples += batch
            if len(batch) < BATCH or not self._rate:
                return samples

    def _imu_time(self) -> int | None:
        usec = self._imu.next_usec()
        if usec is None:
            raise StreamEnded(f'{self.path}: the end of the IMU samples')
        return usec if usec <= self._imu_may_pass_usec() else None

    def _imu_may_pass_usec(self) -> float:
        """Return how far captures allow samples to go, where the clock does not tell."""
        is_free = self._rate or self._captures.is_over
        return math.inf if is_free else self._taken_usec


def _arrived(capture: Capture, host_time_ns: Callable[[int], int]) -> Capture:
    """Return a capture whose images arrived when their device times are due."""

    def arrived(image: Image) -> Image:
        return dataclasses.replace(image, host_time_ns=host_time_ns(image.device_time_usec))

    return capture.with_images(arrived)
