# SPDX-License-Identifier: Apache-2.0
"""The camera, against a libk4a whose device functions the tests steer."""

import gc
import math
import threading
import time

import numpy as np
import pytest
from helpers import k4a_stub
from helpers.source_contract import SourceContract

from azure_kinect_py.errors import (
    CaptureTimeout,
    ConfigError,
    DeviceError,
    KinectError,
    LibraryNotFound,
    StreamEnded,
)
from azure_kinect_py.modes import (
    ColorControl,
    ColorResolution,
    DepthMode,
    DeviceConfig,
    Fps,
    ImageFormat,
    WiredSyncMode,
)
from azure_kinect_py.sdk import log
from azure_kinect_py.sources import SourceOptions, camera_errors, open_source

SERIAL = '000123456000'
GAIN = ColorControl.GAIN
TIMED_OUT = 2


@pytest.fixture
def stub():
    stub = k4a_stub.in_process()
    stub.reset()
    yield stub
    gc.collect()
    assert stub.handles() == {}


def open_device(config=None, serial=''):
    return open_source(
        SourceOptions(
            source='device',
            config=config or DeviceConfig(),
            sensor_sn=serial,
            sdk_library_path=k4a_stub.library_folder(),
        )
    )


@pytest.fixture
def source(stub):
    with open_device() as source:
        yield source


def drain(read):
    for _ in range(10):
        read()


class TestContract(SourceContract):
    @pytest.fixture
    def opener(self, stub):
        stub['device0.period_usec'] = 5000
        return open_device


# ---- what goes in, and what comes out -----------------------------------------------------------


def test_configuration_is_passed_through(stub):
    stub['device0.sync_in'] = 1
    config = DeviceConfig(
        depth_mode=DepthMode.WFOV_2X2BINNED,
        color_resolution=ColorResolution.R1536P,
        color_format=ImageFormat.BGRA32,
        fps=Fps.FPS_15,
        synchronized_images_only=True,
        depth_delay_off_color_usec=-160,
        wired_sync_mode=WiredSyncMode.SUBORDINATE,
        subordinate_delay_off_master_usec=320,
        disable_streaming_indicator=True,
    )
    with open_device(config):
        assert stub.config() == {
            'color_format': 3,
            'color_resolution': 4,
            'depth_mode': 3,
            'camera_fps': 1,
            'synchronized_images_only': 1,
            'depth_delay_off_color_usec': -160,
            'wired_sync_mode': 2,
            'subordinate_delay_off_master_usec': 320,
            'disable_streaming_indicator': 1,
        }


def test_calls_come_in_the_order_the_library_wants(stub):
    with open_device() as source:
        source.capture().close()
    order = [
        call.split()[0].removeprefix('k4a_device_')
        for call in stub.calls('k4a_device_')
        if not call.startswith('k4a_device_get_')
    ]
    assert order == ['open', 'start_cameras', 'start_imu', 'stop_imu', 'stop_cameras', 'close']


def test_who_it_is(stub):
    stub['device0.serial'] = '000000000042'
    source = open_device()
    assert source.info.serial == '000000000042'
    assert source.info.name == 'Azure Kinect DK'
    assert (source.info.color_firmware, source.info.depth_firmware) == ('1.6.110', '1.6.80')
    source.close()


def test_images_with_their_metadata_come_out(source):
    for frame in range(3):
        with source.capture() as capture:
            np.testing.assert_array_equal(capture.depth, k4a_stub.depth_pixels(frame))
            np.testing.assert_array_equal(capture.ir, k4a_stub.ir_pixels(frame))
            assert k4a_stub.jpeg_frame(capture.color) == frame
            assert [image.device_time_usec for image in capture.images] == [
                33333 * (frame + 1)
            ] * 3
            assert capture.temperature_c == 36.5
            color = capture.color_image
            assert (color.exposure_usec, color.white_balance_kelvin, color.iso_speed) == (
                8330,
                4500,
                200,
            )
            assert capture.depth_image.exposure_usec == 0


def test_pixels_are_not_copied(source, stub):
    capture = source.capture()
    depth = capture.depth
    assert not depth.flags.owndata
    capture.close()
    del capture
    gc.collect()
    assert stub.handles()['handles.buffers'] == 1
    del depth
    gc.collect()
    assert stub.handles() == {'handles.devices': 1}


