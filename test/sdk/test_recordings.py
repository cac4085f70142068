# SPDX-License-Identifier: Apache-2.0
"""Everything that libk4arecord can write and read, there and back through the real library."""

import pytest
from helpers import recordings

from azure_kinect_py.errors import RecordingError
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.sdk import handles, k4arecord, structs
from azure_kinect_py.sdk.capture import CaptureHandle
from azure_kinect_py.sdk.playback import Origin, PlaybackHandle
from azure_kinect_py.sdk.record import RecordHandle

START = 2_000_000
PERIOD = recordings.SMALL.fps.period_usec


@pytest.fixture(autouse=True)
def everything_comes_back():
    yield
    assert handles.live() == {}


@pytest.fixture(scope='module')
def path(tmp_path_factory):
    """A recording with everything in it."""
    path = str(tmp_path_factory.mktemp('sdk') / 'all.mkv')
    library = k4arecord.load()
    with RecordHandle.create(library, path, recordings.SMALL) as record:
        record.add_tag('MY_TAG', 'Größe 7')
        record.add_attachment('notes.bin', b'\0 one \0')
        record.add_imu_track()
        settings = structs.RecordVideoSettings(64, 48, 30)
        record.add_video_track('THERMAL', 'V_UNCOMPRESSED', b'context', settings)
        record.add_subtitle_track('WORDS', 'S_TEXT/UTF8')
        record.add_subtitle_track('FAST', 'S_K4A/FAST', high_frequency=True)
        record.write_header()
        captures = recordings.make_captures(recordings.SMALL, 6, START)
        for number, capture in enumerate(captures):
            with CaptureHandle.from_data(library, capture, recordings.SMALL) as handle:
                record.write_capture(handle)
            record.write_block('THERMAL', START + number * PERIOD, bytes([number]) * 64)
            record.write_block('WORDS', START + number * PERIOD, f'word {number}'.encode())
            for step in range(10):
                time = START + number * PERIOD + step * 1000
                record.write_block('FAST', time, bytes([number, step]))
        for sample in recordings.make_imu(START, START + 6 * PERIOD):
            record.write_imu_sample(sample)
        record.flush()
    return path


@pytest.fixture
def playback(path):
    with PlaybackHandle.open(k4arecord.load(), path) as playback:
        yield playback


def test_tracks(playback):
    assert playback.tracks() == ['COLOR', 'DEPTH', 'FAST', 'IMU', 'IR', 'THERMAL', 'WORDS']
    assert playback.has_track('THERMAL')
    assert not playback.has_track('COLD')
    assert playback.is_builtin('DEPTH')
    assert not playback.is_builtin('WORDS')
    assert playback.codec('THERMAL') == ('V_UNCOMPRESSED', b'context')
    settings = playback.video_settings('THERMAL')
    assert (settings.width, settings.height, settings.frame_rate) == (64, 48, 30)


def test_tags_and_attachments(playback):
    assert playback.tag('MY_TAG') == 'Größe 7'
    assert playback.tag('NO_TAG') == ''
    assert playback.attachment('notes.bin') == b'\0 one \0'
    with pytest.raises(RecordingError):
        playback.attachment('else.bin')


def test_own_tracks(playback):
    for number in range(6):
        assert playback.next_block('THERMAL') == (START + number * PERIOD, bytes([number]) * 64)
        assert playback.next_block('WORDS') == (
            START + number * PERIOD,
            f'word {number}'.encode(),
        )
    assert playback.next_block('WORDS') is None
    assert playback.next_block('WORDS', forward=False)[1] == b'word 5'
    fast = [playback.next_block('FAST')[1] for _ in range(60)]
    assert fast == [bytes([number, step]) for number in range(6) for step in range(10)]


def test_captures_forwards_and_backwards(playback):
    def time(**options):
        capture = playback.next_capture(**options)
        if capture is None:
            return None
        with capture.to_data() as taken:
            return taken.device_time_usec

    times = [START + number * PERIOD for number in range(6)]
    assert [time() for _ in range(7)] == [*times, None]
    assert [time(forward=False) for _ in range(7)] == [*times[::-1], None]


def test_imu_samples_forwards_and_backwards(playback):
    first, second = playback.next_imu_sample(), playback.next_imu_sample()
    assert first.acc_time_usec == START
    assert playback.next_imu_sample(forward=False) == pytest.approx(first, nan_ok=True)
    assert playback.next_imu_sample(forward=False) is None
    playback.next_imu_sample()
    assert playback.next_imu_sample().acc_time_usec == second.acc_time_usec


@pytest.mark.parametrize(
    ('usec', 'origin', 'expected'),
    [
        (0, Origin.BEGIN, 0),
        (PERIOD * 2, Origin.BEGIN, 2),
        (PERIOD * 2 + 1, Origin.BEGIN, 3),
        (START + PERIOD * 4, Origin.DEVICE_TIME, 4),
    ],
)
def test_seeking(playback, usec, origin, expected):
    playback.seek(usec, origin)
    with playback.next_capture().to_data() as capture:
        assert capture.device_time_usec == START + expected * PERIOD


def test_seeking_to_the_end(playback):
    playback.seek(0, Origin.END)
    assert playback.next_capture() is None


def test_the_library_converts_colors(playback):
    playback.convert_color(ImageFormat.BGRA32)
    with playback.next_capture().to_data() as capture:
        assert capture.color_image.format is ImageFormat.BGRA32
        assert capture.color.shape == (720, 1280, 4)
    del capture


def test_wrong_order_is_refused_with_the_reason(tmp_path):
    with RecordHandle.create(
        k4arecord.load(), str(tmp_path / 'a.mkv'), recordings.SMALL
    ) as record:
        record.write_header()
        with pytest.raises(RecordingError, match='k4a_record_add_tag failed') as caught:
            record.add_tag('LATE', '1')
    assert caught.value.log


def test_a_path_with_any_characters(tmp_path):
    path = str(tmp_path / 'Aufnahme für 録画.mkv')
    recordings.record(path, count=2)
    with PlaybackHandle.open(k4arecord.load(), path) as playback:
        assert playback.length_usec > 0
