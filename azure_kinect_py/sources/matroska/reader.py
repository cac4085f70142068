# SPDX-License-Identifier: Apache-2.0
"""Numbers, sizes and elements of an EBML file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_LONGEST_HEADER = 12


class Damaged(Exception):
    """
    Raised when a file is not a whole recording.

    :param message: What is wrong, to follow the name of the file.
    """

    def __init__(self, message: str, *, hint: str = '') -> None:
        super().__init__(message)
        self.hint = hint


class Element(NamedTuple):
    """An element's number, where it starts, and where its content starts and ends."""

    number: int
    start: int
    content: int
    end: int


class Reader:
    """Reads parts of a file, or of one element that was read as a whole."""

    def __init__(self, file: BinaryIO) -> None:
        self._descriptor = file.fileno()
        self.size = os.fstat(self._descriptor).st_size
        # Small reads far apart: reading ahead would read it all.
        os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_RANDOM)

    def read(self, start: int, count: int) -> bytes:
        """Return up to ``count`` bytes."""
        return os.pread(self._descriptor, count, start)

    def whole(self, element: Element) -> bytes:
        """Return an element's content."""
        content = self.read(element.content, element.end - element.content)
        if len(content) != element.end - element.content:
            raise Damaged(f'is damaged at byte {element.start}: it cannot be read')
        return content

    def elements(self, start: int, end: int) -> Iterator[Element]:
        """
        Yield the elements that fill a part of the file.

        :raises Damaged: when they do not fill it exactly.
        """
        while start < end:
            head = self.read(start, _LONGEST_HEADER)
            element = parse_header(head, start)
            if element.end > end:
                raise Damaged(
                    f'is damaged at byte {start}: element {element.number:X} is larger than '
                    'what it is in'
                )
            yield element
            start = element.end


class Content(Reader):
    """Reads an element that is in memory, at the positions that it has in the file."""

    def __init__(self, element: Element, content: bytes) -> None:
        self._first = element.content
        self._bytes = content
        self.size = element.end

    def read(self, start: int, count: int) -> bytes:
        """Return up to ``count`` bytes."""
        offset = start - self._first
        return self._bytes[offset : offset + count]


def parse_header(head: bytes, start: int) -> Element:
    """
    Return the element whose first bytes are ``head``.

    :raises Damaged: when there is none, or its size is not known.
    """
    try:
        number_length = _length(head[0])
        size_length = _length(head[number_length])
    except IndexError:
        number_length = size_length = 9
    content = number_length + size_length
    if len(head) < min(content, 2):
        raise Damaged(f'is truncated: it ends at byte {start + len(head)}')
    if number_length > 4 or size_length > 8 or len(head) < content:
        raise Damaged(f'is damaged at byte {start}: there is no element')
    size = int.from_bytes(head[number_length:content], 'big') - (1 << 7 * size_length)
    if size == (1 << 7 * size_length) - 1:
        raise Damaged(f'is damaged at byte {start}: an element has no size')
    number = int.from_bytes(head[:number_length], 'big')
    return Element(number, start, start + content, start + content + size)


def parse_number(head: bytes) -> tuple[int, int]:
    """Return a number of variable length and how many bytes it takes."""
    length = _length(head[0])
    if len(head) < length:
        raise IndexError
    return int.from_bytes(head[:length], 'big') - (1 << 7 * length), length


def _length(first: int) -> int:
    """Return how many bytes a number takes that begins so; 9 when none does."""
    return 9 - first.bit_length()
