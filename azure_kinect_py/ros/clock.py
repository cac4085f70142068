# SPDX-License-Identifier: Apache-2.0
"""
Device time to ROS time: one clock for images, IMU and bodies.

The clock is a chain of straight pieces over device time. What was stamped stays: pieces are only
changed behind the latest device time that was asked for, so a device time has one stamp, whoever
asks and whenever. New pieces head for the present estimate: the arrival at the smallest latency
seen (:class:`~azure_kinect_py.ros.latency_floor.LatencyFloor`) on the host's monotonic clock,
which never steps, brought to ROS time.

How the stamps come back when they are off:

* Small errors are worked off within a tenth of a second.
* The wall clock steps ahead (100 ms or more): stamps step with it, at once.
* It steps back: stamps cannot, so they run at a tenth of the speed until they are right again,
  which takes 1.3 s for a step of one second. To go slower would not be kinder: as long as stamps
  are in the future, every tf2 look-up fails.
* It is set back by more than a minute (a board without a battery learns the date, a simulated
  clock starts over): stamps follow at once, the only case in which they go back. To work off an
  hour would stop all data for an hour.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

from builtin_interfaces.msg import Time

from azure_kinect_py.ros.latency_floor import LatencyFloor

STEP_AHEAD_NS = 100_000_000
STEP_BACK_NS = 60_000_000_000
SETTLING_USEC = 100_000
SLOWEST = 0.1
SPACING_USEC = 20_000
HISTORY = 4096
"""Pieces that are remembered; at ``SPACING_USEC`` more than a minute."""

LATEST_ARRIVAL_NS = 10_000_000_000


class Piece(NamedTuple):
    """A straight piece of the clock, for the device times after ``after_usec``."""

    after_usec: int
    stamp_ns: int
    ns_per_usec: float

    def at(self, device_time_usec: int) -> int:
        """Return the stamp of a device time."""
        return self.stamp_ns + round((device_time_usec - self.after_usec) * self.ns_per_usec)


class StampClock:
    """
    Maps device time to ROS time; thread-safe.

    Give it every arrival: of each image of a capture, and of each batch of IMU samples (its newest
    device time, and the present). The quickest of them sets the time.
    Keep the stamp of a capture with it on its way through a tracker: after a reset, its device
    time may mean another time.

    :param ros_now_ns: Present ROS time, of the node's clock.
    :param monotonic_ns: Present time of the clock that arrivals are in.
    :param rate: Device seconds per host second: 1, or the rate of a playback. At 0 (as fast as
        can be read) the first stamp is the present, and the others keep the recording's intervals.
    :param scheduled: Whether arrivals are when a recording was due, however long ago, since its
        reader may be slow. A camera's that long ago would be a mistake.
    """

    def __init__(
        self,
        ros_now_ns: Callable[[], int],
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        rate: float = 1.0,
        *,
        scheduled: bool = False,
    ) -> None:
        self._ros_now_ns = ros_now_ns
        self._monotonic_ns = monotonic_ns
        self._is_free = rate == 0
        self._is_scheduled = scheduled
        self._ns_per_usec = 1000.0 / (rate or 1.0)
        self._lock = threading.Lock()
        self._to_ros_ns: int | None = None
        self._last_stamp_ns: int | None = None
        self._newest_usec: int | None = None
        self._steered_usec = 0
        self._begin()

    def update(self, device_time_usec: int, host_time_ns: int) -> None:
        """
        Take an arrival.

        :param host_time_ns: When it arrived; a time that cannot be (the future, or of a camera
            more than ten seconds ago) counts as now.
        """
        with self._lock:
            self._update(device_time_usec, host_time_ns)

    def stamp_ns(self, device_time_usec: int) -> int:
        """Return the ROS time of a device time of this epoch, not more than a minute old."""
        return self.stamps_ns((device_time_usec,))[0]

    def stamps_ns(self, device_times_usec: Sequence[int]) -> list[int]:
        """Return the ROS times of some device times, at least one, as :meth:`stamp_ns`."""
        newest_usec = max(device_times_usec)
        with self._lock:
            if not self._pieces:
                self._update(device_times_usec[0], self._monotonic_ns())
            if self._newest_usec is None or newest_usec > self._newest_usec:
                self._newest_usec = newest_usec
            return [self._at(usec) for usec in device_times_usec]

    def reset(self) -> None:
        """Begin an epoch: device times start afresh, stamps go on after the latest."""
        with self._lock:
            if self._newest_usec is not None:
                self._last_stamp_ns = self._at(self._newest_usec)
            self._begin()

    def forget_latencies(self) -> None:
        """Learn the latency afresh; what was stamped stays."""
        with self._lock:
            self._floor = LatencyFloor(self._ns_per_usec)

    def arrival_ns(self, host_time_ns: int) -> int:
        """Return when something arrived; a time that cannot be counts as now."""
        now = self._monotonic_ns()
        oldest = 0 if self._is_scheduled else now - LATEST_ARRIVAL_NS
        return host_time_ns if oldest <= host_time_ns <= now else now

    def ros_ns(self, host_time_ns: int) -> int:
        """Return the ROS time at which something arrived, as :meth:`arrival_ns`."""
        with self._lock:
            return self.arrival_ns(host_time_ns) + self._host_to_ros_ns()

    def _begin(self) -> None:
        self._floor = LatencyFloor(self._ns_per_usec)
        self._pieces: list[Piece] = []
        self._newest_usec = None

    def _at(self, device_time_usec: int) -> int:
        index = bisect_left(self._pieces, (device_time_usec,)) - 1
        return max(self._pieces[max(index, 0)].at(device_time_usec), 0)

    def _update(self, device_time_usec: int, host_time_ns: int) -> None:
        if self._is_free and self._pieces:
            return
        self._floor.add(device_time_usec, self.arrival_ns(host_time_ns))
        if self._newest_usec is None:
            self._pieces.clear()
            self._steer(device_time_usec - 1, self._last_stamp_ns)
        elif self._newest_usec - self._steered_usec >= SPACING_USEC:
            self._steer(self._newest_usec, self._at(self._newest_usec))

    def _host_to_ros_ns(self) -> int:
        """Return how far ROS time is from the host's."""
        before = self._monotonic_ns()
        ros = self._ros_now_ns()
        after = self._monotonic_ns()
        if self._to_ros_ns is None or after - before < 1_000_000:  # else this thread was held up
            self._to_ros_ns = ros - (before + after) // 2
        return self._to_ros_ns

    def _steer(self, after_usec: int, start_ns: int | None) -> None:
        """Head for the estimate from a device time on, whose stamp is ``start_ns``."""
        target = self._floor.arrival_ns(after_usec) + self._host_to_ros_ns()
        error = 0 if start_ns is None else target - start_ns
        if start_ns is None or error >= STEP_AHEAD_NS or error <= -STEP_BACK_NS:
            start_ns, error = target, 0
        if self._is_free:
            error = 0
        speed = self._ns_per_usec + 1e3 * self._floor.drift
        usec = max(SETTLING_USEC, round(abs(error) / (speed * (1.0 - SLOWEST))))
        del self._pieces[bisect_left(self._pieces, (after_usec,)) :]
        correcting = Piece(after_usec, start_ns, speed + error / usec)
        settled = Piece(after_usec + usec, correcting.at(after_usec + usec), speed)
        self._pieces += correcting, settled
        self._steered_usec = after_usec
        if len(self._pieces) > HISTORY:
            del self._pieces[: HISTORY // 4]


class StreamGuard:
    """
    Keeps the stamps of one stream strictly increasing, whatever the device times do.

    Call it once per capture (or batch of IMU samples), and give all messages made from it the
    result.
    """

    def __init__(self) -> None:
        self._last_ns = -STEP_BACK_NS
        self._lock = threading.Lock()

    def __call__(self, stamps_ns: Sequence[int]) -> list[int]:
        """Return the stamps, each or one nanosecond after the last where it is not later."""
        guarded: list[int] = []
        with self._lock:
            for stamp_ns in stamps_ns:
                is_later = _is_later(stamp_ns, self._last_ns)
                self._last_ns = stamp_ns if is_later else self._last_ns + 1
                guarded.append(self._last_ns)
        return guarded


class Turnstile:
    """
    Lets each stamp of a stream pass once, and none that is older than one that passed.

    For what two threads may publish: whoever comes first does.
    """

    def __init__(self) -> None:
        self._last_ns = -STEP_BACK_NS
        self._lock = threading.Lock()

    def __call__(self, stamp_ns: int) -> bool:
        """Return whether it passes; as for :class:`StreamGuard`, time may step far back."""
        with self._lock:
            passes = self.is_open_to(stamp_ns)
            if passes:
                self._last_ns = stamp_ns
            return passes

    def is_open_to(self, stamp_ns: int) -> bool:
        """Return whether a stamp would pass now."""
        return _is_later(stamp_ns, self._last_ns)


def _is_later(stamp_ns: int, last_ns: int) -> bool:
    """Return whether a stamp comes after the last; it does too where time was set far back."""
    return not last_ns - STEP_BACK_NS < stamp_ns <= last_ns


def to_time(stamp_ns: int) -> Time:
    """Return a ROS time in nanoseconds as a message."""
    sec, nanosec = divmod(stamp_ns, 1_000_000_000)
    return Time(sec=sec, nanosec=nanosec)
