# SPDX-License-Identifier: Apache-2.0
"""Recordings that the vendor's library wrote, played back."""

import contextlib
import dataclasses
import gc
import itertools
import os
import pathlib
import re
import threading

import numpy as np
import pytest
from helpers import recordings
from helpers.source_contract import LONG, SourceContract

from azure_kinect_py.data import Capture
from azure_kinect_py.errors import CaptureTimeout, ConfigError, RecordingError, StreamEnded
from azure_kinect_py.modes import ColorResolution, DepthMode, Fps, ImageFormat, WiredSyncMode
from azure_kinect_py.sdk import handles
from azure_kinect_py.sources import SourceOptions, open_source

SMALL = recordings.SMALL
PERIOD = SMALL.fps.period_usec
IMU_ONLY = dataclasses.replace(
    SMALL, depth_mode=DepthMode.OFF, color_resolution=ColorResolution.OFF
)


@pytest.fixture(scope='session')
def recording(tmp_path_factory):
    return recordings.record(tmp_path_factory.mktemp('recordings') / 'small.mkv', count=15)


def play(path, rate=0.0, **options):
    """Return the opened recording; at rate 0 nothing waits."""
    return open_source(SourceOptions(recording_file=str(path), playback_rate=rate, **options))


class TestContract(SourceContract):
    @pytest.fixture
    def opener(self, recording):
        return lambda: play(recording.path, rate=1.0)


class TestContractInALoop(SourceContract):
    @pytest.fixture
    def opener(self, recording):
        return lambda: play(recording.path, rate=2.0, recording_loop_enabled=True)


MODES = {
    'default': {},
    'depth only': {'color_resolution': ColorResolution.OFF},
    'color only': {'depth_mode': DepthMode.OFF},
    'unbinned': {'depth_mode': DepthMode.NFOV_UNBINNED},
    'wide': {'depth_mode': DepthMode.WFOV_2X2BINNED},
    'wide unbinned': {'depth_mode': DepthMode.WFOV_UNBINNED, 'fps': Fps.FPS_15},
    'passive': {'depth_mode': DepthMode.PASSIVE_IR, 'fps': Fps.FPS_5},
    'NV12': {'color_format': ImageFormat.NV12},
    'YUY2': {'color_format': ImageFormat.YUY2},
    'BGRA': {'color_format': ImageFormat.BGRA32},
    '3072P': {'color_resolution': ColorResolution.R3072P, 'fps': Fps.FPS_15},
    'depth late': {'depth_delay_off_color_usec': 8000},
    'depth early': {'depth_delay_off_color_usec': -8000},
    'subordinate': {
        'wired_sync_mode': WiredSyncMode.SUBORDINATE,
        'subordinate_delay_off_master_usec': 500,
    },
}


@pytest.mark.parametrize('mode', MODES)
@pytest.mark.parametrize('imu', [True, False], ids=['imu', 'no imu'])
def test_everything_comes_back_in_order(tmp_path, mode, imu):
    config = dataclasses.replace(SMALL, **MODES[mode])
    written = recordings.record(tmp_path / 'a.mkv', config, count=3, imu=imu)
    with play(written.path) as source:
        assert source.config == config
        assert source.info.serial == recordings.SERIAL
        assert source.info.color_firmware == recordings.INFO.color_firmware
        assert source.calibration.raw == written.calibration.raw
        assert source.calibration.depth == written.calibration.depth
        assert source.calibration.color == written.calibration.color
        assert source.has_imu == imu
        captures, samples, times = [], [], []
        for event in source.events():
            if isinstance(event, Capture):
                captures.append([(i.format, i.device_time_usec, i.pixels) for i in event.images])
                times.append(event.device_time_usec)
            else:
                samples.append(event[:4])
                times.append(event.acc_time_usec)
    assert times == sorted(times)
    assert samples == [sample[:4] for sample in written.imu]
    for before, after in zip(written.captures, captures, strict=True):
        for image, (kind, time, pixels) in zip(before.images, after, strict=True):
            assert (image.format, image.device_time_usec) == (kind, time)
            assert np.array_equal(image.pixels, pixels)


def test_a_recording_of_the_imu_alone(tmp_path):
    written = recordings.record(tmp_path / 'a.mkv', IMU_ONLY)
    with play(written.path) as source:
        with pytest.raises(StreamEnded):
            source.capture(LONG)
        assert len(list(source.events())) == len(written.imu)


def test_a_loop_of_the_imu_alone_at_rate_zero_can_be_stopped(tmp_path):
    path = recordings.record(tmp_path / 'a.mkv', IMU_ONLY).path
    with play(path, recording_loop_enabled=True) as source:
        reading, taken = threading.Event(), []

        def read():
            with contextlib.suppress(StreamEnded):
                while True:
                    taken.append(len(source.imu(LONG)))
                    reading.set()

        reader = threading.Thread(target=read)
        reader.start()
        assert reading.wait(LONG)
        source.stop()
        reader.join(LONG)
        assert not reader.is_alive()
    assert min(taken) > 0


