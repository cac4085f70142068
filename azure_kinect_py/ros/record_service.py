# SPDX-License-Identifier: Apache-2.0
"""Writes what is streamed into a recording, while somebody asked for it."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Callable

from azure_kinect_py.data import Capture, ImuSample
from azure_kinect_py.errors import KinectError, RecordingError
from azure_kinect_py.paths import absolute
from azure_kinect_py.ros.log import Log
from azure_kinect_py.sources import Source
from azure_kinect_py.sources.recorder import NOTHING, Recorder


class RecordService:
    """
    What the service ``~/record`` records; nothing most of the time.

    :ivar ended: Why the latest recording ended by itself, and what is in it; empty otherwise.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._recorder: Recorder | None = None
        self._source: Source | None = None
        self.ended = ''

    @property
    def active(self) -> bool:
        """Whether something is being recorded."""
        return self._recorder is not None

    @property
    def path(self) -> str:
        """The file that is being written, or nothing."""
        recorder = self._recorder
        return '' if recorder is None else str(recorder.path)

    def start(self, source: Source, pattern: str, library_path: str) -> str:
        """
        Begin a file; return its path.

        :param pattern: Path with strftime's % codes; missing folders are made.
        :raises KinectError: when it cannot be written.
        """
        with self._lock:
            if self._recorder is not None:
                raise KinectError(f'already recording to {self._recorder.path}')
            path = absolute(time.strftime(pattern))
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                if path.exists():
                    raise KinectError(f'record_file: {path} exists already; name another file')
            except OSError as error:
                raise KinectError(
                    f'record_file: {error.filename or path}: {error.strerror}'
                ) from error
            recorder = Recorder.of(path, source, library_path=library_path)
            self._source, self.ended = source, ''
            self._recorder = recorder  # last: others may write from now on
            return str(path)

    def stop(self) -> str:
        """
        Close the file; return what is in it, or nothing if there was none.

        :raises RecordingError: when not all of it could be written, or nothing came.
        """
        with self._lock:
            recorder, self._recorder = self._recorder, None
            if recorder is None:
                return ''
            recorder.close()
            if recorder.remove_if_empty():
                raise RecordingError(f'{recorder.path}: {NOTHING}')
            return _contents(recorder)

    def keeper(self, source: Source) -> Callable[[Capture], None] | None:
        """Return what writes those captures of a source that nobody else has time for."""
        return functools.partial(self.write, source) if self.active else None

    def write(self, source: Source, capture: Capture) -> None:
        """Write a capture; an error ends the recording and says so."""
        self._write(source, lambda recorder: recorder.write(capture))

    def write_imu(self, source: Source, samples: list[ImuSample]) -> None:
        """Write IMU samples; an error ends the recording and says so."""

        def write(recorder: Recorder) -> None:
            for sample in samples:
                recorder.write_imu(sample)

        self._write(source, write)

    def _write(self, source: Source, write: Callable[[Recorder], None]) -> None:
        recorder = self._recorder
        if recorder is None:
            return
        try:
            if source is not self._source:  # whose clock began anew
                raise RecordingError('the camera was lost and opened again')
            write(recorder)
        except KinectError as error:
            self._give_up(recorder, error)

    def _give_up(self, recorder: Recorder, error: KinectError) -> None:
        """End a recording, unless it was ended meanwhile: the other thread finds it closed."""
        with self._lock:
            if self._recorder is not recorder:
                return
            self._recorder = None
            with contextlib.suppress(RecordingError):  # the disk is as full as it was
                recorder.close()
            left = NOTHING if recorder.remove_if_empty() else _contents(recorder)
            self.ended = f'recording ended: {error}\n{left}'
        self._log.error(self.ended)


def _contents(recorder: Recorder) -> str:
    text = f'{recorder.path}: {recorder.captures} captures, {recorder.imu_samples} samples'
    return f'{text}; {recorder.missing} captures are missing' if recorder.missing else text
