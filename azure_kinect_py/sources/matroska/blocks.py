# SPDX-License-Identifier: Apache-2.0
"""Blocks: the images and samples of a recording, several of which may share one block."""

from __future__ import annotations

import struct

from azure_kinect_py.sources.matroska.reader import Damaged, parse_number

_NONE, _XIPH, _FIXED, _EBML = range(4)


def check_block(head: bytes, size: int, tracks: frozenset[int], cluster_time: int | None) -> None:
    """
    Check the start of a block.

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
    if lacing != _NONE:
        _check_lacing(head[header:], size - header, lacing)


def _check_lacing(head: bytes, size: int, lacing: int) -> None:
    """
    Check that the sizes of a block's frames add up to the block.

    The vendor's parser loops for ever over 256 frames, and forgets all frames of a block with an
    empty one where sizes are told as differences.
    """
    try:
        others = head[0]  # frames but the last, whose size is the rest
        if lacing == _FIXED:
            whole = size > 1 and (size - 1) % (others + 1) == 0
        elif lacing == _XIPH:
            taken, used = _xiph_sizes(head[1:], others)
            whole = taken + used < size
        else:
            taken, used = _ebml_sizes(head[1:], max(others, 1))
            rest = size - 1 - used - taken
            whole = rest >= 0 if others else rest == 0
    except IndexError:
        whole = False
    if not whole or others == 255:
        raise Damaged('the frames of a block do not add up')


def _xiph_sizes(head: bytes, count: int) -> tuple[int, int]:
    """Return the sum of the sizes of ``count`` frames, and the bytes that tell them."""
    position = total = 0
    for _ in range(count):
        while head[position] == 255:
            total += 255
            position += 1
        total += head[position]
        position += 1
    return total, position


def _ebml_sizes(head: bytes, count: int) -> tuple[int, int]:
    """Return the same where each size but the first is a difference to the one before."""
    size = total = position = 0
    for index in range(count):
        number, length = parse_number(head[position:])
        if length > 4 or number == (1 << 7 * length) - 1:
            raise IndexError
        size += number - ((1 << 7 * length - 1) - 1) if index else number
        if size <= 0:
            raise IndexError
        total += size
        position += length
    return total, position
