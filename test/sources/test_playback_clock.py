# SPDX-License-Identifier: Apache-2.0
"""The recording's clock laid over the host's, with a host clock that the test turns."""

import math
import threading
import time

import pytest

from azure_kinect_py.sources import playback_clock
from azure_kinect_py.sources.playback_clock import PlaybackClock

SECOND = 1_000_000_000


@pytest.fixture
def host(monkeypatch):
    """Host time in a list of one number."""
    now = [100 * SECOND]
    monkeypatch.setattr(playback_clock.time, 'monotonic_ns', lambda: now[0])
    return now


def started(rate, device_usec=5_000_000):
    clock = PlaybackClock(rate)
    clock.start(device_usec)
    return clock


@pytest.mark.usefixtures('host')
@pytest.mark.parametrize(('rate', 'factor'), [(1, 1), (2, 0.5), (0.25, 4), (0, 1)])
def test_due_times(rate, factor):
    clock = started(rate)
    assert clock.due_ns(5_000_000) == 100 * SECOND
    assert clock.due_ns(7_000_000) == 100 * SECOND + 2 * SECOND * factor


def test_what_is_due(host):
    clock = started(1)
    assert clock.is_due(5_000_000)
    assert not clock.is_due(6_000_000)
    host[0] += SECOND
    assert clock.is_due(6_000_000)


@pytest.mark.usefixtures('host')
def test_everything_is_due_at_rate_zero():
    assert started(0).is_due(10**12)


@pytest.mark.parametrize('rate', [0.5, 1, 3])
def test_up_to_when_everything_is_due(host, rate):
    clock = started(rate)
    assert clock.due_usec() == 5_000_000
    host[0] += SECOND
    assert clock.due_usec() == 5_000_000 + rate * 1_000_000
    clock.pause(True)
    assert clock.due_usec() == -math.inf
    clock.pause(False)
    clock.stop()
    assert clock.due_usec() == -math.inf


@pytest.mark.usefixtures('host')
def test_at_rate_zero_there_is_no_end_to_what_is_due():
    assert started(0).due_usec() == math.inf


def test_a_pause_moves_what_comes_after(host):
    clock = started(1)
    host[0] += SECOND
    clock.pause(True)
    clock.pause(True)
    host[0] += 10 * SECOND
    assert not clock.is_due(5_000_000)
    clock.pause(False)
    clock.pause(False)
    assert clock.is_due(6_000_000)
    assert clock.due_ns(7_000_000) == host[0] + SECOND


def test_a_start_in_a_pause_stays_paused(host):
    clock = started(1)
    clock.pause(True)
    host[0] += SECOND
    clock.start(0)
    assert not clock.is_due(0)
    host[0] += SECOND
    clock.pause(False)
    assert clock.due_ns(0) == host[0]


@pytest.mark.usefixtures('host')
def test_nothing_is_due_when_stopped():
    clock = started(0)
    clock.stop()
    assert not clock.is_due(0)
    assert not clock.wait(lambda: 0, 10**18)


@pytest.mark.usefixtures('host')
def test_waiting_ends_at_the_deadline():
    clock = started(1)
    assert not clock.wait(lambda: 6_000_000, 100 * SECOND)
    assert not clock.wait(lambda: None, 100 * SECOND)
    assert clock.wait(lambda: 5_000_000, 100 * SECOND)


def test_who_waits_looks_again_when_woken():
    clock = started(1)
    answers = iter([None, None, 5_000_000])
    asked = threading.Semaphore(0)

    def ready():
        asked.release()
        return next(answers)

    results = []
    deadline = time.monotonic_ns() + 30 * SECOND
    waiter = threading.Thread(target=lambda: results.append(clock.wait(ready, deadline)))
    waiter.start()
    for _ in range(2):
        asked.acquire(timeout=10)
        clock.wake()
    waiter.join(10)
    assert results == [True]


def test_a_stop_ends_a_pause():
    clock = PlaybackClock(1.0)
    clock.start(0)
    clock.pause(True)
    assert clock.paused
    assert not clock.is_due(0)
    clock.stop()
    clock.start(0)
    assert not clock.paused
    assert clock.is_due(0)