def test_captures_may_lack_images(tmp_path):
    full = recordings.make_captures(SMALL, 3)
    partial = [
        dataclasses.replace(full[0], color_image=None),
        dataclasses.replace(full[1], depth_image=None, ir_image=None),
        full[2],
    ]
    calibration = recordings.calibration(SMALL)
    with recordings.Recorder(
        tmp_path / 'a.mkv', calibration, SMALL, recordings.INFO, imu=False
    ) as recorder:
        for capture in partial:
            recorder.write(capture)
    with play(tmp_path / 'a.mkv') as source:
        counts = [len(capture.images) for capture in source]
    assert counts == [2, 1, 3]


def test_nothing_waits_at_rate_zero_but_samples_for_their_capture(recording):
    with play(recording.path) as source:
        with pytest.raises(CaptureTimeout):
            source.imu(0)
        source.capture(0).close()
        ahead = source.imu(0)
        assert ahead[-1].acc_time_usec <= recording.captures[0].device_time_usec
        for _ in recording.captures[1:-1]:
            source.capture(0).close()
        ahead += source.imu(0)
        assert ahead[-1].acc_time_usec <= recording.captures[-2].device_time_usec
        source.capture(0).close()
        with pytest.raises(StreamEnded, match='the end of the recording'):
            source.capture(0)
        ahead += source.imu(0)
        assert len(ahead) == len(recording.imu)
        with pytest.raises(StreamEnded, match='the end of the IMU'):
            source.imu(0)


@pytest.mark.parametrize('rate', [0, 0.5, 1, 4])
def test_host_times_follow_the_recordings_clock_without_jitter(recording, rate):
    with play(recording.path, rate=rate) as source:
        images = [capture.depth_image for capture in itertools.islice(source, 4)]
        times = [(image.device_time_usec, image.host_time_ns) for image in images]
    device, host = np.diff(np.array(times, dtype=np.int64), axis=0).T
    assert np.allclose(host, device * 1000 / (rate or 1), atol=2)


def test_a_late_reader_gets_everything(recording):
    with play(recording.path, rate=100) as source:
        samples = []
        threading.Event().wait(0.1)  # all is due long since
        for written in recording.captures:
            with source.capture(0) as capture:
                assert capture.device_time_usec == written.device_time_usec
        samples = source.imu(0)
        assert len(samples) == len(recording.imu)


def test_a_loop_goes_on_in_time(recording):
    count = len(recording.captures)
    with play(recording.path, recording_loop_enabled=True) as source:
        captures, samples = [], []
        for _ in range(3 * count + 1):
            with source.capture(0) as capture:
                captures.append((capture.device_time_usec, capture.depth.copy()))
            try:
                samples += source.imu(0)
            except CaptureTimeout:
                continue
        assert source.clock_epoch == 1
    times = [time for time, _ in captures]
    assert times == sorted(set(times))
    lap = times[count] - times[0]
    assert lap >= count * PERIOD
    for lap_number, (number, written) in itertools.product(
        range(3), enumerate(recording.captures)
    ):
        time, depth = captures[lap_number * count + number]
        assert time == written.device_time_usec + lap_number * lap
        assert np.array_equal(depth, written.depth)
    for number, sample in enumerate(samples):
        laps, index = divmod(number, len(recording.imu))
        assert sample.acc_time_usec == recording.imu[index].acc_time_usec + laps * lap
        assert sample.gyro_time_usec == recording.imu[index].gyro_time_usec + laps * lap
        assert sample.acc == recording.imu[index].acc


def test_pause_loses_nothing(recording):
    with play(recording.path, rate=1) as source:
        source.capture().close()
        source.pause(True)
        with pytest.raises(CaptureTimeout):
            source.capture(0.1)
        with contextlib.suppress(CaptureTimeout):
            source.imu(0)  # a sample that was read already was due before
        with pytest.raises(CaptureTimeout):
            source.imu(0.05)
        assert source.clock_epoch == 1
        source.pause(False)
        assert source.clock_epoch == 2
        with source.capture(LONG) as capture:
            assert capture.device_time_usec == recording.captures[1].device_time_usec


@pytest.mark.parametrize('stream', ['__iter__', 'events'])
def test_iteration_waits_for_what_is_slow(recording, stream):
    slow = PERIOD / 1e6 / 1.2  # a capture every 1.2 s, longer than capture() waits by default
    with play(recording.path, rate=slow) as source:
        source.has_imu = False
        captures = itertools.islice(getattr(source, stream)(), 2)
        times = [capture.device_time_usec for capture in captures]
    assert times == [capture.device_time_usec for capture in recording.captures[:2]]


