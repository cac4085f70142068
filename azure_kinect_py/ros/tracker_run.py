# SPDX-License-Identifier: Apache-2.0
"""
One tracker at work, from its start-up to its end.

Three threads, as a library may stop answering anywhere: one feeds it, one takes its results, and
one watches both and waits for neither. What hangs in the library is left behind.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from azure_kinect_py.errors import TrackerError
from azure_kinect_py.ros.capture_line import CaptureLine, Entry
from azure_kinect_py.ros.statistics import TrackingCounts
from azure_kinect_py.trackers.base import Tracked, Tracker

Deliver = Callable[[Tracked, int], None]
"""Takes a result, and the stamp of its capture."""

PATIENCE_S = 0.2
SILENCE_S = 10.0
FIRST_RESULT_S = 60.0
"""The first result may have to wait for kernels to be compiled or engines to be built."""

LEAVE_S = 1.0
CLOSE_S = 5.0


class TrackerRun:
    """
    Moves captures from a line into a tracker that was started, and its results out.

    :param deliver: Called with each result; closes its capture.
    """

    def __init__(
        self, tracker: Tracker, line: CaptureLine, deliver: Deliver, counts: TrackingCounts
    ) -> None:
        self._tracker = tracker
        self._line = line
        self._deliver = deliver
        self._counts = counts
        self._results = 0
        self._is_delivering = False
        self._failures: list[Exception] = []

    def __call__(self) -> None:
        """
        Run until the line is shut; what is in it then leaves without bodies.

        :raises TrackerError: when the tracker failed, or took captures and fell silent.
        """
        threads = [
            threading.Thread(target=self._repeat, args=[step], name=name, daemon=True)
            for name, step in (
                ('tracker feeder', self._feed_next),
                ('tracker results', self._deliver_next),
            )
        ]
        for thread in threads:
            thread.start()
        try:
            self._watch()
        finally:
            self._line.give_back()
            for thread in threads:
                thread.join(LEAVE_S)
        if self._failures:
            raise self._failures[0]

    def _repeat(self, step: Callable[[], None]) -> None:
        try:
            while self._line.is_open:
                step()
        except Exception as error:  # noqa: BLE001 (who watches raises it)
            self._failures.append(error)
            self._line.shut()

    def _feed_next(self) -> None:
        entry = self._line.next_to_feed()
        if entry is None:
            return
        try:
            while True:
                entry.taken = self._tracker.enqueue(entry.capture, PATIENCE_S)
                if entry.taken or self._line.gives_up(entry):
                    break
        finally:
            if not entry.taken:
                entry.capture.close()
        self._counts.fed += entry.taken

    def _deliver_next(self) -> None:
        result = self._tracker.pop(PATIENCE_S)
        if result is None:
            return
        self._is_delivering = True
        with self._line.leaving() as entry:
            if entry is None:  # it comes too late
                result.capture.close()
                return
            self._count(result, entry)
            self._deliver(result, entry.stamp_ns)
        self._is_delivering = False

    def _count(self, result: Tracked, entry: Entry) -> None:
        assert entry.fed_at is not None
        self._results += 1
        self._counts.tracked += 1
        self._counts.latency_s = time.monotonic() - entry.fed_at
        self._counts.bodies = len(result.bodies.bodies)

    def _watch(self) -> None:
        """
        Wait until the line is shut, by anybody.

        Silence is the sum of short waits: a process that was held up as a whole is not silent.
        """
        silence, results, last = 0.0, 0, time.monotonic()
        while not self._line.over.wait(PATIENCE_S):
            now = time.monotonic()
            silence += min(now - last, 2 * PATIENCE_S)
            last = now
            has_captures = any(entry.fed_at is not None for entry in self._line)
            if self._results != results or self._is_delivering or not has_captures:
                silence, results = 0.0, self._results
            if silence > (SILENCE_S if results else FIRST_RESULT_S):
                raise TrackerError(
                    f'the {self._tracker.name} tracker hangs: it has captures, and gave no result '
                    f'for {silence:.0f} s',
                    hint='If that happens again, try another body_tracking_processing_mode.',
                )


def close(tracker: Tracker) -> bool:
    """
    Close a tracker; return False when its library does not return from that.

    :raises Exception: what closing raised.
    """
    errors: list[Exception] = []

    def work() -> None:
        try:
            tracker.close()
        except Exception as error:  # noqa: BLE001 (raised where somebody can say it)
            errors.append(error)

    closer = threading.Thread(target=work, name='tracker end', daemon=True)
    closer.start()
    closer.join(CLOSE_S)
    if errors:
        raise errors[0]
    return not closer.is_alive()
