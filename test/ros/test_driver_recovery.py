# SPDX-License-Identifier: Apache-2.0
"""The driver as users meet it when something is wrong: it says so, lives, and recovers."""

import dataclasses
import json
import resource
import signal
import time

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from helpers import recordings
from helpers.k4a_stub import CameraStub, depth_pixels, library_folder
from helpers.shell import inherited
from sensor_msgs.msg import Image, Imu, PointCloud2
from std_srvs.srv import SetBool, Trigger

from azure_kinect_py.modes import DepthMode
from azure_kinect_py.sources import SourceOptions, open_source

SERIAL = '000123456000'


@pytest.fixture
def stub(tmp_path):
    stub = CameraStub(tmp_path / 'control', serials=[SERIAL])
    yield stub
    assert stub.handles() == {}, 'something was not given back, or used after it was'


def start(graph, stub, **parameters):
    return graph.driver(
        environment=stub.environment, sdk_library_path=str(library_folder()), **parameters
    )


def cameras_run(stub):
    return stub.count('k4a_device_start_cameras') > stub.count('k4a_device_stop_cameras')


def test_a_pulled_cable_is_survived(graph, stub):
    with start(graph, stub) as driver:
        driver.wait_for(f'opened device Azure Kinect DK {SERIAL}')
        assert graph.listen({'depth/image_raw': Image}, count=3)['depth/image_raw']
        stub.unplug()
        driver.wait_for('was lost')
        assert driver.state == 'active'
        stub.plug_in()
        driver.wait_for('the camera is back')
        after = graph.listen({'depth/image_raw': Image}, count=3)['depth/image_raw']
        frame = int.from_bytes(after[-1].data[:2], 'little') - 1000
        assert bytes(after[-1].data) == depth_pixels(frame).tobytes()
        code, output = driver.stop()
    assert code == 0
    assert output.count('was lost') == 1
    assert 'Traceback' not in output


def test_what_is_set_while_the_camera_comes_back_reaches_it(graph, stub):
    brightness = 'k4a_device_set_color_control 2'
    with start(graph, stub) as driver:
        driver.wait_for('opened device')
        driver.meet()
        stub.unplug()
        driver.wait_for('was lost')
        stub['delay.k4a_device_set_color_control'] = 50_000
        before = len(stub.calls(brightness))
        stub.plug_in()
        assert graph.spin_until(lambda: len(stub.calls(brightness)) > before)
        assert driver.set('brightness', 200).successful
        driver.wait_for('the camera is back')
        assert stub['device0.control2'] == 200
        assert driver.stop()[0] == 0


def test_a_missing_camera_is_waited_for(graph, stub):
    stub.unplug()
    with start(graph, stub) as driver:
        driver.wait_for('waiting for the camera')
        assert driver.state == 'unconfigured'
        told = graph.listen({'/diagnostics': DiagnosticArray}, count=1)['/diagnostics'][0]
        name = 'k4a/azure_kinect_node: device'  # two cameras differ by their namespaces
        (device,) = [status for status in told.status if status.name == name]
        assert device.level == DiagnosticStatus.ERROR
        assert 'no camera found' in device.message
        answer = driver.service(Trigger, 'reset')
        assert not answer.success
        assert 'no camera found' in answer.message
        stub.plug_in()
        driver.wait_for('opened device')
        assert graph.spin_until(lambda: driver.state == 'active')
        code, output = driver.stop()
    assert code == 0
    assert output.count('no camera found') == 1


def test_a_camera_in_use_by_another_node_is_named(graph, stub):
    with start(graph, stub) as first:
        first.wait_for('opened device')
        with start(graph, stub, sensor_sn=SERIAL) as second:
            output = second.wait_for('waiting for the camera')
            assert 'in use by another program' in output
            assert first.stop()[0] == 0
            second.wait_for('opened device')


@pytest.mark.parametrize(
    ('parameters', 'words'),
    [
        ({'fps': 25}, ['fps: 25', '5, 15, 30']),
        ({'recording_file': '/nowhere/a.mkv'}, ['/nowhere/a.mkv']),
        ({'sdk_library_path': '/nowhere'}, ['/nowhere', 'libk4a']),
    ],
)
def test_what_cannot_work_ends_the_program_with_one_clear_error(graph, parameters, words):
    with graph.driver(**parameters) as driver:
        code, output = driver.wait_ended()
    assert code == 1
    assert 'Traceback' not in output
    for word in words:
        assert word in output


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_cleanly(graph, stub, number):
    with inherited(SIGHUP=False):
        driver = start(graph, stub)
    with driver:
        driver.wait_for('opened device')
        code, output = driver.stop(number, timeout=10)
    assert code == 0
    assert 'Traceback' not in output
    assert stub['handles.devices'] == 0
    assert not cameras_run(stub)


