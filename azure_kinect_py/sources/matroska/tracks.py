# SPDX-License-Identifier: Apache-2.0
"""The tracks of a recording, found by the rule of the vendor's library."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from azure_kinect_py.sources.matroska.elements import NUMBERS
from azure_kinect_py.sources.matroska.reader import Element, Reader

_IMU_NAME, _IMU_TAG = 'IMU', 'K4A_IMU_TRACK'
_NUMBER = re.compile(r'\s*\+?(\d{1,20})(?!\d)', re.ASCII)


def find_imu_track(reader: Reader, top: list[Element]) -> int | None:
    """
    Return the number of the track with the IMU samples, None where there is none.

    A tag tells its unique number; without the tag, or such a track, its name counts.

    :param reader: The file.
    :param top: The elements of its segment, whose metadata is checked.
    """
    uid = _imu_uid(reader, top)
    tracks = list(_children(reader, _named(top, 'Tracks'), 'TrackEntry'))
    found = [each for each in tracks if uid and _number(reader, each, 'TrackUID') == uid]
    found += [each for each in tracks if _text(reader, each, 'Name') == _IMU_NAME]
    return _number(reader, found[0], 'TrackNumber') if found else None


def _imu_uid(reader: Reader, top: list[Element]) -> int:
    """Return the unique number of the IMU's track, 0 where no tag tells it."""
    for tag in _children(reader, _named(top, 'Tags'), 'Tag'):
        simple = next(_children(reader, [tag], 'SimpleTag'), None)
        if simple is None or _text(reader, simple, 'TagName') != _IMU_TAG:
            continue
        targets = next(_children(reader, [tag], 'Targets'), None)
        if targets is not None and _text(reader, targets, 'TargetType') == 'TRACK':
            uid = _number(reader, targets, 'TagTrackUID')
            if uid:
                return uid
        return leading_number(_text(reader, simple, 'TagString'))
    return 0


def leading_number(text: str) -> int:
    """Return the number that a text begins with, as the library reads its tags; else 0."""
    found = _NUMBER.match(text)
    return int(found[1]) if found else 0


def _named(elements: Iterable[Element], name: str) -> Iterator[Element]:
    return (element for element in elements if element.number == NUMBERS[name])


def _children(reader: Reader, parents: Iterable[Element], name: str) -> Iterator[Element]:
    for parent in parents:
        yield from _named(reader.elements(parent.content, parent.end), name)


def _value(reader: Reader, parent: Element, name: str) -> bytes:
    """Return the content of the first element of that name, empty where there is none."""
    return next(map(reader.whole, _children(reader, [parent], name)), b'')


def _number(reader: Reader, parent: Element, name: str) -> int:
    return int.from_bytes(_value(reader, parent, name), 'big')


def _text(reader: Reader, parent: Element, name: str) -> str:
    """Return a text, which ends at the first NUL."""
    return _value(reader, parent, name).split(b'\0')[0].decode()
