# SPDX-License-Identifier: Apache-2.0
"""
What libk4abt says about a failure.

It has no handler for its log, only a file, which it opens once. It gets one that has no name any
more once it is open, unless the user has directed the log elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

_FILE = 'K4ABT_ENABLE_LOG_TO_A_FILE'
_STDOUT = 'K4ABT_ENABLE_LOG_TO_STDOUT'
_LINE = re.compile(r'\[(?:critical|error|warning)\] (?:\[t=\d+\] )?(.*)')
_MOST_LINES = 12

_log: BinaryIO | None = None


def prepare() -> None:
    """Keep the library's errors off standard output; to be called before it is loaded."""
    os.environ.setdefault(_STDOUT, '0')


@contextlib.contextmanager
def listening() -> Iterator[None]:
    """Let the library open its log within this context, if it has not done so before."""
    global _log  # noqa: PLW0603  one logger in the process
    folder = None if _log or _FILE in os.environ else _folder()
    if folder is None:
        yield
        return
    with folder as name:
        path = pathlib.Path(name) / 'k4abt.log'
        os.environ[_FILE] = str(path)
        try:
            yield
        finally:
            del os.environ[_FILE]
            if path.exists():
                _log = path.open('rb')


def _folder() -> tempfile.TemporaryDirectory[str] | None:
    try:
        return tempfile.TemporaryDirectory(prefix='k4abt')
    except OSError:  # nowhere to write: failures are told without a reason
        return None


def take() -> list[str]:
    """Return the warnings and errors since the last call, the newest if they are many."""
    if _log is None:
        return []
    lines = _log.read().decode(errors='replace').splitlines()
    return [found[1] for found in map(_LINE.search, lines) if found][-_MOST_LINES:]
