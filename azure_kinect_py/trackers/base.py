# SPDX-License-Identifier: Apache-2.0
"""What a body tracker is: captures go in, and come out in order with their bodies."""

from __future__ import annotations

import abc
from types import TracebackType
from typing import NamedTuple, TypeVar

from azure_kinect_py.data import BodyFrame, Calibration, Capture

T = TypeVar('T', bound='Tracker')


class Tracked(NamedTuple):
    """A capture that came out of the tracker, with its bodies. The receiver closes the capture."""

    capture: Capture
    bodies: BodyFrame


class Tracker(abc.ABC):
    """
    A body tracker with an input and an output queue.

    ``enqueue`` and ``pop`` may be called from two threads. Order is kept, nothing is lost inside:
    each capture that ``enqueue`` took comes out of ``pop`` once.

    :ivar name: What it is, for messages and diagnostics.
    :ivar processing_mode: The mode in use, for diagnostics.
    """

    name: str
    processing_mode: str = ''

    @abc.abstractmethod
    def start(self, calibration: Calibration) -> None:
        """
        Load the model; takes seconds to minutes.

        :raises TrackerError: when it cannot start, saying why and what to do.
        """

    @abc.abstractmethod
    def enqueue(self, capture: Capture, timeout: float) -> bool:
        """
        Give a capture to the tracker, which takes it over.

        :param timeout: Seconds to wait for a place in the queue.
        :returns: False when the queue stayed full; the capture then still belongs to the caller.
        :raises TrackerError: when the tracker failed, or the capture lacks depth or infrared.
        """

    @abc.abstractmethod
    def pop(self, timeout: float) -> Tracked | None:
        """
        Return the next result, or None when there was none within ``timeout`` seconds.

        :raises TrackerError: when the tracker failed.
        """

    @abc.abstractmethod
    def set_smoothing(self, factor: float) -> None:
        """Set temporal smoothing, 0 (none) to 1 (full), also while running."""

    @abc.abstractmethod
    def close(self) -> None:
        """Shut down, frames in flight included; harmless when repeated."""

    def __enter__(self: T) -> T:
        """Return self."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()
