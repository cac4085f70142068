# SPDX-License-Identifier: Apache-2.0
"""What ~/record writes, and what it says of it."""

import time

import pytest
from helpers import recordings

from azure_kinect_py.data import ImuSample
from azure_kinect_py.errors import KinectError, RecordingError
from azure_kinect_py.ros.record_service import RecordService
from azure_kinect_py.sources import SourceOptions, open_source


class Said:
    """A log that keeps what is said."""

    def __init__(self):
        self.errors = []

    def error(self, message):
        self.errors.append(message)


@pytest.fixture
def source(tmp_path):
    made = recordings.record(tmp_path / 'played.mkv', count=4)
    with open_source(SourceOptions(recording_file=made.path, playback_rate=0.0)) as source:
        yield source


def test_captures_and_samples_are_in_the_file_of_that_day(source, tmp_path):
    service = RecordService(Said())
    path = service.start(source, f'{tmp_path}/%Y/made.mkv', '')
    assert path == f'{tmp_path}/{time.strftime("%Y")}/made.mkv'
    events = list(source.events())
    for event in events:
        if isinstance(event, ImuSample):
            service.write_imu(source, [event])
        else:
            service.write(source, event)
    samples = sum(isinstance(event, ImuSample) for event in events)
    assert service.stop() == f'{path}: {len(events) - samples} captures, {samples} samples'
    with open_source(SourceOptions(recording_file=path, playback_rate=0.0)) as copy:
        assert sum(isinstance(event, ImuSample) for event in copy.events()) == samples > 0


def test_a_recording_of_nothing_is_an_error_and_no_file(source, tmp_path):
    service = RecordService(Said())
    service.start(source, f'{tmp_path}/made.mkv', '')
    with pytest.raises(RecordingError, match='nothing came that could be recorded'):
        service.stop()
    assert not (tmp_path / 'made.mkv').exists()
    assert service.stop() == ''


def test_why_one_ended_is_told_until_the_next_begins(source, tmp_path):
    said = Said()
    service = RecordService(said)
    service.start(source, f'{tmp_path}/a.mkv', '')
    with source.capture() as capture:
        service.write(source, capture)
        service.write(object(), capture)
        assert 'the camera was lost and opened again' in service.ended
        assert said.errors == [service.ended]
        service.start(source, f'{tmp_path}/b.mkv', '')
        assert service.ended == ''
        service.write(source, capture)
    assert '1 captures' in service.stop()


def test_one_that_ended_before_anything_came_leaves_no_file(source, tmp_path):
    service = RecordService(Said())
    service.start(source, f'{tmp_path}/made.mkv', '')
    with source.capture() as capture:
        service.write(object(), capture)
    assert 'nothing came that could be recorded' in service.ended
    assert not (tmp_path / 'made.mkv').exists()


def test_a_file_in_the_place_of_a_folder_is_named(source, tmp_path):
    (tmp_path / 'file').touch()
    with pytest.raises(KinectError, match=f'record_file: {tmp_path}/file: '):
        RecordService(Said()).start(source, f'{tmp_path}/file/made.mkv', '')
