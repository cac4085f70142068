# SPDX-License-Identifier: Apache-2.0
"""
A second core for kernels and decoding, where one is idle.

Numba's own threads are not used: its default threading layer must not be entered by two threads at
once, and they would compete for the cores where none is idle.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Generic, TypeVar

T = TypeVar('T')

_WORTHWHILE = 128  # rows


def in_halves(work: Callable[[int, int], None], rows: int) -> None:
    """
    Call ``work(first, last)`` for all rows, half of them on another core if one is idle.

    What cannot start at once over there is done here: with no idle core nothing is waited for but
    what has begun.

    :param work: A kernel, which releases the GIL, of rows that can be worked on at the same time.
    """
    if rows < _WORTHWHILE or not is_core_idle():
        work(0, rows)
        return
    middle = rows // 2
    other = Beside(lambda: work(middle, rows))
    try:
        work(0, middle)
        other.result()
    finally:
        other.drop()


class Beside(Generic[T]):
    """
    Work for an idle core; what has not begun over there is done by who asks for its result.

    To be dropped in any case: an error keeps the frames that it went through, which keep this, and
    this keeps the error. Such a circle is freed late, with all that the work was for.

    :param work: Mostly done without the GIL.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._there = _helper().submit(work)

    def result(self) -> T:
        """Return its result, or raise what it raised."""
        return self._work() if self._there.cancel() else self._there.result()

    def drop(self) -> None:
        """Return when nobody is at work on it, and forget its result."""
        if not self._there.cancel():
            wait([self._there])
        del self._there


@functools.cache
def _helper() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix='kernel')


@functools.cache
def _loadavg() -> int:
    return os.open('/proc/loadavg', os.O_RDONLY | os.O_CLOEXEC)


def is_core_idle() -> bool:
    """Return whether fewer threads run at this moment than there are cores for them."""
    cores = len(os.sched_getaffinity(0))
    if cores < 2:
        return False
    try:
        running = os.pread(_loadavg(), 64, 0).split()[3].split(b'/')[0]
    except OSError:
        return False
    return int(running) < cores
