# SPDX-License-Identifier: Apache-2.0
"""Writes recordings of any source through the vendor's library."""

from __future__ import annotations

import collections
import contextlib
import math
import pathlib
import threading
import time
from collections.abc import Iterator, Sequence
from types import TracebackType

from azure_kinect_py.data import Calibration, Capture, DeviceInfo, ImuSample
from azure_kinect_py.errors import ConfigError, KinectError, RecordingError
from azure_kinect_py.modes import DeviceConfig
from azure_kinect_py.paths import absolute, is_special
from azure_kinect_py.sdk import k4arecord
from azure_kinect_py.sdk.capture import CaptureHandle
from azure_kinect_py.sdk.record import RecordHandle
from azure_kinect_py.sources.base import Source
from azure_kinect_py.sources.playback import Playback

NOTHING = 'nothing came that could be recorded'

_LOST = 'could not be written to the end; it cannot be read'
_DISK = 'Is the disk full?'

_AHEAD_USEC = 500_000
"""By which samples may be ahead of captures: what is two seconds late cannot be written."""

_SILENT_S = 5.0
"""After which captures that do not come are not waited for."""

_MOST_WAITING = 200_000  # samples: two minutes

_LOOK_EVERY_S = 1.0
"""Whether the file is still there: what is written into one that was removed is lost."""


