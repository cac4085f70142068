# SPDX-License-Identifier: Apache-2.0
"""A recording's IMU samples in batches: none is lost before damage, and a loop never holds up."""

import itertools
from types import SimpleNamespace

import pytest

from azure_kinect_py.data import ImuSample
from azure_kinect_py.errors import RecordingError
from azure_kinect_py.modes import Fps
from azure_kinect_py.sources import recording_streams
from azure_kinect_py.sources.recording_streams import CaptureStream, ImuStream

PERIOD_USEC = 625
COUNT = 20
BLOCK = 4
LENGTH_USEC = (COUNT - 1) * PERIOD_USEC


class Handle:
    """
    Delivers samples, in blocks of four as a file does, and raises where the file is damaged.

    As the library's, it begins anew at the time last sought after damage, and with a whole block.
    """

    def __init__(self, damaged_at):
        self.damaged_at = damaged_at
        self.position = self.sought = 0
        self.closed = False

    def read_imu_samples(self, samples, most, later_usec):
        for _ in range(most):
            index = self.position
            if index == self.damaged_at:
                self.position = self.sought
                raise RecordingError('no cluster')
            if index == COUNT:
                return
            self.position += 1
            usec = index * PERIOD_USEC + later_usec
            samples.append(ImuSample((0.0, 0.0, 0.0), usec, (0.0, 0.0, 0.0), usec, 20.0))

    def seek(self, usec):
        self.position = self.sought = usec // PERIOD_USEC // BLOCK * BLOCK

    def close(self):
        self.closed = True


@pytest.fixture(autouse=True, params=[1, 6, 64])
def _read_at_once(request, monkeypatch):
    monkeypatch.setattr(recording_streams, '_AHEAD', request.param)


def stream(*, damaged_at=None, loop=False, opened=None, kind=ImuStream):
    recording = SimpleNamespace(
        path='a.mkv',
        start_usec=0,
        length_usec=LENGTH_USEC,
        config=SimpleNamespace(fps=Fps.FPS_30),
        has_imu=True,
        has_images=True,
        lost_usec=0,
        open=lambda: Handle(damaged_at) if opened is None else opened(Handle(damaged_at)),
    )
    return kind(recording, loop=loop)


def only_once():
    """Let a file be opened once, as if it were removed then."""
    calls = itertools.count()

    def opened(handle):
        if next(calls):
            raise RecordingError('a.mkv: cannot be read')
        return handle

    return opened


def times(samples):
    return [sample.acc_time_usec for sample in samples]


def test_what_is_due_is_taken_at_once_and_no_more():
    imu = stream()
    assert imu.next_usec() == 0
    assert times(imu.take_until(3 * PERIOD_USEC)) == [0, 625, 1250, 1875]
    assert imu.next_usec() == 4 * PERIOD_USEC
    assert not imu.take_until(3 * PERIOD_USEC)
    assert len(imu.take_until(float('inf'))) == COUNT - 4
    assert imu.next_usec() is None
    assert imu.is_over


def test_damage_is_told_after_the_samples_before_it():
    imu = stream(damaged_at=7)
    imu.next_usec()
    assert len(imu.take_until(float('inf'))) == 7
    with pytest.raises(RecordingError, match=r'a\.mkv: is damaged'):
        imu.next_usec()
    assert imu.next_usec() is None


def test_what_comes_after_damage_can_be_sought():
    imu = stream(damaged_at=7)
    imu.next_usec()
    imu.take_until(float('inf'))
    imu.seek(10 * PERIOD_USEC)
    assert imu.next_usec() == 10 * PERIOD_USEC
    assert len(imu.take_until(float('inf'))) == COUNT - 10


def test_damage_right_after_what_is_not_wanted_is_told():
    imu = stream(damaged_at=7)
    imu.seek(7 * PERIOD_USEC)
    with pytest.raises(RecordingError, match=r'a\.mkv: is damaged'):
        imu.next_usec()
    assert imu.next_usec() is None


@pytest.mark.parametrize('lap', [0, 1])
def test_what_was_taken_does_not_come_again_after_a_skip(lap):
    imu = stream(loop=True)
    begin = lap * (LENGTH_USEC + Fps.FPS_30.period_usec)
    imu.next_usec()
    taken = imu.take_until(begin + 9 * PERIOD_USEC)
    assert times(taken)[-1] == begin + 9 * PERIOD_USEC
    imu.skip(begin + 10 * PERIOD_USEC + 1)
    assert imu.next_usec() == begin + 11 * PERIOD_USEC


def test_nothing_is_taken_of_what_was_passed_over():
    imu = stream()
    imu.next_usec()
    imu.skip(5 * PERIOD_USEC)
    assert not imu.take_until(float('inf'))
    assert imu.next_usec() == 5 * PERIOD_USEC
    assert times(imu.take_until(6 * PERIOD_USEC)) == [5 * PERIOD_USEC, 6 * PERIOD_USEC]


def test_nothing_is_read_twice_through_one_place():
    """Where a place has read before, the library's threads may crash."""
    places = []

    def opened(handle):
        places.append(handle)
        return handle

    imu = stream(loop=True, opened=opened)
    imu.seek(0)
    assert len(places) == 1  # it has read nothing
    imu.next_usec()
    imu.take_until(LENGTH_USEC + 40_000)  # into the second lap
    assert [place.closed for place in places] == [True, False]
    imu.seek(4 * PERIOD_USEC)
    imu.seek(0)
    assert imu.next_usec() == 0
    imu.skip(10 * PERIOD_USEC)
    assert imu.next_usec() == 10 * PERIOD_USEC
    assert [place.closed for place in places] == [True] * 4 + [False]


def test_a_file_that_cannot_be_opened_again_ends_the_stream_and_says_so():
    imu = stream(loop=True, opened=only_once())
    imu.next_usec()
    assert len(imu.take_until(float('inf'))) == COUNT
    with pytest.raises(RecordingError, match='cannot be read'):
        imu.next_usec()
    assert imu.next_usec() is None
    imu.close()


@pytest.mark.parametrize('kind', [CaptureStream, ImuStream])
def test_a_stream_whose_file_is_gone_has_ended(kind):
    gone = stream(opened=only_once(), kind=kind)
    gone.seek(PERIOD_USEC)
    with pytest.raises(RecordingError, match='cannot be read'):
        gone.seek(0)
    assert gone.next_usec() is None
    assert gone.is_over


def test_a_batch_of_a_loop_ends(monkeypatch):
    monkeypatch.setattr(recording_streams, 'BATCH', 50)
    imu = stream(loop=True)
    taken = []
    for _ in range(3):
        imu.next_usec()
        batch = imu.take_until(float('inf'))
        assert len(batch) == 50
        taken += times(batch)
    assert taken == sorted(set(taken))
