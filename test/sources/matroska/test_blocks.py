# SPDX-License-Identifier: Apache-2.0
"""Blocks with one frame and with several, whose sizes are told in three ways."""

import pytest

from azure_kinect_py.sources.matroska import Damaged
from azure_kinect_py.sources.matroska.blocks import parse_block

TRACKS = frozenset((1, 200))
XIPH, FIXED, EBML = 0x02, 0x04, 0x06


def block(flags, *content, size=0, track=(0x81,), time=(0, 0)):
    """Check a block; ``size`` more bytes follow the content."""
    head = bytes((*track, *time, flags, *content))
    return parse_block(head, len(head) + size, TRACKS, 100)


@pytest.mark.parametrize(
    ('flags', 'content', 'size', 'frames'),
    [
        (0, (), 0, [0]),
        (0x80, (), 1003, [1003]),
        (FIXED, (9,), 400, [40] * 10),
        (FIXED, (0,), 40, [40]),
        (XIPH, (2, 10, 20), 60, [10, 20, 30]),  # the third takes the rest
        (XIPH, (2, 10, 20), 30, [10, 20, 0]),
        (XIPH, (1, 255, 255, 3), 513, [513, 0]),
        (XIPH, (0,), 5, [5]),
        (EBML, (0, 0x85), 5, [5]),  # even the only frame tells its size
        (EBML, (1, 0x8A), 10, [10, 0]),
        (EBML, (1, 0x8A), 12, [10, 2]),
        (EBML, (2, 0x8A, 0xC0), 10 + 11 + 3, [10, 11, 3]),  # ten, one more than before, the rest
        (EBML, (2, 0x41, 0x00, 0xBE), 256 + 255, [256, 255, 0]),
    ],
)
def test_frames_that_add_up(flags, content, size, frames):
    found = block(flags, *content, size=size)
    assert found == (1, 100, 4 + len(content), frames)


def test_frames_after_a_track_number_of_two_bytes():
    assert block(FIXED, 1, size=20, track=(0x40, 200)) == (200, 100, 6, [10, 10])


@pytest.mark.parametrize(
    ('flags', 'content', 'size'),
    [
        (FIXED, (9,), 401),
        (FIXED, (255,), 40),
        (FIXED, (255,), 2560),  # 256 frames
        (EBML, (0,), 5),
        (EBML, (0, 0x84), 5),
        (EBML, (1, 0x80), 5),
        (EBML, (1, 0xFF), 200),
        (FIXED, (0,), 0),
        (FIXED, (), 0),
        (XIPH, (2, 10, 20), 29),
        (XIPH, (2, 10), 0),
        (XIPH, (1, 255, 255), 0),
        (EBML, (1, 0x8A), 9),
        (EBML, (2, 0x8A, 0x80), 100),  # sixty-three fewer than ten
        (EBML, (2, 0x8A), 0),
        (EBML, (1, 0x00), 9),
    ],
)
def test_frames_that_do_not_add_up(flags, content, size):
    with pytest.raises(Damaged, match='the frames of a block do not add up'):
        block(flags, *content, size=size)


def test_tracks_are_known_and_numbered_in_two_bytes_at_most():
    block(0, track=(0x40, 200))
    with pytest.raises(Damaged, match='track 2, which does not exist'):
        block(0, track=(0x82,))
    with pytest.raises(Damaged, match='track 1, which does not exist'):
        block(0, track=(0x20, 0, 1))


def test_blocks_have_headers():
    for head in (b'', b'\x81', b'\x81\0\0', b'\0\0\0\0'):
        with pytest.raises(Damaged, match=r'a block has no header|does not exist'):
            parse_block(head, len(head), TRACKS, 0)


def test_blocks_are_not_older_than_the_recording():
    assert block(0, time=(0xFF, 0x9C)).time == 0  # 100 before
    with pytest.raises(Damaged, match='older than the recording'):
        block(0, time=(0xFF, 0x9B))
    with pytest.raises(Damaged, match='before the time of its Cluster'):
        parse_block(b'\x81\0\0\0', 4, TRACKS, None)
