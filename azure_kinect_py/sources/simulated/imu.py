# SPDX-License-Identifier: Apache-2.0
"""The IMU of the simulated camera, which stands still: gravity, bias, noise."""

from __future__ import annotations

import numpy as np

from azure_kinect_py.data import Calibration, ImuSample, Sensor
from azure_kinect_py.sources.simulated.clock import Clock
from azure_kinect_py.sources.simulated.view import depth_camera_pose

RATE = 1600
"""Samples per second."""

KEPT = RATE // 2
"""Samples that are kept for a reader who is late."""

_PACKETS = 208  # per second
_GRAVITY = 9.81
_ACC_NOISE = 0.012  # m/s^2, standard deviation
_GYRO_NOISE = 0.0022  # rad/s
_ACC_BIAS = 0.015
_GYRO_BIAS = 0.004
_TABLE = 1 << 15
_WARM_UP_S = 600.0


class Imu:
    """
    Samples since the start; sample k is the same whenever it is read.

    :ivar dropped: Samples that were lost because nobody read them for half a second.
    """

    def __init__(self, calibration: Calibration, clock: Clock, seed: int) -> None:
        self._clock = clock
        self._next = 0
        self.dropped = 0
        random = np.random.default_rng([seed, 12])
        accel_from_room = calibration.from_depth[Sensor.ACCEL][:3, :3] @ np.transpose(
            depth_camera_pose(calibration)[:3, :3]
        )
        up = accel_from_room @ np.array([0.0, -_GRAVITY, 0.0])
        self._rest = np.concatenate(
            [up + random.normal(0, _ACC_BIAS, 3), random.normal(0, _GYRO_BIAS, 3)]
        )
        scale = np.repeat([_ACC_NOISE, _GYRO_NOISE], 3)
        self._noise = random.normal(0.0, 1.0, (_TABLE, 6)) * scale
        self._temperature = float(random.uniform(28.0, 31.0))

    def waiting(self, now_ns: int) -> list[ImuSample]:
        """Return the samples that have arrived and were not read yet."""
        packets = int(self._clock.device_seconds(now_ns) * _PACKETS)
        arrived = max(packets * RATE // _PACKETS, 0)
        if arrived - self._next > KEPT:
            self.dropped += arrived - KEPT - self._next
            self._next = arrived - KEPT
        numbers = np.arange(self._next, arrived)
        self._next = max(self._next, arrived)
        return self._samples(numbers)

    def seconds_to_next(self, now_ns: int) -> float:
        """Return how long it takes until there is something to read."""
        seconds = self._clock.device_seconds(now_ns)
        return max(0.0, (int(seconds * _PACKETS) + 1) / _PACKETS - seconds)

    def _samples(self, numbers: np.ndarray[tuple[int], np.dtype[np.intp]]) -> list[ImuSample]:
        # The table is walked through from another place each time round.
        rows = (numbers + numbers // _TABLE * 7919) % _TABLE
        values = (self._rest + self._noise[rows]).tolist()
        times = (numbers * 90_000 // RATE * 100 // 9).tolist()
        warmth = 6.0 * (1.0 - np.exp(-numbers / (RATE * _WARM_UP_S)))
        temperatures = (self._temperature + warmth).tolist()
        return [
            ImuSample((ax, ay, az), time, (gx, gy, gz), time, temperature)
            for (ax, ay, az, gx, gy, gz), time, temperature in zip(
                values, times, temperatures, strict=True
            )
        ]
