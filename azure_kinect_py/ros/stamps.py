# SPDX-License-Identifier: Apache-2.0
"""The ROS times of what a source delivers: one clock for its captures and its IMU samples."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence

from azure_kinect_py.data import Capture, ImuSample
from azure_kinect_py.ros.clock import StampClock, StreamGuard
from azure_kinect_py.ros.device_time import DeviceTime
from azure_kinect_py.sources import Source

AGE_WEIGHT = 0.02
"""Of a capture, in how old they are by and large."""


class Stamps:
    """
    Stamps of captures and of IMU samples, both strictly increasing.

    Only where ROS time is set far back (:mod:`~azure_kinect_py.ros.clock`) do they follow it.
    They go on where a camera sets its clock while it runs. A recording's device times are taken
    as they are: its samples may be read many seconds before or after its images.

    :param now_ns: Present ROS time, of the node's clock.
    :param playback_rate: Device seconds per host second of a recording, 0 for as fast as can be
        read; None for a camera.
    :param monotonic_ns: Present time of the clock that arrivals are in.
    :ivar age_s: How old captures of a camera are when they arrive, by their stamps, by and large;
        NaN before the first.
    """

    def __init__(
        self,
        now_ns: Callable[[], int],
        playback_rate: float | None = None,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._monotonic_ns = monotonic_ns
        self.age_s = float('nan')
        self._is_playback = playback_rate is not None
        rate = playback_rate if playback_rate is not None else 1.0
        self._clock = StampClock(now_ns, monotonic_ns, rate, scheduled=self._is_playback)
        self._device_time = DeviceTime()
        self._captures, self._samples = StreamGuard(), StreamGuard()
        self._epoch: tuple[Source, int] | None = None
        self._lock = threading.Lock()

    def of_capture(self, source: Source, capture: Capture) -> int:
        """Return the ROS time in nanoseconds of a capture that has just arrived."""
        images = capture.images
        with self._lock:
            self._note(source, 'captures', images[0].device_time_usec, images[0].host_time_ns)
            times_usec = self._device_time.of([image.device_time_usec for image in images])
            for image, usec in zip(images, times_usec, strict=True):
                self._clock.update(usec, image.host_time_ns)
            stamps_ns = self._clock.stamps_ns(times_usec[:1])
        stamp_ns = self._captures(stamps_ns)[0]
        if not self._is_playback:
            self._note_age(stamp_ns, max(image.host_time_ns for image in images))
        return stamp_ns

    def _note_age(self, stamp_ns: int, host_time_ns: int) -> None:
        age_s = (self._clock.ros_ns(host_time_ns) - stamp_ns) * 1e-9
        known_s = self.age_s if math.isfinite(self.age_s) else age_s
        self.age_s = known_s + AGE_WEIGHT * (age_s - known_s)

    def note_samples(self, source: Source, samples: Sequence[ImuSample]) -> None:
        """
        Take samples that have just arrived, whether or not anybody wants them.

        They arrive sooner than images, and stamps must not move when somebody subscribes.
        """
        newest_usec, now = samples[-1].acc_time_usec, self._monotonic_ns()
        with self._lock:
            self._note(source, 'imu', newest_usec, now)
            self._clock.update(self._device_time.of([newest_usec])[0], now)

    def of_samples(self, device_times_usec: Sequence[int]) -> list[int]:
        """Return the ROS times in nanoseconds of samples that were noted, at least one."""
        with self._lock:
            stamps_ns = self._clock.stamps_ns(self._device_time.of(device_times_usec))
        return self._samples(stamps_ns)

    def _note(self, source: Source, stream: str, device_time_usec: int, host_time_ns: int) -> None:
        """Follow what becomes of the device's clock: started afresh, or set while it runs."""
        epoch = source, source.clock_epoch
        if epoch != self._epoch:
            self._epoch = epoch
            self._device_time = DeviceTime()
            self._clock.reset()
        if self._is_playback:
            return
        arrival_ns = self._clock.arrival_ns(host_time_ns)
        if self._device_time.note(stream, device_time_usec, arrival_ns):
            self._clock.forget_latencies()
