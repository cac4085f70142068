# SPDX-License-Identifier: Apache-2.0
"""A recording gives places to read from as long as its file is there."""

import pytest
from helpers import recordings

from azure_kinect_py.errors import RecordingError
from azure_kinect_py.sources.recording import Recording

PLACES = [Recording.open, Recording.open_imu]


@pytest.fixture
def path(tmp_path):
    recordings.record(tmp_path / 'a.mkv', count=2)
    return tmp_path / 'a.mkv'


@pytest.mark.parametrize('place', PLACES)
def test_a_place_is_at_the_start(path, place):
    first, second = place(recording := Recording(str(path))), place(recording)
    try:
        if place is Recording.open:
            samples = [each.next_imu_sample() for each in (first, second)]
        else:
            samples = [each.read()[0] for each in (first, second)]
        assert [sample.acc_time_usec for sample in samples] == [recording.start_usec] * 2
    finally:
        first.close()
        second.close()


@pytest.mark.parametrize('place', PLACES)
def test_another_file_in_its_place_is_not_read(tmp_path, path, place):
    recording = Recording(str(path))
    recordings.record(tmp_path / 'b.mkv', count=2)
    (tmp_path / 'b.mkv').replace(path)
    with pytest.raises(RecordingError, match=r'a\.mkv: another file has taken its place'):
        place(recording)


@pytest.mark.parametrize('place', PLACES)
def test_a_file_that_was_written_to_is_not_read(path, place):
    recording = Recording(str(path))
    content = path.read_bytes()
    path.write_bytes(content + b'more')
    with pytest.raises(RecordingError, match='or it was written to'):
        place(recording)


@pytest.mark.parametrize('place', PLACES)
def test_a_file_that_is_gone_is_told(path, place):
    recording = Recording(str(path))
    path.unlink()
    with pytest.raises(RecordingError, match=r'a\.mkv: cannot be read: No such file'):
        place(recording)
