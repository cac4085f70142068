# SPDX-License-Identifier: Apache-2.0
"""
The errors that this package raises, one small tree.

::

    KinectError
    ├── ConfigError        (ValueError)    a value or a combination that the camera cannot do
    ├── LibraryNotFound    (OSError)       a vendor library is missing, or lacks a function
    ├── DeviceError                        the camera: not there, busy, no permission, lost
    ├── CaptureTimeout     (TimeoutError)  nothing arrived in time; the stream may still go on
    ├── StreamEnded        (EOFError)      the end of a recording, or a source that was stopped
    ├── RecordingError                     a file that cannot be read or written
    └── TrackerError                       the body tracker
"""

from __future__ import annotations

from collections.abc import Sequence


class KinectError(Exception):
    """
    Root of the tree.

    :param message: What happened, naming the thing; never empty.
    :param hint: What to do next, where that is known.
    :param log: The SDK's own log lines from the failing call.
    """

    def __init__(self, message: str, *, hint: str = '', log: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.log = tuple(log)

    def __str__(self) -> str:
        """Return the message, the hint and the log, each part on its own lines."""
        lines = [self.message]
        if self.hint:
            lines.append(self.hint)
        lines += [f'  sdk: {line}' for line in self.log]
        return '\n'.join(lines)


class ConfigError(KinectError, ValueError):
    """Raised when a value, or a combination of values, is not possible."""


class LibraryNotFound(KinectError, OSError):
    """Raised when a vendor library cannot be loaded, or lacks a function."""


class DeviceError(KinectError):
    """Raised when the camera is missing, busy, not permitted, or lost."""


class CaptureTimeout(KinectError, TimeoutError):
    """Raised when nothing arrived in time."""


class StreamEnded(KinectError, EOFError):
    """Raised at the end of a recording, and by a source that was stopped while waiting."""


class RecordingError(KinectError):
    """Raised when a recording cannot be read or written."""


class TrackerError(KinectError):
    """Raised when the body tracker cannot start or fails."""
