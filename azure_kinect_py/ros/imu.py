# SPDX-License-Identifier: Apache-2.0
"""
IMU messages, written as bytes.

The sensor delivers more than a thousand samples a second, and making a message object of each
takes half of the time that publishing takes. So the serialised message is made once, and each
sample's numbers are written into it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Imu

from azure_kinect_py.data import ImuSample
from azure_kinect_py.ros.topics import Advertise

QUEUE = 200

StampOf = Callable[[int], int]
"""Device time in microseconds -> ROS time in nanoseconds."""


class Motion(NamedTuple):
    """What one message says."""

    time_usec: int
    gyro: Sequence[float]
    acc: Sequence[float]


class ImuMessage:
    """One serialised message, whose numbers are replaced."""

    def __init__(self, frame_id: str, gyro_variance: float, acc_variance: float) -> None:
        message = Imu()
        message.header.frame_id = frame_id
        message.header.stamp.sec, message.header.stamp.nanosec = 0x0BADCAFE, 0x0BADF00D
        message.orientation_covariance[0] = -1.0  # there is no orientation
        message.angular_velocity.x = message.linear_acceleration.x = 1.25
        message.angular_velocity.y = message.linear_acceleration.y = 2.5
        message.angular_velocity.z, message.linear_acceleration.z = 5.0, 10.0
        for covariance, variance in (
            (message.angular_velocity_covariance, gyro_variance),
            (message.linear_acceleration_covariance, acc_variance),
        ):
            covariance[0] = covariance[4] = covariance[8] = variance
        self._bytes = bytearray(serialize_message(message))
        self._stamp = self._bytes.index(struct.pack('=iI', 0x0BADCAFE, 0x0BADF00D))
        self._gyro = self._bytes.index(struct.pack('=3d', 1.25, 2.5, 5.0))
        self._acc = self._bytes.index(struct.pack('=3d', 1.25, 2.5, 10.0))

    def __call__(self, stamp_ns: int, motion: Motion) -> bytes:
        """Return the message of a sample."""
        struct.pack_into('=iI', self._bytes, self._stamp, *divmod(stamp_ns, 1_000_000_000))
        struct.pack_into('=3d', self._bytes, self._gyro, *motion.gyro)
        struct.pack_into('=3d', self._bytes, self._acc, *motion.acc)
        return bytes(self._bytes)


class ImuTopic:
    """Publishes ``imu``: raw axes of the sensor, every sample or means of several."""

    def __init__(self, advertise: Advertise, frame_id: str) -> None:
        self._topic = advertise(Imu, 'imu', QUEUE)
        self._frame_id = frame_id
        self._group: list[ImuSample] = []
        self._due_usec = 0
        self.tune(0, 0.0, 0.0)

    @property
    def wanted(self) -> bool:
        """Whether anybody subscribes."""
        return self._topic.wanted

    def tune(self, rate: int, gyro_stddev: float, acc_stddev: float) -> None:
        """Set the rate in Hz (0: every sample) and the standard deviations."""
        self._message = ImuMessage(self._frame_id, gyro_stddev**2, acc_stddev**2)
        self._period_usec = 1_000_000 // rate if rate else 0

    def send(self, samples: Sequence[ImuSample], stamp_ns: StampOf) -> None:
        """Publish samples, oldest first."""
        message = self._message
        for sample in samples:
            motion = self._mean(sample) if self._period_usec else _motion(sample)
            if motion is not None:
                self._topic.publish(message(stamp_ns(motion.time_usec), motion))

    def _mean(self, sample: ImuSample) -> Motion | None:
        """Return the mean of a period, with the time of its last sample, once it is over."""
        self._group.append(sample)
        now = sample.acc_time_usec
        if now < self._due_usec <= now + 2 * self._period_usec:
            return None
        late = now - self._due_usec
        on_time = 0 <= late < self._period_usec
        self._due_usec = now + self._period_usec - (late if on_time else 0)
        gyro = np.mean([s.gyro for s in self._group], axis=0)
        acc = np.mean([s.acc for s in self._group], axis=0)
        self._group.clear()
        return Motion(now, gyro.tolist(), acc.tolist())


def _motion(sample: ImuSample) -> Motion:
    return Motion(sample.acc_time_usec, sample.gyro, sample.acc)
