# SPDX-License-Identifier: Apache-2.0
"""Device times as the camera's 90 kHz counter gives them; arrivals with drift, latency, jitter."""

import numpy as np
import pytest

from azure_kinect_py.modes import DeviceConfig, Fps, WiredSyncMode
from azure_kinect_py.sources.simulated.clock import Clock

EPOCH = 123_456_789_012_345


def clock(seed=0, **config):
    return Clock(DeviceConfig(**config).check(), seed, EPOCH)


@pytest.mark.parametrize('fps', list(Fps))
def test_device_times_are_near_zero_and_in_step(fps):
    times = np.array([clock(fps=fps).depth_usec(n) for n in range(100)])
    assert 0 < times[0] < 1_000_000
    np.testing.assert_allclose(times, times[0] + np.arange(100) * 1e6 / fps.hz, atol=1)
    ticks = times * 9 / 100
    assert (np.abs(ticks - np.ceil(ticks)) < 0.1).all()


def test_color_is_a_moment_off():
    ticking = clock()
    offsets = {ticking.color_usec(n) - ticking.depth_usec(n) for n in range(50)}
    assert all(0 < offset < 1000 for offset in offsets)


@pytest.mark.parametrize('delay', [-33333, -5000, 5000, 33333])
def test_depth_is_late_by_its_delay(delay):
    plain, late = clock(), clock(depth_delay_off_color_usec=delay)
    assert late.depth_usec(0) >= 0
    assert late.color_usec(0) >= 0
    shift = (late.depth_usec(7) - late.color_usec(7)) - (plain.depth_usec(7) - plain.color_usec(7))
    assert shift == pytest.approx(delay, abs=12)


def test_a_subordinate_is_late_by_its_delay():
    late = clock(
        wired_sync_mode=WiredSyncMode.SUBORDINATE, subordinate_delay_off_master_usec=16000
    )
    assert late.depth_usec(3) - clock().depth_usec(3) == pytest.approx(16000, abs=12)


def test_arrival_has_drift_latency_and_jitter():
    ticking = clock(seed=2)
    device = np.array([ticking.depth_usec(n) for n in range(3000)]) * 1000
    host = np.array([ticking.depth_host_ns(n) for n in range(3000)]) - EPOCH
    slope, intercept = np.polyfit(device, host, 1)
    assert 0 < abs(slope - 1) < 60e-6
    late = host - slope * device
    assert 5e6 < late.min() < 30e6
    assert 1e5 < late.std() < 3e6
    assert late.max() - late.min() < 20e6
    assert (np.diff(host) > 0).all()
    assert intercept > 0


def test_the_newest_frame_is_the_last_that_arrived():
    ticking = clock(seed=1)
    assert ticking.newest_frame(EPOCH) == -1
    for frame in range(0, 400, 7):
        arrival = ticking.arrival_ns(frame)
        assert ticking.newest_frame(arrival) == frame
        assert ticking.newest_frame(arrival - 1) == frame - 1


def test_a_capture_arrives_with_its_last_image():
    ticking = clock(seed=1)
    assert ticking.arrival_ns(5) == max(ticking.depth_host_ns(5), ticking.color_host_ns(5))


def test_the_seed_decides():
    assert clock(1).depth_host_ns(9) == clock(1).depth_host_ns(9)
    assert clock(1).depth_host_ns(9) != clock(2).depth_host_ns(9)
