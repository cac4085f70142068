# SPDX-License-Identifier: Apache-2.0
"""The smallest latency between a device clock and the host, from noisy arrival times."""

from __future__ import annotations

import itertools

WINDOW_SEC = 60
"""How long a small latency is remembered."""

MIN_SPAN_SEC = 10.0
"""A drift is believed only when it was watched for this long."""

MAX_DRIFT_PPM = 200.0
"""Crystals should be good for 100 ppm, on either side. More is rather a latency that changed."""

STEADINESS = 0.25
"""More is a drift where the slopes of both halves of the window differ less, by this share."""

Point = tuple[float, float]


class LatencyFloor:
    """
    A line under the arrival times: when would an image arrive if nothing held it up?

    Arrivals are late by a jitter that is never negative, while the clocks drift apart steadily.
    So the truth is a straight line that touches the arrivals from below: an edge of their lower
    convex hull. Of each second only the smallest latency is kept.

    :param ns_per_usec: Host nanoseconds per device microsecond, 1000 but for a recording that is
        played slower or faster.
    """

    def __init__(self, ns_per_usec: float = 1000.0) -> None:
        self._ns_per_usec = ns_per_usec
        self._origin: tuple[int, int] | None = None
        self._best: dict[int, Point] = {}
        self._height = 0.0
        self.drift = 0.0
        """Seconds that the host gains on the device per device second, as far as it is known."""

    @property
    def empty(self) -> bool:
        """Whether nothing was added yet."""
        return self._origin is None

    def add(self, device_time_usec: int, host_time_ns: int) -> None:
        """Take the arrival of one sample; device times may come out of order."""
        if self._origin is None:
            self._origin = device_time_usec, host_time_ns
        time, latency = self._relative(device_time_usec, host_time_ns)
        second = int(time // 1)
        is_new = second not in self._best
        if is_new or latency < self._best[second][1]:
            self._best[second] = time, latency
        if is_new:
            self._forget()
            self._fit()
        self._height = min(self._height, latency - self.drift * 1e9 * time)

    def arrival_ns(self, device_time_usec: int) -> int:
        """Return the host time at which a sample of that device time arrives at the earliest."""
        assert self._origin is not None
        device, host = self._origin
        usec = device_time_usec - device
        return host + round(usec * (self._ns_per_usec + 1e3 * self.drift) + self._height)

    def _relative(self, device_time_usec: int, host_time_ns: int) -> Point:
        """Return device seconds and nanoseconds of latency since the first sample."""
        assert self._origin is not None
        device, host = self._origin
        usec = device_time_usec - device
        return usec * 1e-6, host_time_ns - host - usec * self._ns_per_usec

    def _forget(self) -> None:
        oldest = max(self._best) - WINDOW_SEC
        for second in [key for key in self._best if key < oldest]:
            del self._best[second]

    def _fit(self) -> None:
        points = sorted(self._best.values())
        whole = points[:-1]  # the newest second has only begun
        slope = _slope_below(whole)
        if abs(slope) <= MAX_DRIFT_PPM * 1e3 or _is_steady(whole, slope):
            self.drift = slope * 1e-9
        self._height = min(latency - self.drift * 1e9 * time for time, latency in points)


def _slope_below(points: list[Point]) -> float:
    """Return the slope of the line under sorted points that is nearest to them on average."""
    if not points or points[-1][0] - points[0][0] < MIN_SPAN_SEC:
        return 0.0
    middle = sum(time for time, _ in points) / len(points)
    hull = _lower_hull(points)
    for (x0, y0), (x1, y1) in itertools.pairwise(hull):
        if x0 <= middle <= x1:
            return (y1 - y0) / (x1 - x0)
    raise AssertionError('the hull spans its points')


def _is_steady(points: list[Point], slope: float) -> bool:
    """Return whether both halves of the points have that slope, more or less."""
    middle = len(points) // 2
    halves = points[:middle], points[middle:]
    return all(abs(_slope_below(half) - slope) <= STEADINESS * abs(slope) for half in halves)


def _lower_hull(points: list[Point]) -> list[Point]:
    hull: list[Point] = []
    for x, y in points:
        while len(hull) > 1:
            (x0, y0), (x1, y1) = hull[-2:]
            if (x1 - x0) * (y - y0) > (y1 - y0) * (x - x0):
                break
            hull.pop()
        hull.append((x, y))
    return hull