def test_stop_wakes_a_paused_reader(recording):
    with play(recording.path, rate=1) as source:
        source.pause(True)
        errors = []

        def read():
            try:
                source.capture(LONG)
            except StreamEnded as error:
                errors.append(error)

        reader = threading.Thread(target=read)
        reader.start()
        source.stop()
        reader.join(LONG / 3)
        assert len(errors) == 1


def test_seek(recording):
    with play(recording.path) as source:
        source.capture().close()
        source.seek(10 * PERIOD / 1e6)
        assert source.clock_epoch == 2
        with source.capture() as capture:
            assert capture.device_time_usec == recording.captures[10].device_time_usec
        source.seek(0)
        assert source.clock_epoch == 3
        with source.capture() as capture:
            assert capture.device_time_usec == recording.captures[0].device_time_usec
        assert source.imu()[0].acc_time_usec == recording.imu[0].acc_time_usec


def test_seek_goes_to_the_very_sample(recording):
    for number in (1, 7, 40, len(recording.imu) - 1):
        sought = recording.imu[number].acc_time_usec - recording.imu[0].acc_time_usec
        with play(recording.path) as source:
            source.seek(sought / 1e6)
            for _ in source:
                pass  # samples are due when the captures after them were taken
            assert source.imu(LONG)[0].acc_time_usec == recording.imu[number].acc_time_usec


def test_seek_after_the_end_of_it_all(recording):
    source = play(recording.path)
    source.start()
    source.close()
    with pytest.raises(StreamEnded):
        source.seek(0)


@pytest.mark.parametrize(
    ('change', 'reason'),
    [('removed', 'cannot be read: No such'), ('replaced', 'another file has taken its place')],
)
def test_a_file_that_is_no_longer_there_ends_a_loop_and_says_so(tmp_path, change, reason):
    path = tmp_path / 'a.mkv'
    recordings.record(path, count=3)
    with play(str(path), recording_loop_enabled=True) as source:
        if change == 'removed':
            path.unlink()
        else:
            recordings.record(tmp_path / 'b.mkv', count=3)
            (tmp_path / 'b.mkv').replace(path)
        for _ in range(3):
            source.capture(LONG).close()
        with pytest.raises(RecordingError, match=reason):
            source.capture(LONG)
        with pytest.raises(StreamEnded):
            source.capture(LONG)


def test_seek_in_a_loop_goes_to_the_first_lap(recording):
    with play(recording.path, recording_loop_enabled=True) as source:
        for _ in range(20):
            source.capture().close()
        source.seek(0)
        with source.capture() as capture:
            assert capture.device_time_usec == recording.captures[0].device_time_usec


def test_seek_to_the_end_in_a_loop_begins_again(recording):
    with play(recording.path, recording_loop_enabled=True) as source:
        source.seek(source.length_s)
        with source.capture() as capture:
            assert np.array_equal(capture.depth, recording.captures[0].depth)


def test_seek_wakes_who_waits_for_a_later_time(tmp_path):
    config = dataclasses.replace(SMALL, fps=Fps.FPS_5, color_resolution=ColorResolution.OFF)
    written = recordings.record(tmp_path / 'a.mkv', config, count=3, imu=False)
    with play(written.path, rate=0.001) as source:
        source.capture().close()
        times = []
        reader = threading.Thread(
            target=lambda: times.append(source.capture(LONG).device_time_usec)
        )
        reader.start()
        source.seek(0)
        reader.join(LONG / 3)
        assert times == [written.captures[0].device_time_usec]
    gc.collect()


@pytest.mark.parametrize('seconds', [-1, 1e6, float('nan')])
def test_seek_elsewhere_is_refused(recording, seconds):
    with (
        play(recording.path) as source,
        pytest.raises(
            ConfigError, match=re.escape(f'seek: {seconds:g} s is not possible; allowed are 0 to')
        ),
    ):
        source.seek(seconds)


def test_seek_of_a_stopped_recording_is_refused(recording):
    source = play(recording.path)
    with pytest.raises(StreamEnded):
        source.seek(0)
    source.close()


def test_device_times_beyond_32_bits_are_whole(tmp_path):
    """The library keeps 32 bits of a recording's start: 71 minutes of microseconds."""
    start = 5_000_000_000
    written = recordings.record(tmp_path / 'a.mkv', count=3, start_usec=start)
    with play(written.path) as source:
        with source.capture() as capture:
            assert [image.device_time_usec for image in capture.images] == [start] * 3
            assert capture.handle.depth.device_time_usec == start
        assert source.imu()[0].acc_time_usec == start
        source.seek(PERIOD / 1e6)
        with source.capture() as capture:
            assert capture.device_time_usec == start + PERIOD
    del capture


