# SPDX-License-Identifier: Apache-2.0
"""
IMU messages, written as bytes.

The sensor delivers more than a thousand samples a second, a handful at a time, and making a
message object of each takes half of the time that publishing takes. So a message is serialised
once, and the numbers of a handful of samples are written into as many copies of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Imu

from azure_kinect_py.data import ImuSample
from azure_kinect_py.ros.packed import DOUBLE, STAMP, double_places, stamp_places
from azure_kinect_py.ros.rcl import Bytes
from azure_kinect_py.ros.topics import Advertise

QUEUE = 200

StampsOf = Callable[[Sequence[int]], Sequence[int]]
"""Device times in microseconds -> ROS times in nanoseconds."""


class ImuMessages:
    """Copies of one serialised message, whose numbers are replaced."""

    def __init__(self, frame_id: str, gyro_variance: float, acc_variance: float) -> None:
        message = Imu()
        message.header.frame_id = frame_id
        message.header.stamp = STAMP
        message.orientation_covariance[0] = -1.0  # there is no orientation
        for vector in (message.angular_velocity, message.linear_acceleration):
            vector.x = vector.y = vector.z = DOUBLE
        for covariance, variance in (
            (message.angular_velocity_covariance, gyro_variance),
            (message.linear_acceleration_covariance, acc_variance),
        ):
            covariance[0] = covariance[4] = covariance[8] = variance
        data = serialize_message(message)
        words = np.frombuffer(data, '<u4', len(data) // 4)
        ((stamp, _),) = 4 * stamp_places(words)
        gyro, _, _, acc, _, _ = 4 * double_places(words)[:, 0]
        self._layout = np.dtype(
            {
                'names': ['stamp', 'gyro', 'acc'],
                'formats': ['2u4', '3f8', '3f8'],
                'offsets': [stamp, gyro, acc],
                'itemsize': len(data),
            }
        )
        self._allocate(np.frombuffer(data, np.uint8)[np.newaxis], 1)

    def _allocate(self, message: Bytes, count: int) -> None:
        self._copies = np.repeat(message, count, axis=0)
        fields = self._copies.view(self._layout)[:, 0]
        self._stamp, self._gyro, self._acc = (fields[name] for name in self._layout.names or ())

    def __call__(self, stamps_ns: Sequence[int], samples: Sequence[ImuSample]) -> Bytes:
        """Return the messages of M samples, (M, N) uint8, valid until the next call."""
        count = len(samples)
        if count > len(self._copies):
            self._allocate(self._copies[:1], count)
        self._stamp[:count] = [divmod(stamp_ns, 1_000_000_000) for stamp_ns in stamps_ns]
        self._gyro[:count] = [sample.gyro for sample in samples]
        self._acc[:count] = [sample.acc for sample in samples]
        return self._copies[:count]


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
        self._messages = ImuMessages(self._frame_id, gyro_stddev**2, acc_stddev**2)
        self._period_usec = 1_000_000 // rate if rate else 0

    def send(self, samples: Sequence[ImuSample], stamps_ns: StampsOf) -> None:
        """Publish samples, oldest first."""
        messages = self._messages
        if self._period_usec:
            samples = [mean for sample in samples if (mean := self._mean(sample)) is not None]
        for first in range(0, len(samples), QUEUE):
            some = samples[first : first + QUEUE]
            stamps = stamps_ns([sample.acc_time_usec for sample in some])
            self._topic.publish_in_place(messages(stamps, some))

    def _mean(self, sample: ImuSample) -> ImuSample | None:
        """Return the mean of a period, with the time of its last sample, once it is over."""
        now = sample.acc_time_usec
        if abs(now - self._due_usec) > 2 * self._period_usec:  # nobody asked for a while
            self._group.clear()
        self._group.append(sample)
        if now < self._due_usec <= now + 2 * self._period_usec:
            return None
        late = now - self._due_usec
        on_time = 0 <= late < self._period_usec
        self._due_usec = now + self._period_usec - (late if on_time else 0)
        gyro = np.mean([s.gyro for s in self._group], axis=0)
        acc = np.mean([s.acc for s in self._group], axis=0)
        self._group.clear()
        return sample._replace(gyro=tuple(gyro.tolist()), acc=tuple(acc.tolist()))
