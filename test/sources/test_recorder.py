# SPDX-License-Identifier: Apache-2.0
"""Recordings written from numpy and from the library's own captures, read back bit by bit."""

import contextlib
import dataclasses
import functools
import gc
import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from helpers import recordings
from helpers.recordings import INFO, SMALL

from azure_kinect_py.data import Capture
from azure_kinect_py.errors import RecordingError
from azure_kinect_py.modes import ColorResolution, DepthMode, Fps, ImageFormat
from azure_kinect_py.sdk import handles, k4arecord
from azure_kinect_py.sdk.playback import PlaybackHandle
from azure_kinect_py.sdk.record import RecordHandle
from azure_kinect_py.sources import SourceOptions, open_source
from azure_kinect_py.sources import recorder as recorder_module
from azure_kinect_py.sources.recorder import Recorder

CALIBRATION = recordings.calibration(SMALL)


@pytest.fixture(autouse=True)
def everything_comes_back():
    yield
    gc.collect()
    assert handles.live() == {}


def _read(path):
    """Return what the vendor's library reads: captures as data, IMU samples, the place itself."""
    playback = PlaybackHandle.open(k4arecord.load(), str(path))
    captures, samples = [], []
    while (capture := playback.next_capture()) is not None:
        captures.append(capture.to_data())
    while (sample := playback.next_imu_sample()) is not None:
        samples.append(sample)
    return captures, samples, playback


def _same(written, read):
    for before, after in zip(written.images, read.images, strict=True):
        assert before.format is after.format
        assert before.device_time_usec == after.device_time_usec
        assert np.array_equal(before.pixels, after.pixels)


@pytest.mark.parametrize(
    'changes',
    [
        {},
        {'depth_mode': DepthMode.NFOV_UNBINNED, 'color_resolution': ColorResolution.OFF},
        {'depth_mode': DepthMode.WFOV_UNBINNED, 'fps': Fps.FPS_5},
        {'depth_mode': DepthMode.PASSIVE_IR, 'color_resolution': ColorResolution.R3072P}
        | {'fps': Fps.FPS_15},
        {'depth_mode': DepthMode.OFF, 'color_format': ImageFormat.NV12},
        {'color_format': ImageFormat.YUY2, 'depth_delay_off_color_usec': 5000},
        {'color_format': ImageFormat.BGRA32},
    ],
    ids=lambda changes: '-'.join(
        value.name if hasattr(value, 'name') else '' for value in changes.values()
    ),
)
def test_the_vendors_library_reads_it_back_bit_by_bit(tmp_path, changes):
    config = dataclasses.replace(SMALL, **changes)
    written = recordings.record(tmp_path / 'all.mkv', config, count=3)
    captures, samples, playback = _read(written.path)
    with playback:
        for before, after in zip(written.captures, captures, strict=True):
            _same(before, after)
            after.close()
        for before, after in zip(written.imu, samples, strict=True):
            assert before[:4] == after[:4]
        assert playback.raw_calibration() == written.calibration.raw
        assert playback.tag('K4A_DEVICE_SERIAL_NUMBER') == INFO.serial
        assert playback.tag('K4A_COLOR_FIRMWARE_VERSION') == INFO.color_firmware
        assert playback.tag('K4A_DEPTH_FIRMWARE_VERSION') == INFO.depth_firmware
    del captures, after


def test_a_playback_is_recorded_without_copies(tmp_path):
    written = recordings.record(tmp_path / 'first.mkv', count=4)
    options = SourceOptions(recording_file=written.path, playback_rate=0)
    with open_source(options) as source, Recorder.of(tmp_path / 'second.mkv', source) as recorder:
        for event in source.events():
            if isinstance(event, Capture):
                assert event.handle.belongs_to(k4arecord.load())
                recorder.write(event)
            else:
                recorder.write_imu(event)
    del event
    assert (recorder.captures, recorder.imu_samples) == (4, len(written.imu))
    captures, samples, playback = _read(tmp_path / 'second.mkv')
    with playback:
        for before, after in zip(written.captures, captures, strict=True):
            _same(before, after)
            after.close()
        assert [s[:4] for s in samples] == [s[:4] for s in written.imu]
        assert playback.tag('K4A_DEVICE_SERIAL_NUMBER') == INFO.serial
    del captures, after


