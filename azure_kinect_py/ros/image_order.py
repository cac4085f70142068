# SPDX-License-Identifier: Apache-2.0
"""When images are published: at once, or with the bodies of their capture."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from azure_kinect_py.data import Capture
from azure_kinect_py.ros.clock import Turnstile
from azure_kinect_py.ros.tracking import Tracking

TakeCapture = Callable[[Capture, int], bool]
"""Takes a capture with its stamp over, or returns False."""


class ImageOrder:
    """
    Publishes the images of captures in order, each once, whichever thread comes first.

    :param show: Publishes the images of a capture; called by one thread at a time.
    :param track: Gives a capture to the tracker, if it is wanted and runs.
    :param coming: Announces, while the context lasts, that the images of a capture come.
    """

    def __init__(
        self,
        show: Callable[[Capture, int], None],
        track: TakeCapture,
        coming: Callable[[Capture], AbstractContextManager[None]],
    ) -> None:
        self._show = show
        self._track = track
        self._coming = coming
        self._publishing = threading.Lock()
        self._claim = Turnstile()
        self._is_holding = False

    def hold(
        self, capture: Capture, stamp_ns: int, tracking: Tracking | None, *, may_wait: bool
    ) -> None:
        """
        Let the images wait for their bodies; without bodies, for those before them.

        :param capture: Is taken over.
        :param may_wait: Wait rather than drop it when very many are held.
        """
        self._is_holding = True
        if self._track(capture, stamp_ns):
            return
        if tracking is None or not tracking.queue(capture, stamp_ns, may_wait=may_wait):
            with capture:
                self.publish(capture, stamp_ns)

    def send(
        self, capture: Capture, stamp_ns: int, tracking: Tracking | None, *, is_synchronous: bool
    ) -> None:
        """
        Publish the images at once, whatever becomes of the bodies.

        :param capture: Is taken over.
        :param is_synchronous: Offering a capture to the tracker may take its time, and comes after
            publishing; else the tracker works meanwhile.
        """
        if self._is_holding:
            self._is_holding = False
            for held, held_stamp_ns in tracking.in_flight if tracking else ():
                self.publish(held, held_stamp_ns)
        if is_synchronous:
            self.publish(capture, stamp_ns)
        is_claimed = self._claim(stamp_ns)  # before the tracker, which may be quicker than we are
        with (
            self._coming(capture) if is_claimed else nullcontext(),
            nullcontext() if self._track(capture, stamp_ns) else capture,
        ):
            if is_claimed:
                with self._publishing:
                    self._show(capture, stamp_ns)

    def publish(self, capture: Capture, stamp_ns: int) -> None:
        """Publish the images of a capture, unless they or newer ones were published."""
        if not self._claim.is_open_to(stamp_ns):  # results do not wait for images of others
            return
        with self._publishing:
            if self._claim(stamp_ns):
                self._show(capture, stamp_ns)
