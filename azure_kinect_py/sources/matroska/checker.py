# SPDX-License-Identifier: Apache-2.0
"""The walk over a recording's elements."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import BinaryIO

from azure_kinect_py.sources.matroska.blocks import parse_block
from azure_kinect_py.sources.matroska.elements import NUMBERS, REQUIRED, RULES
from azure_kinect_py.sources.matroska.imu import ImuBlocks
from azure_kinect_py.sources.matroska.reader import Content, Damaged, Element, Reader
from azure_kinect_py.sources.matroska.tracks import find_imu_track

_MAGIC = b'\x1a\x45\xdf\xa3'
_LARGEST_METADATA = 1 << 28
_BLOCK_HEAD = 1024  # holds the sizes of 256 frames
_CLUSTER, _BLOCK, _SIMPLE_BLOCK, _BLOCK_GROUP, _TIMECODE = (
    NUMBERS[name] for name in ('Cluster', 'Block', 'SimpleBlock', 'BlockGroup', 'Timecode')
)
_SINGLE = ('Info', 'Tracks', 'Attachments', 'Tags', 'Cues')
_UNCLOSED = 'was not closed: whoever wrote it was stopped before it could write the index'
_RECORD_AGAIN = 'It cannot be read; record again, and let the recorder end by itself.'


def check(file: BinaryIO) -> ImuBlocks:
    """
    Check that a file is a whole recording, and return where its IMU samples are.

    :raises Damaged: saying what is wrong with it.
    :raises OSError: when it cannot be read.
    """
    checker = _Checker(Reader(file))
    checker.check()
    return checker.imu


class _Checker:
    """What was found on the way."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.places: dict[int, str] = {}  # position in the segment -> name of the element there
        self.tracks: frozenset[int] = frozenset()
        self.cluster_time = 0
        self.unit_ns = 0  # of the times of blocks
        self.imu_track: int | None = None
        self.imu = ImuBlocks()

    def check(self) -> None:
        segment = self._segment()
        top = list(self.reader.elements(segment.content, segment.end))
        for element in top:
            self.places[element.start - segment.content] = check_place('Segment', element)
        count = Counter(self.places.values())
        if not count['Cluster']:
            raise Damaged('has no images and no IMU samples')
        for name in _SINGLE:
            if count[name] > 1 or (name in ('Info', 'Tracks') and not count[name]):
                raise Damaged(f'is damaged: {name} is there {count[name]} times')
        for element in top:
            if element.number != _CLUSTER and RULES[element.number].holds == 'elements':
                self._check_metadata(element)
        self.imu_track = find_imu_track(self.reader, top)
        for element in top:
            if element.number == _CLUSTER:
                self._check_cluster(element)

    def _segment(self) -> Element:
        size = self.reader.size
        if size == 0:
            raise Damaged('is empty')
        if self.reader.read(0, 4) != _MAGIC:
            raise Damaged('is not a recording: it is not in the Matroska format (.mkv)')
        found = self.reader.elements(0, 1 << 62)
        head = next(found)
        if head.end >= size:
            raise Damaged('is truncated: it ends within its header')
        self._check_metadata(head)
        segment = next(found)
        if segment.number != NUMBERS['Segment']:
            raise Damaged(f'is damaged at byte {segment.start}: there is no Segment')
        if segment.end == segment.content:
            raise Damaged(_UNCLOSED, hint=_RECORD_AGAIN)
        if segment.end < size:
            after = f'{size - segment.end} bytes follow its end'
            raise Damaged(f'{_UNCLOSED} ({after})', hint=_RECORD_AGAIN)
        if segment.end > size:
            raise Damaged(f'is truncated: {size} of its {segment.end} bytes are there')
        return segment

    def _check_metadata(self, element: Element) -> None:
        """Check an element that is read as a whole, and what it says of others."""
        if element.end - element.content > _LARGEST_METADATA:
            raise Damaged(f'is damaged at byte {element.start}: an element is too large')
        content = Content(element, self.reader.whole(element))
        values = _check_element(content, element)
        for target, number in zip(values['SeekPosition'], values['SeekID'], strict=True):
            if number not in RULES or self.places.get(target) != RULES[number].name:
                raise Damaged('is damaged: its table of contents points elsewhere')
        if any(self.places.get(target) != 'Cluster' for target in values['CueClusterPosition']):
            raise Damaged('is damaged: its index points elsewhere')
        if 0 in values['TimecodeScale']:
            raise Damaged('is damaged: its clock stands still')
        if values['TimecodeScale']:
            self.unit_ns = values['TimecodeScale'][0]
        if values['TrackNumber']:
            self.tracks = frozenset(values['TrackNumber'])
            if len(self.tracks) != len(values['TrackNumber']):
                raise Damaged('is damaged: two tracks have one number')

    def _check_cluster(self, cluster: Element) -> None:
        time = None
        for element in self.reader.elements(cluster.content, cluster.end):
            check_place('Cluster', element)
            if element.number == _TIMECODE:
                time = int.from_bytes(self.reader.whole(element), 'big')
                if time < self.cluster_time:
                    raise Damaged(f'is damaged at byte {element.start}: time runs backwards')
                self.cluster_time = time
            elif element.number == _SIMPLE_BLOCK:
                self._check_block(element, time)
            elif element.number == _BLOCK_GROUP:
                self._check_group(element, time)
        if time is None:
            raise Damaged(f'is damaged at byte {cluster.start}: a Cluster has no time')

    def _check_group(self, group: Element, time: int | None) -> None:
        blocks = 0
        for element in self.reader.elements(group.content, group.end):
            check_place('BlockGroup', element)
            if element.number == _BLOCK:
                blocks += 1
                self._check_block(element, time)
        if blocks != 1:
            raise Damaged(f'is damaged at byte {group.start}: a BlockGroup has {blocks} blocks')

    def _check_block(self, block: Element, time: int | None) -> None:
        size = block.end - block.content
        head = self.reader.read(block.content, min(_BLOCK_HEAD, size))
        try:
            found = parse_block(head, size, self.tracks, time)
        except Damaged as error:
            raise Damaged(f'is damaged at byte {block.start}: {error}') from None
        if found.track == self.imu_track:
            usec = found.time * self.unit_ns // 1000
            self.imu.add(block.content + found.content, found.sizes, usec)