def test_a_terminal_that_closes_does_not_end_one_of_nohup(graph, stub):
    with inherited(SIGHUP=True):
        driver = start(graph, stub)
    with driver:
        driver.wait_for('opened device')
        driver.process.send_signal(signal.SIGHUP)
        assert graph.listen({'depth/image_raw': Image}, count=3)
        assert driver.stop()[0] == 0


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (['--params-file', '/nowhere.yaml'], '/nowhere.yaml'),
        (['-p', 'sensor_sn:='], 'sensor_sn:='),
    ],
)
def test_arguments_that_ros_cannot_read_are_told_in_a_line(graph, arguments, words):
    with graph.driver(*arguments) as driver:
        code, output = driver.wait_ended()
    assert code == 1
    last = output.splitlines()[-1]
    assert last.startswith('azure_kinect_node: ')
    assert words in last
    assert 'Traceback' not in output


def test_lifecycle_starts_and_stops_the_cameras(graph, stub):
    with start(graph, stub, autostart=False) as driver:
        assert driver.state == 'unconfigured'
        assert driver.transition('configure')
        assert stub['handles.devices'] == 1
        for _ in range(2):
            assert driver.transition('activate')
            assert cameras_run(stub)
            assert graph.listen({'depth/image_raw': Image}, count=2)
            assert driver.transition('deactivate')
            assert not cameras_run(stub)
        assert not driver.set('fps', 15).successful
        assert driver.transition('cleanup')
        assert stub['handles.devices'] == 0
        assert driver.set('fps', 15).successful
        assert driver.transition('configure')
        assert '15 fps' in driver.wait_for('15 fps')
        assert driver.transition('activate')
        assert driver.transition('shutdown')
        assert driver.wait_ended()[0] == 0
    assert stub['handles.devices'] == 0


def test_each_failure_is_told_and_over_when_it_is_mended(graph):
    told = 'configure failed: rgb_point_cloud: true'
    with graph.driver(source='simulated', autostart=False) as driver:
        assert driver.set('rgb_point_cloud', True).successful
        assert driver.set('color_enabled', False).successful
        for times in (1, 2):
            assert not driver.transition('configure')
            assert driver.output.count(told) == times
        assert driver.set('color_enabled', True).successful
        assert driver.transition('configure')
        assert 'opened simulated' in driver.output
        assert driver.transition('cleanup')
        answer = driver.service(Trigger, 'reset').message
        assert answer == 'the node is unconfigured: configure and activate it first'


def test_what_is_set_together_is_set_or_not(graph, stub):
    brightness, gain = 'device0.control2', 9
    with start(graph, stub, brightness=100, body_tracking_model_path='/nowhere.onnx') as driver:
        driver.wait_for('opened device')
        assert stub[brightness] == 100
        stub['device0.refuses'] = gain
        for name, value, reason in (
            ('gain', 77, 'GAIN: the camera refused 77'),
            ('body_tracking_enabled', True, '/nowhere.onnx'),
            ('fps', 5, 'fps: 5'),
        ):
            result = driver.set_together({'brightness': 3, name: value})
            assert not result.successful
            assert reason in result.reason
            assert stub[brightness] == driver.get('brightness') == 100
        assert driver.set_together({'brightness': 3, 'contrast': 4}).successful
        assert stub[brightness] == driver.get('brightness') == 3


def test_a_control_of_a_camera_that_is_off_is_named(graph):
    with graph.driver(source='simulated', color_enabled=False) as driver:
        driver.wait_for('opened simulated')
        result = driver.set_together({'body_tracking_smoothing_factor': 0.5, 'gain': 10})
        assert result.reason == 'gain: the color camera is off; it needs color_enabled true'


@pytest.mark.parametrize(('wish', 'is_heard'), [({'K4A_LOG_LEVEL': 't'}, True), ({}, False)])
def test_the_vendors_library_is_heard_in_full_by_who_asks(graph, tmp_path, wish, is_heard):
    made = recordings.record(tmp_path / 'played.mkv', count=4)
    playing = {'recording_file': str(made.path), 'recording_loop_enabled': True}
    with graph.driver(environment=wish, **playing) as driver:
        graph.listen({'depth/image_raw': Image}, count=2)
        assert ('k4a_image_t_create' in driver.output) == is_heard


