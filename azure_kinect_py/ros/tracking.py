# SPDX-License-Identifier: Apache-2.0
"""
Runs the body tracker beside the cameras: start-up, feeding, results, failures.

The cameras never wait for it, but in ``synchronous`` tracking of a recording, where every capture
is to be tracked. Otherwise one capture waits to be fed, and a newer one takes its place.
"""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Callable

from azure_kinect_py.data import Calibration, Capture
from azure_kinect_py.errors import KinectError, TrackerError
from azure_kinect_py.ros.log import Log
from azure_kinect_py.trackers.base import Tracked, Tracker

Deliver = Callable[[Tracked, int], None]
"""Takes a result, and the stamp of its capture."""

PATIENCE_S = 0.2
RETRIES = 3
RETRY_DELAY_S = 3.0
STOP_S = 5.0


class Tracking:
    """
    A tracker and its threads.

    :param create: Makes a tracker; may raise.
    :param deliver: Called with each result from the tracker's thread; closes its capture.
    :param on_silence: Called when results stop: switched off, or failed.
    :param is_synchronous: Track every capture.
    """

    def __init__(
        self,
        create: Callable[[], Tracker],
        calibration: Calibration,
        deliver: Deliver,
        on_silence: Callable[[], None],
        log: Log,
        *,
        is_synchronous: bool,
        smoothing: float,
    ) -> None:
        self._create = create
        self._calibration = calibration
        self._deliver = deliver
        self._on_silence = on_silence
        self._log = log
        self._size = 2 if is_synchronous else 1
        self._is_synchronous = is_synchronous
        self._smoothing = smoothing
        self._change = threading.Condition()
        self._inbox: collections.deque[tuple[Capture, int]] = collections.deque()
        self._stamps: collections.deque[tuple[int, float]] = collections.deque()
        self._tracker: Tracker | None = None
        self._thread: threading.Thread | None = None
        self._stopping = True
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
        return len(self._inbox) + len(self._stamps)

    @property
    def mode(self) -> str:
        """Name and processing mode of the tracker that runs, or nothing."""
        tracker = self._tracker
        return '' if tracker is None else f'{tracker.name} {tracker.processing_mode}'.strip()

    def start(self) -> None:
        """Start the tracker in a thread of its own; harmless when it runs."""
        if self._thread is not None and self._thread.is_alive():
            if self._stopping:
                self._log.warning('body tracking: the last tracker has not ended yet; try again')
            return
        self._stopping = False
        self.problem = ''
        self._thread = threading.Thread(target=self._run, name='tracker', daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the tracker; harmless when it does not run. One that is starting up ends later."""
        with self._change:
            self._stopping = True
            self._change.notify_all()
        if self._thread is not None:
            self._thread.join(STOP_S)

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
        if capture.depth is None or capture.ir is None:
            return False
        with self._change:
            if self._is_synchronous:
                self._change.wait_for(lambda: len(self._inbox) < self._size or not self._takes)
            if not self._takes:
                return False
            while len(self._inbox) >= self._size:
                self._inbox.popleft()[0].close()
                self.dropped += 1
            self._inbox.append((capture, stamp_ns))
            self._change.notify_all()
        return True

    @property
    def _takes(self) -> bool:
        return self._tracker is not None and not self._stopping

    def _run(self) -> None:
        failures = 0
        while not self._stopping:
            tracked = self.tracked
            try:
                self._run_once()
            except TrackerError as error:
                failures = 1 if self.tracked > tracked else failures + 1
                self._say(error, failures)
            except KinectError as error:
                failures = RETRIES
                self._say(error, failures)
            if failures >= RETRIES:
                return
            if failures:
                with self._change:
                    self._change.wait_for(lambda: self._stopping, RETRY_DELAY_S * failures)

    def _say(self, error: KinectError, failures: int) -> None:
        self.problem = error.message
        end = 'trying again' if failures < RETRIES else 'the cameras go on without bodies'
        self._log.error(f'body tracking: {error}\n{end}')

    def _run_once(self) -> None:
        """Run one tracker until it is stopped, or raise why it failed."""
        tracker = self._create()
        self._log.info(f'body tracking: starting {tracker.name}; this may take a while')
        began = time.monotonic()
        try:
            tracker.start(self._calibration)
            tracker.set_smoothing(self._smoothing)
            took = time.monotonic() - began
            self._log.info(f'body tracking: {tracker.name} runs, after {took:.1f} s')
            with self._change:
                self._tracker = tracker
            self._shuttle(tracker)
        finally:
            self._drop_all()
            tracker.close()
            self._on_silence()

    def _shuttle(self, tracker: Tracker) -> None:
        """Feed in a second thread, and deliver in this one, until stopped or failed."""
        failures: list[KinectError] = []
        feeder = threading.Thread(
            target=self._feed, args=(tracker, failures), name='tracker feeder', daemon=True
        )
        feeder.start()
        try:
            while not self._stopping and not failures:
                self._deliver_next(tracker)
        finally:
            with self._change:
                self._tracker = None
                self._change.notify_all()
            feeder.join()
        if failures:
            raise failures[0]

    def _feed(self, tracker: Tracker, failures: list[KinectError]) -> None:
        try:
            while self._feed_next(tracker):
                pass
        except KinectError as error:
            failures.append(error)
            with self._change:
                self._tracker = None
                self._change.notify_all()

    def _feed_next(self, tracker: Tracker) -> bool:
        with self._change:
            self._change.wait_for(lambda: self._inbox or not self._takes)
            if not self._takes:
                return False
            capture, stamp_ns = self._inbox.popleft()
            self._stamps.append((stamp_ns, time.monotonic()))
            self._change.notify_all()
        while not tracker.enqueue(capture, PATIENCE_S):
            if not self._takes or (self._inbox and not self._is_synchronous):
                capture.close()  # the queue stayed full, and there is a newer one
                self._stamps.pop()
                self.dropped += 1
                return self._takes
        self.fed += 1
        return True

    def _deliver_next(self, tracker: Tracker) -> None:
        result = tracker.pop(PATIENCE_S)
        if result is None:
            return
        stamp_ns, fed_at = self._stamps.popleft()
        self.tracked += 1
        self.latency_s = time.monotonic() - fed_at
        self.bodies = len(result.bodies.bodies)
        self._deliver(result, stamp_ns)

    def _drop_all(self) -> None:
        with self._change:
            self._tracker = None
            for capture, _ in self._inbox:
                capture.close()
            self.dropped += len(self._inbox) + len(self._stamps)
            self._inbox.clear()
            self._stamps.clear()
            self.bodies = 0
            self._change.notify_all()
