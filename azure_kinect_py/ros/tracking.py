# SPDX-License-Identifier: Apache-2.0
"""
Runs the body tracker beside the cameras: start-up, feeding, results, failures.

The cameras never wait for it, but in ``synchronous`` tracking: a recording also waits for it to
start, so that every capture is tracked. Otherwise one capture waits to be fed, and a newer one
takes its place.
"""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from azure_kinect_py.data import Calibration, Capture
from azure_kinect_py.errors import KinectError, TrackerError
from azure_kinect_py.ros.log import Log
from azure_kinect_py.trackers.base import Tracked, Tracker

Deliver = Callable[[Tracked, int], None]
"""Takes a result, and the stamp of its capture."""

GiveBack = Callable[[Capture, int], None]
"""Takes a capture, closed, whose images stay valid, and its stamp."""

PATIENCE_S = 0.2
RETRIES = 3
RETRY_DELAY_S = 3.0
STOP_S = 5.0


class Fed(NamedTuple):
    """A capture in the tracker."""

    capture: Capture
    stamp_ns: int
    fed_at: float


class Tracking:
    """
    A tracker and its threads.

    :param create: Makes a tracker; may raise.
    :param deliver: Called with each result from the tracker's thread; closes its capture.
    :param give_back: Called with the captures that were in a tracker when it ended.
    :param on_silence: Called when results stop: switched off, or failed.
    :param is_synchronous: Track every capture.
    :param awaits_start: Hold captures up while the tracker starts; for recordings.
    """

    def __init__(
        self,
        create: Callable[[], Tracker],
        calibration: Calibration,
        deliver: Deliver,
        give_back: GiveBack,
        on_silence: Callable[[], None],
        log: Log,
        *,
        is_synchronous: bool,
        awaits_start: bool,
        smoothing: float,
    ) -> None:
        self._create = create
        self._calibration = calibration
        self._deliver = deliver
        self._give_back = give_back
        self._on_silence = on_silence
        self._log = log
        self._size = 2 if is_synchronous else 1
        self._is_synchronous = is_synchronous
        self._awaits_start = awaits_start
        self._smoothing = smoothing
        self._change = threading.Condition()
        self._inbox: collections.deque[tuple[Capture, int]] = collections.deque()
        self._inside: collections.deque[Fed] = collections.deque()
        self._tracker: Tracker | None = None
        self._thread: threading.Thread | None = None
        self._stopping = True
        self._running = False
        self.fed = self.tracked = self.dropped = 0
        self.bodies = 0
        self.latency_s = 0.0
        self.problem = ''

    @property
    def enabled(self) -> bool:
        """Whether it was switched on."""
        return not self._stopping

    @property
    def ready(self) -> bool:
        """Whether the tracker runs and takes captures."""
        return self._tracker is not None

    @property
    def in_flight(self) -> int:
        """How many captures wait for, or are in, the tracker."""
        return len(self._inbox) + len(self._inside)

    @property
    def mode(self) -> str:
        """Name and processing mode of the tracker that runs, or nothing."""
        tracker = self._tracker
        if tracker is None or tracker.processing_mode in ('', tracker.name):
            return '' if tracker is None else tracker.name
        return f'{tracker.name} {tracker.processing_mode}'

    def start(self) -> None:
        """Start the tracker in a thread of its own; harmless when it runs."""
        with self._change:
            self._stopping = False
            if self._running:  # or was told to end, and has not yet: then it goes on
                return
            self._running = True
            self.problem = ''
        self._thread = threading.Thread(target=self._run, name='tracker', daemon=True)
        self._thread.start()

    def stop(self, patience_s: float = STOP_S) -> None:
        """Stop the tracker, which may end later; harmless when it does not run."""
        with self._change:
            self._stopping = True
            self._tracker = None
            self._change.notify_all()
        if self._thread is not None:
            self._thread.join(patience_s)

    def smooth(self, factor: float) -> None:
        """Set temporal smoothing."""
        self._smoothing = factor
        tracker = self._tracker
        if tracker is not None:
            tracker.set_smoothing(factor)

    def offer(self, capture: Capture, stamp_ns: int) -> bool:
        """
        Give a capture to be tracked, which is taken over.

        :returns: False when the tracker does not run, or the capture cannot be tracked; it then
            still belongs to the caller.
        """
        if capture.depth_image is None or capture.ir_image is None:
            return False
        with self._change:
            if self._awaits_start:
                self._change.wait_for(lambda: self.ready or self._stopping or not self._running)
            if self._is_synchronous:
                self._change.wait_for(lambda: len(self._inbox) < self._size or not self.ready)
            if not self.ready:
                return False
            while len(self._inbox) >= self._size:
                self._inbox.popleft()[0].close()
                self.dropped += 1
            self._inbox.append((capture, stamp_ns))
            self._change.notify_all()
        return True

    def _run(self) -> None:
        failures = 0
        while self._goes_on(failures):
            tracked = self.tracked
            try:
                self._run_once()
            except TrackerError as error:
                failures = 1 if self.tracked > tracked else failures + 1
                self._say(error, failures)
            except KinectError as error:
                failures = RETRIES
                self._say(error, failures)
            except Exception as error:  # noqa: BLE001 (somebody must be told, and the cameras go on)
                failures = RETRIES
                self._say(TrackerError(f'failed unexpectedly: {error!r}'), failures)
            if 0 < failures < RETRIES:
                with self._change:
                    self._change.wait_for(lambda: self._stopping, RETRY_DELAY_S * failures)

    def _goes_on(self, failures: int) -> bool:
        with self._change:
            self._running = not self._stopping and failures < RETRIES
            self._change.notify_all()
            return self._running

    def _say(self, error: KinectError, failures: int) -> None:
        self.problem = error.message
        end = 'trying again' if failures < RETRIES else 'the cameras go on without bodies'
        self._log.error(f'body tracking: {error}\n{end}')

    def _run_once(self) -> None:
        """Run one tracker until it is stopped, or raise why it failed."""
        tracker = self._create()
        try:
            if self._start_up(tracker):
                self._shuttle(tracker)
        finally:
            tracker.close()

    def _start_up(self, tracker: Tracker) -> bool:
        """Start a tracker; return False when it is not wanted any more."""
        self._log.info(f'body tracking: starting {tracker.name}; this may take a while')
        began = time.monotonic()
        tracker.start(self._calibration)
        took = time.monotonic() - began
        self._log.info(f'body tracking: {tracker.name} runs, after {took:.1f} s')
        with self._change:
            if self._stopping:
                return False
            self._tracker = tracker
            self.problem = ''
            self._change.notify_all()
        tracker.set_smoothing(self._smoothing)
        return True

    def _shuttle(self, tracker: Tracker) -> None:
        """Feed in a second thread, and deliver in this one, until stopped or failed."""
        failures: list[KinectError] = []
        feeder = threading.Thread(
            target=self._feed, args=(tracker, failures), name='tracker feeder', daemon=True
        )
        feeder.start()
        try:
            while self.ready:
                self._deliver_next(tracker)
        finally:
            self._take_no_more()
            feeder.join()
            self._drop_all()
            self._on_silence()
        if failures:
            raise failures[0]

    def _take_no_more(self) -> None:
        with self._change:
            self._tracker = None
            self._change.notify_all()

    def _feed(self, tracker: Tracker, failures: list[KinectError]) -> None:
        try:
            while self._feed_next(tracker):
                pass
        except KinectError as error:
            failures.append(error)
            self._take_no_more()

    def _feed_next(self, tracker: Tracker) -> bool:
        with self._change:
            self._change.wait_for(lambda: self._inbox or not self.ready)
            if not self.ready:
                return False
            capture, stamp_ns = self._inbox.popleft()
            self._inside.append(Fed(capture, stamp_ns, time.monotonic()))
            self._change.notify_all()
        while not tracker.enqueue(capture, PATIENCE_S):
            if not self.ready:
                return False
            if self._inbox and not self._is_synchronous:  # full, and there is a newer one
                self._inside.pop()
                capture.close()
                self.dropped += 1
                return True
        self.fed += 1
        return True

    def _deliver_next(self, tracker: Tracker) -> None:
        result = tracker.pop(PATIENCE_S)
        if result is None:
            return
        _, stamp_ns, fed_at = self._inside[0]
        self.tracked += 1
        self.latency_s = time.monotonic() - fed_at
        self.bodies = len(result.bodies.bodies)
        self._deliver(result, stamp_ns)
        self._inside.popleft()  # not before, so that nothing newer is published first

    def _drop_all(self) -> None:
        with self._change:
            lost = [(fed.capture, fed.stamp_ns) for fed in self._inside] + list(self._inbox)
            self._inside.clear()
            self._inbox.clear()
            self.bodies = 0
        self.dropped += len(lost)
        for capture, stamp_ns in lost:
            capture.close()
            self._give_back(capture, stamp_ns)