def test_services_of_a_camera(graph, stub, tmp_path):
    record_file = str(tmp_path / 'folder' / 'made.mkv')
    with start(graph, stub, record_file=record_file, body_tracking_enabled=False) as driver:
        driver.wait_for('opened device')
        stub['device0.sync_in'] = 1
        info = json.loads(driver.service(Trigger, 'get_device_info').message)
        assert info['serial'] == SERIAL
        assert (info['sync_in_connected'], info['sync_out_connected']) == (True, False)
        assert info['config']['depth_mode'] == 'NFOV_UNBINNED'
        answer = driver.service(SetBool, 'pause', data=True)
        assert not answer.success
        assert 'playback' in answer.message
        assert driver.service(SetBool, 'record', data=True).success
        again = driver.service(SetBool, 'record', data=True)
        assert not again.success
        assert record_file in again.message
        assert graph.listen({'depth/image_raw': Image}, count=12)
        stopped = driver.service(SetBool, 'record', data=False)
        assert stopped.success
        assert 'captures' in stopped.message
        not_over_it = driver.service(SetBool, 'record', data=True)
        assert not not_over_it.success
        assert 'exists already' in not_over_it.message
        assert driver.service(Trigger, 'reset').success
        assert driver.set('gain', 17).successful
        assert driver.get('gain') == 17
    assert len(times_of(record_file)) >= 10


