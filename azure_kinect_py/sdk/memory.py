# SPDX-License-Identifier: Apache-2.0
"""
The C library's memory: large blocks are kept for the next frame.

By default glibc gives a block of more than a few hundred kilobytes back to the kernel as soon as
it is freed, and the next frame's image then costs a page fault for every 4 kB, which is more than
decoding a JPEG does. The driver, its middleware and OpenCV allocate such blocks at every frame.
"""

from __future__ import annotations

import ctypes

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
LARGEST_BLOCK = 32 * 1024 * 1024  # the most that glibc lets its heaps serve
KEEP = 256 * 1024 * 1024


def keep_large_blocks() -> bool:
    """Have freed blocks kept for reuse; return False where the C library is not glibc."""
    mallopt = getattr(ctypes.CDLL(None), 'mallopt', None)
    if mallopt is None:
        return False
    return bool(mallopt(M_MMAP_THRESHOLD, LARGEST_BLOCK) and mallopt(M_TRIM_THRESHOLD, KEEP))
