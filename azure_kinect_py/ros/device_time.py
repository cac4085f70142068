# SPDX-License-Identifier: Apache-2.0
"""Device times that go on where a camera sets its clock."""

from __future__ import annotations

from collections.abc import Sequence

JUMP_USEC = 500_000
"""A clock that is off by more was set; less may be a bus that was held up."""

BACK_USEC = 20_000
"""A stream whose device times fall back by more has a clock that was set; it is in order else."""

CLOCKS = 2
"""What the clock was before is remembered: some of what it timed is still under way."""


class DeviceTime:
    """
    Brings device times to the clock that the camera had at first; not thread-safe.

    A subordinate's clock is set to zero by the first pulse of its master, after its IMU may have
    delivered for long. A Femto's is set to the time of day once a minute. Samples and images of
    the two clocks then come in any order.
    """

    def __init__(self) -> None:
        self._offsets_usec = [0]
        self._newest: tuple[int, int] | None = None
        self._last_usec: dict[str, int] = {}

    def note(self, stream: str, device_time_usec: int, host_time_ns: int) -> bool:
        """Take an arrival, of the newest of a batch; return whether the clock was set."""
        before = self._offsets_usec
        known = [o for o in before if self._goes_on(stream, device_time_usec + o, host_time_ns)]
        offset = known[0] if known else self._due_usec(host_time_ns) - device_time_usec
        self._offsets_usec = [offset, *(other for other in before if other != offset)][:CLOCKS]
        usec = device_time_usec + offset
        self._last_usec[stream] = usec
        if self._newest is None or usec > self._newest[0]:
            self._newest = usec, host_time_ns
        return not known

    def of(self, device_times_usec: Sequence[int]) -> list[int]:
        """Return device times that were noted, or are of a batch that was, on the first clock."""
        if self._newest is None or len(self._offsets_usec) == 1:
            return list(device_times_usec)
        newest = self._newest[0]
        return [
            min((usec + offset for offset in self._offsets_usec), key=lambda t: abs(t - newest))
            for usec in device_times_usec
        ]

    def _due_usec(self, host_time_ns: int) -> int:
        """Return the device time of what should arrive at a host time."""
        assert self._newest is not None
        usec, host = self._newest
        return usec + (host_time_ns - host) // 1000

    def _goes_on(self, stream: str, usec: int, host_time_ns: int) -> bool:
        """Return whether an arrival fits the others; one may be late, but not out of order too."""
        if self._newest is None:
            return True
        if usec < self._last_usec.get(stream, usec) - BACK_USEC:
            return False
        lead = usec - self._due_usec(host_time_ns)
        is_old = usec < self._newest[0] - JUMP_USEC
        return lead <= JUMP_USEC and not (is_old and lead < -JUMP_USEC)
