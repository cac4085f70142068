# SPDX-License-Identifier: Apache-2.0
"""The simulated camera's ground truth, delivered as a tracker delivers: later, and with noise."""

from __future__ import annotations

import collections
import dataclasses
import threading
import time
from typing import NamedTuple

import numpy as np

from azure_kinect_py.data import Body, BodyFrame, Calibration, Capture
from azure_kinect_py.errors import TrackerError
from azure_kinect_py.geometry import rotations
from azure_kinect_py.trackers import TrackerOptions, check_smoothing
from azure_kinect_py.trackers.base import Tracked, Tracker

QUEUE = 3
"""Captures that the tracker holds at most."""

_BONE = 0.25  # metres: noise of a joint's place turns a bone of this length
_LEAST_SHARE = 0.05  # of a new pose, also with full smoothing, so that bodies still move


def open_simulated(options: TrackerOptions) -> Tracker:
    """Return the simulated tracker, not yet started."""
    return SimulatedTracker(
        latency_s=options.simulated_latency_s,
        noise_m=options.simulated_noise_m,
        smoothing=options.smoothing,
        seed=options.simulated_seed,
    )


class _Inside(NamedTuple):
    capture: Capture
    truth: BodyFrame
    ready: float


class SimulatedTracker(Tracker):
    """
    A tracker that knows the truth.

    Noise depends on the seed, the body and the capture's device time alone.

    :param latency_s: Time from a capture's enqueueing to its result, seconds.
    :param noise_m: Standard deviation of the joints' positions along each axis, metres; turns are
        disturbed as much as bones of 25 cm would be.
    :param smoothing: Temporal smoothing, 0 (none) to 1 (full).
    """

    name = 'simulated'
    processing_mode = 'simulated'

    def __init__(
        self,
        *,
        latency_s: float = 0.0,
        noise_m: float = 0.0,
        smoothing: float = 0.0,
        seed: int = 0,
    ) -> None:
        self._latency = latency_s
        self._noise = noise_m
        self._seed = seed
        self.set_smoothing(smoothing)
        self._inside: collections.deque[_Inside] = collections.deque()
        self._changed = threading.Condition()
        self._state = 'was not started'
        self._smooth: dict[int, Body] = {}

    def start(self, calibration: Calibration) -> None:
        """
        Get ready; there is no model to load.

        :raises TrackerError: without a depth camera, or when closed.
        """
        if calibration.depth is None:
            raise TrackerError('the simulated tracker needs the depth camera, which is OFF')
        if self._state == 'was closed':
            raise TrackerError('the simulated tracker was closed')
        self._state = ''

    def enqueue(self, capture: Capture, timeout: float) -> bool:
        """
        Give a capture to the tracker, which takes it over.

        :param timeout: Seconds to wait for a place in the queue.
        :returns: False when the queue stayed full; the capture then still belongs to the caller.
        :raises TrackerError: when not running, or the capture lacks depth, infrared or the truth.
        """
        truth = _truth_of(capture)
        with self._changed:
            longest = min(timeout, threading.TIMEOUT_MAX)
            self._changed.wait_for(lambda: self._state or len(self._inside) < QUEUE, longest)
            self._check_running()
            if len(self._inside) >= QUEUE:
                return False
            self._inside.append(_Inside(capture, truth, time.monotonic() + self._latency))
            self._changed.notify_all()
            return True

    def pop(self, timeout: float) -> Tracked | None:
        """
        Return the next result, or None when there was none within ``timeout`` seconds.

        :raises TrackerError: when not running, also when closed meanwhile.
        """
        deadline = time.monotonic() + min(timeout, threading.TIMEOUT_MAX / 2)
        with self._changed:
            while True:
                self._check_running()
                now = time.monotonic()
                ready = self._inside[0].ready if self._inside else deadline
                if self._inside and ready <= now:
                    break
                if deadline <= now:
                    return None
                self._changed.wait(min(ready, deadline) - now)
            capture, truth, _ = self._inside.popleft()
            self._changed.notify_all()
            bodies = [self._smoothed(self._disturbed(body, truth)) for body in truth.bodies]
            self._smooth = {body.id: body for body in bodies}
        return Tracked(capture, dataclasses.replace(truth, bodies=tuple(bodies)))

    def set_smoothing(self, factor: float) -> None:
        """
        Set temporal smoothing, 0 (none) to 1 (full), also while running.

        :raises ConfigError: when it is out of range.
        """
        check_smoothing(factor)
        self._share = max(1.0 - factor, _LEAST_SHARE)

    def close(self) -> None:
        """Shut down, frames in flight included, and wake who waits; harmless when repeated."""
        with self._changed:
            self._state = 'was closed'
            lost = [inside.capture for inside in self._inside]
            self._inside.clear()
            self._changed.notify_all()
        for capture in lost:
            capture.close()

    def _check_running(self) -> None:
        if self._state:
            raise TrackerError(f'the simulated tracker {self._state}')

    def _disturbed(self, body: Body, truth: BodyFrame) -> Body:
        if self._noise == 0.0:
            return body
        random = np.random.default_rng([self._seed, body.id, truth.device_time_usec])
        turns = np.ones((len(body.orientations), 4))
        turns[:, :3] = random.normal(0.0, self._noise / _BONE / 2.0, (len(turns), 3))
        return dataclasses.replace(
            body,
            positions=body.positions + random.normal(0.0, self._noise, body.positions.shape),
            orientations=rotations.multiply(body.orientations, rotations.normalized(turns)),
        )

    def _smoothed(self, body: Body) -> Body:
        before = self._smooth.get(body.id)
        if before is None or self._share == 1.0:
            return body
        moved = body.positions - before.positions
        return dataclasses.replace(
            body,
            positions=before.positions + self._share * moved,
            orientations=rotations.blend(before.orientations, body.orientations, self._share),
        )


def _truth_of(capture: Capture) -> BodyFrame:
    for image, name in ((capture.depth_image, 'a depth'), (capture.ir_image, 'an infrared')):
        if image is None:
            raise TrackerError(f'this capture lacks {name} image and cannot be tracked')
    if capture.truth is None:
        raise TrackerError(
            'this capture does not know where people are: the simulated tracker follows the '
            'simulated camera only'
        )
    return capture.truth
