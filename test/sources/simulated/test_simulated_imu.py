# SPDX-License-Identifier: Apache-2.0
"""The IMU: gravity in the accelerometer's axes, exact counts, the same samples again."""

import numpy as np
import pytest

from azure_kinect_py.data import Sensor
from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.modes import DeviceConfig
from azure_kinect_py.sources.simulated import _factory_calibration
from azure_kinect_py.sources.simulated.clock import Clock
from azure_kinect_py.sources.simulated.imu import KEPT, RATE, Imu
from azure_kinect_py.sources.simulated.view import depth_camera_pose

CONFIG = DeviceConfig()


@pytest.fixture(scope='module')
def calibration():
    raw, _ = _factory_calibration('')
    return parse_calibration(raw, CONFIG.depth_mode, CONFIG.color_resolution)


@pytest.fixture
def imu(calibration):
    return Imu(calibration, Clock(CONFIG, 3, 0), 3)


def read_for(imu, seconds, step=0.004):
    samples, calls = [], 0
    for now in np.arange(step, seconds, step):
        fresh = imu.waiting(int(now * 1e9))
        calls += bool(fresh)
        samples += fresh
    return samples, calls


def test_gravity_is_in_the_axes_of_the_accelerometer(imu):
    samples, _ = read_for(imu, 2)
    acc = np.array([s.acc for s in samples])
    gyro = np.array([s.gyro for s in samples])
    np.testing.assert_allclose(acc.mean(axis=0), (0, 0, -9.81), atol=0.1)
    np.testing.assert_allclose(gyro.mean(axis=0), 0, atol=0.03)
    assert 0.005 < acc.std(axis=0).min() < acc.std(axis=0).max() < 0.05
    assert 0.0005 < gyro.std(axis=0).min() < gyro.std(axis=0).max() < 0.01


def test_gravity_agrees_with_the_depth_camera(calibration, imu):
    """Turned into the depth camera, gravity points to where its images have the floor."""
    samples, _ = read_for(imu, 0.5)
    acc = np.mean([s.acc for s in samples], axis=0)
    turn = calibration.extrinsics(Sensor.ACCEL, Sensor.DEPTH)[:3, :3]
    down_in_room = depth_camera_pose(calibration)[:3, :3] @ turn @ -acc
    np.testing.assert_allclose(down_in_room, (0, 9.81, 0), atol=0.1)


def test_the_depth_camera_looks_six_degrees_down(calibration):
    forward = depth_camera_pose(calibration)[:3, 2]
    assert np.degrees(np.arcsin(forward[1])) == pytest.approx(6, abs=0.3)


def test_rate_and_packets(imu):
    samples, packets = read_for(imu, 10.004)
    times = np.array([s.acc_time_usec for s in samples])
    assert len(samples) == pytest.approx(10 * RATE, abs=10)
    np.testing.assert_allclose(np.diff(times), 1e6 / RATE, atol=12)  # the clock's ticks
    assert np.ptp(times) / (len(times) - 1) == pytest.approx(1e6 / RATE, abs=0.01)
    assert packets == pytest.approx(10 * 208, abs=3)
    assert all(s.gyro_time_usec == s.acc_time_usec for s in samples)
    assert 20 < samples[0].temperature_c <= samples[-1].temperature_c < 45


def test_samples_do_not_depend_on_when_they_are_read(calibration):
    often, seldom = (Imu(calibration, Clock(CONFIG, 3, 0), 3) for _ in range(2))
    first, _ = read_for(often, 1.0, 0.003)
    second, _ = read_for(seldom, 1.0, 0.31)
    count = min(len(first), len(second))
    assert count > 1000
    assert first[:count] == second[:count]


def test_half_a_second_is_kept_and_no_more(imu):
    read_for(imu, 0.1)
    samples = imu.waiting(int(0.55 * 1e9))
    assert imu.dropped == 0
    assert len(samples) > 0.44 * RATE
    late = imu.waiting(int(2.0 * 1e9))
    assert len(late) == KEPT
    assert imu.dropped == pytest.approx((2.0 - 0.55) * RATE - KEPT, abs=10)
