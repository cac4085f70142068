# SPDX-License-Identifier: Apache-2.0
"""IMU messages that are written as bytes are those that rclpy would send."""

import pytest
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import Imu

from azure_kinect_py.data import ImuSample
from azure_kinect_py.ros.imu import ImuTopic
from azure_kinect_py.ros.topics import Topic


class Publisher:
    def __init__(self):
        self.sent = []

    def publish(self, message):
        self.sent.append(deserialize_message(message, Imu))

    def get_subscription_count(self):
        return 1


@pytest.fixture
def publisher():
    return Publisher()


def topic(publisher, frame='left_imu_link'):
    return ImuTopic(lambda kind, name, depth: Topic(publisher, name, print), frame)


def in_nanoseconds(times_usec):
    return [usec * 1000 for usec in times_usec]


def samples(count, period_usec=625):
    return [
        ImuSample((n, 2.0, -9.8), n * period_usec, (0.1, 0.2, n / 8), n * period_usec, 20.0)
        for n in range(count)
    ]


@pytest.mark.parametrize('frame', ['imu_link', 'a', 'left/camera_imu_frame_12'])
def test_every_sample_becomes_a_message(publisher, frame):
    imu = topic(publisher, frame)
    imu.tune(0, 0.5, 2.0)
    imu.send(samples(3), lambda times: [5_000_000_000 + usec * 1000 for usec in times])
    assert [m.linear_acceleration.x for m in publisher.sent] == [0, 1, 2]
    message = publisher.sent[2]
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == (5, 1_250_000)
    assert message.header.frame_id == frame
    gyro, acc = message.angular_velocity, message.linear_acceleration
    assert (gyro.x, gyro.y, gyro.z) == (0.1, 0.2, 0.25)
    assert (acc.y, acc.z) == (2.0, -9.8)
    assert message.angular_velocity_covariance.tolist() == [0.25, 0, 0, 0, 0.25, 0, 0, 0, 0.25]
    assert message.linear_acceleration_covariance[8] == 4.0
    assert message.orientation_covariance[0] == -1.0


@pytest.mark.parametrize(('rate', 'period_usec'), [(100, 625), (300, 625), (100, 2000)])
def test_a_lower_rate_gives_means_whatever_the_sensor_delivers(publisher, rate, period_usec):
    imu = topic(publisher)
    imu.tune(rate, 0.0, 0.0)
    given = samples(1_000_000 // period_usec, period_usec)
    for start in range(0, len(given), 7):
        imu.send(given[start : start + 7], in_nanoseconds)
    assert len(publisher.sent) == pytest.approx(rate, abs=2)
    stamps = [m.header.stamp.nanosec for m in publisher.sent]
    assert stamps == sorted(set(stamps))
    first, last = publisher.sent[1], publisher.sent[2]
    group = (last.header.stamp.nanosec - first.header.stamp.nanosec) // (period_usec * 1000)
    newest = last.header.stamp.nanosec // (period_usec * 1000)
    mean = sum(range(newest - group + 1, newest + 1)) / group
    assert last.linear_acceleration.x == pytest.approx(mean)
    assert last.angular_velocity.z == pytest.approx(mean / 8)


def test_a_gap_does_not_stop_the_messages(publisher):
    imu = topic(publisher)
    imu.tune(100, 0.0, 0.0)
    imu.send(samples(100), in_nanoseconds)
    before = len(publisher.sent)
    later = [s._replace(acc_time_usec=s.acc_time_usec + 60_000_000) for s in samples(100)]
    imu.send(later, in_nanoseconds)
    imu.send(samples(100), in_nanoseconds)  # a clock that started afresh
    assert len(publisher.sent) >= before + 10


def test_a_mean_has_no_samples_from_before_a_gap(publisher):
    imu = topic(publisher)
    imu.tune(100, 0.0, 0.0)
    imu.send(samples(20), in_nanoseconds)  # some are left for the next mean
    later = [
        s._replace(acc=(1000.0, 0.0, 0.0), acc_time_usec=s.acc_time_usec + 60_000_000)
        for s in samples(40)
    ]
    before = len(publisher.sent)
    imu.send(later, in_nanoseconds)
    after = [message.linear_acceleration.x for message in publisher.sent[before:]]
    assert after == [pytest.approx(1000.0)] * len(after)
    assert len(after) >= 2


def test_many_samples_at_once_all_become_messages(publisher):
    imu = topic(publisher)
    imu.send(samples(1001), in_nanoseconds)
    assert [m.linear_acceleration.x for m in publisher.sent] == list(range(1001))
