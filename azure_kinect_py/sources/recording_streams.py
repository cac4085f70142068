# SPDX-License-Identifier: Apache-2.0
"""Captures and IMU samples of a recording, each with a place in it of its own."""

from __future__ import annotations

import abc
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from azure_kinect_py.data import Capture, ImuSample
from azure_kinect_py.errors import ConfigError, RecordingError
from azure_kinect_py.sources import matroska
from azure_kinect_py.sources.recording import Recording

T = TypeVar('T')

BATCH = 10_000
"""Samples that are read before somebody looks whether the recording was stopped."""


class Stream(abc.ABC, Generic[T]):
    """
    Items in the order of the file, one held ready.

    In a loop each lap's device times follow on those of the lap before.
    """

    def __init__(self, recording: Recording, *, loop: bool, empty: bool) -> None:
        self._empty = empty
        self._recording = recording
        self._path = recording.path
        self._start_usec = recording.start_usec
        self._length_usec = recording.length_usec
        self._skipped_usec: int | None = None
        self._lap_usec = recording.length_usec + recording.config.fps.period_usec
        self._loop = loop
        self._lock = threading.Lock()
        self._held: tuple[int, T] | None = None
        self._shift_usec = 0
        self._some = False  # whether there was anything in this lap
        self._ended = empty

    @abc.abstractmethod
    def _read(self) -> tuple[int, T] | None:
        """
        Return the next item and the device time at which it is due; None at the end.

        :raises RecordingError: naming the file, when it is damaged there.
        """

    @abc.abstractmethod
    def _move(self, usec: int) -> None:
        """
        Read on from a time, counted from the start of the recording.

        :raises RecordingError: when it cannot be read any more.
        """

    @abc.abstractmethod
    def _close(self) -> None:
        """Close what is read from."""

    def _drop(self, item: T) -> None:
        """Give an item back that nobody takes."""

    def next_usec(self) -> int | None:
        """
        Return the device time of the next item, None at the end.

        :raises RecordingError: when the file is damaged there; then it has ended.
        """
        with self._lock:
            if self._skipped_usec is not None:
                self._jump(self._skipped_usec)
            if self._held is None and not self._ended:
                self._held = self._advance()
            return self._held[0] if self._held else None

    def take(self, is_due: Callable[[int], bool]) -> T | None:
        """Return the item held ready if it is due."""
        with self._lock:
            if self._held is None or not is_due(self._held[0]):
                return None
            item = self._held[1]
            self._held = None
            return item

    @property
    def is_over(self) -> bool:
        """Whether everything was taken, as far as is known without reading on."""
        return self._ended and self._held is None

    def skip(self, usec: int) -> bool:
        """
        Pass over what is due before a device time; nothing is read until something is asked for.

        :returns: Whether there is anything after it.
        """
        with self._lock:
            if self._held is None or self._held[0] < usec:
                self._skipped_usec = usec
            return not self._ended and (self._loop or usec <= self._start_usec + self._length_usec)

    def _jump(self, usec: int) -> None:
        self._skipped_usec = None
        if self._ended:
            return
        self._let_go()
        passed = max(0, usec - self._start_usec)
        laps = passed // self._lap_usec if self._loop else 0
        self._shift_usec = laps * self._lap_usec
        self._some = True
        self._go_to(passed - self._shift_usec)

    def seek(self, usec: int) -> None:
        """Go to a time, counted from the start of the recording, in the first lap."""
        with self._lock:
            self._skipped_usec = None
            self._let_go()
            self._shift_usec = 0
            self._some = usec > 0
            self._ended = self._empty
            self._go_to(usec)

    def close(self) -> None:
        """Give everything back."""
        with self._lock:
            self._let_go()
            self._ended = True
            self._close()

    def _let_go(self) -> None:
        if self._held is not None:
            self._drop(self._held[1])
            self._held = None

    def _go_to(self, usec: int) -> None:
        try:
            self._move(usec)
        except RecordingError:
            self._ended = True
            raise

    def _advance(self) -> tuple[int, T] | None:
        try:
            item = self._read()
            if item is None and self._loop and self._some:
                self._some = False
                self._shift_usec += self._lap_usec
                self._move(0)
                item = self._read()
        except RecordingError:
            self._ended = True
            raise
        self._some = self._some or item is not None
        self._ended = item is None
        return item


