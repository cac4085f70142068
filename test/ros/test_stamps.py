# SPDX-License-Identifier: Apache-2.0
"""Captures and samples share one clock, which follows the device's; stamps rise."""

import dataclasses
import itertools
import time

import numpy as np
import pytest

from azure_kinect_py.data import Capture, Image, ImuSample
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.ros.stamps import Stamps


class Source:
    clock_epoch = 0


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def stamps():
    return Stamps(time.time_ns)


def capture(usec, age_ns=0):
    arrived = time.monotonic_ns() - age_ns
    pixels = np.zeros((1, 1), np.uint16)
    return Capture(depth_image=Image(pixels, ImageFormat.DEPTH16, usec, arrived))


def sample(usec):
    return ImuSample((0.0, 0.0, 0.0), usec, (0.0, 0.0, 0.0), usec, 20.0)


def test_a_capture_and_a_sample_of_one_moment_have_one_stamp(stamps, source):
    stamps.note_samples(source, [sample(1_000_000)])
    (noted,) = stamps.of_samples([1_000_000])
    assert noted == stamps.of_capture(source, capture(1_000_000))


def test_stamps_of_each_stream_rise_even_when_device_times_do_not(stamps, source):
    taken = [stamps.of_capture(source, capture(usec)) for usec in (5000, 5000, 4000)]
    assert taken == sorted(set(taken))
    noted = stamps.of_samples([5000, 5000]) + stamps.of_samples([4000])
    assert noted == sorted(set(noted))


@pytest.mark.parametrize('changed', ['epoch', 'source'])
def test_device_times_that_start_afresh_go_on_after_the_last_stamp(stamps, source, changed):
    last = stamps.of_capture(source, capture(3_600_000_000))
    if changed == 'epoch':
        source.clock_epoch += 1
    else:
        source = Source()
    again = stamps.of_capture(source, capture(0))
    assert last < again < last + 1_000_000_000


@pytest.mark.parametrize(('playback_rate', 'expected_s'), [(1.0, -60.0), (None, 0.0)])
def test_only_a_recording_may_have_been_due_long_ago(source, playback_rate, expected_s):
    stamps = Stamps(time.time_ns, playback_rate)
    stamp_ns = stamps.of_capture(source, capture(1_000_000, age_ns=60_000_000_000))
    assert (stamp_ns - time.time_ns()) * 1e-9 == pytest.approx(expected_s, abs=2.0)


MS, SEC = 1_000_000, 1_000_000_000


class Camera:
    """A camera whose IMU delivers every 10 ms, at once, and its cameras every 30, 20 ms later."""

    def __init__(self):
        self.now = 500 * SEC
        self.zero = self.now - 7 * SEC
        self.stamps = Stamps(lambda: self.now + 10**18, monotonic_ns=lambda: self.now)
        self.source = Source()
        self.taken = {'imu': [], 'images': []}

    def usec(self, zero, late_ns=0):
        return (self.now - late_ns - zero) // 1000

    def imu(self, *zeros):
        """Let a batch of samples arrive, each of a device clock that was zero then."""
        samples = [sample(self.usec(zero)) for zero in zeros or (self.zero,)]
        self.stamps.note_samples(self.source, samples)
        return self.keep('imu', self.stamps.of_samples([s.acc_time_usec for s in samples]))

    def image(self, zero=None):
        taken = capture(self.usec(self.zero if zero is None else zero, 20 * MS))
        arrived = dataclasses.replace(taken.depth_image, host_time_ns=self.now)
        stamp = self.stamps.of_capture(self.source, Capture(depth_image=arrived))
        return self.keep('images', [stamp])

    def keep(self, stream, stamps):
        self.taken[stream] += stamps
        return max(abs(stamp - self.now - 10**18) for stamp in stamps)

    def stream(self, seconds, *, images=True):
        """Return how far the last stamps are from the present, in nanoseconds."""
        off = 0
        for step in range(round(seconds * 100)):
            self.now += 10 * MS
            off = self.imu()
            if images and step % 3 == 0:
                off = max(off, self.image())
        return off

    def check_order(self):
        for stamps in self.taken.values():
            assert all(a < b for a, b in itertools.pairwise(stamps))


