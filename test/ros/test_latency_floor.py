# SPDX-License-Identifier: Apache-2.0
"""The line under noisy arrivals, on made-up latencies."""

import random

import pytest

from azure_kinect_py.ros.latency_floor import MAX_DRIFT_PPM, WINDOW_SEC, LatencyFloor

MS = 1_000_000


def watch(floor, seconds, *, drift_ppm=0.0, jitter_ms=20.0, begin=0, latency_ms=10.0, hz=30):
    """Add arrivals; return a function from device time (us) to the true earliest arrival."""
    rng = random.Random(5)

    def earliest(usec):
        return 10**15 + round(usec * 1000 * (1 + drift_ppm * 1e-6) + latency_ms * MS)

    for i in range(round(seconds * hz)):
        usec = begin + round(i * 1e6 / hz)
        floor.add(usec, earliest(usec) + round(rng.uniform(0, jitter_ms * MS)))
    return earliest


@pytest.mark.parametrize('drift_ppm', [-100, 0, 30, 100])
def test_drift_is_found_within_the_window(drift_ppm):
    floor = LatencyFloor()
    earliest = watch(floor, 90, drift_ppm=drift_ppm)
    assert floor.drift * 1e6 == pytest.approx(drift_ppm, abs=15)
    assert abs(floor.arrival_ns(90_000_000) - earliest(90_000_000)) < 0.5 * MS


@pytest.mark.parametrize('drift_ppm', [-800, -388, 260, 388])
def test_more_drift_than_crystals_should_have_is_believed_when_it_lasts(drift_ppm):
    floor = LatencyFloor()
    earliest = watch(floor, 90, drift_ppm=drift_ppm)
    assert floor.drift * 1e6 == pytest.approx(drift_ppm, abs=15)
    assert abs(floor.arrival_ns(90_000_000) - earliest(90_000_000)) < 0.5 * MS


@pytest.mark.parametrize('faster_ms', [12, 20, 60])
def test_a_latency_that_changes_once_never_looks_like_more_drift(faster_ms):
    floor = LatencyFloor()
    watch(floor, 90, jitter_ms=1.0, latency_ms=70.0)
    for begin in range(90, 180):
        watch(floor, 1, jitter_ms=1.0, begin=begin * 1_000_000, latency_ms=70.0 - faster_ms)
        assert abs(floor.drift * 1e6) <= MAX_DRIFT_PPM


def test_one_arrival_is_the_estimate():
    floor = LatencyFloor()
    assert floor.empty
    floor.add(5_000_000, 777)
    assert not floor.empty
    assert floor.arrival_ns(5_000_001) == 777 + 1000


def test_a_quicker_arrival_counts_at_once():
    floor = LatencyFloor()
    floor.add(0, 50 * MS)
    floor.add(33_000, 33 * MS + 20 * MS)
    assert floor.arrival_ns(0) == 20 * MS


def test_a_slower_link_is_believed_after_the_window():
    floor = LatencyFloor()
    watch(floor, 30, jitter_ms=1.0)
    slow = watch(floor, 30, jitter_ms=1.0, begin=30_000_000, latency_ms=40.0)
    assert floor.arrival_ns(60_000_000) < slow(60_000_000) - 5 * MS
    watch(floor, WINDOW_SEC, jitter_ms=1.0, begin=60_000_000, latency_ms=40.0)
    end = 1_000_000 * (60 + WINDOW_SEC)
    assert abs(floor.arrival_ns(end) - slow(end)) < MS


def test_a_link_that_becomes_quicker_is_no_drift():
    """As when somebody subscribes to the IMU, whose samples arrive sooner than images."""
    floor = LatencyFloor()
    watch(floor, 30, jitter_ms=1.0, latency_ms=45.0)
    for begin in range(30, 60):
        quick = watch(floor, 1, jitter_ms=1.0, begin=begin * 1_000_000)
        assert abs(floor.arrival_ns(begin * 1_000_000) - quick(begin * 1_000_000)) < MS
    assert abs(floor.drift * 1e6) <= MAX_DRIFT_PPM


def test_memory_is_bounded():
    floor = LatencyFloor()
    watch(floor, 600, hz=5)
    assert len(floor._best) <= WINDOW_SEC + 1


def test_late_samples_of_other_streams_change_nothing():
    floor = LatencyFloor()
    earliest = watch(floor, 20, jitter_ms=0.0)
    for usec in (19_900_000, 5_000_000, 100):
        floor.add(usec, earliest(usec) + 300 * MS)
    assert abs(floor.arrival_ns(20_000_000) - earliest(20_000_000)) <= 1
