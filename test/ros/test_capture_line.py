# SPDX-License-Identifier: Apache-2.0
"""Captures leave the line in the order in which they came, and none is lost without being told."""

import threading

import pytest
from helpers.tracking_bench import until

from azure_kinect_py.data import Capture
from azure_kinect_py.ros import capture_line
from azure_kinect_py.ros.capture_line import CaptureLine
from azure_kinect_py.ros.statistics import TrackingCounts


class Queue:
    """A line, and what became of the captures, known by their stamps."""

    def __init__(self, *, is_synchronous=False):
        self.counts, self.left, self.closed = TrackingCounts(), [], []
        self.line = CaptureLine(
            lambda _, stamp: self.left.append(stamp), self.counts, is_synchronous=is_synchronous
        )

    def capture(self, number):
        return Capture(on_close=lambda: self.closed.append(number))

    def add(self, *numbers):
        return all(self.line.add(self.capture(number), number) for number in numbers)

    def add_passing(self, *numbers, may_wait=False):
        return all(
            self.line.add_passing(self.capture(number), number, may_wait=may_wait)
            for number in numbers
        )

    def feed(self):
        entry = self.line.next_to_feed()
        entry.taken = True
        return entry.stamp_ns

    def track(self):
        with self.line.leaving() as entry:
            self.left.append(entry.stamp_ns)
            entry.capture.close()


@pytest.fixture
def queue():
    return Queue()


@pytest.fixture
def synchronous():
    return Queue(is_synchronous=True)


def test_who_passes_leaves_after_those_before_it_and_no_later(queue):
    queue.add(1)
    assert queue.feed() == 1
    assert queue.add_passing(2, 3)
    queue.add(4)
    queue.add_passing(5)
    assert queue.left == []
    queue.track()
    assert queue.left == [1, 2, 3]
    assert queue.feed() == 4
    queue.track()
    assert queue.left == [1, 2, 3, 4, 5]
    assert sorted(queue.closed) == [1, 2, 3, 4, 5]
    assert queue.counts.dropped == len(queue.line) == 0


def test_who_passes_need_not_queue_behind_nobody(queue):
    assert not queue.add_passing(1)
    queue.add(2)
    queue.feed()
    queue.track()
    assert not queue.add_passing(3)
    assert queue.closed == [2]  # the others are still the caller's


def test_who_passes_neither_takes_the_place_of_who_is_tracked_nor_loses_its_own(queue):
    queue.add(1)
    queue.add_passing(2)
    queue.add(3)  # takes the place of 1, so that 2 is first
    assert queue.left == [2]
    assert queue.closed == [1, 2]
    queue.add_passing(4)
    entry = queue.line.next_to_feed()
    assert not queue.line.gives_up(entry)  # who passes is no newer one
    queue.add(5)
    assert queue.line.gives_up(entry)
    assert queue.left == [2, 4]
    assert queue.counts.dropped == 2


def test_too_many_who_pass_are_dropped_where_they_cannot_wait(queue, monkeypatch):
    monkeypatch.setattr(capture_line, 'MOST_PASSING', 3)
    queue.add(0)
    assert queue.add_passing(1, 2, 3, 4)
    assert queue.closed == [4]
    assert queue.counts.dropped == 1
    waiting = threading.Thread(target=queue.add_passing, args=[5], kwargs={'may_wait': True})
    waiting.start()
    queue.feed()
    queue.track()
    waiting.join(10)
    assert queue.left == [0, 1, 2, 3]
    assert len(queue.line) == 0


def test_whoever_waits_for_a_place_goes_on_when_it_is_shut(synchronous):
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(synchronous.add(1, 2, 3)))
    waiting.start()
    until(lambda: len(synchronous.line) == 2)
    synchronous.line.give_back()
    waiting.join(10)
    assert answers == [False]
    assert synchronous.left == [1, 2]
    assert synchronous.line.next_to_feed() is None
    assert not synchronous.add_passing(4)


def test_whoever_comes_while_it_is_shut_waits_until_the_others_have_left(queue):
    queue.add(1)
    queue.line.shut()
    waiting = threading.Thread(target=lambda: queue.add_passing(2) or queue.left.append(2))
    waiting.start()
    queue.line.give_back()
    waiting.join(10)
    assert queue.left == [1, 2]


def test_a_capture_in_the_hand_of_the_feeder_is_not_closed_under_it(queue):
    queue.add(1)
    entry = queue.line.next_to_feed()
    queue.line.give_back()
    assert queue.left == [1]
    assert queue.closed == []
    assert queue.line.gives_up(entry)


def test_a_result_that_comes_too_late_has_nothing_to_leave(queue):
    queue.add(1)
    queue.feed()
    queue.line.give_back()
    with queue.line.leaving() as entry:
        assert entry is None