@pytest.mark.parametrize(
    'config',
    [
        DeviceConfig(depth_mode=DepthMode.OFF),
        DeviceConfig(depth_mode=DepthMode.PASSIVE_IR),
        DeviceConfig(color_resolution=ColorResolution.OFF),
        DeviceConfig(color_format=ImageFormat.NV12),
        DeviceConfig(color_format=ImageFormat.YUY2),
        DeviceConfig(
            depth_mode=DepthMode.WFOV_UNBINNED,
            color_resolution=ColorResolution.R3072P,
            color_format=ImageFormat.BGRA32,
            fps=Fps.FPS_5,
        ),
    ],
    ids=['color only', 'passive', 'depth only', 'nv12', 'yuy2', 'largest'],
)
def test_every_kind_of_image(stub, config):
    stub['device0.period_usec'] = 20000
    with open_device(config) as source, source.capture() as capture:
        assert (capture.depth is not None) == config.depth_mode.has_depth
        assert (capture.ir is not None) == config.depth_mode.has_ir
        assert (capture.color is not None) == config.color_on
        if config.color_on and config.color_format is not ImageFormat.MJPG:
            assert (capture.color.reshape(-1, 256) == np.arange(256)).all()


@pytest.mark.parametrize('lacking', ['depth', 'ir', 'color'])
def test_captures_may_lack_an_image(stub, lacking):
    stub[f'device0.missing_{lacking}'] = 2  # every second
    with open_device() as source:
        present = []
        for _ in range(4):
            with source.capture() as capture:
                assert capture.device_time_usec > 0
                present.append(getattr(capture, lacking) is not None)
    assert present == [True, False, True, False]


def test_a_capture_without_any_image_is_passed_over(stub):
    config = DeviceConfig(color_resolution=ColorResolution.OFF)
    stub['device0.missing_depth'] = stub['device0.missing_ir'] = 2
    with open_device(config) as source:
        for frame in (0, 2, 4):
            with source.capture() as capture:
                assert capture.device_time_usec == 33333 * (frame + 1)
        stub['device0.missing_depth'] = stub['device0.missing_ir'] = 1
        with pytest.raises(CaptureTimeout):
            source.capture(0.1)


def test_a_capture_that_cannot_be_is_told_and_passed_over(stub, caplog):
    config = DeviceConfig(color_format=ImageFormat.YUY2)
    stub['device0.short_color'] = 2
    with open_device(config) as source:
        for frame in (0, 2):
            with source.capture() as capture:
                assert capture.device_time_usec == 33333 * (frame + 1)
    assert f'camera {SERIAL}: a capture is passed over: YUY2 image: 921600 bytes' in caplog.text


@pytest.mark.parametrize(
    ('function', 'ask'),
    [
        ('k4a_device_get_sync_jack', lambda source: source.sync_jacks()),
        ('k4a_device_set_color_control', lambda source: source.set_color_control(GAIN, 3)),
        ('k4a_device_get_color_control_capabilities', lambda source: source.color_controls()),
    ],
)
def test_closing_waits_for_who_asks_the_camera(stub, function, ask):
    source = open_device()
    stub[f'delay.{function}'] = 100_000
    asking = threading.Thread(target=ask, args=[source])
    asking.start()
    while not stub.count(function):
        time.sleep(0.001)
    source.close()
    asking.join(10)
    assert stub['violations'] == 0
    with pytest.raises(DeviceError, match=f'{SERIAL}: it is closed'):
        ask(source)


def test_imu_samples_come_in_batches_with_their_own_times(source):
    samples = []
    while len(samples) < 100:
        time.sleep(0.02)
        batch = source.imu()
        assert len(batch) > 1
        samples += batch
    for number, sample in enumerate(samples):
        step = number / 1024
        assert sample.acc == (step, -step, -9.8125)
        assert sample.gyro == (2 * step, 0.5, -0.25)
        assert sample.acc_time_usec == (number + 1) * 625
        assert sample.gyro_time_usec == (number + 1) * 625 + 7
        assert sample.temperature_c == 31.5


def test_sync_jacks_are_told_apart(stub, source):
    stub['device0.sync_out'] = 1
    assert source.sync_jacks() == (False, True)
    stub['device0.sync_in'], stub['device0.sync_out'] = 1, 0
    assert source.sync_jacks() == (True, False)


@pytest.mark.parametrize(
    ('pid', 'name'), [(0x066B, 'Femto Bolt'), (0x0669, 'Femto Mega'), (0x1234, 'Femto')]
)
def test_a_camera_of_orbbec(stub, pid, name):
    stub['device0.femto'], stub['device0.pid'] = 1, pid
    folder = k4a_stub.orbbec_folder()
    with open_source(SourceOptions(source='device', sdk_library_path=folder)) as source:
        assert source.info.name == f'Orbbec {name}'
        assert (source.info.color_firmware, source.info.depth_firmware) == ('', '1.6.80')
        assert source.sync_jacks() == (False, False)
        for _ in range(3):
            with source.capture() as capture:
                assert math.isnan(capture.temperature_c)
                for image in capture.images:  # the library gives the time of the day
                    age_ns = time.monotonic_ns() - image.host_time_ns
                    assert 0 <= age_ns < 10**10
        assert source.imu()


