# SPDX-License-Identifier: Apache-2.0
"""The clock of the simulated camera: when images are taken, and when they reach the host."""

from __future__ import annotations

import numpy as np

from azure_kinect_py.modes import DeviceConfig, WiredSyncMode

_TICKS_PER_SECOND = 90_000
_COLOR_OFFSET_TICKS = 4  # after depth, although both are asked to be taken together
_LEAD_FRAMES = 2  # so that no time is negative, whatever the delay
_DEPTH_LATENCY_NS = 12_000_000
_COLOR_LATENCY_NS = 17_000_000
_JITTER_NS = 500_000
_HICCUP_NS = 7_000_000
_HICCUP_EVERY = 97.0
_DELAYS = 4096


class Clock:
    """
    Times of all frames, counted from 0, and of IMU samples.

    Device times are microseconds made from 90 kHz ticks, near zero at the start. The device's
    clock runs some tens of ppm faster or slower than the host's.

    :param epoch_ns: Host time (monotonic) at which the device's clock is zero.
    """

    def __init__(self, config: DeviceConfig, seed: int, epoch_ns: int) -> None:
        self._period = _TICKS_PER_SECOND // config.fps.hz
        self._late = _jitter(seed)
        self._epoch = epoch_ns
        self._drift = float(np.random.default_rng([seed, 10]).uniform(-40e-6, 40e-6))
        self._delay = _ticks(config.depth_delay_off_color_usec)
        self._begin = _LEAD_FRAMES * self._period
        if config.wired_sync_mode is WiredSyncMode.SUBORDINATE:
            self._begin += _ticks(config.subordinate_delay_off_master_usec)
        self._color_on = config.color_on
        self._depth_on = config.depth_on

    def depth_usec(self, frame: int) -> int:
        """Return the device time of a depth and infrared image."""
        return _usec(self._begin + frame * self._period + max(self._delay, 0))

    def color_usec(self, frame: int) -> int:
        """Return the device time of a color image."""
        offset = _COLOR_OFFSET_TICKS + max(-self._delay, 0)
        return _usec(self._begin + frame * self._period + offset)

    def depth_host_ns(self, frame: int) -> int:
        """Return when a depth image reaches the host."""
        return (
            self._host(self.depth_usec(frame)) + _DEPTH_LATENCY_NS + self._late[0][frame % _DELAYS]
        )

    def color_host_ns(self, frame: int) -> int:
        """Return when a color image reaches the host."""
        return (
            self._host(self.color_usec(frame)) + _COLOR_LATENCY_NS + self._late[1][frame % _DELAYS]
        )

    def arrival_ns(self, frame: int) -> int:
        """Return when all images of a frame have reached the host."""
        times = []
        if self._depth_on:
            times.append(self.depth_host_ns(frame))
        if self._color_on:
            times.append(self.color_host_ns(frame))
        return max(times)

    def newest_frame(self, now_ns: int) -> int:
        """Return the last frame that has arrived by a host time; -1 if none has."""
        period_ns = self._period * 1_000_000_000 // _TICKS_PER_SECOND
        frame = max(0, (now_ns - self._epoch) // period_ns - _LEAD_FRAMES)
        while frame >= 0 and self.arrival_ns(frame) > now_ns:
            frame -= 1
        while self.arrival_ns(frame + 1) <= now_ns:
            frame += 1
        return frame

    def device_seconds(self, now_ns: int) -> float:
        """Return the time of the device's clock at a host time."""
        return (now_ns - self._epoch) * 1e-9 / (1.0 + self._drift)

    def _host(self, device_usec: int) -> int:
        return self._epoch + round(device_usec * 1000 * (1.0 + self._drift))


def _jitter(seed: int) -> tuple[list[int], list[int]]:
    """Return delays of depth and of color images, nanoseconds, which are used in turn."""
    random = np.random.default_rng([seed, 11])
    late = random.exponential(_JITTER_NS, (2, _DELAYS))
    hiccups = random.random(late.shape) < 1.0 / _HICCUP_EVERY
    late += hiccups * random.uniform(0.0, _HICCUP_NS, late.shape)
    depth, color = np.minimum(late, 2 * _HICCUP_NS).astype(np.int64).tolist()
    return depth, color


def _ticks(usec: int) -> int:
    return round(usec * _TICKS_PER_SECOND / 1_000_000)


def _usec(ticks: int) -> int:
    return ticks * 100 // 9
