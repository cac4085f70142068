# SPDX-License-Identifier: Apache-2.0
"""The simulated camera as a source."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from azure_kinect_py.data import Capture, DeviceInfo, ImuSample
from azure_kinect_py.modes import ColorControl, DeviceConfig, WiredSyncMode
from azure_kinect_py.sources.base import QUEUE, Source
from azure_kinect_py.sources.simulated.clock import Clock
from azure_kinect_py.sources.simulated.controls import RANGES
from azure_kinect_py.sources.simulated.imu import Imu
from azure_kinect_py.sources.simulated.scene import Scene

NICENESS = 5
"""What is added for the thread that renders: it gets a third of the time of others."""

_FRESH = 3
"""Frames; with two, who reads slower than is rendered would get half of what he can take."""


class SimulatedSource(Source):
    """
    A camera in a furnished room in which people walk.

    Frame n shows the same whenever and by whomever it is read. The next one is rendered by a
    thread of its own while the reader works on the last, and only if somebody looks at them. For
    a reader who takes longer than a frame and asks for the newest, that is the one which will be
    the newest then: what he passes over costs nothing, as with a real camera.

    :ivar dropped: Captures that were lost because the reader was slow, since the start.
    """

    def __init__(self, config: DeviceConfig, scene: Scene, info: DeviceInfo, seed: int) -> None:
        self.config = config
        self.calibration = scene.calibration
        self.info = info
        self.dropped = 0
        self._scene = scene
        self._seed = seed
        self._stopped = threading.Event()
        self._clock = Clock(config, seed, 0)
        self._imu = Imu(self.calibration, self._clock, seed)
        self._next = 0
        self._ahead: dict[int, Future[Capture]] = {}
        self._taken_ns = 0
        self._renderer = ThreadPoolExecutor(
            1, thread_name_prefix='simulated camera', initializer=_give_way
        )

    def set_color_control(self, control: ColorControl, value: int | None) -> None:
        """Set a color control; None means automatic. See :data:`controls.RANGES`."""
        self._scene.controls.set(control, value)

    def reset_color_control(self, control: ColorControl) -> None:
        """Set a color control to its default."""
        self._scene.controls.set(control, RANGES[control].default)

    def sync_jacks(self) -> tuple[bool, bool]:
        """Return the cables that the mode needs."""
        mode = self.config.wired_sync_mode
        return mode is WiredSyncMode.SUBORDINATE, mode is WiredSyncMode.MASTER

    def _start(self) -> None:
        self._stopped.clear()
        self._clock = Clock(self.config, self._seed, time.monotonic_ns())
        self._imu = Imu(self.calibration, self._clock, self._seed)
        self._next = 0
        self._ahead = {}
        self._taken_ns = time.monotonic_ns()
        self.dropped = 0

    def _stop(self) -> None:
        self._stopped.set()

    def _close(self) -> None:
        self._ahead = {}  # a new one: a reader may still be busy with the old

    def _next_capture(self, timeout: float) -> Capture | None:
        deadline = time.monotonic_ns() + round(timeout * 1e9)
        oldest = self._clock.newest_frame(time.monotonic_ns()) - QUEUE + 1
        self.dropped += self._skip_to(oldest)
        arrival = self._clock.arrival_ns(self._next)
        if not self._wait_until(min(arrival, deadline)) or arrival > deadline:
            return None
        return self._take(following=self._next + 1)

    def newest(self, keep: Callable[[Capture], None] | None = None) -> tuple[Capture | None, int]:
        """
        Return the newest capture that waits, or None, and how many older ones were dropped.

        One that is rendered already, or nearly, is preferred to the newest that is not, but only
        if it is one of the newest three. Older ones are rendered only for ``keep``.
        """
        if keep is not None:
            return super().newest(keep)
        self._check_running()
        now = time.monotonic_ns()
        newest = self._clock.newest_frame(now)
        if newest < self._next:
            return None, 0
        fresh = range(newest - _FRESH + 1, newest + 1)
        dropped = self._skip_to(max((n for n in self._ahead if n in fresh), default=newest))
        took_ns = now - self._taken_ns
        following = self._clock.newest_frame(now + took_ns)
        return self._take(min(following, newest + QUEUE)), dropped

    def _take(self, following: int) -> Capture:
        """Return the next capture, and have that one rendered which will be taken after it."""
        capture = self._rendered(self._next).result()
        self._skip_to(self._next + 1)
        self._taken_ns = time.monotonic_ns()
        self._rendered(max(following, self._next))
        return capture

    def _rendered(self, frame: int) -> Future[Capture]:
        """Return a capture, which is there when it is rendered."""
        ahead = self._ahead
        if frame not in ahead:
            ahead[frame] = self._renderer.submit(self._scene.capture, frame, self._clock)
        return ahead[frame]

    def _skip_to(self, frame: int) -> int:
        """Go on with a frame unless it is passed already; return how many are passed over."""
        skipped = max(0, frame - self._next)
        self._next += skipped
        ahead = self._ahead
        for passed in [n for n in ahead if n < self._next]:
            ahead.pop(passed).cancel()
        return skipped

    def _next_imu(self, timeout: float) -> list[ImuSample]:
        deadline = time.monotonic_ns() + round(timeout * 1e9)
        while True:
            now = time.monotonic_ns()
            samples = self._imu.waiting(now)
            pause = round(self._imu.seconds_to_next(now) * 1e9)
            if samples or now >= deadline:
                return samples
            if not self._wait_until(min(now + pause, deadline)):
                return []

    def _wait_until(self, moment_ns: int) -> bool:
        """Wait for a host time; return False when stopped meanwhile."""
        while (left := moment_ns - time.monotonic_ns()) > 0:
            if self._stopped.wait(min(left * 1e-9, threading.TIMEOUT_MAX)):
                return False
        return not self._stopped.is_set()


def _give_way() -> None:
    """Let the other threads of the driver go first: a real camera takes no time of the host's."""
    if sys.platform == 'linux':  # elsewhere it would be the whole process
        os.nice(NICENESS)
