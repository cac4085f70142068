# SPDX-License-Identifier: Apache-2.0
"""
The vendor's four families of results, checked after each call.

A function's ``restype`` decides how its result is checked: a failure raises the error of that
part of the SDK, with the SDK's own log lines about the call; success returns True, and the one
expected other outcome of the family (a timeout, a buffer too small, the end) returns False.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from azure_kinect_py.errors import DeviceError, KinectError, RecordingError, TrackerError
from azure_kinect_py.sdk import log

_SUCCEEDED = 0
_OTHER = 2

_ERRORS: dict[str, type[KinectError]] = {
    'k4a_device_': DeviceError,
    'k4a_record_': RecordingError,
    'k4a_playback_': RecordingError,
    'k4abt_': TrackerError,
}


class Result(ctypes.c_int):  # k4a_result_t
    """Succeeded or failed."""


class BufferResult(ctypes.c_int):  # k4a_buffer_result_t
    """Succeeded, failed, or (2) the buffer is too small."""


class WaitResult(ctypes.c_int):  # k4a_wait_result_t
    """Succeeded, failed, or (2) timed out."""


class StreamResult(ctypes.c_int):  # k4a_stream_result_t
    """Succeeded, failed, or (2) at the end."""


FAMILIES = (Result, BufferResult, WaitResult, StreamResult)


def marked(function: Any) -> Callable[..., Any]:
    """Return a function of the families as one that marks where the log of its call begins."""
    begin = log.begin if function.restype is WaitResult else log.forget

    def call(*arguments: Any) -> Any:
        begin()
        return function(*arguments)

    return call


def check(result: Any, function: Any, _arguments: tuple[Any, ...]) -> Any:
    """
    Return the outcome of a call, ctypes' ``errcheck``.

    :returns: True or False for the four families, any other result as it is.
    :raises KinectError: of the kind that fits the function, with its name and the log lines.
    """
    if not isinstance(result, FAMILIES):
        log.forget()
        return result
    if result.value == _SUCCEEDED:
        log.forget()
        return True
    if result.value == _OTHER and not isinstance(result, Result):
        log.forget()
        return False
    raise failure(function.__name__)


def failure(name: str) -> KinectError:
    """Return the error of the vendor's function ``name``, with its log lines."""
    for prefix, kind in _ERRORS.items():
        if name.startswith(prefix):
            return kind(f'{name} failed', log=log.take())
    return KinectError(f'{name} failed', log=log.take())
