# SPDX-License-Identifier: Apache-2.0
"""Blocks: the images and samples of a recording, several of which may share one block."""

from __future__ import annotations

import struct
from typing import NamedTuple

from azure_kinect_py.sources.matroska.reader import Damaged, parse_number

_NONE, _XIPH, _FIXED, _EBML = range(4)
_NOT_WHOLE = 'the frames of a block do not add up'


class Block(NamedTuple):
    """
    What a block holds.

    :ivar time: Of its first frame, in the file's unit, from the start of the recording.
    :ivar content: Bytes from its start to its first frame.
    :ivar sizes: Bytes of each of its frames, which follow each other.
    """

    track: int
    time: int
    content: int
    sizes: list[int]


def parse_block(head: bytes, size: int, tracks: frozenset[int], cluster_time: int | None) -> Block:
    """
    Check the start of a block, and return what it says.

    :param head: The block's first bytes, with all sizes of its frames.
    :param size: Bytes of the whole block.
    :param tracks: The tracks that there are.
    :param cluster_time: Time that the block's own counts from, None where it is not known.
    :raises Damaged: when it does not add up.
    """
    try:
        track, length = parse_number(head)
        time, flags = struct.unpack_from('>hB', head, length)
    except (IndexError, struct.error):
        raise Damaged('a block has no header') from None
    if length > 2 or track not in tracks:
        raise Damaged(f'a block belongs to track {track}, which does not exist')
    if cluster_time is None:
        raise Damaged('a block comes before the time of its Cluster')
    if cluster_time + time < 0:
        raise Damaged('a block is older than the recording')
    lacing = flags >> 1 & 3
    header = length + 3
    if size < header:
        raise Damaged('a block has no content')
    if lacing == _NONE:
        return Block(track, cluster_time + time, header, [size - header])
    used, sizes = _frames(head[header:], size - header, lacing)
    return Block(track, cluster_time + time, header + used, sizes)


def _frames(head: bytes, size: int, lacing: int) -> tuple[int, list[int]]:
    """
    Return the bytes that tell the sizes of a block's frames, and these sizes.

    The vendor's parser loops for ever over 256 frames, and forgets all frames of a block with an
    empty one where sizes are told as differences.
    """
    try:
        others = head[0]  # frames but the last, whose size is the rest
        if lacing == _FIXED:
            used, sizes = 0, [(size - 1) // (others + 1)] * (others + 1)
        elif lacing == _XIPH:
            used, sizes = _xiph_sizes(head[1:], others)
        else:
            used, sizes = _ebml_sizes(head[1:], max(others, 1))  # even the only frame tells it
    except IndexError:
        raise Damaged(_NOT_WHOLE) from None
    rest = size - 1 - used - sum(sizes)
    if len(sizes) == others and rest >= 0:
        sizes.append(rest)
        rest = 0
    if rest or others == 255 or (lacing == _FIXED and not sizes[0]):
        raise Damaged(_NOT_WHOLE)
    return 1 + used, sizes


def _xiph_sizes(head: bytes, count: int) -> tuple[int, list[int]]:
    """Return the bytes that tell the sizes of ``count`` frames, and these sizes."""
    position = 0
    sizes = []
    for _ in range(count):
        size = 0
        while head[position] == 255:
            size += 255
            position += 1
        sizes.append(size + head[position])
        position += 1
    return position, sizes


def _ebml_sizes(head: bytes, count: int) -> tuple[int, list[int]]:
    """Return the same where each size but the first is a difference to the one before."""
    size = position = 0
    sizes = []
    for index in range(count):
        number, length = parse_number(head[position:])
        if length > 4 or number == (1 << 7 * length) - 1:
            raise IndexError
        size += number - ((1 << 7 * length - 1) - 1) if index else number
        if size <= 0:
            raise IndexError
        sizes.append(size)
        position += length
    return position, sizes
