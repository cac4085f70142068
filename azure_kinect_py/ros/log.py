# SPDX-License-Identifier: Apache-2.0
"""What the driver says, through rclpy's logger."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

EVERY_S = 5.0
LONG_S = 2.0


def reason(error: Exception) -> str:
    """Return what rcl says, without the names of its own files, in a line."""
    text = re.sub(r', at \S+:\d+', '', str(error))
    return ' '.join(text.split()) or repr(error)


class Log:
    """
    Writes messages; a warning that comes again at once is left out.

    :param logger: rclpy's logger of the node.
    """

    def __init__(self, logger: Any) -> None:
        self._logger = logger
        self._lock = threading.Lock()
        self._warned: dict[str, float] = {}

    def info(self, message: str) -> None:
        """Say what happens."""
        self._logger.info(message)

    def warning(self, message: str, about: str = '') -> None:
        """
        Say what is not as it should be.

        :param about: By what it comes again, if its words are not always the same.
        """
        now, about = time.monotonic(), about or message
        with self._lock:
            self._warned = {m: t for m, t in self._warned.items() if now - t < EVERY_S}
            if about in self._warned:
                return
            self._warned[about] = now
        self._logger.warning(message)

    def error(self, message: str) -> None:
        """Say what failed."""
        self._logger.error(message)

    @contextmanager
    def work(self, what: str) -> Iterator[None]:
        """Say what is being done if it takes long, and when it is over."""
        began = time.monotonic()
        said = threading.Event()

        def say() -> None:
            self.info(what)
            said.set()

        note = threading.Timer(LONG_S, say)
        note.start()
        try:
            yield
        finally:
            note.cancel()
            note.join()  # it may be about to speak
        if said.is_set():
            self.info(f'done, after {time.monotonic() - began:.0f} s')


class FromPython(logging.Handler):
    """Hands on to a node's log what is said by Python's logging, as below this layer."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log
        logging.getLogger('azure_kinect_py').addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Say what was logged."""
        message = record.getMessage()
        if record.levelno >= logging.ERROR:
            self._log.error(message)
        elif record.levelno >= logging.WARNING:
            self._log.warning(message)
        else:
            self._log.info(message)

    def close(self) -> None:
        """Hand nothing on any more."""
        logging.getLogger('azure_kinect_py').removeHandler(self)
        super().close()
