# SPDX-License-Identifier: Apache-2.0
"""Writes recordings of any source through the vendor's library."""

from __future__ import annotations

import contextlib
import pathlib
import threading
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

_LOST = 'could not be written to the end; it cannot be read'
_DISK = 'Is the disk full?'


class Recorder:
    """
    A recording being written; captures and IMU samples may come from two threads.

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
        self._imu = imu
        self._lock = threading.Lock()
        self._broken: Sequence[str] | None = None  # the log, once writing failed
        self._library = k4arecord.load(library_path)
        self._handle = self._create()
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
            self._write_capture(own)
        else:
            try:
                handle = CaptureHandle.from_data(self._library, capture, self.config)
            except ConfigError as error:
                raise RecordingError(f'{self.path}: {error.message}') from error
            with handle:
                self._write_capture(handle)
        if capture.images:
            self._note_missing(capture.device_time_usec)

    def _write_capture(self, handle: CaptureHandle) -> None:
        with self._writing(f'capture {self.captures} was not written whole'):
            self._handle.write_capture(handle)
            self.captures += 1

    def _note_missing(self, device_time_usec: int) -> None:
        if self._last_usec is not None:
            periods = (device_time_usec - self._last_usec) / self.config.fps.period_usec
            self.missing += max(0, round(periods) - 1)
        self._last_usec = device_time_usec

    def write_imu(self, sample: ImuSample) -> None:
        """
        Write an IMU sample.

        :raises RecordingError: as :meth:`write` does, and when the recording has no IMU.
        """
        if not self._imu:
            raise RecordingError(f'{self.path}: the recording was made without an IMU track')
        with self._writing(f'IMU sample {self.imu_samples} was not written'):
            self._handle.write_imu_sample(sample)
            self.imu_samples += 1

    @contextlib.contextmanager
    def _writing(self, failure: str) -> Iterator[None]:
        """Let one thread write, where writing is still possible."""
        with self._lock:
            if self._handle.closed:
                raise RecordingError(f'{self.path}: the recording is closed')
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

    def close(self) -> None:
        """
        Write the rest and the index, and close the file; harmless when repeated.

        :raises RecordingError: when not all could be written.
        """
        with self._lock:
            if self._handle.closed:
                return
            try:
                self._handle.check_writing()
                self._handle.flush()
            except RecordingError as error:
                self._broken = error.log
            self._handle.close()
            if self._broken is not None:
                raise RecordingError(f'{self.path}: {_LOST}', hint=_DISK, log=self._broken)

    def remove_if_empty(self) -> bool:
        """Remove the file, once it is closed, if nothing was written; return whether it was so."""
        is_empty = not (self.captures or self.imu_samples)
        if is_empty:
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