def test_a_full_disk_ends_the_recording_and_nothing_else(graph, tmp_path):
    record_file = str(tmp_path / 'a.mkv')
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, hard))  # shared memory has it too
    try:
        driver = graph.driver(
            environment={'FASTDDS_BUILTIN_TRANSPORTS': 'UDPv4'},
            source='simulated',
            depth_mode='NFOV_2X2BINNED',
            record_file=record_file,
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with driver:
        driver.wait_for('opened simulated')
        assert driver.service(SetBool, 'record', data=True).success
        output = driver.wait_for('recording ended')
        assert f'{record_file}: could not be written to the end' in output
        assert 'Is the disk full?' in output
        assert graph.listen({'depth/image_raw': Image, 'imu': Imu}, count=30)
        answer = driver.service(SetBool, 'record', data=False)
        assert not answer.success
        told = graph.listen({'/diagnostics': DiagnosticArray}, count=1)['/diagnostics'][0]
        (device,) = [status for status in told.status if status.name.endswith(': device')]
        assert device.message.startswith(f'recording ended: {record_file}: ')
        assert answer.message.startswith('nothing was being recorded\nrecording ended: ')
        assert f'{record_file}: ' in answer.message
        assert driver.transition('deactivate')
        assert driver.transition('cleanup')
        code, output = driver.stop()
    assert code == 0
    assert output.count('recording ended') == 1
    assert 'the stream has ended' not in output
    assert 'Traceback' not in output


def test_a_recording_ends_with_its_camera(graph, stub, tmp_path):
    """The camera's clock begins anew: the file would have two captures of one time."""
    record_file = str(tmp_path / 'a.mkv')
    with start(graph, stub, record_file=record_file) as driver:
        driver.wait_for('opened device')
        answer = driver.service(SetBool, 'record', data=False)
        assert answer.message == 'nothing was being recorded'
        assert driver.service(SetBool, 'record', data=True).success
        assert graph.listen({'depth/image_raw': Image}, count=5)
        stub.unplug()
        driver.wait_for('was lost')
        stub.plug_in()
        driver.wait_for('recording ended: the camera was lost and opened again')
        answer = driver.service(SetBool, 'record', data=False)
        assert f'{record_file}: ' in answer.message
    times = times_of(record_file)
    assert times == sorted(set(times))


def test_a_recording_has_also_what_is_too_late_to_be_published(graph, stub, tmp_path):
    record_file = str(tmp_path / 'a.mkv')
    stub['k4abt.latency_usec'] = 200_000
    small = {'fps': 15, 'color_enabled': False, 'depth_mode': 'NFOV_2X2BINNED'}
    slow = {**tracking(tmp_path), 'body_tracking_queue': 'synchronous'}
    with start(graph, stub, record_file=record_file, **small, **slow) as driver:
        driver.wait_for('k4abt runs')
        tables = {'body_tracking/joints': PointCloud2}
        with graph.listener(tables, count=10) as listener:
            listener.wait_matched()
            assert driver.service(SetBool, 'record', data=True).success
            late = listener.messages()['body_tracking/joints']
            stopped = driver.service(SetBool, 'record', data=False)
    assert 'missing' not in stopped.message
    times = times_of(record_file)
    assert set(np.rint(np.diff(times) / 66_667)) == {1}
    assert len(times) > 2 * len(late)


def tracking(folder):
    """Return parameters for the stub of the tracker."""
    (folder / 'model.onnx').touch()
    return {
        'body_tracking_enabled': True,
        'body_tracking_model_path': str(folder / 'model.onnx'),
        'body_tracking_processing_mode': 'cpu',
    }


def times_of(file):
    with open_source(SourceOptions(recording_file=file, playback_rate=0)) as played:
        return [capture.device_time_usec for capture in played]


def test_a_service_answers_whatever_happens(graph):
    long = f'/tmp/{"a" * 300}.mkv'
    with graph.driver(source='simulated', record_file=long) as driver:
        driver.wait_for('opened simulated')
        answer = driver.service(SetBool, 'record', data=True)
        assert not answer.success
        assert answer.message == f'record_file: {long}: File name too long'


def test_bodies_come_back_with_the_camera_after_a_reset(graph, stub, tmp_path):
    with start(graph, stub, **tracking(tmp_path)) as driver:
        driver.wait_for('k4abt runs')
        stub.unplug()
        driver.wait_for('was lost')
        answer = driver.service(Trigger, 'reset')
        assert not answer.success
        assert 'no camera found' in answer.message
        stub.plug_in()
        driver.wait_for('the camera is back')
        tables = {'body_tracking/joints': PointCloud2}
        assert graph.listen(tables, count=2)
        assert driver.stop()[0] == 0


def test_what_plays_out_of_order_is_not_recorded(graph, tmp_path):
    recording = recordings.record(tmp_path / 'a.mkv', count=8)
    parameters = {'recording_loop_enabled': True, 'playback_rate': 0.0}
    with graph.driver(recording_file=recording.path, **parameters) as driver:
        driver.wait_for('opened playback')
        assert graph.spin_until(lambda: driver.state == 'active')
        refused = driver.service(SetBool, 'record', data=True)
    assert not refused.success
    assert 'playback_rate' in refused.message


def test_services_of_a_recording(graph, tmp_path):
    recording = recordings.record(tmp_path / 'a.mkv', count=8)
    with graph.driver(recording_file=recording.path) as driver:
        end = 'the end of the recording'
        driver.wait_for(end)
        assert driver.state == 'active'
        refused = driver.service(SetBool, 'record', data=True)
        assert not refused.success
        assert '~/reset' in refused.message
        assert driver.service(Trigger, 'reset').success
        assert graph.spin_until(lambda: driver.output.count(end) == 2)
        result = driver.set('gain', 3)
        assert not result.successful
        assert 'gain' in result.reason


def test_another_recording_is_played_only_when_configured_anew(graph, tmp_path):
    file, other = tmp_path / 'a.mkv', tmp_path / 'b.mkv'
    recordings.record(file, count=8)
    wide = dataclasses.replace(recordings.SMALL, depth_mode=DepthMode.WFOV_2X2BINNED)
    recordings.record(other, wide, count=8)
    with graph.driver(recording_file=str(file), recording_loop_enabled=True) as driver:
        driver.wait_for('NFOV_2X2BINNED')
        assert graph.listen({'depth/image_raw': Image}, count=1)
        other.replace(file)
        refused = driver.service(Trigger, 'reset')
        assert not refused.success
        assert f'{file}: another recording has taken its place' in refused.message
        assert driver.transition('deactivate')
        assert not driver.transition('activate')
        assert driver.transition('cleanup')
        assert driver.transition('configure')
        assert driver.transition('activate')
        (image,) = graph.listen({'depth/image_raw': Image}, count=1)['depth/image_raw'][:1]
        assert image.width == 512


def test_a_paused_recording_is_held_until_it_goes_on(graph, tmp_path):
    recording = recordings.record(tmp_path / 'a.mkv', count=30)
    with graph.driver(recording_file=recording.path, recording_loop_enabled=True) as driver:
        driver.wait_for('opened playback')
        arrived = []
        images = graph.node.create_subscription(
            Image, '/k4a/depth/image_raw', lambda _: arrived.append(time.monotonic()), 10
        )
        assert graph.spin_until(lambda: len(arrived) > 3)
        assert driver.service(SetBool, 'pause', data=True).success
        # What is under way comes yet; then nothing does for longer than the recording is.
        assert graph.spin_until(lambda: time.monotonic() - arrived[-1] > 2.5, 20.0)
        before = len(arrived)
        assert driver.service(SetBool, 'pause', data=False).success
        assert graph.spin_until(lambda: len(arrived) > before + 3)
        graph.node.destroy_subscription(images)


def test_reset_does_not_start_what_was_stopped(graph, stub):
    with start(graph, stub) as driver:
        driver.wait_for(f'opened device Azure Kinect DK {SERIAL}')
        assert graph.spin_until(lambda: cameras_run(stub))
        assert driver.transition('deactivate')
        answer = driver.service(Trigger, 'reset')
        assert answer.success
        assert 'activate' in answer.message
        assert not cameras_run(stub)
        assert driver.transition('activate')
        assert cameras_run(stub)
        assert driver.service(Trigger, 'reset').message == 'started again'
        assert cameras_run(stub)


def test_a_reset_whose_start_fails_is_recovered_from(graph, stub):
    with start(graph, stub) as driver:
        driver.wait_for('opened device')
        stub.fail('k4a_device_start_cameras', times=1, log='cmd_status timeout')
        answer = driver.service(Trigger, 'reset')
        assert not answer.success
        assert 'the cameras did not start' in answer.message
        driver.wait_for('the camera is back')
        assert graph.listen({'depth/image_raw': Image}, count=3)
        assert 'plays it again' not in driver.output
        assert driver.stop()[0] == 0


def test_a_camera_that_is_gone_when_it_is_opened_again_is_told(graph, stub):
    with start(graph, stub, autostart=False) as driver:
        assert driver.transition('configure')
        stub.unplug()
        assert not driver.service(Trigger, 'reset').success
        answer = driver.service(Trigger, 'get_device_info')
        assert not answer.success
        assert 'no camera found' in answer.message
        message = graph.listen({'/diagnostics': DiagnosticArray}, count=1)['/diagnostics'][0]
        (status,) = [each for each in message.status if each.name.endswith(': device')]
        assert status.level == DiagnosticStatus.ERROR
        assert status.message == f'camera {SERIAL}: no camera found'
        stub.plug_in()
        assert driver.transition('activate')
        assert driver.service(Trigger, 'get_device_info').success


def test_a_subordinate_whose_clock_its_master_sets_is_stamped_on(graph, stub):
    stub['device0.sync_in'] = stub['device0.silent'] = 1
    stub['device0.early_usec'] = 50_000_000
    topics = {'imu': Imu, 'depth/image_raw': Image}
    with start(graph, stub, wired_sync_mode='subordinate', color_enabled=False) as driver:
        driver.wait_for('opened device')
        before = graph.listen({'imu': Imu}, count=3)['imu'][-1]
        stub['device0.pulse_ns'] = time.monotonic_ns()
        stub['device0.silent'] = 0
        after = graph.listen(topics, count=20)
        now = time.time()
        for messages in after.values():
            stamps = [stamp_s(message) for message in messages]
            assert stamps == sorted(set(stamps))
            assert stamp_s(before) < stamps[0]
            assert now - 25 < stamps[-1] < now  # neither 50 s ago, nor as far ahead
            assert stamps[-1] - stamps[0] > 0.01  # nor standing still
        assert driver.stop()[0] == 0


def stamp_s(message):
    return message.header.stamp.sec + message.header.stamp.nanosec * 1e-9


def test_an_imu_that_fails_alone_is_brought_back(graph, stub):
    with start(graph, stub) as driver:
        driver.wait_for('opened device')
        assert graph.listen({'imu': Imu}, count=3)
        stub.fail('k4a_device_get_imu_sample', log='A streaming IMU transfer failed')
        assert 'A streaming IMU transfer failed' in driver.wait_for('nothing from the IMU')
        stub.mend('k4a_device_get_imu_sample')
        driver.wait_for('the camera is back')
        assert graph.listen({'imu': Imu, 'depth/image_raw': Image}, count=3)
        assert driver.stop()[0] == 0


def test_bodies_without_depth_are_refused_by_name(graph):
    with graph.driver(source='simulated', depth_mode='PASSIVE_IR', color_enabled=False) as driver:
        driver.wait_for('opened simulated')
        answer = driver.service(SetBool, 'set_body_tracking', data=True)
        assert not answer.success
        assert answer.message.startswith('body_tracking_enabled: true needs depth')