# ---- waiting ------------------------------------------------------------------------------------


def test_a_stall_is_a_timeout_and_not_the_end(stub, source):
    source.capture().close()
    stub['device0.stall'] = stub['device0.imu_stall'] = 1
    with pytest.raises(CaptureTimeout):
        drain(lambda: source.capture(0.05).close())
    with pytest.raises(CaptureTimeout):
        drain(lambda: source.imu(0.05))
    stub['device0.stall'] = stub['device0.imu_stall'] = 0
    source.capture().close()
    assert source.imu()


def test_a_subordinate_waits_for_its_master(stub):
    stub['device0.sync_in'] = stub['device0.silent'] = 1
    config = DeviceConfig(wired_sync_mode=WiredSyncMode.SUBORDINATE)
    with open_device(config) as source:
        with pytest.raises(CaptureTimeout):
            source.capture(0.05)
        stub['device0.silent'] = 0
        source.capture().close()


def test_a_slow_reader_gets_the_newest_captures(stub):
    stub['device0.period_usec'] = 2000
    with open_device() as source:
        time.sleep(0.1)
        with source.capture() as capture:
            assert capture.device_time_usec > 20 * 2000


@pytest.mark.parametrize('end', ['stop', 'close'])
def test_an_end_that_meets_a_failing_wait_is_not_a_loss(stub, end):
    stub['device0.stall'] = 1
    source = open_device()
    source.start()
    outcome = []

    def wait():
        try:
            source.capture(30)
        except KinectError as error:
            outcome.append(type(error))

    reader = threading.Thread(target=wait)
    reader.start()
    while not stub.count('k4a_device_get_capture'):
        time.sleep(0.001)
    getattr(source, end)()
    reader.join(10)
    assert outcome == [StreamEnded]
    source.close()


# ---- every failure of every function ------------------------------------------------------------


@pytest.mark.parametrize(
    ('function', 'says'),
    [
        ('k4a_device_open', 'could not be opened'),
        ('k4a_device_get_serialnum', 'could not be opened'),
        ('k4a_device_get_version', 'could not be opened'),
        ('k4a_device_get_raw_calibration', 'does not tell'),
    ],
)
def test_opening_fails_and_gives_everything_back(stub, function, says):
    stub.fail(function, log='the very reason')
    with pytest.raises(DeviceError, match=says) as caught:
        open_device()
    assert 'the very reason' in str(caught.value)
    assert stub['device0.owner'] == 0
    stub.mend(function)
    open_device().close()


def test_a_calibration_that_cannot_be_read_is_told(stub, tmp_path):
    broken = tmp_path / 'calibration.json'
    broken.write_text('{"CalibrationInformation": {}}')
    stub['calibration'] = str(broken)
    with pytest.raises(ConfigError, match='Cameras'):
        open_device()


@pytest.mark.parametrize(
    ('function', 'what'),
    [('k4a_device_start_cameras', 'cameras'), ('k4a_device_start_imu', 'IMU')],
)
def test_a_refused_start_gives_the_reason_and_can_be_repeated(stub, function, what):
    source = open_device()
    stub.fail(function, times=1, log='libusb_submit_transfer: LIBUSB_ERROR_NO_MEM')
    with pytest.raises(DeviceError, match=f'{SERIAL}: the {what} did not start') as caught:
        source.start()
    assert 'LIBUSB_ERROR_NO_MEM' in str(caught.value)
    assert 'usbfs_memory_mb' in caught.value.hint
    source.start()
    source.capture().close()
    source.close()


@pytest.mark.parametrize('thread', ['log', 'reason'], ids=['own thread', "library's thread"])
@pytest.mark.parametrize(
    ('line', 'hint'),
    [
        ('Failed to Load Depth Engine Plugin (depthengine).', 'libdepthengine.so.2.0'),
        ('Depth engine create and initialize failed with error code: 204.', 'DISPLAY'),
        ('Error calling libusb_submit_transfer for tx, result:LIBUSB_ERROR_IO', 'USB 3 port'),
        ('something never seen', ''),
    ],
)
def test_a_refused_start_says_what_to_do(stub, thread, line, hint):
    source = open_device()
    stub.fail('k4a_device_start_cameras', **{thread: line})
    with pytest.raises(DeviceError) as caught:
        source.start()
    assert line in str(caught.value)
    assert (hint in caught.value.hint) if hint else caught.value.hint == ''
    source.close()


def failures_of_threads(stub, function, call, *reasons):
    """Return the errors of a call that fails for one reason after the other, in new threads."""
    errors = []

    def fail(reason):
        stub.fail(function, reason=reason)
        with pytest.raises(DeviceError) as caught:
            call()
        errors.append(str(caught.value))

    for reason in reasons:
        thread = threading.Thread(target=fail, args=[reason])
        thread.start()
        thread.join(10)
    return errors


