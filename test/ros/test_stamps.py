# SPDX-License-Identifier: Apache-2.0
"""Captures and samples share one clock, which starts afresh with the device's; stamps rise."""

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
