# SPDX-License-Identifier: Apache-2.0
"""
A message that is serialised once, and whose stamp and data are then written into the bytes.

Nothing here knows the layout of any message: the stamp is found by marks, the data by what differs
between two serialisations.
"""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
import numpy.typing as npt
from builtin_interfaces.msg import Time
from rclpy.serialization import serialize_message

from azure_kinect_py.ros.packed import STAMP, stamp_places

Bytes = npt.NDArray[np.uint8]

_ALIGNMENT = 64  # bytes: a line of the cache


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
        if not data_size:
            serialized = serialize_message(message)
            start = len(serialized)
        else:
            ones = _with_data(message, b'\xff' * data_size)
            serialized = _with_data(message, bytes(data_size))
            start = _start_of_data(serialized, ones, data_size)
            message.data = array('B')
        self.memory = _aligned(serialized, start)
        self.data = self.memory[start : start + data_size]
        head = self.memory[: start // 4 * 4].tobytes()
        (self._stamp,) = stamp_places(np.frombuffer(head, '<u4')) * 4

    def stamp(self, stamp: Time) -> None:
        """Set the time of the header."""
        words = np.array([stamp.sec, stamp.nanosec], '<i4')
        first = self._stamp[0]
        self.memory[first : first + 8] = words.view(np.uint8)


def _with_data(message: Any, data: bytes) -> bytes:
    message.data = array('B', data)
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


def _aligned(serialized: bytes, start: int) -> Bytes:
    """Return a copy whose byte number ``start`` is at an aligned address."""
    memory = np.empty(len(serialized) + _ALIGNMENT, np.uint8)
    skipped = -(memory.ctypes.data + start) % _ALIGNMENT
    memory = memory[skipped : skipped + len(serialized)]
    memory[:] = np.frombuffer(serialized, np.uint8)
    return memory