@pytest.mark.parametrize('rate', [-1, float('nan'), float('inf')])
def test_an_impossible_rate_is_refused(recording, rate):
    with pytest.raises(ConfigError, match=r'playback_rate: .* allowed are 0'):
        play(recording.path, rate=rate)


class TestFilesThatCannotBeRead:
    @pytest.fixture(autouse=True)
    def nothing_is_left_open(self):
        yield
        gc.collect()
        assert handles.live() == {}

    def refused(self, path, reason):
        with pytest.raises(RecordingError) as caught:
            play(path)
        assert str(caught.value).startswith(f'{path}: {reason}')
        return str(caught.value)

    def test_no_name(self):
        with pytest.raises(ConfigError, match='recording_file: '):
            open_source(SourceOptions(source='playback'))

    def test_missing(self, tmp_path):
        message = self.refused(tmp_path / 'none.mkv', 'cannot be read: No such file or directory')
        assert 'recording_file needs the path of a recording' in message

    def test_a_folder(self, tmp_path):
        self.refused(tmp_path, 'cannot be read: Is a directory')

    def test_an_unknown_users_home(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(
            RecordingError, match=r'/~no_such_user/a\.mkv: cannot be read: No such file'
        ):
            play('~no_such_user/a.mkv')

    def test_a_pipe(self, tmp_path):
        os.mkfifo(tmp_path / 'a.mkv')  # opening it would wait for a writer
        self.refused(tmp_path / 'a.mkv', 'is not a file')

    def test_no_permission(self, tmp_path, monkeypatch):
        def refuse(path, mode):
            raise PermissionError(13, 'Permission denied', str(path))

        monkeypatch.setattr(pathlib.Path, 'open', refuse)  # root may read anything
        self.refused(tmp_path / 'a.mkv', 'cannot be read: Permission denied')

    def test_empty(self, tmp_path):
        (tmp_path / 'a.mkv').touch()
        self.refused(tmp_path / 'a.mkv', 'is empty')

    def test_another_format(self, tmp_path):
        (tmp_path / 'a.mkv').write_text('not a recording\n' * 100)
        self.refused(tmp_path / 'a.mkv', 'is not a recording: it is not in the Matroska format')

    @pytest.mark.parametrize('part', [0.001, 0.1, 0.5, 0.999])
    def test_truncated(self, tmp_path, recording, part):
        content = pathlib.Path(recording.path).read_bytes()
        (tmp_path / 'a.mkv').write_bytes(content[: int(part * len(content))])
        self.refused(tmp_path / 'a.mkv', 'is truncated: ')

    def test_without_images(self, tmp_path):
        calibration = recordings.calibration(SMALL)
        recordings.Recorder(tmp_path / 'a.mkv', calibration, SMALL, recordings.INFO).close()
        self.refused(tmp_path / 'a.mkv', 'has no images and no IMU samples')

    def test_without_calibration(self, tmp_path):
        recordings.record(tmp_path / 'a.mkv', count=1, with_calibration=False)
        message = self.refused(tmp_path / 'a.mkv', 'has no calibration')
        assert 'sdk: ' in message

    def test_with_an_unusable_calibration(self, tmp_path):
        broken = dataclasses.replace(recordings.calibration(SMALL), raw=b'{"no": "calibration"}')
        with recordings.Recorder(
            tmp_path / 'a.mkv', broken, SMALL, recordings.INFO, imu=False
        ) as recorder:
            recorder.write(recordings.make_captures(SMALL, 1)[0])
        self.refused(tmp_path / 'a.mkv', 'its calibration cannot be used: ')

    def test_not_closed(self, tmp_path):
        calibration = recordings.calibration(SMALL)
        captures = recordings.make_captures(SMALL, 3)
        with recordings.Recorder(
            tmp_path / 'a.mkv', calibration, SMALL, recordings.INFO, imu=False
        ) as recorder:
            for capture in captures:
                recorder.write(capture)
            self.refused(tmp_path / 'a.mkv', 'was not closed')
            recorder._handle.flush()
            whole = (tmp_path / 'a.mkv').read_bytes()
        later = tmp_path / 'b.mkv'
        later.write_bytes(whole + b'\x1f\x43\xb6\x75 what was written after a flush')
        message = self.refused(later, 'was not closed')
        assert 'let the recorder end by itself' in message


def test_samples_do_not_run_ahead_after_a_seek(tmp_path):
    made = recordings.record(tmp_path / 'a.mkv', count=6)
    options = SourceOptions(recording_file=made.path, playback_rate=0.0)
    with open_source(options) as source:
        for _ in range(4):
            source.capture().close()
        source.seek(0.0)
        with pytest.raises(CaptureTimeout):
            source.imu(0.0)
