# SPDX-License-Identifier: Apache-2.0
"""
A message that is serialised once, and whose stamp and data are then written into the bytes.

Nothing here knows the layout of any message: the stamp is found by marks, the data by what differs
between two serialisations of few data, whose number stands before them.
"""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time
from rclpy.serialization import serialize_message

from azure_kinect_py.ros.packed import STAMP, stamp_places
from azure_kinect_py.ros.rcl import Bytes

_ALIGNMENT = 64  # bytes: a line of the cache
_FEW = 64  # bytes of data, more than any padding; a multiple of all alignments


class InPlaceMessage:
    """
    The bytes of one message, allocated once.

    :param message: With a header; what it holds, but for stamp and data, is what is sent.
    :param data_size: Bytes of its field ``data``, for messages that have one.
    :ivar memory: (N,) uint8, the whole serialised message.
    :ivar data: (data_size,) uint8, the part of it that is ``data``; aligned for any type.
    """

    def __init__(self, message: Any, data_size: int = 0) -> None:
        message.header.stamp = STAMP
        head, tail = _around_data(message, data_size) if data_size else (_serialized(message), b'')
        self.memory, self.data = _allocate(head, data_size, tail)
        words = np.frombuffer(head, '<u4', len(head) // 4)
        (self._stamp,) = stamp_places(words) * 4

    def stamp(self, stamp: Time) -> None:
        """Set the time of the header."""
        words = np.array([stamp.sec, stamp.nanosec], '<i4')
        first = self._stamp[0]
        self.memory[first : first + 8] = words.view(np.uint8)


def _around_data(message: Any, data_size: int) -> tuple[bytes, bytes]:
    """Return what comes before and after the data of a serialised message."""
    few = _FEW + data_size % _FEW  # what comes after is aligned the same
    zeros, ones = (_with_data(message, value * few) for value in (b'\0', b'\xff'))
    message.data = array('B')
    start = _start_of_data(zeros, ones, few)
    count = np.array([data_size], '<u4').tobytes()
    return zeros[: start - len(count)] + count, zeros[start + few :]


def _with_data(message: Any, data: bytes) -> bytes:
    message.data = array('B', data)
    return _serialized(message)


def _serialized(message: Any) -> bytes:
    serialized: bytes = serialize_message(message)
    return serialized


def _start_of_data(zeros: bytes, ones: bytes, data_size: int) -> int:
    """
    Return where the data begin, given a message serialised with bytes 0 and with bytes 255.

    Padding is not initialised and may differ too, but nowhere for as long.
    """
    is_data = np.frombuffer(zeros, np.uint8) < np.frombuffer(ones, np.uint8)
    edges = np.flatnonzero(np.diff(is_data, prepend=False, append=False))
    begins, ends = edges[::2], edges[1::2]
    return int(begins[ends - begins == data_size][0])


def _allocate(head: bytes, data_size: int, tail: bytes) -> tuple[Bytes, Bytes]:
    """Return the memory of a message, and the part of it that is its data, at first zeros."""
    size = len(head) + data_size + len(tail)
    memory = np.zeros(size + _ALIGNMENT, np.uint8)
    skipped = -(memory.ctypes.data + len(head)) % _ALIGNMENT
    memory = memory[skipped : skipped + size]
    end = len(head) + data_size
    memory[: len(head)] = np.frombuffer(head, np.uint8)
    memory[end:] = np.frombuffer(tail, np.uint8)
    return memory, memory[len(head) : end]
