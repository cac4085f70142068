# SPDX-License-Identifier: Apache-2.0
"""The tracker beside the cameras: it never holds them up, and its failures are survived."""

import threading
import time

import numpy as np
import pytest
from helpers.tracking_bench import FakeTracker, starting, until

from azure_kinect_py.data import Image
from azure_kinect_py.errors import LibraryNotFound, TrackerError
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.ros import tracking as module


@pytest.fixture
def run(monkeypatch):
    with starting(monkeypatch) as start:
        yield start


def test_every_capture_is_tracked_in_order_when_synchronous(run):
    bench = run(FakeTracker(), is_synchronous=True)
    until(lambda: bench.tracking.ready)
    assert all(bench.offer(number) for number in range(50))
    until(lambda: len(bench.delivered) == 50)
    assert bench.delivered == [(number, 1000 * number) for number in range(50)]
    assert bench.tracking.counts.dropped == 0
    assert bench.made[0].smoothing == 0.25


def test_the_newest_capture_wins_in_realtime(run):
    tracker = FakeTracker()
    bench = run(tracker)
    until(lambda: bench.tracking.ready)
    tracker.go.clear()
    for number in range(20):
        assert bench.offer(number)
        time.sleep(0.002)
    until(lambda: len(tracker.queue) == 3)
    tracker.go.set()
    until(lambda: bench.delivered and bench.delivered[-1][0] == 19)
    until(lambda: len(bench.closed) == 20)
    assert sorted(bench.closed) == list(range(20))
    assert bench.delivered == sorted(bench.delivered)
    assert bench.tracking.counts.dropped == 20 - len(bench.delivered) > 0


def test_start_up_holds_nothing_up(run):
    tracker = FakeTracker()
    tracker.may_start.clear()
    bench = run(tracker)
    assert not bench.offer(1)
    assert not bench.tracking.ready
    tracker.may_start.set()
    until(lambda: bench.tracking.ready)
    assert any('starting fake' in line for line in bench.log.lines)


def test_captures_without_depth_are_not_tracked(run):
    bench = run(FakeTracker())
    until(lambda: bench.tracking.ready)
    color = Image(np.zeros(3, np.uint8), ImageFormat.MJPG, 1, 0)
    assert not bench.offer(1, color_image=color)


def test_a_failure_is_told_and_the_tracker_started_again(run):
    bench = run(FakeTracker(fail_after=2), FakeTracker())
    until(lambda: bench.tracking.ready)
    for number in range(3):
        bench.offer(number)
        until(lambda number=number: number in bench.closed or not bench.tracking.in_flight)
    until(lambda: len(bench.made) == 2 and bench.tracking.ready)
    assert bench.made[0].closed
    assert bench.silences == 1
    assert any('the GPU fell over' in line for line in bench.log.lines)
    assert bench.tracking.problem == ''
    assert 2 in bench.closed
    assert bench.offer(7)
    until(lambda: bench.delivered[-1][0] == 7)


def test_a_tracker_that_never_starts_is_given_up(run):
    broken = [FakeTracker(start_error=TrackerError('no CUDA')) for _ in range(9)]
    bench = run(*broken)
    until(lambda: any('without bodies' in line for line in bench.log.lines))
    assert len(bench.made) == module.MOST_FAILURES
    assert not bench.offer(1)
    bench.tracking.start()  # somebody asks again
    until(lambda: len(bench.made) > module.MOST_FAILURES)


def test_a_missing_library_is_told_once(run):
    bench = run(LibraryNotFound('libk4abt.so.1.1 was not found', hint='install it'))
    until(lambda: bench.log.lines)
    assert len(bench.log.lines) == 1
    assert 'libk4abt.so.1.1' in bench.log.lines[0]
    assert 'the cameras go on' in bench.log.lines[0]


def test_switched_off_and_on_while_it_starts(run):
    tracker = FakeTracker()
    tracker.may_start.clear()
    bench = run(tracker)
    until(lambda: bench.made)
    bench.tracking.stop(0.0)
    assert not bench.tracking.enabled
    bench.tracking.start()
    tracker.may_start.set()
    until(lambda: bench.tracking.ready)
    assert bench.offer(1)
    until(lambda: bench.delivered == [(1, 1000)])


def test_switched_off_while_it_starts_it_ends_without_having_run(run):
    tracker = FakeTracker()
    tracker.may_start.clear()
    bench = run(tracker)
    until(lambda: bench.made)
    bench.tracking.stop(0.0)
    tracker.may_start.set()
    until(lambda: tracker.closed)
    assert not bench.tracking.ready
    assert bench.silences == 0


def test_switched_on_again_at_once_there_is_a_new_tracker(run):
    bench = run(FakeTracker(), FakeTracker())
    until(lambda: bench.tracking.ready)
    bench.tracking.stop(0.0)
    bench.tracking.start()
    until(lambda: len(bench.made) == 2 and bench.tracking.ready)
    assert bench.made[0].closed
    assert bench.offer(1)
    until(lambda: bench.delivered == [(1, 1000)])


def test_a_recording_waits_for_the_start(run):
    tracker = FakeTracker()
    tracker.may_start.clear()
    bench = run(tracker, is_synchronous=True, awaits_start=True)
    offered = []
    offering = threading.Thread(target=lambda: offered.extend(map(bench.offer, range(5))))
    offering.start()
    tracker.may_start.set()
    offering.join(10)
    assert offered == [True] * 5
    until(lambda: len(bench.delivered) == 5)


def test_a_missing_model_is_told_once(run):
    bench = run(TrackerError('there is no model'), FakeTracker())
    until(lambda: bench.log.lines)
    until(lambda: not bench.tracking._running)
    assert not bench.made
    assert len(bench.log.lines) == 1
    assert 'the cameras go on' in bench.log.lines[0]
    assert bench.tracking.problem == 'there is no model'
    bench.tracking.stop()
    assert bench.tracking.problem == ''  # off is no problem


@pytest.mark.parametrize('is_on', [False, True])
def test_a_recording_does_not_wait_for_a_tracker_that_will_not_come(run, is_on):
    bench = run(LibraryNotFound('there is none'), is_synchronous=True, awaits_start=True)
    if not is_on:
        bench.tracking.stop()
    assert not bench.offer(1)


def test_an_error_that_nobody_expected_is_told(run):
    bench = run(ZeroDivisionError('oops'))
    until(lambda: bench.log.lines)
    assert 'oops' in bench.log.lines[0]
    assert 'the cameras go on' in bench.log.lines[0]


@pytest.mark.parametrize('is_synchronous', [False, True])
def test_stopping_with_captures_in_flight_gives_them_all_back(run, is_synchronous):
    tracker = FakeTracker()
    bench = run(tracker, is_synchronous=is_synchronous)
    until(lambda: bench.tracking.ready)
    tracker.go.clear()
    feeding = threading.Thread(target=lambda: [bench.offer(n) for n in range(8)])
    feeding.start()
    until(lambda: tracker.queue)
    bench.tracking.stop()
    feeding.join(10)
    assert not feeding.is_alive()
    assert tracker.closed
    assert not bench.tracking.enabled
    assert not bench.tracking.in_flight
    assert set(bench.given_back) <= set(bench.closed)
    assert bench.given_back