def test_the_simulated_camera_is_recorded(tmp_path):
    """Its images are the simulated camera's own arrays, not the library's."""
    images, samples = [], []
    simulated = open_source(SourceOptions(source='simulated', config=SMALL))
    with simulated as source, Recorder.of(tmp_path / 'a.mkv', source) as recorder:
        for event in source.events():
            if isinstance(event, Capture):
                recorder.write(event)
                images += [
                    (i.device_time_usec, i.format, i.pixels.tobytes()) for i in event.images
                ]
            else:
                recorder.write_imu(event)
                samples.append((event.acc_time_usec, *np.float32(event.acc)))
            if recorder.captures == 4:
                break
    captures, read, playback = _read(tmp_path / 'a.mkv')
    with playback:
        assert playback.tag('K4A_DEVICE_SERIAL_NUMBER') == source.info.serial
        assert playback.raw_calibration() == source.calibration.raw
    assert images == [
        (image.device_time_usec, image.format, image.pixels.tobytes())
        for capture in captures
        for image in capture.images
    ]
    assert samples == [(sample.acc_time_usec, *np.float32(sample.acc)) for sample in read]
    del captures


def test_an_image_of_another_size_is_refused(tmp_path):
    wide = dataclasses.replace(SMALL, depth_mode=DepthMode.WFOV_2X2BINNED)
    (capture,) = recordings.make_captures(wide, 1)
    with (
        Recorder(tmp_path / 'a.mkv', CALIBRATION, SMALL, INFO) as recorder,
        pytest.raises(RecordingError, match=r'a\.mkv: DEPTH16 image: shape \(512, 512\)'),
    ):
        recorder.write(capture)


def test_the_recording_being_played_is_not_overwritten(tmp_path):
    written = recordings.record(tmp_path / 'a.mkv', count=2)
    (tmp_path / 'link.mkv').symlink_to(written.path)
    with open_source(SourceOptions(recording_file=written.path)) as source:
        for name in ('a.mkv', 'link.mkv'):
            with pytest.raises(RecordingError, match='it is being played'):
                Recorder.of(tmp_path / name, source)
        assert source.capture().close() is None


def test_captures_may_lack_images(tmp_path):
    full = recordings.make_captures(SMALL, 3)
    partial = [
        dataclasses.replace(full[0], color_image=None),
        dataclasses.replace(full[1], depth_image=None, ir_image=None),
        Capture(),
        full[2],
    ]
    with Recorder(tmp_path / 'a.mkv', CALIBRATION, SMALL, INFO) as recorder:
        for capture in partial:
            recorder.write(capture)
    captures, _, playback = _read(tmp_path / 'a.mkv')
    playback.close()
    for before, after in zip([partial[0], partial[1], partial[3]], captures, strict=True):
        _same(before, after)
        after.close()
    del captures, after


def test_captures_that_are_missing_are_counted_by_their_times(tmp_path):
    config = dataclasses.replace(SMALL, color_resolution=ColorResolution.OFF)
    captures = recordings.make_captures(config, 10)
    with Recorder(tmp_path / 'a.mkv', CALIBRATION, config, INFO, imu=False) as recorder:
        for number in (0, 1, 4, 5, 9):
            recorder.write(captures[number])
    assert (recorder.captures, recorder.missing) == (5, 5)


def test_it_is_closed_when_the_program_fails(tmp_path):
    def fail():
        with Recorder(tmp_path / 'a.mkv', CALIBRATION, SMALL, INFO) as recorder:
            recorder.write(recordings.make_captures(SMALL, 1)[0])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    open_source(SourceOptions(recording_file=str(tmp_path / 'a.mkv'))).close()


def test_it_is_closed_when_forgotten(tmp_path):
    recorder = Recorder(tmp_path / 'a.mkv', CALIBRATION, SMALL, INFO)
    recorder.write(recordings.make_captures(SMALL, 1)[0])
    del recorder
    gc.collect()
    open_source(SourceOptions(recording_file=str(tmp_path / 'a.mkv'))).close()


