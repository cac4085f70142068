# SPDX-License-Identifier: Apache-2.0
"""The ROS times of what a source delivers: one clock for its captures and its IMU samples."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from azure_kinect_py.data import Capture, ImuSample
from azure_kinect_py.ros.clock import StampClock, StreamGuard
from azure_kinect_py.sources import Source


class Stamps:
    """
    Stamps of captures and of IMU samples, both strictly increasing.

    Only where ROS time is set far back (:mod:`~azure_kinect_py.ros.clock`) do they follow it.

    :param now_ns: Present ROS time, of the node's clock.
    :param playback_rate: Device seconds per host second of a recording, 0 for as fast as can be
        read; None for a camera.
    """

    def __init__(self, now_ns: Callable[[], int], playback_rate: float | None = None) -> None:
        is_playback = playback_rate is not None
        rate = playback_rate if playback_rate is not None else 1.0
        self._clock = StampClock(now_ns, rate=rate, scheduled=is_playback)
        self._captures, self._samples = StreamGuard(), StreamGuard()
        self._epoch: tuple[Source, int] | None = None
        self._lock = threading.Lock()

    def of_capture(self, source: Source, capture: Capture) -> int:
        """Return the ROS time in nanoseconds of a capture that has just arrived."""
        self._follow_epoch(source)
        for image in capture.images:
            self._clock.update(image.device_time_usec, image.host_time_ns)
        (stamp_ns,) = self._captures((self._clock.stamp_ns(capture.device_time_usec),))
        return stamp_ns

    def note_samples(self, source: Source, samples: Sequence[ImuSample]) -> None:
        """
        Take samples that have just arrived, whether or not anybody wants them.

        They arrive sooner than images, and stamps must not move when somebody subscribes.
        """
        self._follow_epoch(source)
        self._clock.update(samples[-1].acc_time_usec, time.monotonic_ns())

    def of_samples(self, device_times_usec: Sequence[int]) -> list[int]:
        """Return the ROS times in nanoseconds of samples that were noted, at least one."""
        return self._samples(self._clock.stamps_ns(device_times_usec))

    def _follow_epoch(self, source: Source) -> None:
        """Start the clock afresh when the device's did."""
        with self._lock:
            epoch = source, source.clock_epoch
            if epoch != self._epoch:
                self._epoch = epoch
                self._clock.reset()
