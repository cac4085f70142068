# SPDX-License-Identifier: Apache-2.0
"""A tracker that hangs, wherever: it is told and replaced, and nothing hangs with it."""

import time

import pytest
from helpers.tracking_bench import FakeTracker, starting, until

from azure_kinect_py.ros import tracker_run


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setattr(tracker_run, 'SILENCE_S', 0.3)
    monkeypatch.setattr(tracker_run, 'CLOSE_S', 0.3)
    with starting(monkeypatch) as start:
        yield start


def work(bench, number):
    """Have one capture tracked."""
    until(lambda: bench.tracking.ready)
    assert bench.offer(number)
    until(lambda: bench.delivered and bench.delivered[-1][0] == number)


@pytest.mark.parametrize('is_synchronous', [False, True])
@pytest.mark.parametrize('function', ['pop', 'enqueue', 'work'])
def test_a_tracker_that_hangs_is_told_and_replaced(run, function, is_synchronous):
    broken, good = FakeTracker(), FakeTracker()
    bench = run(broken, good, is_synchronous=is_synchronous)
    work(bench, 1)
    if function == 'work':
        broken.go.clear()
    else:
        broken.hang(function)
    assert bench.offer(2)
    until(lambda: len(bench.made) == 2 and bench.tracking.ready)
    assert any('the fake tracker hangs' in line for line in bench.log.lines)
    assert bench.given_back == [2]
    assert bench.silences == 1
    work(bench, 3)
    assert bench.left == [1, 2, 3]
    broken.hang()
    broken.go.set()  # it wakes up, too late for anything
    until(lambda: 2 in bench.closed)
    work(bench, 4)
    assert bench.left == [1, 2, 3, 4]


def test_a_tracker_that_does_not_end_is_left_behind(run):
    broken, good = FakeTracker(fail_after=1), FakeTracker()
    bench = run(broken, good)
    work(bench, 1)
    broken.hang('close')
    bench.offer(2)
    until(lambda: len(bench.made) == 2)
    work(bench, 3)
    assert any('is left behind' in line for line in bench.log.lines)
    assert bench.left == [1, 2, 3]


def test_switching_off_waits_for_nothing_that_hangs(run):
    tracker = FakeTracker()
    bench = run(tracker)
    work(bench, 1)
    tracker.hang('pop', 'enqueue', 'close')
    bench.offer(2)
    bench.tracking.stop()
    assert bench.left == [1, 2]
    assert not bench.tracking.in_flight
    assert not bench.tracking._running


def test_the_first_result_may_take_longer(run):
    tracker = FakeTracker()
    bench = run(tracker)
    until(lambda: bench.tracking.ready)
    tracker.go.clear()
    bench.offer(1)
    until(lambda: tracker.queue)
    time.sleep(3 * tracker_run.SILENCE_S)
    assert bench.tracking.ready
    tracker.go.set()
    until(lambda: bench.left == [1])


def test_even_the_first_result_has_to_come_some_day(run, monkeypatch):
    monkeypatch.setattr(tracker_run, 'FIRST_RESULT_S', 0.3)
    tracker = FakeTracker()
    bench = run(tracker, FakeTracker())
    until(lambda: bench.tracking.ready)
    tracker.go.clear()
    bench.offer(1)
    until(lambda: bench.given_back == [1])


def test_a_tracker_without_captures_may_be_silent(run):
    bench = run(FakeTracker())
    work(bench, 1)
    time.sleep(3 * tracker_run.SILENCE_S)
    assert bench.tracking.ready


def test_slow_publishing_is_no_fault_of_the_tracker(run):
    bench = run(FakeTracker(), is_synchronous=True)
    work(bench, 1)
    bench.may_leave.clear()
    bench.offer(2)
    bench.offer(3)
    time.sleep(3 * tracker_run.SILENCE_S)
    assert bench.tracking.ready
    bench.may_leave.set()
    until(lambda: bench.left == [1, 2, 3])
