# SPDX-License-Identifier: Apache-2.0
"""
What the vendor's libraries say about a failure.

Their results are only "succeeded" or "failed": the reason is in their log. libk4a hands its lines
to a handler. The calling thread's say which call failed within which; the reason often comes from
a thread of the library's own, for the depth engine or USB. libk4arecord has a logger of its own
that can only write to a file: it gets one that has no name any more once it is open. Lines of
libk4a go on to the Python logger ``azure_kinect_py.sdk`` at their own level.

Both print errors to standard output too, unless ``K4A_ENABLE_LOG_TO_STDOUT`` is 0; that is made
the default here, and a user who sets it gets what they ask for.
"""

from __future__ import annotations

import atexit
import collections
import contextlib
import ctypes
import inspect
import logging
import os
import pathlib
import re
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO

_logger = logging.getLogger('azure_kinect_py.sdk')
_logger.addHandler(logging.NullHandler())

_LEVELS = (logging.CRITICAL, logging.ERROR, logging.WARNING, logging.INFO, logging.DEBUG)
_LEVEL_OF = {'c': 0, 'e': 1, 'w': 2, 'i': 3, 't': 4}
_OFF = 5
_MOST_LINES = 20
_LATELY_NS = 10 * 10**9
_LIBRARY = 0  # stands for its own threads where a Python thread has its identifier
_RECORD_LINE = re.compile(r'\[t=(\d+)\] (?:\S*/)?(\S+) \((\d+)\): (.*)')

Handler = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)  # k4a_logging_message_cb_t

_lines: collections.deque[tuple[int, int, str]] = collections.deque(maxlen=256)
_seen = threading.local()
_record_log: BinaryIO | None = None
_record_lines: collections.deque[tuple[str, str]] = collections.deque(maxlen=64)
_record_lock = threading.Lock()


@Handler  # type: ignore[untyped-decorator]
def _handle(_context: Any, level: int, file: bytes, line: int, message: bytes) -> None:
    # Comes on any thread of the library, and during its calls: nothing here may raise or wait.
    with contextlib.suppress(Exception):
        name = os.path.basename((file or b'').decode(errors='replace'))  # noqa: PTH119
        text = f'{(message or b"").decode(errors="replace")} ({name}:{line})'
        frame = inspect.currentframe()
        is_call = frame is not None and frame.f_back is not None  # of Python's, into the library
        thread = threading.get_ident() if is_call else _LIBRARY
        _lines.append((time.monotonic_ns(), thread, text))
        _logger.log(_LEVELS[min(level, 4)], '%s', text)


def show_if_asked_for() -> None:
    """
    Let programs show all that libk4a says where ``K4A_LOG_LEVEL`` is set, and nothing elsewhere.

    What matters of it is in the errors.
    """
    _logger.propagate = 'K4A_LOG_LEVEL' in os.environ
    _logger.setLevel(logging.DEBUG)


def prepare() -> None:
    """Keep the libraries' errors off standard output; to be called before one is loaded."""
    os.environ.setdefault('K4A_ENABLE_LOG_TO_STDOUT', '0')


def attach(functions: Any) -> None:
    """Register the handler with a loaded libk4a; one that has another handler keeps it."""
    level = _LEVEL_OF.get(os.environ.get('K4A_LOG_LEVEL', '')[:1].lower(), _LEVEL_OF['w'])
    with contextlib.suppress(Exception):
        functions.k4a_set_debug_message_handler(_handle, None, level)
        # A handler that outlives the interpreter is called by the library's unloading.
        atexit.register(_detach, functions)


def _detach(functions: Any) -> None:
    with contextlib.suppress(Exception):
        functions.k4a_set_debug_message_handler(Handler(), None, _OFF)


def attach_record(functions: Any) -> None:
    """
    Give a loaded libk4arecord its file, unless the user directed its log elsewhere.

    The library opens its log once, with its first line; that line is provoked here, so that the
    environment and the file system are as before afterwards.
    """
    global _record_log  # noqa: PLW0603  one logger in the process
    variable = 'K4A_RECORD_ENABLE_LOG_TO_A_FILE'
    if _record_log or variable in os.environ or os.environ.get('K4A_ENABLE_LOG_TO_STDOUT') != '0':
        return
    with contextlib.suppress(OSError), tempfile.TemporaryDirectory(prefix='k4a') as folder:
        path = pathlib.Path(folder) / 'record.log'
        os.environ[variable] = str(path)
        try:
            functions.k4a_playback_close(None)
        finally:
            del os.environ[variable]
        _record_log = path.open('rb')
        _record_log.seek(0, os.SEEK_END)


def forget() -> None:
    """Mark what was logged so far as not belonging to the next failure of the calling thread."""
    _seen.at_ns = time.monotonic_ns()


def begin() -> None:
    """Forget before the first call of a thread only: between calls in a loop reasons come too."""
    if not hasattr(_seen, 'at_ns'):
        forget()


def take() -> tuple[str, ...]:
    """
    Return the lines of the calling thread's call that just failed, in their order.

    They are its own and those of the library's threads; other threads' calls have their own.
    """
    begin()
    threads = (threading.get_ident(), _LIBRARY)
    texts = [text for at, thread, text in _lines.copy() if at > _seen.at_ns and thread in threads]
    forget()
    own_id = str(threading.get_native_id())
    record = _take_record_lines(lambda thread, _text: thread == own_id)
    return tuple(texts[-_MOST_LINES:] + record[-_MOST_LINES:])


def lately() -> tuple[str, ...]:
    """Return what the library's own threads said in the last ten seconds, whoever asked."""
    since = time.monotonic_ns() - _LATELY_NS
    texts = [text for at, thread, text in _lines.copy() if at > since and thread == _LIBRARY]
    return tuple(texts[-_MOST_LINES:])


def take_about(path: str) -> tuple[str, ...]:
    """Return the lines that libk4arecord, on whichever thread, has logged about a file."""
    return tuple(_take_record_lines(lambda _thread, text: f"'{path}'" in text))


def _take_record_lines(wanted: Callable[[str, str], bool]) -> list[str]:
    if _record_log is None:
        return []
    with _record_lock:
        for line in _record_log.read().decode(errors='replace').splitlines():
            found = _RECORD_LINE.search(line)
            if found:
                thread, name, number, text = found.groups()
                _record_lines.append((thread, f'{text} ({name}:{number})'))
        taken = [entry for entry in _record_lines if wanted(*entry)]
        for entry in taken:
            _record_lines.remove(entry)
    return [text for _, text in taken]