@pytest.mark.parametrize(
    ('function', 'call'),
    [
        ('k4a_device_get_sync_jack', lambda source: source.sync_jacks()),
        ('k4a_device_get_capture', lambda source: source.capture()),
    ],
)
def test_the_first_failure_of_a_thread_has_no_older_lines(stub, source, function, call):
    old, new = failures_of_threads(stub, function, lambda: call(source), 'old one', 'new one')
    assert 'old one' in old
    assert 'old one' not in new
    assert 'new one' in new


def test_what_the_library_said_before_a_call_is_no_reason(stub, source):
    failures_of_threads(stub, 'k4a_device_get_capture', source.capture, 'old one')
    stub.fail('k4a_device_set_color_control', log='out of range')
    with pytest.raises(DeviceError, match='out of range') as caught:
        source.set_color_control(GAIN, 3)
    assert 'old one' not in str(caught.value)


def test_cameras_that_deliver_nothing_say_why(stub, source):
    log._lines.clear()  # of the tests before
    reason = 'usb_cmd_lib_usb_thread(). No transfers could not be submitted, LIBUSB_ERROR_NO_MEM'
    stub.fail('k4a_device_get_capture', result=TIMED_OUT, reason=reason)
    with pytest.raises(CaptureTimeout):
        source.capture(0.05)
    error = camera_errors.stalled('no capture for 5 s')
    assert error.message == 'no capture for 5 s'
    assert 'usbfs_memory_mb' in error.hint
    assert 'LIBUSB_ERROR_NO_MEM' in error.log[-1]


def test_a_missing_sync_cable_is_named(stub):
    source = open_device(DeviceConfig(wired_sync_mode=WiredSyncMode.MASTER))
    with pytest.raises(DeviceError, match='sync out cable') as caught:
        source.start()
    assert 'wired_sync_mode' in caught.value.hint
    source.close()


@pytest.mark.parametrize('read', ['capture', 'imu'])
def test_a_failing_read_is_a_loss(stub, source, read):
    stub.fail(
        {'capture': 'k4a_device_get_capture', 'imu': 'k4a_device_get_imu_sample'}[read],
        log='LIBUSB_TRANSFER_NO_DEVICE',
    )
    with pytest.raises(DeviceError, match=f'{SERIAL} was lost') as caught:
        getattr(source, read)()
    assert 'LIBUSB_TRANSFER_NO_DEVICE' in str(caught.value)


def test_samples_before_a_failure_are_not_lost(stub, source):
    time.sleep(0.05)
    stub.fail('k4a_device_get_imu_sample', after=5)
    assert len(source.imu()) == 5
    with pytest.raises(DeviceError):
        source.imu()


def test_a_camera_lost_while_streaming(stub, source):
    stub['device0.lost_after'] = 3
    for _ in range(3):
        source.capture().close()
    with pytest.raises(DeviceError, match='lost'):
        source.capture()


def test_unplugged_and_plugged_in_again(stub):
    source = open_device()
    source.start()
    source.capture().close()
    stub.unplug()
    with pytest.raises(DeviceError, match='lost') as caught:
        source.capture()
    assert 'LIBUSB_TRANSFER_NO_DEVICE' in str(caught.value)
    source.close()
    with pytest.raises(DeviceError, match='no camera found'):
        open_device()
    stub.plug_in()
    with open_device() as again:
        again.capture().close()


def test_an_old_handle_stays_lost_when_the_cable_is_back(stub, source):
    stub.unplug()
    stub.plug_in()
    with pytest.raises(DeviceError, match='lost'):
        source.capture()
    source.stop()
    with pytest.raises(DeviceError, match='did not start'):
        source.start()


def test_sync_jacks_that_cannot_be_read(stub, source):
    stub.fail('k4a_device_get_sync_jack')
    with pytest.raises(DeviceError):
        source.sync_jacks()


def test_a_library_that_is_not_there(tmp_path):
    options = SourceOptions(source='device', sdk_library_path=str(tmp_path / 'none'))
    with pytest.raises(LibraryNotFound, match='none'):
        open_source(options)


def test_thousand_frames_leave_nothing_behind(stub):
    stub['device0.period_usec'] = 200
    config = DeviceConfig(DepthMode.NFOV_2X2BINNED, ColorResolution.R720P)
    with open_device(config) as source:
        kept = []
        for number in range(1000):
            capture = source.capture()
            kept.append(capture.depth)
            del kept[:-5]
            if number % 3:
                capture.close()  # the others are given back when they are forgotten
        del capture, kept
        gc.collect()
        assert stub.handles() == {'handles.devices': 1}
