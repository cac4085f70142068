# SPDX-License-Identifier: Apache-2.0
"""When what was recorded is due: the recording's clock laid over the host's."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable


class PlaybackClock:
    """
    Maps device times of a recording to host times, and waits for them.

    :param rate: Speed; 1 is real time, 0 does not wait at all (host times then go as at 1).
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._changed = threading.Condition()
        self._running = False
        self._round = 0  # counts what makes a waiting reader look again
        self._device_usec = 0
        self._host_ns = 0
        self._paused_ns: int | None = None

    def start(self, device_usec: int) -> None:
        """Let ``device_usec`` be due now; a pause goes on."""
        with self._changed:
            self._running = True
            self._device_usec = device_usec
            self._host_ns = time.monotonic_ns()
            if self._paused_ns is not None:
                self._paused_ns = self._host_ns
            self._wake()

    def stop(self) -> None:
        """Wake whoever waits."""
        with self._changed:
            self._running = False
            self._paused_ns = None
            self._wake()

    def pause(self, paused: bool) -> None:
        """Hold the clock, or let it go on from where it was held."""
        with self._changed:
            now = time.monotonic_ns()
            if paused and self._paused_ns is None:
                self._paused_ns = now
            elif not paused and self._paused_ns is not None:
                self._host_ns += now - self._paused_ns
                self._paused_ns = None
            self._wake()

    @property
    def paused(self) -> bool:
        """Whether it is held."""
        return self._paused_ns is not None

    def wake(self) -> None:
        """Let whoever waits look again."""
        with self._changed:
            self._wake()

    def _wake(self) -> None:
        self._round += 1
        self._changed.notify_all()

    def due_ns(self, device_usec: int) -> int:
        """Return the host time at which ``device_usec`` is due."""
        elapsed = (device_usec - self._device_usec) * 1000
        return self._host_ns + (int(elapsed / self._rate) if self._rate else elapsed)

    def due_usec(self) -> float:
        """
        Return the device time up to which everything is due now.

        Infinity where nothing is waited for, minus infinity where nothing is due: held, stopped.
        """
        with self._changed:
            if self._paused_ns is not None or not self._running:
                return -math.inf
            if not self._rate:
                return math.inf
            elapsed = (time.monotonic_ns() - self._host_ns) * self._rate
            return self._device_usec + elapsed / 1000

    def is_due(self, device_usec: int) -> bool:
        """Return whether ``device_usec`` is due by now."""
        if self._paused_ns is not None or not self._running:
            return False
        return not self._rate or self.due_ns(device_usec) <= time.monotonic_ns()

    def wait(self, ready: Callable[[], int | None], deadline_ns: int) -> bool:
        """
        Wait until something is due.

        :param ready: Returns its device time, None while there is nothing to wait for; called
            again whenever something has changed.
        :param deadline_ns: Host time to give up at.
        :returns: False when it was not due in time, or the clock was stopped.
        """
        while True:
            before = self._round
            device_usec = ready()
            with self._changed:
                if not self._running:
                    return False
                if before != self._round:
                    continue
                if device_usec is not None and self.is_due(device_usec):
                    return True
                now = time.monotonic_ns()
                until = deadline_ns
                if device_usec is not None and self._paused_ns is None:
                    until = min(until, self.due_ns(device_usec))
                if now >= deadline_ns:
                    return False
                self._changed.wait(max(0, until - now) / 1e9)
