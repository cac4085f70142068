# SPDX-License-Identifier: Apache-2.0
"""Stamps against a simulated camera clock, host clock, jitter and wall clock."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from azure_kinect_py.ros.clock import STEP_BACK_NS, StampClock, StreamGuard, Turnstile, to_time

MS = 1_000_000
SEC = 1_000_000_000
START = 1_700_000_000 * SEC
BOOT = 500 * SEC


class World:
    """True time in ns since the start; the device clock drifts, arrivals are late, dates step."""

    def __init__(self, *, drift_ppm=0.0, jitter_ns=20 * MS, latency_ns=15 * MS, seed=1, rate=1.0):
        self.now = 0
        self.wall = START
        self.drift = 1.0 + drift_ppm * 1e-6
        self.latency, self.jitter = latency_ns, jitter_ns
        self.random = random.Random(seed)
        self.clock = StampClock(lambda: self.wall + self.now, lambda: BOOT + self.now, rate=rate)

    def device(self, true_ns):
        """Return the device time (us) of a true time; the device clock is fast by the drift."""
        return round(true_ns * self.drift / 1000)

    def deliver(self, true_ns):
        """Let something captured at a true time arrive; return its stamp."""
        late = self.latency + self.random.uniform(0, self.jitter)
        self.now = max(self.now, true_ns + round(late))
        self.clock.update(self.device(true_ns), BOOT + self.now)
        return self.clock.stamp_ns(self.device(true_ns))

    def error(self, true_ns):
        """Return how far a stamp is behind the earliest possible arrival in wall time, ms."""
        stamp = self.deliver(true_ns)
        return (stamp - (self.wall + true_ns + self.latency)) / MS


def frames(seconds, begin=0.0, hz=30):
    return (round((begin + i / hz) * SEC) for i in range(round(seconds * hz)))


def test_steady_clock_is_exact():
    world = World(jitter_ns=0)
    assert max(abs(world.error(t)) for t in frames(30)) < 1e-3


def test_jitter_of_20_ms_is_gone_after_two_seconds():
    for seed in range(10):
        world = World(seed=seed)
        errors = [world.error(t) for t in frames(40)]
        assert max(map(abs, errors[60:])) < 3.0
        assert max(map(abs, errors[600:])) < 1.0


@pytest.mark.parametrize('drift_ppm', [100.0, -100.0])
def test_an_hour_of_drift_is_followed(drift_ppm):
    world = World(drift_ppm=drift_ppm)
    errors = np.array([world.error(t) for t in frames(3600, hz=10)])
    assert np.abs(errors[300:]).max() < 1.5
    assert np.abs(errors[1200:]).mean() < 0.5


def test_stamps_follow_the_device_clock_not_the_jitter():
    world = World()
    stamps = [world.deliver(t) for t in frames(20)]
    steps = np.diff(stamps[90:]) / MS
    assert np.abs(steps - 1000 / 30).max() < 0.5


def test_wall_clock_ahead_is_followed_at_once():
    world = World()
    before = [world.deliver(t) for t in frames(10)]
    world.wall += SEC
    assert world.deliver(10 * SEC) - before[-1] > 0.9 * SEC
    assert max(abs(world.error(t)) for t in frames(5, begin=10.1)) < 3.0


def test_wall_clock_back_is_right_again_after_a_documented_time():
    world = World()
    stamps = [world.deliver(t) for t in frames(10)]
    world.wall -= SEC
    stamps += [world.deliver(t) for t in frames(1.4, begin=10)]
    assert min(itertools.starmap(lambda a, b: b - a, itertools.pairwise(stamps))) > MS
    assert max(abs(world.error(t)) for t in frames(5, begin=11.4)) < 3.0


def test_a_date_corrected_by_an_hour_is_followed_at_once():
    world = World()
    for t in frames(10):
        world.deliver(t)
    world.wall -= 3600 * SEC
    assert max(abs(world.error(t)) for t in frames(5, begin=10.1)) < 3.0


def test_one_device_time_has_one_stamp():
    world = World(drift_ppm=80)
    given = {}
    for i, t in enumerate(frames(60)):
        if i == 900:
            world.wall -= SEC
        if i == 1200:
            world.wall += 2 * SEC
        given[t] = world.deliver(t)
    assert all(world.clock.stamp_ns(world.device(t)) == stamp for t, stamp in given.items())


def test_later_device_times_have_later_stamps_whatever_the_order_of_asking():
    world = World()
    rng = random.Random(3)
    stamps = {}
    for i, t in enumerate(frames(30)):
        if i in (200, 400, 600):
            world.wall += rng.choice([-1, 1]) * SEC
        world.deliver(t)
        for _ in range(5):
            usec = world.device(t) + rng.randrange(-80_000, 80_000)
            stamps[usec] = world.clock.stamp_ns(usec)
    ordered = [stamps[usec] for usec in sorted(stamps)]
    assert all(a < b for a, b in itertools.pairwise(ordered))


def test_imu_ahead_of_the_images_agrees_with_them():
    world = World(jitter_ns=10 * MS)
    pairs = []
    for t in frames(5):
        world.deliver(t)
        batch = [t + i * 625_000 for i in range(54)]
        imu = {s: world.clock.stamp_ns(world.device(s)) for s in batch}
        pairs.append((imu, t))
        assert all(a < b for a, b in itertools.pairwise(imu.values()))
    for imu, t in pairs:
        assert world.clock.stamp_ns(world.device(t)) == imu[t]


def test_the_quicker_stream_sets_the_time():
    world = World(latency_ns=2 * MS, jitter_ns=3 * MS)
    for t in frames(5, hz=100):
        world.deliver(t)
        slow = t - 50 * MS
        world.clock.update(world.device(slow), BOOT + world.now)
    assert abs(world.error(5 * SEC)) < 1.0


def test_first_stamp_without_any_arrival_is_now():
    world = World()
    world.now = 7 * SEC
    assert world.clock.stamp_ns(123) == START + 7 * SEC


@pytest.mark.parametrize('pause', [0.01, 2.0])
def test_restart_goes_on_after_the_latest_stamp(pause):
    world = World()
    last = max(world.deliver(t) for t in frames(10))
    guard = StreamGuard()
    guard([last])
    begin = 10.0 + pause
    world.clock.reset()
    offset = round(begin * SEC)
    world.device = lambda true_ns: round((true_ns - offset) / 1000)
    stamps = [world.deliver(t) for t in frames(5, begin=begin)]
    assert stamps[0] > last
    assert guard(stamps) == stamps
    assert max(abs(world.error(t)) for t in frames(5, begin=begin + 5)) < 3.0


def test_no_arrivals_for_a_while_do_no_harm():
    world = World()
    for t in frames(3):
        world.deliver(t)
    later = 60 * SEC
    world.now = later
    stamp = world.clock.stamp_ns(world.device(later))
    assert abs(stamp - (START + later + world.latency)) < 25 * MS


@pytest.mark.parametrize('rate', [0.25, 0.5, 2.0])
def test_a_playback_rate_keeps_stamps_at_the_present(rate):
    world = World(rate=rate)
    world.device = lambda true_ns: round(true_ns * rate / 1000)
    errors = [world.error(t) for t in frames(40)]
    assert max(map(abs, errors[90:])) < 3.0


@pytest.mark.parametrize('rate', [1.0, 2.0])
def test_a_recording_that_is_read_ever_later_keeps_its_intervals(rate):
    now = BOOT
    clock = StampClock(lambda: START + now, lambda: now, rate=rate, scheduled=True)
    stamps = []
    for frame in range(4500):  # each takes three times as long as there is time for it
        due = BOOT + round(frame * SEC / 30 / rate)
        now = BOOT + 3 * (due - BOOT)
        usec = round(frame * 1e6 / 30)
        clock.update(usec, due)
        clock.update(usec, now)  # an IMU sample
        stamps.append(clock.stamp_ns(usec))
    assert np.diff(stamps) / MS == pytest.approx(1000 / 30 / rate, abs=0.01)


def test_as_fast_as_can_be_read_keeps_the_intervals_of_the_recording():
    world = World(rate=0.0)
    stamps = []
    for i in range(300):
        world.now += MS
        world.clock.update(i * 33_333, BOOT + world.now)
        stamps.append(world.clock.stamp_ns(i * 33_333))
    assert set(np.diff(stamps)) == {33_333_000}
    world.clock.reset()
    assert world.clock.stamp_ns(0) > stamps[-1]


@pytest.mark.parametrize('arrival', [0, 10**19, 1_700_000_000 * SEC])
def test_arrivals_in_another_clock_count_as_now(arrival):
    world = World()
    for t in frames(2):
        world.now = t
        world.clock.update(world.device(t), arrival)
        stamp = world.clock.stamp_ns(world.device(t))
    assert abs(stamp - (START + t)) < MS


def test_no_stamp_of_a_batch_moves_afterwards():
    world = World()
    for t in frames(30):
        world.deliver(t)
    batch = [world.device(world.now + n * 40 * MS) for n in range(1, 6)]
    stamps = world.clock.stamps_ns(batch)
    assert stamps == sorted(stamps)
    world.clock.update(batch[-1], BOOT + world.now)  # sooner than any before
    assert world.clock.stamps_ns(batch) == stamps
    assert world.clock.stamps_ns(batch[::-1]) == stamps[::-1]


def test_guard_keeps_a_stream_strictly_increasing():
    guard = StreamGuard()
    assert guard([10, 20, 20, 19]) == [10, 20, 21, 22]
    assert guard([5, 30]) == [23, 30]
    guard([STEP_BACK_NS * 3])
    assert guard([STEP_BACK_NS]) == [STEP_BACK_NS]


def test_to_time():
    stamp = to_time(1_700_000_000_123_456_789)
    assert (stamp.sec, stamp.nanosec) == (1_700_000_000, 123_456_789)


def test_a_turnstile_lets_each_stamp_pass_once_and_in_order():
    passes = Turnstile()
    assert [passes(stamp) for stamp in (5, 5, 9, 7, 10)] == [True, False, True, False, True]


def test_a_turnstile_lets_time_begin_again():
    passes = Turnstile()
    assert passes(3_600_000_000_000)
    assert passes(1)


def test_a_thread_that_was_held_up_does_not_bend_the_clock():
    """Between reading ROS time and the host's it waited for 50 ms, whenever but the first time."""
    now, waits = 0, itertools.chain([0], itertools.repeat(50 * MS))
    waited = [0]

    def ros_now():
        waited[0] = next(waits)
        return START + now

    def host_now():
        host, waited[0] = BOOT + now + waited[0], 0
        return host

    clock = StampClock(ros_now, host_now)
    for t in frames(2):
        now = t
        clock.update(round(t / 1000), BOOT + t)
        assert abs(clock.stamp_ns(round(t / 1000)) - (START + t)) < MS


def test_no_stamp_is_before_the_beginning_of_time():
    """Where /clock begins at 0, what arrived just before has the first stamp there can be."""
    clock = StampClock(lambda: 0, lambda: BOOT)
    clock.update(1_000_000, BOOT - SEC)
    assert clock.stamp_ns(1_000_000) == 0
