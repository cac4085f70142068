# SPDX-License-Identifier: Apache-2.0
"""The source while it is open: started, stopped, and brought back when it is lost."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Callable, Iterator

from azure_kinect_py.errors import ConfigError, DeviceError, KinectError
from azure_kinect_py.modes import DeviceConfig
from azure_kinect_py.ros.log import Log
from azure_kinect_py.sources import Source, SourceOptions, open_source

FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 5.0


class Connection:
    """
    Holds an open source, and opens the same unit again when it is lost.

    :param prepare: Called with the source whenever it was opened.
    """

    def __init__(
        self, options: SourceOptions, prepare: Callable[[Source], None], log: Log
    ) -> None:
        self._options = options
        self._prepare = prepare
        self._log = log
        self._lock = threading.RLock()
        self._stopped = threading.Event()
        self._stopped.set()
        self._source: Source | None = None
        self._known: tuple[DeviceConfig, bytes] | None = None
        self.reconnects = 0
        self.problem = ''

    @property
    def source(self) -> Source | None:
        """The open source, or None while it is lost or closed."""
        return self._source

    @property
    def stopped(self) -> bool:
        """Whether it is meant to stand still."""
        return self._stopped.is_set()

    def wait_stopped(self, timeout: float) -> bool:
        """Sleep until stopped; return False after ``timeout`` seconds."""
        return self._stopped.wait(timeout)

    def open(self) -> Source:
        """
        Open the source.

        :raises KinectError: why it cannot be opened.
        """
        with self._lock, self._keeping_problem():
            return self._open()

    def _open(self) -> Source:
        source = open_source(self._options)
        self._source = source  # before it is prepared: what is set meanwhile must reach it
        try:
            self._recognise(source)
            self._prepare(source)
        except BaseException:
            source.close()
            self._source = None
            raise
        if source.info.kind == 'device':  # from now on this camera and no other
            self._options = dataclasses.replace(self._options, sensor_sn=source.info.serial)
        return source

    def _recognise(self, source: Source) -> None:
        """Refuse another recording in the place of that which everything was made for."""
        if source.info.kind != 'playback':
            return
        found = source.config, source.calibration.raw
        self._known = self._known or found
        if found != self._known:
            raise ConfigError(
                f'recording_file: {self._options.recording_file}: another recording has taken its '
                'place, of another camera or in other modes',
                hint='The node plays it after the transitions cleanup and configure.',
            )

    def start(self) -> None:
        """
        Start the cameras; those that do not start are closed.

        :raises KinectError: why they do not start.
        """
        with self._lock, self._keeping_problem():
            self._start()
            self._stopped.clear()

    def _start(self) -> None:
        source = self._source or self._open()
        try:
            source.start()
        except BaseException:
            source.close()
            self._source = None
            raise

    @contextlib.contextmanager
    def _keeping_problem(self) -> Iterator[None]:
        try:
            yield
        except KinectError as error:
            self.problem = error.message
            raise
        self.problem = ''

    def start_later(self) -> None:
        """Leave it to :meth:`recover` to start the cameras."""
        self._stopped.clear()

    def stop(self) -> None:
        """Stop the cameras, and wake whoever waits for captures or for the source."""
        self._stopped.set()
        with self._lock:
            if self._source is not None:
                self._source.stop()

    def close(self) -> None:
        """Close the source."""
        self._stopped.set()
        with self._lock:
            if self._source is not None:
                self._source.close()
            self._source = None

    def recover(self, lost: Source | None, error: DeviceError) -> bool:
        """
        Open and start the source again, however long it takes.

        :param lost: The source that was in use, if any.
        :returns: False when stopped meanwhile.
        :raises KinectError: when trying again is of no use.
        """
        self.problem = error.message
        self._log.error(f'{error}\ntrying to get it back')
        with self._lock:
            if lost is not None and self._source is lost:
                lost.close()
                self._source = None
        delay = FIRST_DELAY_S
        while not self._stopped.wait(delay):
            if self._try_again():
                self.reconnects += 1
                self._log.info('the camera is back')
                return True
            delay = min(2 * delay, LONGEST_DELAY_S)
        return False

    def _try_again(self) -> bool:
        with self._lock:
            if self._stopped.is_set():
                return False
            try:
                self._start()
            except DeviceError as error:
                if error.message != self.problem:
                    self._log.warning(f'not yet: {error.message}')
                    self.problem = error.message
                return False
            self.problem = ''
            return not self._stopped.is_set()  # who stops waits for the lock, and stops it then
