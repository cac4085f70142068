# SPDX-License-Identifier: Apache-2.0
"""A recording that nobody looks at passes by unread, and goes on where it would be."""

import time

import pytest
from helpers import recordings

from azure_kinect_py.errors import StreamEnded
from azure_kinect_py.sources import SourceOptions, open_source

COUNT = 15


@pytest.fixture(scope='module')
def recording(tmp_path_factory):
    return recordings.record(tmp_path_factory.mktemp('recording') / 'a.mkv', count=COUNT)


def play(recording, **options):
    return open_source(SourceOptions(recording_file=recording.path, **options))


def test_it_goes_on_where_it_would_be(recording):
    with play(recording) as source:
        first = source.capture().device_time_usec
        began = time.monotonic()
        time.sleep(0.2)
        assert source.skip_captures()
        assert source.skip_imu()
        capture = source.capture()
        passed = (time.monotonic() - began) * 1e6
        assert 180_000 < capture.device_time_usec - first < passed + 34_000
        assert abs(source.imu()[0].acc_time_usec - capture.device_time_usec) < 80_000
        numbers = [c.device_time_usec for c in recording.captures]
        place = numbers.index(capture.device_time_usec)
        assert (capture.depth == recording.captures[place].depth).all()
        assert source.capture().device_time_usec == numbers[place + 1]


def test_it_ends_though_nobody_reads(recording):
    with play(recording, playback_rate=20.0) as source:
        time.sleep(0.2)
        with pytest.raises(StreamEnded, match='the end of the recording'):
            source.skip_captures()


def test_laps_go_on_rising(recording):
    length = COUNT * 33_333
    with play(recording, playback_rate=10.0, recording_loop_enabled=True) as source:
        first = source.capture().device_time_usec
        time.sleep(0.12)
        assert source.skip_captures()
        later = source.capture().device_time_usec
        assert later - first > 2 * length
        then = [source.capture().device_time_usec for _ in range(2 * COUNT)]
        assert then == sorted({later, *then} - {later})


def test_what_is_held_back_or_not_paced_is_not_passed_over(recording):
    with play(recording, playback_rate=0) as source:
        assert not source.skip_captures()
        assert sum(1 for _ in source) == COUNT
    with play(recording) as source:
        source.pause(True)
        assert source.skip_captures()
        source.pause(False)
        assert source.capture().device_time_usec == recording.captures[0].device_time_usec
