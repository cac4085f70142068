# SPDX-License-Identifier: Apache-2.0
"""The structure of recordings: whole ones pass, each kind of damage is named."""

import dataclasses

import pytest
from helpers import recordings
from helpers.mkv import Elements

from azure_kinect_py.modes import ColorResolution
from azure_kinect_py.sources.matroska import Damaged, check

CONFIG = dataclasses.replace(recordings.SMALL, color_resolution=ColorResolution.OFF)


@pytest.fixture(scope='module')
def content(tmp_path_factory):
    path = tmp_path_factory.mktemp('matroska') / 'a.mkv'
    recordings.record(path, CONFIG, count=2)
    return path.read_bytes()


@pytest.fixture
def refused(content, tmp_path):
    """Return a function that damages elements of a name and returns the reason of refusal."""

    def refuse(name, damage, number=0):
        damaged = bytearray(content)
        element = Elements(content)[name][number]
        damage(damaged, element)
        path = tmp_path / 'damaged.mkv'
        path.write_bytes(damaged)
        with path.open('rb') as file, pytest.raises(Damaged) as caught:
            check(file)
        return str(caught.value)

    return refuse


def put(offset, *values):
    """Return a damage that writes bytes into an element's content."""

    def damage(content, element):
        content[element.content + offset : element.content + offset + len(values)] = values

    return damage


def rename(number):
    """Return a damage that gives an element another number of the same length."""

    def damage(content, element):
        length = (number.bit_length() + 7) // 8
        content[element.start : element.start + length] = number.to_bytes(length, 'big')

    return damage


def resize(difference):
    """Return a damage that makes an element claim another size."""

    def damage(content, element):
        content[element.content - 1] = (content[element.content - 1] + difference) % 256

    return damage


def test_a_whole_recording_passes(content, tmp_path):
    (tmp_path / 'a.mkv').write_bytes(content)
    with (tmp_path / 'a.mkv').open('rb') as file:
        check(file)


def test_what_editors_of_matroska_files_add_passes(content, tmp_path):
    edited = bytearray(content)
    elements = Elements(content)
    unused = elements['DefaultDuration'][0]
    rename(0x22B59D)(edited, unused)  # LanguageBCP47
    edited[unused.content : unused.end] = b'en'.ljust(unused.end - unused.content, b'\0')
    chapters = b'\x10\x43\xa7\x70\x83\0\0\0'
    (segment,) = elements['Segment']
    size = (segment.end - segment.content + len(chapters)).to_bytes(7, 'big')
    edited[segment.content - 7 : segment.content] = size
    (tmp_path / 'a.mkv').write_bytes(edited + chapters)
    with (tmp_path / 'a.mkv').open('rb') as file:
        check(file)


@pytest.mark.parametrize(
    ('name', 'damage', 'reason'),
    [
        ('Segment', resize(1), 'is truncated'),
        ('Segment', put(-8, 1, 0, 0, 0, 0, 0, 0, 0), 'was not closed'),
        ('SeekHead', resize(1), 'is damaged at byte'),
        ('SeekID', put(0, 0x1C), 'table of contents points elsewhere'),
        ('SeekPosition', put(0, 0x55), 'table of contents points elsewhere'),
        ('TimecodeScale', put(0, 0, 0), 'clock stands still'),
        ('TimecodeScale', rename(0x2AD7B2), 'element 2AD7B2 in Info'),
        ('TrackNumber', put(0, 2), 'two tracks have one number'),
        ('TrackNumber', put(0, 9), 'belongs to track 1, which does not exist'),
        ('CodecID', put(0, 0xFF), 'it is no text'),
        ('CodecID', rename(0x88), 'FlagDefault has 15 bytes'),
        ('TagName', put(0, 0x80), 'it is no text'),
        ('FileData', resize(-1), 'is damaged at byte'),
        ('FileName', rename(0x467E), 'AttachedFile lacks FileName'),
        ('Tracks', rename(0x1254C367), 'Tracks is there 0 times'),
        ('Tags', rename(0x1654AE6B), 'Tracks is there 2 times'),
        ('Info', rename(0x11111111), 'element 11111111 in Segment'),
        ('Timecode', rename(0xA7), 'comes before the time of its Cluster'),
        ('SimpleBlock', put(0, 0x10), 'a block belongs to track'),
        ('SimpleBlock', put(0, 0x89), 'track 9, which does not exist'),
        ('SimpleBlock', put(1, 0x80), 'older than the recording'),
        ('SimpleBlock', put(3, 0x04, 6), 'frames of a block do not add up'),
        ('SimpleBlock', put(3, 0x06, 200, 0x40), 'frames of a block do not add up'),
        ('Block', put(4, 255), 'frames of a block do not add up'),
        ('Block', rename(0x9B), 'BlockDuration has'),
        ('BlockGroup', rename(0xEC), None),
        ('CueClusterPosition', put(0, 0), 'index points elsewhere'),
        ('CRC-32', resize(-1), 'CRC-32 has 3 bytes'),
    ],
)
def test_damage_is_named(refused, name, damage, reason, content, tmp_path):
    if reason is None:  # what is not looked at does no harm
        damaged = bytearray(content)
        damage(damaged, Elements(content)[name][0])
        (tmp_path / 'a.mkv').write_bytes(damaged)
        with (tmp_path / 'a.mkv').open('rb') as file:
            check(file)
    else:
        assert reason in refused(name, damage)