class CaptureStream(Stream[Capture]):
    """The captures of a recording, with whole device times; they have not arrived yet."""

    def __init__(self, recording: Recording, *, loop: bool) -> None:
        super().__init__(recording, loop=loop, empty=not recording.has_images)
        self._lost_usec = recording.lost_usec
        self._handle = recording.open()
        self._is_fresh = True  # nothing was read through the handle

    def _move(self, usec: int) -> None:
        """
        Read on from a time through a new handle.

        The library reads ahead in a thread for each track. Where it has read before, one may look
        at what another replaces, and crash (``load_cluster_internal`` of 1.4 locks a ``weak_ptr``
        outside of its mutex). A handle that only goes on has nothing to replace.
        """
        if not self._is_fresh:
            handle = self._recording.open()
            self._handle.close()
            self._handle = handle
        if usec:
            self._handle.seek(usec)
        self._is_fresh = not usec

    def _close(self) -> None:
        self._handle.close()

    def _read(self) -> tuple[int, Capture] | None:
        self._is_fresh = False
        try:
            handle = self._handle.next_capture()
            if handle is None:
                return None
            capture = handle.to_data(self._lost_usec + self._shift_usec)
        except (RecordingError, ConfigError) as error:
            reason = f' ({error.message})' if isinstance(error, ConfigError) else ''
            raise RecordingError(f'{self._path}: is damaged{reason}', log=error.log) from error
        return max((image.device_time_usec for image in capture.images), default=0), capture

    def _drop(self, item: Capture) -> None:
        item.close()


class ImuStream(Stream[list[ImuSample]]):
    """The IMU samples of a recording; some are held ready, the first of which counts."""

    def __init__(self, recording: Recording, *, loop: bool) -> None:
        super().__init__(recording, loop=loop, empty=not recording.has_imu)
        self._reader = recording.open_imu()
        self._sought_usec = 0  # device time before which nothing is wanted
        self._damage: RecordingError | None = None

    def _move(self, usec: int) -> None:
        self._recording.check_identity()
        self._sought_usec = self._start_usec + usec if usec else 0
        self._reader.seek(usec)

    def _close(self) -> None:
        self._reader.close()

    def take_until(self, usec: float) -> list[ImuSample]:
        """Return the samples that are due by a device time, at most :data:`BATCH`."""
        samples: list[ImuSample] = []
        with self._lock:
            if self._skipped_usec is not None:
                return samples  # what is held was passed over
            while self._held is not None and self._held[0] <= usec and len(samples) < BATCH:
                held = self._held[1]
                later = (i for i, sample in enumerate(held) if sample.acc_time_usec > usec)
                count = min(next(later, len(held)), BATCH - len(samples))
                samples += held[:count]
                self._hold(held[count:])
        return samples

    def _hold(self, samples: list[ImuSample]) -> None:
        self._held = _timed(samples)
        if self._held is None:
            try:
                self._held = self._advance()
            except RecordingError as error:
                self._damage, self._ended = error, False  # raised after the samples before it

    def _advance(self) -> tuple[int, list[ImuSample]] | None:
        if self._damage is not None:
            damage, self._damage, self._ended = self._damage, None, True
            raise damage
        return super()._advance()

    def _let_go(self) -> None:
        super()._let_go()
        self._damage = None

    def _read(self) -> tuple[int, list[ImuSample]] | None:
        wanted_usec = self._sought_usec + self._shift_usec
        try:
            samples = self._reader.read(self._shift_usec)
            while samples and samples[0].acc_time_usec < wanted_usec:  # a block that began before
                samples = [each for each in samples if each.acc_time_usec >= wanted_usec]
                samples = samples or self._reader.read(self._shift_usec)
        except matroska.Damaged as error:
            raise RecordingError(f'{self._path}: {error}') from error
        return _timed(samples)


def _timed(samples: list[ImuSample]) -> tuple[int, list[ImuSample]] | None:
    """Return samples with the time at which the first is due; None where there are none."""
    return (samples[0].acc_time_usec, samples) if samples else None
