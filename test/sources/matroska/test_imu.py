# SPDX-License-Identifier: Apache-2.0
"""IMU samples read from the file itself: those that the vendor's library reads, all of them."""

import dataclasses
import itertools

import pytest
from helpers import recordings
from helpers.mkv import Elements

from azure_kinect_py.modes import ColorResolution
from azure_kinect_py.sdk import k4arecord
from azure_kinect_py.sdk.capture import CaptureHandle
from azure_kinect_py.sdk.playback import PlaybackHandle
from azure_kinect_py.sdk.record import RecordHandle
from azure_kinect_py.sources.matroska import Damaged, ImuBlocks, ImuReader, check, leading_number
from azure_kinect_py.sources.matroska.elements import NUMBERS

CONFIG = dataclasses.replace(recordings.SMALL, color_resolution=ColorResolution.OFF)
COUNT = 4
START = 6_000_000_123


@pytest.fixture(scope='module')
def path(tmp_path_factory):
    """A recording with other tracks of samples beside the IMU's."""
    path = tmp_path_factory.mktemp('imu') / 'a.mkv'
    library = k4arecord.load()
    captures = recordings.make_captures(CONFIG, COUNT, START)
    end = START + COUNT * CONFIG.fps.period_usec
    with RecordHandle.create(library, str(path), CONFIG) as record:
        record.add_subtitle_track('WORDS', 'S_TEXT/UTF8', high_frequency=True)
        record.add_imu_track()
        record.add_subtitle_track('IMU_2', 'S_K4A/IMU', high_frequency=True)
        record.write_header()
        for capture in captures:
            with CaptureHandle.from_data(library, capture, CONFIG) as handle:
                record.write_capture(handle)
        for sample in recordings.make_imu(START, end, hz=1600):
            record.write_imu_sample(sample)
            record.write_block('WORDS', sample.acc_time_usec, b'w' * 40)
            record.write_block('IMU_2', sample.acc_time_usec, b'i' * 40)
        record.flush()
    return path


@pytest.fixture(scope='module')
def by_library(path):
    """What the library reads."""
    with PlaybackHandle.open(k4arecord.load(), str(path)) as playback:
        return [sample[:4] for sample in iter(playback.next_imu_sample, None)]


@pytest.fixture
def reader(path):
    file = path.open('rb')
    reader = ImuReader(file, check(file))
    yield reader
    reader.close()
    assert file.closed


def blocks(reader, later_usec=0):
    """Return what is in each block from where the reader is on."""
    return list(iter(lambda: [sample[:4] for sample in reader.read(later_usec)], []))


def test_they_are_those_of_the_library(reader, by_library):
    read = blocks(reader)
    assert list(itertools.chain(*read)) == by_library
    assert max(map(len, read)) > 1  # several share a block
    assert reader.read() == []


def test_they_may_be_later(reader, by_library):
    (acc, acc_usec, gyro, gyro_usec), *_ = itertools.chain(*blocks(reader, later_usec=7))
    assert (acc, acc_usec - 7, gyro, gyro_usec - 7) == by_library[0]


def test_after_a_seek_the_next_block_is_the_one_with_the_time_or_before(reader, by_library):
    for number, sample in enumerate(by_library):
        usec = sample[1]
        for sought in (usec, usec - 1):
            reader.seek(sought - START)
            read = list(itertools.chain(*blocks(reader)))
            assert read == by_library[by_library.index(read[0]) :]
            before = [each for each in read if each[1] < sought]
            assert len(read) - len(before) == len(by_library) - number
            assert len(before) < 60  # it does not begin at the start


@pytest.mark.parametrize('usec', [-1, 0, 1])
def test_a_seek_to_the_start_or_before_goes_there(reader, by_library, usec):
    reader.read()
    reader.seek(usec)
    assert list(itertools.chain(*blocks(reader))) == by_library


def test_a_seek_behind_the_end_leaves_the_last_block(reader, by_library):
    last = blocks(reader)[-1]
    reader.seek(by_library[-1][1] - START + 1)
    assert blocks(reader) == [last]