def test_two_threads_write(tmp_path):
    captures = recordings.make_captures(SMALL, 8)
    samples = recordings.make_imu(1_000_000, 1_250_000)
    with Recorder(tmp_path / 'a.mkv', CALIBRATION, SMALL, INFO) as recorder:
        thread = threading.Thread(target=lambda: [recorder.write_imu(s) for s in samples])
        thread.start()
        for capture in captures:
            recorder.write(capture)
        thread.join()
    read, read_samples, playback = _read(tmp_path / 'a.mkv')
    playback.close()
    assert (len(read), len(read_samples)) == (len(captures), len(samples))
    del read


def test_a_closed_recorder_refuses(tmp_path):
    recorder = Recorder(tmp_path / 'a.mkv', CALIBRATION, SMALL, INFO)
    recorder.write(recordings.make_captures(SMALL, 1)[0])
    recorder.close()
    recorder.close()
    with pytest.raises(RecordingError, match='the recording is closed'):
        recorder.write(Capture())
    with pytest.raises(RecordingError, match='the recording is closed'):
        recorder.write_imu(recordings.make_imu(0, 10)[0])


def test_imu_samples_need_their_track(tmp_path):
    with (
        Recorder(tmp_path / 'a.mkv', CALIBRATION, SMALL, INFO, imu=False) as recorder,
        pytest.raises(RecordingError, match='without an IMU track'),
    ):
        recorder.write_imu(recordings.make_imu(0, 10)[0])


def test_images_of_another_format_are_refused_and_it_goes_on(tmp_path):
    other = recordings.make_captures(dataclasses.replace(SMALL, color_format=ImageFormat.YUY2), 1)
    good = recordings.make_captures(SMALL, 2)
    with Recorder(tmp_path / 'a.mkv', CALIBRATION, SMALL, INFO) as recorder:
        recorder.write(good[0])
        with pytest.raises(RecordingError, match='capture 1 was not written whole'):
            recorder.write(dataclasses.replace(other[0], depth_image=None, ir_image=None))
        recorder.write(good[1])
    captures, _, playback = _read(tmp_path / 'a.mkv')
    playback.close()
    assert len(captures) == 2
    del captures


@pytest.mark.parametrize('name', ['missing/a.mkv', '', 'file/a.mkv'])
def test_where_nothing_can_be_written(tmp_path, name):
    (tmp_path / 'file').write_text('not a folder')
    with pytest.raises(RecordingError, match='cannot be written: ') as caught:
        Recorder(tmp_path / name, CALIBRATION, SMALL, INFO)
    assert str(tmp_path / name) in str(caught.value)
    assert 'existing folder' in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason='root may write anywhere')
def test_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(RecordingError, match='Permission denied'):
        Recorder(tmp_path / 'a.mkv', CALIBRATION, SMALL, INFO)


FULL_DISK = """
import resource, signal, sys
from helpers import recordings
from azure_kinect_py.errors import RecordingError
from azure_kinect_py.sources.recorder import Recorder
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
config = recordings.SMALL
recorder = Recorder(sys.argv[1], recordings.calibration(config), config, recordings.INFO)
for capture in recordings.make_captures(config, 8):
    recorder.write(capture)
try:
    recorder.close()
except RecordingError as error:
    print(error)
recorder.close()
"""


