# SPDX-License-Identifier: Apache-2.0
"""
Keeps a body tracker beside the cameras: switched on and off, started again when it fails.

The cameras never wait for it, but in ``synchronous`` tracking: a recording also waits for it to
start, so that every capture is tracked. Otherwise one capture waits to be fed, and a newer one
takes its place.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from azure_kinect_py.data import Calibration, Capture
from azure_kinect_py.errors import KinectError, TrackerError
from azure_kinect_py.ros import tracker_run
from azure_kinect_py.ros.capture_line import CaptureLine, HandOut
from azure_kinect_py.ros.log import Log
from azure_kinect_py.ros.statistics import TrackingCounts
from azure_kinect_py.ros.tracker_run import Deliver, TrackerRun
from azure_kinect_py.trackers.base import Tracker

MOST_FAILURES = 3
"""In a row, without a result in between."""

RETRY_DELAY_S = 3.0
STOP_S = 5.0


class Tracking:
    """
    A tracker and its threads.

    :param create: Makes a tracker; what it raises, trying again does not help.
    :param deliver: Called with each result from the tracker's thread; closes its capture.
    :param hand_out: Called with captures that leave without a result, in order with the others.
    :param on_silence: Called when results stop: switched off, or failed.
    :param is_synchronous: Track every capture.
    :param awaits_start: Hold captures up while the tracker starts; for recordings.
    :ivar counts: Of all trackers until now.
    """

    def __init__(
        self,
        create: Callable[[], Tracker],
        calibration: Calibration,
        deliver: Deliver,
        hand_out: HandOut,
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
        self._hand_out = hand_out
        self._on_silence = on_silence
        self._log = log
        self._is_synchronous = is_synchronous
        self._awaits_start = awaits_start
        self._smoothing = smoothing
        self._change = threading.Condition()
        self._tracker: Tracker | None = None
        self._line: CaptureLine | None = None
        self._thread: threading.Thread | None = None
        self._stopping = True
        self._running = False
        self.counts = TrackingCounts()
        self.problem = ''

    @property
    def enabled(self) -> bool:
        """Whether it was switched on."""
        return not self._stopping

    @property
    def ready(self) -> bool:
        """Whether the tracker runs and takes captures."""
        line = self._line
        return line is not None and line.is_open

    @property
    def in_flight(self) -> list[tuple[Capture, int]]:
        """The captures that have not left yet and their stamps, oldest first."""
        return [(entry.capture, entry.stamp_ns) for entry in self._line or ()]

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
            self.problem = ''
            if self._line is not None:
                self._line.shut()
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
        if self._awaits_start:
            with self._change:
                self._change.wait_for(lambda: self.ready or self._stopping or not self._running)
        line = self._line
        return line is not None and line.add(capture, stamp_ns)

    def queue(self, capture: Capture, stamp_ns: int, *, may_wait: bool) -> bool:
        """
        Give a capture that is not to be tracked, to leave after those that are in flight.

        :param may_wait: Wait rather than drop it when very many of them are in flight.
        :returns: False when none are; it then still belongs to the caller.
        """
        line = self._line
        return line is not None and line.add_passing(capture, stamp_ns, may_wait=may_wait)

    def _run(self) -> None:
        failures = 0
        while self._goes_on(failures):
            tracker, tracked = None, self.counts.tracked
            try:
                tracker = self._create()
                self._use(tracker)
                failures = 0
            except Exception as error:  # noqa: BLE001 (somebody must be told, and the cameras go on)
                may_heal = tracker is not None and isinstance(error, TrackerError)
                recent = 1 if self.counts.tracked > tracked else failures + 1
                failures = recent if may_heal else MOST_FAILURES
                self._say(error, failures)
            if failures < MOST_FAILURES:
                with self._change:
                    self._change.wait_for(lambda: self._stopping, RETRY_DELAY_S * failures)

    def _goes_on(self, failures: int) -> bool:
        with self._change:
            self._running = not self._stopping and failures < MOST_FAILURES
            self._change.notify_all()
            return self._running

    def _say(self, error: Exception, failures: int) -> None:
        if not isinstance(error, KinectError):
            error = TrackerError(f'failed unexpectedly: {error!r}')
        self.problem = '' if self._stopping else error.message
        end = 'trying again' if failures < MOST_FAILURES else 'the cameras go on without bodies'
        self._log.error(f'body tracking: {error}\n{end}')

    def _use(self, tracker: Tracker) -> None:
        """Run one tracker until it is stopped, or raise why it failed."""
        try:
            line = self._start_up(tracker)
            if line is not None:
                self._work(tracker, line)
        finally:
            if not tracker_run.close(tracker):
                self._log.warning(
                    f'body tracking: {tracker.name} does not end, and is left behind'
                )

    def _start_up(self, tracker: Tracker) -> CaptureLine | None:
        """Start a tracker; return the line before it, or None when it is not wanted any more."""
        self._log.info(f'body tracking: starting {tracker.name}; this may take a while')
        began = time.monotonic()
        tracker.start(self._calibration)
        took = time.monotonic() - began
        self._log.info(f'body tracking: {tracker.name} runs, after {took:.1f} s')
        with self._change:
            if self._stopping:
                return None
            self._line = CaptureLine(
                self._hand_out, self.counts, is_synchronous=self._is_synchronous
            )
            self._tracker = tracker
            self.problem = ''
            self._change.notify_all()
            return self._line

    def _work(self, tracker: Tracker, line: CaptureLine) -> None:
        try:
            tracker.set_smoothing(self._smoothing)
            TrackerRun(tracker, line, self._deliver, self.counts)()
        finally:
            self._tracker = None
            line.give_back()
            self._line = None
            self.counts.bodies = 0
            self._on_silence()
