# SPDX-License-Identifier: Apache-2.0
"""Writes what is streamed into a recording, while somebody asked for it."""

from __future__ import annotations

import contextlib
import threading
import time

from azure_kinect_py.data import Capture, ImuSample
from azure_kinect_py.errors import KinectError, RecordingError
from azure_kinect_py.paths import absolute
from azure_kinect_py.ros.log import Log
from azure_kinect_py.sources import Source
from azure_kinect_py.sources.recorder import Recorder


class RecordService:
    """What the service ``~/record`` records; nothing most of the time."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._recorder: Recorder | None = None

    @property
    def active(self) -> bool:
        """Whether something is being recorded."""
        return self._recorder is not None

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
                raise KinectError(f'record_file: {path}: {error.strerror}') from error
            self._recorder = Recorder.of(path, source, library_path=library_path)
            return str(path)

    def stop(self) -> str:
        """
        Close the file; return what is in it, or nothing if there was none.

        :raises RecordingError: when not all of it could be written.
        """
        with self._lock:
            recorder, self._recorder = self._recorder, None
            if recorder is None:
                return ''
            recorder.close()
            return _contents(recorder)

    def write(self, capture: Capture) -> None:
        """Write a capture; an error ends the recording and says so."""
        recorder = self._recorder
        if recorder is not None:
            try:
                recorder.write(capture)
            except KinectError as error:
                self._give_up(recorder, error)

    def write_imu(self, samples: list[ImuSample]) -> None:
        """Write IMU samples; an error ends the recording and says so."""
        recorder = self._recorder
        if recorder is not None:
            try:
                for sample in samples:
                    recorder.write_imu(sample)
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
        self._log.error(f'recording ended: {error}\n{_contents(recorder)}')


def _contents(recorder: Recorder) -> str:
    return f'{recorder.path}: {recorder.captures} captures, {recorder.imu_samples} samples'