@pytest.mark.parametrize('wrong_ns', [0, 1 << 62], ids=['early', 'late'])
def test_a_wrong_time_in_one_sample_leads_no_seek_astray(tmp_path, path, by_library, wrong_ns):
    with path.open('rb') as file:
        starts = check(file).starts
    for number in range(1, len(starts)):
        content = bytearray(path.read_bytes())
        content[starts[number] : starts[number] + 8] = wrong_ns.to_bytes(8, 'little')
        (tmp_path / 'a.mkv').write_bytes(content)
        with (tmp_path / 'a.mkv').open('rb') as file:
            reader = ImuReader(file, check(file))
            for sample in by_library[:: len(by_library) // 7]:
                reader.seek(sample[1] - START)
                read = list(itertools.chain(*blocks(reader)))
                ahead = len(read) - len(by_library) + by_library.index(sample)
                assert 0 <= ahead < 60


TAG, TAGGED = ('TagName', b'K4A_IMU_TRACK'), ('TagString', None)
NAME = ('Name', b'IMU')


def spoil(content, *others):
    """Return a recording whose track of samples is no longer found by some of its three signs."""
    spoiled = bytearray(content)
    elements = Elements(content)
    for kind, text in others:
        if kind == 'TagString':  # the number that follows the tag's name
            (name,) = (e for e in elements['TagName'] if content[e.content : e.end] == TAG[1])
            found = next(e for e in elements[kind] if e.start > name.start)
        else:
            (found,) = (e for e in elements[kind] if content[e.content : e.end] == text)
        spoiled[found.content] = ord('X')
    return spoiled


def read_both(path):
    """Return what the library and the reader read of a recording."""
    with PlaybackHandle.open(k4arecord.load(), str(path)) as playback:
        has_imu = playback.configuration().imu_track_enabled
        samples = (
            [sample[:4] for sample in iter(playback.next_imu_sample, None)] if has_imu else []
        )
    return samples, read_own(path)


def read_own(path):
    """Return what the reader reads of a recording."""
    with path.open('rb') as file:
        return list(itertools.chain(*blocks(ImuReader(file, check(file)))))


@pytest.mark.parametrize(
    ('signs', 'is_found'),
    [
        ((), True),
        ((TAG,), True),
        ((NAME,), True),
        ((TAGGED, NAME), True),  # the tag's target is enough
        ((TAG, NAME), False),
    ],
)
def test_the_track_is_the_one_that_the_library_takes(tmp_path, path, by_library, signs, is_found):
    changed = tmp_path / 'a.mkv'
    changed.write_bytes(spoil(path.read_bytes(), *signs))
    library, own = read_both(changed)
    assert own == library == (by_library if is_found else [])


def rename(content, name, number):
    """Rename all elements of a name."""
    renamed = bytearray(content)
    for element in Elements(content)[name]:
        renamed[element.start : element.start + 2] = number.to_bytes(2, 'big')
    return renamed


def test_the_tags_text_tells_the_track_where_it_has_no_target(tmp_path, path, by_library):
    content = rename(path.read_bytes(), 'TagTrackUID', NUMBERS['TagEditionUID'])
    (tmp_path / 'a.mkv').write_bytes(spoil(bytes(content), NAME))
    library, own = read_both(tmp_path / 'a.mkv')
    assert own == library == by_library


def test_tracks_without_unique_numbers_are_found_by_name(tmp_path, path, by_library):
    """The library is not asked: it compares what lies in memory where the numbers should be."""
    content = rename(spoil(path.read_bytes(), TAG), 'TrackUID', NUMBERS['FlagForced'])
    (tmp_path / 'a.mkv').write_bytes(content)
    assert read_own(tmp_path / 'a.mkv') == by_library


def test_a_target_that_is_no_track_does_not_count(tmp_path, path, by_library):
    """The number that the tag's text tells counts then, and not that of the target."""
    content = bytearray(path.read_bytes())
    elements = Elements(bytes(content))
    for element in elements['TargetType']:
        content[element.content] = ord('X')
    for element in elements['TagTrackUID']:
        content[element.end - 1] ^= 1
    (tmp_path / 'a.mkv').write_bytes(spoil(bytes(content), NAME))
    library, own = read_both(tmp_path / 'a.mkv')
    assert own == library == by_library


@pytest.mark.parametrize('digit', [b'9', b'+', b' '])
def test_any_text_may_stand_in_the_tag(tmp_path, path, digit):
    content = bytearray(rename(path.read_bytes(), 'TagTrackUID', NUMBERS['TagEditionUID']))
    elements = Elements(bytes(content))
    (name,) = (e for e in elements['TagName'] if content[e.content : e.end] == TAG[1])
    text = next(e for e in elements['TagString'] if e.start > name.start)
    content[text.content : text.content + 1] = digit
    (tmp_path / 'a.mkv').write_bytes(content)
    library, own = read_both(tmp_path / 'a.mkv')
    assert own == library


def test_numbers_of_thousands_of_digits_are_none():
    assert leading_number(' +123 ') == 123
    assert leading_number('9' * 5000) == 0


def test_a_recording_without_imu_has_none(tmp_path):
    recordings.record(tmp_path / 'a.mkv', CONFIG, count=1, imu=False)
    with (tmp_path / 'a.mkv').open('rb') as file:
        assert len(check(file)) == 0


def test_what_is_no_sample_is_told_and_passed_over(tmp_path):
    (tmp_path / 'a').write_bytes(bytes(160))
    known = ImuBlocks()
    for start, sizes in ((0, [40]), (40, [40, 39]), (80, [40])):
        known.add(start, sizes, start)
    with (tmp_path / 'a').open('rb') as file:
        reader = ImuReader(file, known)
        assert len(reader.read()) == 1
        with pytest.raises(Damaged, match='is damaged at byte 40: there are no IMU samples'):
            reader.read()
        assert len(reader.read()) == 1
        assert reader.read() == []


def test_blocks_that_begin_at_one_time_are_all_read_after_a_seek(tmp_path):
    (tmp_path / 'a').write_bytes(bytes(200))
    known = ImuBlocks()
    for start, usec in enumerate((1, 2, 1, 2, 1 << 70)):  # times that run backwards, and too far
        known.add(40 * start, [40], usec)
    with (tmp_path / 'a').open('rb') as file:
        reader = ImuReader(file, known)
        for usec, left in ((1, 5), (2, 5), (3, 2), (1 << 65, 1)):
            reader.seek(usec)
            assert len(blocks(reader)) == left


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    known = ImuBlocks()
    known.add(0, [40], 0)
    reader = ImuReader((tmp_path / 'a').open('wb'), known)
    with pytest.raises(Damaged, match='cannot be read: Bad file descriptor'):
        reader.read()
    reader.close()


def test_a_file_that_was_cut_meanwhile_is_told(path, tmp_path):
    content = path.read_bytes()
    cut = tmp_path / 'a.mkv'
    cut.write_bytes(content)
    with cut.open('rb') as file:
        reader = ImuReader(file, check(file))
        cut.write_bytes(content[: reader._blocks.starts[1] + 50])
        reader.read()
        with pytest.raises(Damaged, match='there are no IMU samples'):
            reader.read()
