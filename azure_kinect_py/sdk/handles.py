# SPDX-License-Identifier: Apache-2.0
"""
The vendor's opaque pointers as objects.

A handle can be given to the library's functions as it is, closes with ``close`` or ``with``, and
when it is forgotten. A closed handle refuses to be used. Open handles are counted, so that a test
can see them all come back.
"""

from __future__ import annotations

import collections
import ctypes
import itertools
import weakref
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from azure_kinect_py.errors import KinectError
from azure_kinect_py.sdk.loader import Library

H = TypeVar('H', bound='Handle')

_open: dict[int, str] = {}
_numbers = itertools.count()


class Handle:
    """
    An opaque pointer of a library.

    :cvar release: Name of the C function that gives it back.
    :ivar library: The library that it belongs to.
    :param keep: What the library points to as long as the handle is open.
    """

    release: ClassVar[str]

    def __init__(
        self, library: Library, pointer: ctypes.c_void_p | int, keep: object = None
    ) -> None:
        self.library = library
        self._pointer = ctypes.cast(pointer, ctypes.c_void_p)
        number = next(_numbers)
        _open[number] = type(self).__name__
        function = getattr(library, self.release)
        self._finalizer = weakref.finalize(self, _give_back, function, self._pointer, number, keep)

    @property
    def _as_parameter_(self) -> ctypes.c_void_p:
        if not self._finalizer.alive:
            raise KinectError(f'{type(self).__name__} is closed')
        return self._pointer

    @property
    def closed(self) -> bool:
        """Whether it was given back."""
        return not self._finalizer.alive

    def close(self) -> None:
        """Give it back to the library; harmless when repeated."""
        self._finalizer()

    def __enter__(self: H) -> H:
        """Return self."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()


def _give_back(
    function: Callable[..., Any], pointer: ctypes.c_void_p, number: int, _keep: object
) -> None:
    function(pointer)
    _open.pop(number, None)


def live() -> dict[str, int]:
    """Return how many handles are open, by type; empty when all were given back."""
    return dict(collections.Counter(list(_open.values())))


class _Memory:
    """What numpy keeps as the base of a view: the memory, and whom it belongs to."""

    def __init__(
        self, owner: object, address: int, shape: tuple[int, ...], dtype: npt.DTypeLike
    ) -> None:
        self.owner = owner
        self.__array_interface__ = {
            'version': 3,
            'shape': shape,
            'typestr': np.dtype(dtype).str,
            'data': (address, False),
        }


def view(
    owner: object, address: int, shape: tuple[int, ...], dtype: npt.DTypeLike
) -> npt.NDArray[Any]:
    """Return a numpy view of memory that belongs to ``owner``, which lives as long as the view."""
    return np.asarray(_Memory(owner, address, shape, dtype))


def read_bytes(function: Callable[..., Any], *arguments: Any) -> bytes:
    """
    Return the bytes that a function of the two-call pattern gives.

    It is called without a buffer for the size, then with one; Orbbec's library names a size that
    is larger than what it writes.
    """
    size = ctypes.c_size_t(0)
    function(*arguments, None, ctypes.byref(size))
    buffer = (ctypes.c_char * size.value)()
    function(*arguments, buffer, ctypes.byref(size))
    return buffer.raw[: size.value]


def read_text(function: Callable[..., Any], *arguments: Any) -> str:
    """Return the text that a function of the two-call pattern gives, without its NUL."""
    return read_bytes(function, *arguments).rstrip(b'\0').decode(errors='replace')
