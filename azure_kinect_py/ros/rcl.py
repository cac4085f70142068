# SPDX-License-Identifier: Apache-2.0
"""
The one call of ROS's C library that rclpy lacks: to publish serialised messages where they lie.

rclpy copies a message twice before the middleware sees it, and holds the interpreter all the
while: for a cloud of 12 MB several milliseconds in which no other thread of the driver runs. With
small messages too: they wait in the middleware while another thread sends a large one.
"""

from __future__ import annotations

import ctypes
import functools
from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]


class SerializedMessage(ctypes.Structure):
    """``rcl_serialized_message_t``; the allocator is for those who resize it."""

    _fields_ = (
        ('buffer', ctypes.c_void_p),
        ('length', ctypes.c_size_t),
        ('capacity', ctypes.c_size_t),
        ('allocator', ctypes.c_void_p * 5),
    )


def publish_in_place(publisher: Any, messages: Bytes) -> None:
    """
    Send serialised messages, without a copy and without the interpreter where that is possible.

    :param publisher: One of rclpy's; nothing is sent by a lifecycle publisher that is not active.
    :param messages: (M, N) uint8, C-contiguous, M messages of N bytes, which are sent in order;
        may be changed when this returns.
    """
    function = _function()
    handle: Any = getattr(publisher, 'handle', None)
    if function is None or not hasattr(handle, 'pointer'):
        _publish_copies(publisher, messages)
        return
    if not getattr(publisher, 'is_activated', True):
        return
    count, size = messages.shape
    serialized = SerializedMessage(messages.ctypes.data, size, size)
    argument = ctypes.byref(serialized)
    with handle:  # so that it lives until the calls return
        address = handle.pointer
        for index in range(count):
            if function(address, argument, None):
                # rclpy knows what is wrong, and what is no error
                _publish_copies(publisher, messages[index : index + 1])
            serialized.buffer += size


def _publish_copies(publisher: Any, messages: Bytes) -> None:
    for message in messages:
        publisher.publish(message.tobytes())


@functools.cache
def _function() -> Any:
    """Return ``rcl_publish_serialized_message``, or None where there is none."""
    try:
        function = ctypes.CDLL('librcl.so').rcl_publish_serialized_message
    except (OSError, AttributeError):
        return None
    function.argtypes = [ctypes.c_void_p, ctypes.POINTER(SerializedMessage), ctypes.c_void_p]
    function.restype = ctypes.c_int
    return function