def test_a_disk_that_is_full_from_the_start_is_told(tmp_path):
    done = subprocess.run(
        [sys.executable, '-c', FULL_DISK.replace('1_000_000', '100'), str(tmp_path / 'a.mkv')],
        env=os.environ | {'PYTHONPATH': os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    last = done.stderr[done.stderr.rindex('RecordingError: ') :]
    assert 'a.mkv: cannot be written' in last
    assert 'Is the disk full?' in last
    assert not (tmp_path / 'a.mkv').exists()


def test_a_full_disk_is_told(tmp_path):
    done = subprocess.run(
        [sys.executable, '-c', FULL_DISK, str(tmp_path / 'a.mkv')],
        env=os.environ | {'PYTHONPATH': os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert 'a.mkv: could not be written to the end' in done.stdout
    assert 'Is the disk full?' in done.stdout
    assert 'sdk: ' in done.stdout
    with pytest.raises(RecordingError):
        open_source(SourceOptions(recording_file=str(tmp_path / 'a.mkv')))


def test_closing_waits_for_who_writes(tmp_path, monkeypatch):
    """The vendor's library must not be told to close a file that is being written."""
    recorder = Recorder(tmp_path / 'a.mkv', CALIBRATION, SMALL, INFO)
    begun, may_go_on = threading.Event(), threading.Event()
    write_capture = RecordHandle.write_capture

    def write_slowly(handle, capture):
        begun.set()
        assert may_go_on.wait(10)
        write_capture(handle, capture)

    monkeypatch.setattr(RecordHandle, 'write_capture', write_slowly)
    (capture,) = recordings.make_captures(SMALL, 1)
    writer = threading.Thread(target=recorder.write, args=(capture,))
    closer = threading.Thread(target=recorder.close)
    writer.start()
    assert begun.wait(10)
    closer.start()
    closer.join(0.2)
    assert closer.is_alive()
    may_go_on.set()
    writer.join(10)
    closer.join(10)
    assert recorder.captures == 1


@pytest.mark.parametrize('ahead_s', [0.2, 3.0, 30.0])
def test_samples_that_come_long_before_their_captures_wait_for_them(tmp_path, ahead_s):
    """The library refuses what is two seconds older than what it has."""
    count = 30
    captures = recordings.make_captures(SMALL, count, 1_000_000)
    lasting = count * SMALL.fps.period_usec
    samples = recordings.make_imu(1_000_000, 1_000_000 + lasting + int(ahead_s * 1e6))
    with Recorder(tmp_path / 'a.mkv', CALIBRATION, SMALL, INFO) as recorder:
        for sample in samples:
            recorder.write_imu(sample)
        for capture in captures:
            recorder.write(capture)
    assert (recorder.captures, recorder.imu_samples) == (count, len(samples))
    read, read_samples, playback = _read(tmp_path / 'a.mkv')
    with playback:
        assert [capture.device_time_usec for capture in read] == [
            capture.device_time_usec for capture in captures
        ]
        assert [s[:4] for s in read_samples] == [s[:4] for s in samples]
        for capture in read:
            capture.close()
    del capture, read


def test_captures_that_do_not_come_are_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(recorder_module, '_SILENT_S', 0.0)
    recorder = Recorder(tmp_path / 'a.mkv', CALIBRATION, SMALL, INFO)
    with recorder:
        for sample in recordings.make_imu(0, 100_000):
            recorder.write_imu(sample)
            assert not recorder._waiting


def test_captures_that_are_much_too_late_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(recorder_module, '_MOST_WAITING', 10)
    with Recorder(tmp_path / 'a.mkv', CALIBRATION, SMALL, INFO) as recorder:
        for sample in recordings.make_imu(0, 100_000)[:10]:
            recorder.write_imu(sample)
        with pytest.raises(RecordingError, match='captures come too long after their samples'):
            recorder.write_imu(recordings.make_imu(0, 100_000)[10])


@pytest.mark.parametrize('is_replaced', [False, True])
@pytest.mark.parametrize('is_closed', [False, True], ids=['while it is written', 'at its end'])
def test_a_file_that_is_not_there_any_more_is_told(tmp_path, monkeypatch, is_replaced, is_closed):
    monkeypatch.setattr(recorder_module, '_LOOK_EVERY_S', 0.0)
    path = tmp_path / 'a.mkv'
    captures = recordings.make_captures(SMALL, 2)
    recorder = Recorder(path, CALIBRATION, SMALL, INFO)
    recorder.write(captures[0])
    path.rename(tmp_path / 'b.mkv')
    if is_replaced:
        path.write_text('of somebody else')
    end = recorder.close if is_closed else functools.partial(recorder.write, captures[1])
    with pytest.raises(RecordingError, match=r'a\.mkv: was removed or replaced while it was'):
        end()
    with contextlib.suppress(RecordingError):
        recorder.close()
    assert path.exists() == is_replaced, 'what is not ours is left alone'
