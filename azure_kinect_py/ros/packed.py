# SPDX-License-Identifier: Apache-2.0
"""
A message that is serialised once, and whose numbers are then replaced in the bytes.

rclpy serialises one attribute at a time: 3.7 ms for the 204 markers of six bodies, of which only
positions and stamps differ from the last frame's. So the message is built once with marks in
place of those numbers (:data:`STAMP`, :data:`DOUBLE`, :data:`COLOR`), serialised by rclpy, and the
marks are looked up in the bytes. Nothing here knows the layout of any message.

Padding between fields is not initialised: it may hold a word of an earlier message, a mark even,
but never two, and only before a number of eight bytes. Hence marks have two words or more.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from builtin_interfaces.msg import Time
from rclpy.serialization import serialize_message
from std_msgs.msg import ColorRGBA

_STAMP_WORDS = (0x2B5A51D3, 0x2D693A4B)
_DOUBLE_WORDS = (0x1F2E3D4C, 0x5B6A7988)  # low, high
_COLOR_WORD = 0x4E6B5A3C

STAMP = Time(sec=_STAMP_WORDS[0], nanosec=_STAMP_WORDS[1])
"""Put it where the stamp goes; any number of times."""

DOUBLE = float(np.array(_DOUBLE_WORDS, '<u4').view('<f8')[0])
"""Put it where a float64 goes that changes."""

_LEVEL = float(np.array([_COLOR_WORD], '<u4').view('<f4')[0])
COLOR = ColorRGBA(r=_LEVEL, g=_LEVEL, b=_LEVEL, a=_LEVEL)
"""Put it where a color goes that changes."""

Words = npt.NDArray[np.uint32]


class PackedMessage:
    """
    The bytes of a message.

    :ivar doubles: How many float64 change; they are filled in the order of the message's fields.
    :ivar colors: How many colors do.
    """

    def __init__(self, message: Any) -> None:
        data = serialize_message(message)
        self._size = len(data)
        self._words: Words = np.frombuffer(data + bytes(-len(data) % 4), '<u4').copy()
        self._stamps = stamp_places(self._words)
        self._doubles = double_places(self._words)
        self._colors = _quadruples(self._words, _COLOR_WORD)
        self.doubles, self.colors = len(self._doubles), len(self._colors)

    def fill(
        self,
        stamp_ns: int,
        doubles: npt.NDArray[np.float64],
        colors: npt.NDArray[np.float32],
    ) -> bytes:
        """
        Return the message with these numbers, for ``publisher.publish``.

        :param doubles: ``self.doubles`` numbers in any shape.
        :param colors: ``self.colors`` times red, green, blue, alpha, in any shape.
        """
        self._words[self._stamps] = divmod(stamp_ns, 1_000_000_000)
        self._words[self._doubles] = doubles.astype('<f8').reshape(-1, 1).view('<u4')
        self._words[self._colors] = colors.astype('<f4').reshape(-1, 4).view('<u4')
        filled = self._words.tobytes()
        return filled[: self._size]


def stamp_places(words: Words) -> npt.NDArray[np.intp]:
    """Return the places, (N, 2), of the two words of :data:`STAMP`."""
    return _pairs(words, _STAMP_WORDS)


def double_places(words: Words) -> npt.NDArray[np.intp]:
    """Return the places, (N, 2), of the two words of each :data:`DOUBLE`."""
    return _pairs(words, _DOUBLE_WORDS)


def _pairs(words: Words, pair: tuple[int, int]) -> npt.NDArray[np.intp]:
    """Return the places, (N, 2), of two words that follow each other."""
    first = np.flatnonzero((words[:-1] == pair[0]) & (words[1:] == pair[1]))
    return np.stack([first, first + 1], axis=1)


def _quadruples(words: Words, word: int) -> npt.NDArray[np.intp]:
    """Return the places, (N, 4), of a word four times; a fifth in a row is padding."""
    found = np.flatnonzero(words == word)
    runs = np.split(found, np.flatnonzero(np.diff(found) > 1) + 1)
    whole = [run[: len(run) // 4 * 4] for run in runs]
    return np.concatenate(whole).reshape(-1, 4)
