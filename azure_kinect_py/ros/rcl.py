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
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from rclpy.exceptions import InvalidHandle

Bytes = npt.NDArray[np.uint8]

PAUSES_S = (0.001, 0.01)
"""Before further tries to send a message: Fast DDS may be out of room for less than 1 ms."""

_REFUSED = 1  # RCL_RET_ERROR: the middleware does not take it, or not yet
_BLOCKS_S = 0.05  # a try that takes longer has waited for room: Fast DDS does for 0.1 s


class SerializedMessage(ctypes.Structure):
    """``rcl_serialized_message_t``; the allocator is for those who resize it."""

    _fields_ = (
        ('buffer', ctypes.c_void_p),
        ('length', ctypes.c_size_t),
        ('capacity', ctypes.c_size_t),
        ('allocator', ctypes.c_void_p * 5),
    )


def publish_in_place(publisher: Any, messages: Bytes) -> int:
    """
    Send serialised messages, without a copy and without the interpreter where that is possible.

    :param publisher: One of rclpy's; nothing is sent by a lifecycle publisher that is not active.
    :param messages: (M, N) uint8, C-contiguous, M messages of N bytes, which are sent in order;
        may be changed when this returns.
    :returns: How many are lost: that which the middleware does not take, also not a little later,
        and those behind it, so that nobody waits for each of them.
    :raises InvalidHandle: when the publisher is destroyed.
    """
    function = _function()
    handle: Any = getattr(publisher, 'handle', None)
    if function is None or not hasattr(handle, 'pointer'):
        return _publish_copies(publisher, messages)
    if not getattr(publisher, 'is_activated', True):
        return 0
    count, size = len(messages), messages.shape[1]
    serialized = SerializedMessage(messages.ctypes.data, size, size)
    argument = ctypes.byref(serialized)
    with handle:  # so that it lives until the calls return
        address = handle.pointer
        for index in range(count):
            result = function(address, argument, None)
            if result == _REFUSED:
                if not _sends_later(lambda: not function(address, argument, None)):
                    return count - index
            elif result:
                # rclpy knows what is wrong, and what is no error
                publisher.publish(messages[index].tobytes())
            serialized.buffer += size
    return 0


def _publish_copies(publisher: Any, messages: Bytes) -> int:
    for index, message in enumerate(messages):
        send = functools.partial(_sends_copy, publisher, message.tobytes())
        if not (send() or _sends_later(send)):
            return len(messages) - index
    return 0


def _sends_copy(publisher: Any, message: bytes) -> bool:
    try:
        publisher.publish(message)
    except InvalidHandle:
        raise
    except RuntimeError:  # RCLError, which rclpy has in no public module
        return False
    return True


def _sends_later(send: Callable[[], bool]) -> bool:
    """Try again; return whether the message is sent. One try that waits for room is enough."""
    for pause_s in PAUSES_S:
        time.sleep(pause_s)
        began = time.monotonic()
        if send():
            return True
        if time.monotonic() - began > _BLOCKS_S:
            break
    return False


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