@pytest.fixture
def camera():
    camera = Camera()
    yield camera
    camera.check_order()


@pytest.mark.parametrize('waited_s', [0.0, 2.0, 90.0])
@pytest.mark.parametrize('first', ['imu', 'image'])
def test_a_subordinate_whose_clock_starts_with_the_pulse_is_stamped_on(camera, waited_s, first):
    camera.stream(0.5 + waited_s, images=False)
    camera.zero = camera.now
    camera.now += 30 * MS
    assert getattr(camera, first)() < 50 * MS
    assert camera.stream(0.5) < 25 * MS
    assert camera.stream(20) < 21 * MS


@pytest.mark.parametrize('ahead_s', [-3600.0, -0.6, -0.3, 0.7, 50.0, 1.7e9])
def test_a_clock_that_is_set_while_images_come_is_followed(camera, ahead_s):
    camera.stream(3)
    camera.zero -= round(ahead_s * SEC)
    assert camera.stream(0.1) < 50 * MS
    assert camera.stream(5) < 21 * MS


def test_what_is_under_way_when_the_clock_is_set_keeps_its_time(camera):
    camera.stream(50, images=False)
    before, camera.zero = camera.zero, camera.now
    camera.now += 30 * MS
    assert camera.image() < 50 * MS
    for _ in range(3):
        camera.now += 5 * MS
        assert camera.imu(before) < 50 * MS
        assert camera.image() < 50 * MS
    assert camera.imu(before, before, camera.zero) < 50 * MS
    assert camera.stream(5) < 21 * MS


def test_a_clock_that_is_set_between_samples_and_their_stamps_holds_none_up(camera):
    camera.stream(50, images=False)
    late = [camera.usec(camera.zero)]
    camera.stamps.note_samples(camera.source, [sample(late[0])])
    camera.zero = camera.now
    camera.now += 30 * MS
    camera.image()
    assert camera.keep('imu', camera.stamps.of_samples(late)) < 50 * MS
    assert camera.stream(5) < 21 * MS


def test_captures_that_waited_long_for_their_reader_keep_their_times(camera):
    camera.stream(10)
    arrived, usec = camera.now, camera.usec(camera.zero, 20 * MS)
    camera.stream(2, images=False)
    image = dataclasses.replace(capture(usec).depth_image, host_time_ns=arrived)
    stamp = camera.stamps.of_capture(camera.source, Capture(depth_image=image))
    assert abs(stamp - 10**18 - arrived) < 21 * MS
    assert camera.stream(1) < 21 * MS


def test_a_bus_that_was_held_up_is_no_set_clock_for_long(camera):
    camera.stream(10)
    camera.now += 2 * SEC
    late = camera.now - 1900 * MS - camera.zero
    camera.stamps.note_samples(camera.source, [sample(late // 1000)])
    camera.keep('imu', camera.stamps.of_samples([late // 1000]))
    assert camera.stream(0.5) < 50 * MS
    assert camera.stream(5) < 21 * MS


def test_samples_of_a_recording_may_be_far_from_its_images(source):
    stamps = Stamps(time.time_ns, 1.0)
    image = stamps.of_capture(source, capture(30_000_000))
    stamps.note_samples(source, [sample(10_000_000)])
    (noted,) = stamps.of_samples([10_000_000])
    assert image - noted == pytest.approx(20 * SEC, abs=0.1 * SEC)


def test_how_old_images_are_when_they_arrive_is_known(camera, source):
    assert np.isnan(camera.stamps.age_s)
    camera.stream(5.0)
    assert camera.stamps.age_s == pytest.approx(0.02, abs=0.001)
    played = Stamps(time.time_ns, 1.0)
    played.of_capture(source, capture(1_000_000))
    assert np.isnan(played.age_s)
