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
import time
from typing import Any

import numpy as np
import numpy.typing as npt
from rclpy.exceptions import InvalidHandle

Bytes = npt.NDArray[np.uint8]

PAUSES_S = (0.0, 0.001, 0.01)
"""Before each try to send a message with rclpy: Fast DDS may be out of room for a moment."""


class SerializedMessage(ctypes.Structure):
    """``rcl_serialized_message_t``; the allocator is for those who resize it."""

    _fields_ = (
        ('buffer', ctypes.c_void_p),
        ('length', ctypes.c_size_t),
        ('capacity', ctypes.c_size_t),
        ('allocator', ctypes.c_void_p * 5),
    )


def publish_in_place(publisher: Any, messages: Bytes) -> list[str]:
    """
    Send serialised messages, without a copy and without the interpreter where that is possible.

    :param publisher: One of rclpy's; nothing is sent by a lifecycle publisher that is not active.
    :param messages: (M, N) uint8, C-contiguous, M messages of N bytes, which are sent in order;
        may be changed when this returns.
    :returns: For each message that the middleware does not take, also not a little later, why.
    """
    function = _function()
    handle: Any = getattr(publisher, 'handle', None)
    if function is None or not hasattr(handle, 'pointer'):
        return _publish_copies(publisher, messages)
    refusals: list[str] = []
    if not getattr(publisher, 'is_activated', True):
        return refusals
    count, size = messages.shape
    serialized = SerializedMessage(messages.ctypes.data, size, size)
    argument = ctypes.byref(serialized)
    with handle:  # so that it lives until the calls return
        address = handle.pointer
        for index in range(count):
            if function(address, argument, None):
                # rclpy knows what is wrong, and what is no error
                refusals += _publish_copies(publisher, messages[index : index + 1])
            serialized.buffer += size
    return refusals


def _publish_copies(publisher: Any, messages: Bytes) -> list[str]:
    tries = (_publish_copy(publisher, message.tobytes()) for message in messages)
    return [refusal for refusal in tries if refusal]


def _publish_copy(publisher: Any, message: bytes) -> str:
    """Send a message; return why the middleware does not take it, or nothing."""
    refusal = ''
    for pause_s in PAUSES_S:
        time.sleep(pause_s)
        try:
            publisher.publish(message)
        except InvalidHandle:
            raise
        except RuntimeError as error:  # RCLError, which rclpy has in no public module
            refusal = str(error)
        else:
            return ''
    return refusal


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
