# SPDX-License-Identifier: Apache-2.0
"""
Images that are rendered when somebody looks at them.

To whom that matters: a driver without subscribers, which would otherwise pay for pictures that
nobody sees. As long as images are looked at, they are rendered ahead of time, so that looking at
them costs nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy.typing as npt

from azure_kinect_py.data import BodyFrame, Capture, Image

T = TypeVar('T')

_PATIENCE = 2  # frames that are rendered ahead although nobody looked


class Demand:
    """Whether somebody looks at what is made frame by frame."""

    def __init__(self) -> None:
        self._unseen = 0

    def ask(self) -> bool:
        """Return whether to make the next one ahead of time."""
        self._unseen += 1
        return self._unseen <= _PATIENCE + 1

    def meet(self) -> None:
        """Note that somebody looked."""
        self._unseen = 0


class Exposure(Generic[T]):
    """
    Something that is made once, when it is first wanted, from whichever thread.

    :param make: Makes it.
    :param demand: Of this kind of thing.
    """

    def __init__(self, make: Callable[[], T], demand: Demand) -> None:
        self._make: Callable[[], T] | None = make
        self._demand = demand
        self._lock = threading.Lock()
        self._made: list[T] = []

    def develop(self) -> None:
        """Make it now, if there is demand."""
        if self._demand.ask():
            self._develop()

    def get(self) -> T:
        """Return it."""
        self._demand.meet()
        return self._develop()

    def _develop(self) -> T:
        with self._lock:
            if self._make is not None:
                self._made.append(self._make())
                self._make = None
            return self._made[0]


class LazyImage(Image):
    """An image whose pixels may be a function, which makes them when they are first looked at."""

    def __init__(self, pixels: Any, *fields: Any, **more: Any) -> None:
        super().__init__(pixels, *fields, **more)
        if callable(pixels):
            self.__dict__['_make'] = self.__dict__.pop('pixels')

    @cached_property
    def pixels(self) -> npt.NDArray[Any]:
        """The pixels."""
        made: npt.NDArray[Any] = self.__dict__['_make']()
        return made


class LazyCapture(Capture):
    """A capture whose truth may be a function, which finds it out when somebody asks."""

    def __init__(self, *fields: Any, **more: Any) -> None:
        super().__init__(*fields, **more)
        if callable(self.__dict__['truth']):
            self.__dict__['_find_out'] = self.__dict__.pop('truth')

    @cached_property
    def truth(self) -> BodyFrame | None:
        """What the simulated camera knows about the people in view."""
        truth: BodyFrame | None = self.__dict__['_find_out']()
        return truth
