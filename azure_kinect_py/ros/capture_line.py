# SPDX-License-Identifier: Apache-2.0
"""
The line in which captures wait for the tracker, stay in it, and leave in order.

Captures that cannot be tracked stand in it too, when their images must not overtake those that
wait for bodies: they leave as soon as nobody is before them.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import threading
import time
from collections.abc import Callable, Iterator

from azure_kinect_py.data import Capture
from azure_kinect_py.ros.statistics import TrackingCounts

HandOut = Callable[[Capture, int], None]
"""Takes a capture, perhaps closed, whose images are valid, and its stamp."""

MOST_PASSING = 30
"""Captures that wait without being tracked; a second's, so that memory is bounded."""


@dataclasses.dataclass(eq=False)
class Entry:
    """
    A capture in the line.

    :ivar passes: It is not tracked.
    :ivar fed_at: When the tracker was first offered it, seconds; None while it waits.
    :ivar taken: Whether the tracker has it.
    """

    capture: Capture
    stamp_ns: int
    passes: bool = False
    fed_at: float | None = None
    taken: bool = False

    @property
    def waits(self) -> bool:
        """Whether the tracker is still to be offered it."""
        return not self.passes and self.fed_at is None

    @property
    def is_in_hand(self) -> bool:
        """Whether somebody is giving it to the tracker, and closes it if that takes it not."""
        return self.fed_at is not None and not self.taken


class CaptureLine:
    """
    The line of one run of a tracker; whoever shuts it ends the run.

    :param hand_out: Called with the captures that leave without bodies.
    :param is_synchronous: When the tracker is full, further captures wait before the line;
        otherwise one waits in it, and a newer one takes its place.
    """

    def __init__(self, hand_out: HandOut, counts: TrackingCounts, *, is_synchronous: bool) -> None:
        self._hand_out = hand_out
        self._counts = counts
        self._size = 2 if is_synchronous else 1
        self._is_synchronous = is_synchronous
        self._entries: collections.deque[Entry] = collections.deque()
        self._changed = threading.Condition()
        self._door = threading.RLock()  # one leaves at a time
        self.over = threading.Event()

    def __len__(self) -> int:
        """How many are in it."""
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """Those that are in it at this moment, oldest first."""
        with self._changed:
            return iter(list(self._entries))

    @property
    def is_open(self) -> bool:
        """Whether it takes captures."""
        return not self.over.is_set()

    def shut(self) -> None:
        """Take no more captures, and wake whoever waits."""
        with self._changed:
            self.over.set()
            self._changed.notify_all()

    def add(self, capture: Capture, stamp_ns: int) -> bool:
        """Take a capture over to be tracked; return False, without it, when shut."""
        with self._changed:
            if self._is_synchronous:
                self._changed.wait_for(lambda: not self.is_open or not self._is_full)
            if not self.is_open:
                return False
            if self._is_full:
                oldest = self._first_waiting()
                self._drop(oldest)
                oldest.capture.close()
            self._entries.append(Entry(capture, stamp_ns))
            self._changed.notify_all()
        self._let_pass()
        return True

    def add_passing(self, capture: Capture, stamp_ns: int, *, may_wait: bool) -> bool:
        """
        Take a capture over that is not to be tracked; return False, without it, behind nobody.

        :param may_wait: Wait while there are too many of them, which are dropped otherwise.
        """
        with self._changed:
            if may_wait:
                self._changed.wait_for(lambda: not self.is_open or self._passing < MOST_PASSING)
            if not self.is_open:
                self._changed.wait_for(lambda: not self._entries)
            if not self._entries:
                return False
            if self._passing >= MOST_PASSING:
                capture.close()
                self._counts.dropped += 1
            else:
                self._entries.append(Entry(capture, stamp_ns, passes=True))
        return True

    def next_to_feed(self) -> Entry | None:
        """Wait for a capture to give to the tracker; None when shut."""
        with self._changed:
            self._changed.wait_for(lambda: not self.is_open or self._waiting)
            if not self.is_open:
                return None
            entry = self._first_waiting()
            entry.fed_at = time.monotonic()
            self._changed.notify_all()
            return entry

    def gives_up(self, entry: Entry) -> bool:
        """Return whether there is no point in offering it to the full tracker any longer."""
        with self._changed:
            if not self.is_open:
                return True
            if self._is_synchronous or not self._waiting:
                return False
            self._drop(entry)
        self._let_pass()
        return True

    @contextlib.contextmanager
    def leaving(self) -> Iterator[Entry | None]:
        """Have the first one leave that the tracker was given; None when shut."""
        with self._door:
            self._let_pass()
            entry = next((entry for entry in self if entry.fed_at is not None), None)
            if entry is None or not self.is_open:
                yield None
                return
            try:
                yield entry
            finally:
                self._remove(entry)
            self._let_pass()

    def give_back(self) -> None:
        """Shut it, and have all leave without bodies."""
        self.shut()
        with self._door:
            try:
                for entry in self:
                    self._counts.dropped += not entry.passes
                    if not entry.is_in_hand:
                        entry.capture.close()
                    self._hand_out(entry.capture, entry.stamp_ns)
            finally:
                with self._changed:
                    self._entries.clear()
                    self._changed.notify_all()

    def _let_pass(self) -> None:
        """Have those leave that are not tracked, up to the first that is."""
        while self._first_passing() is not None:
            with self._door:
                entry = self._first_passing()  # unless another thread was quicker
                if entry is None:
                    return
                try:
                    with entry.capture:
                        self._hand_out(entry.capture, entry.stamp_ns)
                finally:
                    self._remove(entry)  # not before, so that nothing newer is published first

    def _first_passing(self) -> Entry | None:
        first = next(iter(self), None)
        return first if first is not None and first.passes else None

    def _first_waiting(self) -> Entry:
        return next(entry for entry in self._entries if entry.waits)

    @property
    def _waiting(self) -> int:
        return sum(entry.waits for entry in self._entries)

    @property
    def _passing(self) -> int:
        return sum(entry.passes for entry in self._entries)

    @property
    def _is_full(self) -> bool:
        return self._waiting >= self._size

    def _remove(self, entry: Entry) -> None:
        with self._changed:
            self._entries.remove(entry)
            self._changed.notify_all()

    def _drop(self, entry: Entry) -> None:
        self._remove(entry)
        self._counts.dropped += 1
