# SPDX-License-Identifier: Apache-2.0
"""A recording's streams: nothing is lost before damage, and no loop holds anything up."""

import contextlib
import struct
from types import SimpleNamespace

import pytest

from azure_kinect_py.errors import RecordingError
from azure_kinect_py.modes import Fps
from azure_kinect_py.sources import recording_streams
from azure_kinect_py.sources.matroska import ImuBlocks, ImuReader
from azure_kinect_py.sources.recording_streams import CaptureStream, ImuStream

PERIOD_USEC = 625
COUNT = 20
LENGTH_USEC = (COUNT - 1) * PERIOD_USEC
SAMPLE = struct.Struct('<Q3fQ3f')


class Handle:
    """Stands for a place in a file whose captures the library delivers."""

    def __init__(self):
        self.position = 0
        self.closed = False

    def next_capture(self):
        usec = self.position * PERIOD_USEC
        self.position += 1
        return (
            SimpleNamespace(to_data=lambda later: capture(usec + later))
            if usec <= LENGTH_USEC
            else None
        )

    def seek(self, usec):
        self.position = usec // PERIOD_USEC

    def close(self):
        self.closed = True


def capture(usec):
    return SimpleNamespace(images=[SimpleNamespace(device_time_usec=usec)], close=lambda: None)


@pytest.fixture(params=[1, 2, 4])
def stream(request, tmp_path):
    """Return a function that makes a stream, of samples in blocks of so many."""

    def make(*, damaged_at=None, loop=False, check_identity=lambda: None):
        content = b''.join(SAMPLE.pack(n * PERIOD_USEC * 1000, *[0] * 7) for n in range(COUNT))
        (tmp_path / 'imu').write_bytes(content)
        blocks = ImuBlocks()
        for first in range(0, COUNT, request.param):
            size = SAMPLE.size - (first == damaged_at)
            start = first * SAMPLE.size
            blocks.add(start, [size] * request.param, first * PERIOD_USEC)
        file = stack.enter_context((tmp_path / 'imu').open('rb'))
        places = {'open_imu': lambda: ImuReader(file, blocks), 'check_identity': check_identity}
        return ImuStream(recording(**places), loop=loop)

    with contextlib.ExitStack() as stack:
        yield make


def recording(**functions):
    return SimpleNamespace(
        path='a.mkv',
        start_usec=0,
        length_usec=LENGTH_USEC,
        config=SimpleNamespace(fps=Fps.FPS_30),
        has_imu=True,
        has_images=True,
        lost_usec=0,
        **functions,
    )


def times(samples):
    return [sample.acc_time_usec for sample in samples]


def test_what_is_due_is_taken_at_once_and_no_more(stream):
    imu = stream()
    assert imu.next_usec() == 0
    assert times(imu.take_until(3 * PERIOD_USEC)) == [0, 625, 1250, 1875]
    assert imu.next_usec() == 4 * PERIOD_USEC
    assert not imu.take_until(3 * PERIOD_USEC)
    assert len(imu.take_until(float('inf'))) == COUNT - 4
    assert imu.next_usec() is None
    assert imu.is_over


def test_damage_is_told_after_the_samples_before_it(stream):
    imu = stream(damaged_at=8)
    imu.next_usec()
    assert len(imu.take_until(float('inf'))) == 8
    with pytest.raises(RecordingError, match=r'a\.mkv: is damaged'):
        imu.next_usec()
    assert imu.next_usec() is None


def test_what_comes_after_damage_can_be_sought(stream):
    imu = stream(damaged_at=8)
    imu.next_usec()
    imu.take_until(float('inf'))
    imu.seek(13 * PERIOD_USEC)
    assert imu.next_usec() == 13 * PERIOD_USEC
    assert len(imu.take_until(float('inf'))) == COUNT - 13


def test_damage_right_after_what_is_not_wanted_is_told(stream):
    imu = stream(damaged_at=8)
    imu.seek(8 * PERIOD_USEC)
    with pytest.raises(RecordingError, match=r'a\.mkv: is damaged'):
        imu.next_usec()
    assert imu.next_usec() is None


@pytest.mark.parametrize('lap', [0, 1])
def test_what_was_taken_does_not_come_again_after_a_skip(stream, lap):
    imu = stream(loop=True)
    begin = lap * (LENGTH_USEC + Fps.FPS_30.period_usec)
    imu.next_usec()
    taken = imu.take_until(begin + 9 * PERIOD_USEC)
    assert times(taken)[-1] == begin + 9 * PERIOD_USEC
    imu.skip(begin + 10 * PERIOD_USEC + 1)
    assert imu.next_usec() == begin + 11 * PERIOD_USEC


def test_nothing_is_taken_of_what_was_passed_over(stream):
    imu = stream()
    imu.next_usec()
    imu.skip(5 * PERIOD_USEC)
    assert not imu.take_until(float('inf'))
    assert imu.next_usec() == 5 * PERIOD_USEC
    assert times(imu.take_until(6 * PERIOD_USEC)) == [5 * PERIOD_USEC, 6 * PERIOD_USEC]


def test_nothing_is_read_twice_through_one_handle():
    """Where one has read before, the library's threads may crash."""
    handles = []

    def opened():
        handles.append(Handle())
        return handles[-1]

    captures = CaptureStream(recording(open=opened), loop=True)
    captures.seek(0)
    captures.seek(0)
    assert len(handles) == 1  # it has read nothing
    for _ in range(COUNT + 1):  # into the second lap
        captures.next_usec()
        captures.take(lambda _: True)
    assert [handle.closed for handle in handles] == [True, False]
    captures.seek(PERIOD_USEC)
    captures.seek(0)
    assert captures.next_usec() == 0
    captures.skip(10 * PERIOD_USEC)
    assert captures.next_usec() == 10 * PERIOD_USEC
    assert [handle.closed for handle in handles] == [True] * 4 + [False]


def test_samples_whose_file_is_gone_end_with_the_lap_and_say_so(stream):
    gone = RecordingError('a.mkv: cannot be read')
    answers = iter([None, gone, None])

    def check_identity():
        if answer := next(answers):
            raise answer

    imu = stream(loop=True, check_identity=check_identity)
    imu.seek(PERIOD_USEC)
    imu.next_usec()
    assert len(imu.take_until(float('inf'))) == COUNT - 1
    with pytest.raises(RecordingError, match='cannot be read'):
        imu.next_usec()
    assert imu.next_usec() is None
    assert imu.is_over
    imu.close()


def test_captures_whose_file_is_gone_have_ended():
    answers = iter([Handle()])

    def opened():
        for handle in answers:
            return handle
        raise RecordingError('a.mkv: cannot be read')

    captures = CaptureStream(recording(open=opened), loop=False)
    captures.seek(1)
    with pytest.raises(RecordingError, match='cannot be read'):
        captures.seek(0)
    assert captures.next_usec() is None
    assert captures.is_over


def test_a_batch_of_a_loop_ends(stream, monkeypatch):
    monkeypatch.setattr(recording_streams, 'BATCH', 50)
    imu = stream(loop=True)
    taken = []
    for _ in range(3):
        imu.next_usec()
        batch = imu.take_until(float('inf'))
        assert len(batch) == 50
        taken += times(batch)
    assert taken == sorted(set(taken))
