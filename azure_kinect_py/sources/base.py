# SPDX-License-Identifier: Apache-2.0
"""
What a source of captures is: one interface for the camera, recordings and the simulated camera.

A source is open once constructed, delivers between :meth:`Source.start` and :meth:`Source.stop`,
and can be started again. Captures and IMU samples may be read from two threads; start, stop and
close belong to one. Stopping wakes whoever waits.
"""

from __future__ import annotations

import abc
import collections
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import ClassVar, TypeVar

from azure_kinect_py.data import Calibration, Capture, DeviceInfo, ImuSample
from azure_kinect_py.errors import CaptureTimeout, ConfigError, KinectError, StreamEnded
from azure_kinect_py.modes import ColorControl, DeviceConfig

S = TypeVar('S', bound='Source')

LONGEST_WAIT_S = 1e9
"""What an endless timeout is cut to."""

QUEUE = 7
"""Captures that wait for a slow reader before the oldest is lost, in the vendor's library."""


class Source(abc.ABC):
    """
    A camera, or what stands in for one.

    A backend implements the underscore methods; waiting, errors, iteration and ``with`` are here.

    :cvar lossless: Every capture is delivered, however slow the reader (recordings); otherwise
        the oldest are dropped when the reader falls behind.
    :ivar info: Kind, serial number and firmware.
    :ivar config: The modes in use; those of the file for a recording.
    :ivar calibration: Of this unit in these modes.
    :ivar has_imu: Whether there is an IMU stream.
    :ivar clock_epoch: Counts up whenever the relation of device clock to host clock starts afresh
        (start, resumed pause, seek). Within an epoch device times never run backwards, but where
        a camera sets its clock: a subordinate's starts from zero with its master's first pulse.
    """

    lossless: ClassVar[bool] = False

    info: DeviceInfo
    config: DeviceConfig
    calibration: Calibration
    has_imu: bool = True
    clock_epoch: int = 0
    _running: bool = False
    _closed: bool = False

    @property
    def paused(self) -> bool:
        """Whether it is held, so that nothing comes; only recordings can be."""
        return False

    def start(self) -> None:
        """
        Start the cameras and the IMU.

        :raises DeviceError: when the camera refuses or is gone.
        :raises StreamEnded: when it is closed.
        """
        if self._closed:
            raise StreamEnded(f'{self.info.kind}: the source is closed')
        if not self._running:
            self.clock_epoch += 1
            self._start()
            self._running = True

    def stop(self) -> None:
        """Stop streaming and wake whoever waits; harmless when already stopped."""
        if self._running:
            self._running = False
            self._stop()

    def close(self) -> None:
        """Stop, and give everything back; harmless when repeated."""
        self.stop()
        self._closed = True
        self._close()

    def capture(self, timeout: float = 1.0) -> Capture:
        """
        Return the next capture, which the caller closes.

        :param timeout: Seconds to wait; infinity is allowed.
        :raises CaptureTimeout: when none arrived in time; the stream may still go on.
        :raises StreamEnded: at the end of a recording, or when stopped.
        :raises DeviceError: when the camera was lost.
        """
        self._check_running()
        capture = self._next_capture(min(timeout, LONGEST_WAIT_S))
        if capture is None:
            self._check_running()
            raise CaptureTimeout(f'{self.info.kind}: no capture within {timeout:g} s')
        return capture

    def newest(self, keep: Callable[[Capture], None] | None = None) -> tuple[Capture | None, int]:
        """
        Return the newest of the captures that wait, or None, and how many older ones were dropped.

        :param keep: Given each of the older ones before it is closed.
        :raises: as :meth:`capture` does, when the stream does not go on and none waits.
        """
        newest: Capture | None = None
        dropped = 0
        for _ in range(QUEUE):
            try:
                capture = self.capture(0.0)
            except CaptureTimeout:
                break
            except KinectError:  # comes up again with the next capture
                if newest is None:
                    raise
                break
            if newest is not None:
                with newest:
                    if keep is not None:
                        keep(newest)
                dropped += 1
            newest = capture
        return newest, dropped

    def skip_captures(self) -> bool:
        """
        Pass over the captures that are due, unread; return whether that is possible.

        It is where reading costs and what is not read is not lost by itself: in recordings.

        :raises StreamEnded: when all of them are over.
        """
        return False

    def skip_imu(self) -> bool:
        """Pass over the IMU samples that are due; as :meth:`skip_captures`."""
        return False

    def imu(self, timeout: float = 1.0) -> list[ImuSample]:
        """
        Return all samples that are waiting, at least one, oldest first.

        :raises: as :meth:`capture` does.
        """
        self._check_running()
        samples = self._next_imu(min(timeout, LONGEST_WAIT_S)) if self.has_imu else []
        if not samples:
            self._check_running()
            raise CaptureTimeout(f'{self.info.kind}: no IMU sample within {timeout:g} s')
        return samples

    def set_color_control(self, control: ColorControl, value: int | None) -> None:  # noqa: ARG002
        """
        Set a color control; None means automatic.

        :raises ConfigError: when this source cannot, naming the control and what is allowed.
        :raises DeviceError: when the camera refuses.
        """
        raise self._no_control(control)

    def reset_color_control(self, control: ColorControl) -> None:
        """Set a color control to its own default; raise as :meth:`set_color_control` does."""
        raise self._no_control(control)

    def _no_control(self, control: ColorControl) -> ConfigError:
        return ConfigError(f'{control.name}: a {self.info.kind} source has no color controls')

    def sync_jacks(self) -> tuple[bool, bool]:
        """Return whether the sync-in and the sync-out jack are connected."""
        return False, False

    @abc.abstractmethod
    def _start(self) -> None: ...

    @abc.abstractmethod
    def _stop(self) -> None: ...

    @abc.abstractmethod
    def _close(self) -> None: ...

    @abc.abstractmethod
    def _next_capture(self, timeout: float) -> Capture | None:
        """Return the next capture, or None after ``timeout`` seconds or when stopped."""

    @abc.abstractmethod
    def _next_imu(self, timeout: float) -> list[ImuSample]:
        """Return the waiting samples; empty after ``timeout`` seconds or when stopped."""

    def _check_running(self) -> None:
        if not self._running:
            raise StreamEnded(f'{self.info.kind}: the source is stopped')

    def __iter__(self) -> Iterator[Capture]:
        """
        Yield captures until the stream ends; each is closed when the next is asked for.

        A recording that is held or slow is waited for; a silent camera is a CaptureTimeout.
        """
        while True:
            try:
                capture = self.capture()
            except StreamEnded:
                return
            except CaptureTimeout:
                if self.lossless:
                    continue
                raise
            with capture:
                yield capture

    def events(self) -> Iterator[Capture | ImuSample]:
        """
        Yield captures and IMU samples in the order of their device times, until the stream ends.

        For one thread that wants both. A capture is closed when the next item is asked for.
        """
        waiting: collections.deque[ImuSample] = collections.deque()
        for capture in self:
            waiting += self._waiting_imu()
            while waiting and waiting[0].acc_time_usec <= capture.device_time_usec:
                yield waiting.popleft()
            yield capture
        yield from waiting
        while samples := self._further_imu():
            yield from samples

    def _waiting_imu(self) -> list[ImuSample]:
        try:
            return self.imu(0)
        except (CaptureTimeout, StreamEnded):
            return []

    def _further_imu(self) -> list[ImuSample]:
        """Return the next samples after the last capture; nothing at the end."""
        while self.has_imu:
            try:
                return self.imu()
            except StreamEnded:
                break
            except CaptureTimeout:
                if not self.lossless:
                    break
        return []

    def __enter__(self: S) -> S:
        """Start and return self."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()