def check_place(parent: str, element: Element) -> str:
    """Check that an element may be in its parent, and its size; return its name."""
    rule = RULES.get(element.number)
    if rule is None or rule.parent not in (parent, '*'):
        name = rule.name if rule else f'element {element.number:X}'
        raise Damaged(f'is damaged at byte {element.start}: {name} in {parent}')
    size = element.end - element.content
    if (
        (rule.holds == 'number' and size > 8)
        or (rule.holds == 'float' and size not in (4, 8))
        or (rule.name == 'SeekID' and not 1 <= size <= 4)
        or (rule.name == 'FileData' and size == 0)
        or (rule.name == 'CRC-32' and size != 4)
    ):
        raise Damaged(f'is damaged at byte {element.start}: {rule.name} has {size} bytes')
    return rule.name


def _check_element(content: Content, parent: Element) -> dict[str, list[int]]:
    """Check all that is in an element; return the numbers in it by the names of their elements."""
    parent_name = RULES[parent.number].name
    values: dict[str, list[int]] = defaultdict(list)
    present = []
    for element in content.elements(parent.content, parent.end):
        name = check_place(parent_name, element)
        present.append(name)
        holds = RULES[element.number].holds
        if holds == 'elements':
            for inner, numbers in _check_element(content, element).items():
                values[inner] += numbers
        elif holds == 'number':
            values[name].append(int.from_bytes(content.whole(element), 'big'))
        elif holds == 'text':
            _check_text(content, element)
    for name in REQUIRED[parent_name]:
        if name not in present:
            raise Damaged(f'is damaged at byte {parent.start}: {parent_name} lacks {name}')
    for name in ('SeekID', 'SeekPosition', 'TrackNumber'):
        if present.count(name) > 1:
            raise Damaged(f'is damaged at byte {parent.start}: {parent_name} has two {name}')
    return values


def _check_text(content: Content, element: Element) -> None:
    try:
        content.whole(element).decode()
    except UnicodeDecodeError:
        raise Damaged(f'is damaged at byte {element.start}: it is no text') from None
