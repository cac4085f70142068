# SPDX-License-Identifier: Apache-2.0
"""IMU samples, as the vendor's recorder lays them down: several in a block, without padding."""

from __future__ import annotations

import bisect
import os
import struct
from array import array
from typing import BinaryIO

from azure_kinect_py.data import ImuSample
from azure_kinect_py.sources.matroska.reader import Damaged

_SAMPLE = struct.Struct('<Q3fQ3f')  # nanoseconds and m/s^2, nanoseconds and rad/s
_LATEST = (1 << 63) - 1
_UNKNOWN_C = float('nan')


class ImuBlocks:
    """Where the IMU samples of a recording are: its blocks of them, in the order of the file."""

    def __init__(self) -> None:
        self.starts = array('q')
        self.counts = array('B')
        self.times_usec = array('q')

    def __len__(self) -> int:
        return len(self.starts)

    def add(self, start: int, sizes: list[int], usec: int) -> None:
        """
        Add a block.

        :param start: Where in the file its first sample begins.
        :param sizes: Bytes of each of its samples.
        :param usec: When the block says that its first sample is, from the recording's start.
        """
        is_known = sizes.count(_SAMPLE.size) == len(sizes)
        self.starts.append(start)
        self.counts.append(len(sizes) if is_known else 0)
        before = self.times_usec[-1] if self.times_usec else 0
        self.times_usec.append(max(before, min(usec, _LATEST)))  # sorted, whatever the file says


class ImuReader:
    """
    Reads IMU samples, one block of them after the other; it begins with the first.

    :param file: The recording, which it closes in the end.
    :param blocks: Where they are in it.
    """

    def __init__(self, file: BinaryIO, blocks: ImuBlocks) -> None:
        self._file = file
        self._blocks = blocks
        self._next = 0

    def read(self, later_usec: int = 0) -> list[ImuSample]:
        """
        Return the samples of the next block, none at the end; they know no temperature.

        :param later_usec: Is added to their device times.
        :raises Damaged: when there are no samples there; the next call goes on after it.
        """
        if self._next >= len(self._blocks):
            return []
        start, count = self._blocks.starts[self._next], self._blocks.counts[self._next]
        self._next += 1
        try:
            content = os.pread(self._file.fileno(), count * _SAMPLE.size, start)
        except OSError as error:
            raise Damaged(f'cannot be read: {error.strerror}') from error
        if not count or len(content) != count * _SAMPLE.size:
            raise Damaged(f'is damaged at byte {start}: there are no IMU samples')
        return [
            ImuSample(
                (x, y, z),
                acc_ns // 1000 + later_usec,
                (p, q, r),
                gyro_ns // 1000 + later_usec,
                _UNKNOWN_C,
            )
            for acc_ns, x, y, z, gyro_ns, p, q, r in _SAMPLE.iter_unpack(content)
        ]

    def seek(self, usec: int) -> None:
        """
        Go to a time, counted from the start of the recording.

        No sample before the next block is at it, or after it.
        """
        self._next = max(bisect.bisect_left(self._blocks.times_usec, usec) - 1, 0)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
