# SPDX-License-Identifier: Apache-2.0
"""Which depth pixels the color pixels of a capture show, kept until its bodies come."""

from __future__ import annotations

import math
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import Capture

I32 = npt.NDArray[np.int32]

INTEREST_S = 1.0
PATIENCE_S = 0.5
"""For a capture that is about to be drawn; whoever is that late may let it be drawn twice."""


class NearestPixels:
    """
    What a capture's registered images leave for the map of its bodies, which comes later.

    It is recorded only while somebody asks for it. It lives as long as its capture does, however
    many wait for their bodies; then its buffer serves another. For use from any thread.

    :param shape: Height and width of the color image.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self._shape = shape
        self._kept: weakref.WeakKeyDictionary[Capture, I32] = weakref.WeakKeyDictionary()
        self._free: list[I32] = []
        self._asked_at = -math.inf
        self._coming: list[Capture] = []
        self._changed = threading.Condition()

    @contextmanager
    def coming(self, capture: Capture) -> Iterator[None]:
        """Announce that a capture's registered images are to be drawn in this context."""
        self._coming.append(capture)
        try:
            yield
        finally:
            with self._changed:
                self._coming.remove(capture)
                self._changed.notify_all()

    def of(self, capture: Capture) -> I32 | None:
        """
        Return what was recorded of a capture, (Hc, Wc) int32; None if nothing was.

        Bodies that come before the capture's registered images wait for them.
        """
        self._asked_at = time.monotonic()
        with self._changed:
            self._changed.wait_for(
                lambda: capture in self._kept or capture not in self._coming, PATIENCE_S
            )
            return self._kept.get(capture)

    @contextmanager
    def kept_with(self, capture: Capture) -> Iterator[I32 | None]:
        """Lend a buffer to record into, which is kept with the capture; None if nobody asks."""
        if time.monotonic() - self._asked_at > INTEREST_S:
            yield None
            return
        try:
            buffer = self._free.pop()
        except IndexError:
            buffer = np.empty(self._shape, np.int32)
        yield buffer
        with self._changed:
            self._kept[capture] = buffer
            self._changed.notify_all()
        weakref.finalize(capture, self._free.append, buffer).atexit = False
