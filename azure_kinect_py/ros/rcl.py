# SPDX-License-Identifier: Apache-2.0
"""
The one call of ROS's C library that rclpy lacks: to publish a serialised message where it lies.

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


def publish_in_place(publisher: Any, message: Bytes) -> None:
    """
    Send a serialised message, without a copy and without the interpreter where that is possible.

    :param publisher: One of rclpy's; nothing is sent by a lifecycle publisher that is not active.
    :param message: (N,) uint8, contiguous; may be changed when this returns.
    """
    function = _function()
    handle: Any = getattr(publisher, 'handle', None)
    if function is None or not hasattr(handle, 'pointer'):
        publisher.publish(message.tobytes())
        return
    if not getattr(publisher, 'is_activated', True):
        return
    serialized = SerializedMessage(message.ctypes.data, message.size, message.size)
    with handle:  # so that it lives until the call returns
        failed = function(handle.pointer, ctypes.byref(serialized), None)
    if failed:
        publisher.publish(message.tobytes())  # rclpy knows what is wrong, and what is no error


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