class Recorder:
    """
    A recording being written; captures and IMU samples may come from two threads.

    The file is in the order of time, but for two seconds: samples that come long before their
    captures, which somebody may have been busy with, wait for them.

    It must be closed: the vendor's library cannot read a recording that was not.

    :param path: The file; one that exists is replaced.
    :param calibration: Its ``raw`` is what is written.
    :param config: The modes of what will be written.
    :param info: Serial number and firmware are written as tags.
    :param imu: Whether IMU samples will be written.
    :param library_path: Folder of the vendor's libraries; empty searches.
    :ivar missing: How many captures are missing between the first and the last, by their times.
    :raises RecordingError: when the file cannot be created.
    :raises LibraryNotFound: when there is no libk4arecord.
    """

    def __init__(
        self,
        path: str | pathlib.Path,
        calibration: Calibration,
        config: DeviceConfig,
        info: DeviceInfo,
        *,
        imu: bool = True,
        library_path: str = '',
    ) -> None:
        self.path = absolute(path)
        self.config = config
        self.captures = 0
        self.imu_samples = 0
        self.missing = 0
        self._last_usec: int | None = None
        self._waiting: collections.deque[ImuSample] = collections.deque()
        self._imu = imu
        self._lock = threading.Lock()
        self._broken: Sequence[str] | None = None  # the log, once writing failed
        self._library = k4arecord.load(library_path)
        self._handle = self._create()
        self._file = _identity(self.path)
        self._captured = self._looked = time.monotonic()
        try:
            self._describe(calibration, info)
        except KinectError as error:
            self._handle.close()
            with contextlib.suppress(OSError):
                self.path.unlink()  # nothing reads a recording without a header
            raise RecordingError(
                f'{self.path}: cannot be written', hint=_DISK, log=error.log
            ) from error

    @classmethod
    def of(cls, path: str | pathlib.Path, source: Source, *, library_path: str = '') -> Recorder:
        """
        Return a recorder of what ``source`` delivers.

        :raises RecordingError: when the file cannot be created, or is the one being played.
        """
        target = absolute(path)
        if isinstance(source, Playback) and target.exists() and target.samefile(source.path):
            raise RecordingError(f'{target}: cannot be written: it is being played')
        return cls(
            path,
            source.calibration,
            source.config,
            source.info,
            imu=source.has_imu,
            library_path=library_path,
        )

    def _create(self) -> RecordHandle:
        if is_special(self.path):
            raise RecordingError(f'{self.path}: cannot be written: it is not a file')
        try:
            # The library's own words for these are "iostream error".
            with self.path.open('ab'):
                pass
            return RecordHandle.create(self._library, str(self.path), self.config)
        except OSError as error:
            raise RecordingError(
                f'{self.path}: cannot be written: {error.strerror}',
                hint='Name a file in an existing folder that you may write to.',
            ) from error
        except RecordingError as error:
            raise RecordingError(f'{self.path}: cannot be written', log=error.log) from error

    def _describe(self, calibration: Calibration, info: DeviceInfo) -> None:
        for name, value in (
            ('K4A_DEVICE_SERIAL_NUMBER', info.serial),
            ('K4A_COLOR_FIRMWARE_VERSION', info.color_firmware),
            ('K4A_DEPTH_FIRMWARE_VERSION', info.depth_firmware),
        ):
            if value:
                self._handle.add_tag(name, value)
        if calibration.raw:
            self._handle.add_attachment('calibration.json', calibration.raw)
        if self._imu:
            self._handle.add_imu_track()
        self._handle.write_header()

    def write(self, capture: Capture) -> None:
        """
        Write the images of a capture, whichever it has; the caller still owns it.

        :raises RecordingError: when closed, or an image does not fit the modes, or is older than
            what was written two seconds ago.
        """
        own = capture.handle
        if isinstance(own, CaptureHandle) and not own.closed and own.belongs_to(self._library):
            self._write_capture(own, capture)
        else:
            try:
                handle = CaptureHandle.from_data(self._library, capture, self.config)
            except ConfigError as error:
                raise RecordingError(f'{self.path}: {error.message}') from error
            with handle:
                self._write_capture(handle, capture)

    def _write_capture(self, handle: CaptureHandle, capture: Capture) -> None:
        with self._writing(f'capture {self.captures} was not written whole'):
            self._handle.write_capture(handle)
            self.captures += 1
            self._captured = time.monotonic()
            if capture.images:
                self._note_missing(capture.device_time_usec)
                self._write_waiting(self._may_pass_usec())

    def _note_missing(self, device_time_usec: int) -> None:
        if self._last_usec is not None:
            periods = (device_time_usec - self._last_usec) / self.config.fps.period_usec
            self.missing += max(0, round(periods) - 1)
        self._last_usec = device_time_usec

    def write_imu(self, sample: ImuSample) -> None:
        """
        Write an IMU sample, at once or when the captures of its time are there.

        :raises RecordingError: as :meth:`write` does, and when the recording has no IMU.
        """
        if not self._imu:
            raise RecordingError(f'{self.path}: the recording was made without an IMU track')
        with self._writing('IMU samples were not written'):
            self._waiting.append(sample)
            self.imu_samples += 1
            self._write_waiting(self._may_pass_usec())
            if len(self._waiting) > _MOST_WAITING:
                raise RecordingError('', log=['captures come too long after their samples'])

    def _may_pass_usec(self) -> float:
        is_free = not (self.config.depth_on or self.config.color_on)
        if is_free or time.monotonic() - self._captured > _SILENT_S:
            return math.inf
        return -math.inf if self._last_usec is None else self._last_usec + _AHEAD_USEC

    def _write_waiting(self, until_usec: float) -> None:
        """Write the samples that wait and are not later than that."""
        while self._waiting and self._waiting[0].acc_time_usec <= until_usec:
            self._handle.write_imu_sample(self._waiting.popleft())

    @contextlib.contextmanager
    def _writing(self, failure: str) -> Iterator[None]:
        """Let one thread write, where writing is still possible."""
        with self._lock:
            if self._handle.closed:
                raise RecordingError(f'{self.path}: the recording is closed')
            if time.monotonic() - self._looked > _LOOK_EVERY_S:
                self._check_there()
            try:
                if self._broken is None:
                    self._handle.check_writing()
            except RecordingError as error:
                self._broken = error.log
            if self._broken is not None:
                raise RecordingError(f'{self.path}: {_LOST}', hint=_DISK, log=self._broken)
            try:
                yield
            except RecordingError as error:
                raise RecordingError(f'{self.path}: {failure}', log=error.log) from error

    def _check_there(self) -> None:
        self._looked = time.monotonic()
        if _identity(self.path) != self._file:
            raise RecordingError(f'{self.path}: was removed or replaced while it was written')

    def close(self) -> None:
        """
        Write the rest and the index, and close the file; harmless when repeated.

        :raises RecordingError: when not all could be written, or the file is not there any more.
        """
        with self._lock:
            if self._handle.closed:
                return
            try:
                self._write_waiting(math.inf)
                self._handle.check_writing()
                self._handle.flush()
            except RecordingError as error:
                self._broken = error.log
            self._handle.close()
            self._check_there()
            if self._broken is not None:
                raise RecordingError(f'{self.path}: {_LOST}', hint=_DISK, log=self._broken)

    def remove_if_empty(self) -> bool:
        """Remove the file, once it is closed, if nothing was written; return whether it was so."""
        is_empty = not (self.captures or self.imu_samples)
        if is_empty and _identity(self.path) == self._file:
            self.path.unlink(missing_ok=True)  # nothing reads a recording of nothing
        return is_empty

    def __enter__(self) -> Recorder:
        """Return self."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close; an error of the block goes first."""
        with contextlib.suppress(RecordingError) if error else contextlib.nullcontext():
            self.close()


def _identity(path: pathlib.Path) -> tuple[int, int] | None:
    """Return which file is at a path, or None."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
