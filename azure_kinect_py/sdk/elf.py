# SPDX-License-Identifier: Apache-2.0
"""Whether a shared library can be loaded: a malformed one ends the process without a word."""

from __future__ import annotations

import pathlib
import struct

_64_BIT_LITTLE_ENDIAN = b'\x7fELF\x02\x01'
_HEADER = struct.Struct('<32xQ14xHH6x')  # offset, size and number of the program headers
_PROGRAM_HEADER = struct.Struct('<I12xQ16xQ8x')  # kind of a part, its address, its size in memory
_BEGINNING = 1 << 16  # bytes in which the headers are
_LOAD, _DYNAMIC = 1, 2


def check_loadable(path: pathlib.Path) -> None:
    """
    Look at a library before the system's loader does; other files are left to that.

    :raises OSError: when the table that the loader begins with lies in no part that is loaded.
    """
    with path.open('rb') as file:
        content = file.read(_BEGINNING)
    if len(content) < _HEADER.size or not content.startswith(_64_BIT_LITTLE_ENDIAN):
        return
    start, size, count = _HEADER.unpack_from(content)
    places = [start + i * size for i in range(count)]
    fitting = [place for place in places if place + _PROGRAM_HEADER.size <= len(content)]
    parts = [_PROGRAM_HEADER.unpack_from(content, place) for place in fitting]
    loaded = [(begin, begin + length) for kind, begin, length in parts if kind == _LOAD]
    for kind, begin, length in parts:
        end = begin + length
        if kind == _DYNAMIC and not any(low <= begin and end <= high for low, high in loaded):
            raise OSError('it is malformed: its dynamic section is in no part that is loaded')
