# SPDX-License-Identifier: Apache-2.0
"""
A second core for kernels, where one is idle.

Numba's own threads are not used: its default threading layer must not be entered by two threads at
once, and they would compete for the cores where none is idle.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

_WORTHWHILE = 128  # rows


def in_halves(work: Callable[[int, int], None], rows: int) -> None:
    """
    Call ``work(first, last)`` for all rows, half of them on another core if one is idle.

    What cannot start at once over there is done here: with no idle core nothing is waited for but
    what has begun.

    :param work: A kernel, which releases the GIL, of rows that can be worked on at the same time.
    """
    if rows < _WORTHWHILE or not _is_core_idle():
        work(0, rows)
        return
    middle = rows // 2
    other = _helper().submit(work, middle, rows)
    try:
        work(0, middle)
    finally:
        cancelled = other.cancel()
        if not cancelled:
            other.result()
    if cancelled:
        work(middle, rows)


@functools.cache
def _helper() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix='kernel')


@functools.cache
def _loadavg() -> int:
    return os.open('/proc/loadavg', os.O_RDONLY | os.O_CLOEXEC)


def _is_core_idle() -> bool:
    """Return whether fewer threads run at this moment than there are cores for them."""
    cores = len(os.sched_getaffinity(0))
    if cores < 2:
        return False
    try:
        running = os.pread(_loadavg(), 64, 0).split()[3].split(b'/')[0]
    except OSError:
        return False
    return int(running) < cores
