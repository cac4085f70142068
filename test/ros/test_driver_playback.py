# SPDX-License-Identifier: Apache-2.0
"""A recording through the driver: what subscribers in another process get, bit by bit."""

import math

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from helpers import recordings
from helpers.ros_graph import NAMESPACE, Graph
from rosbags.rosbag2 import Reader, StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore
from sensor_msgs.msg import CameraInfo, CompressedImage, Image, Imu, PointCloud2
from std_srvs.srv import SetBool
from tf2_msgs.msg import TFMessage

from azure_kinect_py.data import Sensor
from azure_kinect_py.geometry.color import decode
from azure_kinect_py.geometry.point_cloud import PointCloud
from azure_kinect_py.geometry.registration import ColorToDepth, DepthToColor, Interpolation

COUNT = 12
PAUSED = 'paused; ~/pause with false goes on'
ENDED = 'the stream has ended; ~/reset starts it again'
IMU_COUNT = len(recordings.make_imu(0, COUNT * 33_333))
TOPICS = {
    'depth/image_raw': Image,
    'depth/camera_info': CameraInfo,
    'ir/image_raw': Image,
    'rgb/image_raw': Image,
    'rgb/image_raw/compressed': CompressedImage,
    'rgb/camera_info': CameraInfo,
    'depth_to_rgb/image_raw': Image,
    'ir_to_rgb/image_raw': Image,
    'rgb_to_depth/image_raw': Image,
    'points2': PointCloud2,
    'imu': Imu,
    '/tf_static': TFMessage,
}


@pytest.fixture(scope='module')
def recording(tmp_path_factory):
    return recordings.record(tmp_path_factory.mktemp('recording') / 'small.mkv', count=COUNT)


@pytest.fixture(scope='module')
def raw(recording):
    """Serialised messages of one run, from the first capture to the last."""
    with Graph() as graph:
        counts = dict.fromkeys(TOPICS, COUNT) | {'imu': IMU_COUNT, '/tf_static': 1}
        options = {'count': counts, 'latched': ['/tf_static'], 'depth': 1000}
        parameters = {'recording_file': recording.path, 'rgb_point_cloud': True}
        with (
            graph.driver(autostart=False, **parameters) as driver,
            graph.listener(TOPICS, **options) as listener,
        ):
            assert driver.transition('configure')
            driver.wait_subscribed(TOPICS.keys() - {'/tf_static'})
            assert driver.transition('activate')
            driver.wait_for('the end of the recording')
            if not graph.spin_until(lambda: listener.process.poll() is not None, 20.0):
                listener.stop()  # and tell what is missing
            return listener.raw()


@pytest.fixture(scope='module')
def messages(raw):
    from rclpy.serialization import deserialize_message

    return {
        name: [deserialize_message(data, TOPICS[name]) for _, data in kept]
        for name, kept in raw.items()
    }


def test_nothing_is_lost(messages):
    counts = {name: len(kept) for name, kept in messages.items()}
    assert counts.pop('/tf_static') == 1
    assert counts.pop('imu') == IMU_COUNT
    assert counts == dict.fromkeys(counts, COUNT)


def test_depth_and_infrared_are_the_recorded_bits(messages, recording):
    for name, encoding, attribute in (
        ('depth/image_raw', '16UC1', 'depth'),
        ('ir/image_raw', 'mono16', 'ir'),
    ):
        for message, capture in zip(messages[name], recording.captures, strict=True):
            assert message.encoding == encoding
            assert np.array_equal(pixels(message), getattr(capture, attribute))


def test_jpegs_are_the_recorded_bytes(messages, recording):
    compressed = messages['rgb/image_raw/compressed']
    for message, capture in zip(compressed, recording.captures, strict=True):
        assert bytes(message.data) == capture.color.tobytes()
        assert 'jpeg' in message.format


def test_raw_color_is_the_decoded_jpeg(messages, recording):
    for message, capture in zip(messages['rgb/image_raw'], recording.captures, strict=True):
        assert message.encoding == 'bgra8'
        assert np.array_equal(pixels(message), decode(capture.color_image, 4))


def test_registered_images_are_what_the_geometry_computes(messages, recording):
    to_color, to_depth = DepthToColor(recording.calibration), ColorToDepth(recording.calibration)
    capture = recording.captures[-1]
    expected, infrared = to_color.with_values(
        capture.depth, capture.ir, interpolation=Interpolation.LINEAR
    )
    assert np.array_equal(pixels(messages['depth_to_rgb/image_raw'][-1]), expected)
    assert np.array_equal(pixels(messages['ir_to_rgb/image_raw'][-1]), infrared)
    color = to_depth(capture.depth, decode(capture.color_image, 4))
    assert np.array_equal(pixels(messages['rgb_to_depth/image_raw'][-1]), color)


def test_clouds_are_organised_and_colored(messages, recording):
    cloud, capture = messages['points2'][-1], recording.captures[-1]
    assert (cloud.height, cloud.width) == capture.depth.shape
    assert [field.name for field in cloud.fields] == ['x', 'y', 'z', 'rgb']
    points = np.frombuffer(cloud.data, np.float32).reshape(cloud.height, cloud.width, 8)
    color = ColorToDepth(recording.calibration)(capture.depth, decode(capture.color_image, 4))
    expected = PointCloud(recording.calibration.depth).xyzrgb(
        capture.depth, color, np.empty_like(points)
    )
    assert np.array_equal(points.view(np.uint32), expected.view(np.uint32))


def test_all_of_a_capture_carries_one_stamp_and_stamps_rise(messages):
    stamps = {
        name: [(m.header.stamp.sec, m.header.stamp.nanosec) for m in kept]
        for name, kept in messages.items()
        if name != '/tf_static'
    }
    imu = stamps.pop('imu')
    assert imu == sorted(set(imu))
    for name, times in stamps.items():
        assert times == sorted(set(times)), name
        assert times == stamps['depth/image_raw'], name


def test_camera_info_is_of_its_camera(messages, recording):
    for name, camera, frame in (
        ('depth/camera_info', recording.calibration.depth, 'depth_camera_link'),
        ('rgb/camera_info', recording.calibration.color, 'rgb_camera_link'),
    ):
        info = messages[name][0]
        assert info.header.frame_id == frame
        assert (info.width, info.height) == (camera.width, camera.height)
        assert info.k[0] == pytest.approx(camera.fx)
        assert info.d[5] == pytest.approx(camera.k4)


def test_imu_samples_are_the_recorded_ones(messages, recording):
    for message, sample in zip(messages['imu'], recording.imu, strict=True):
        gyro, acc = message.angular_velocity, message.linear_acceleration
        assert (gyro.x, gyro.y, gyro.z) == pytest.approx(sample.gyro)
        assert (acc.x, acc.y, acc.z) == pytest.approx(sample.acc)
        assert message.header.frame_id == 'imu_link'
        assert message.orientation_covariance[0] == -1.0


def test_static_transforms_are_the_extrinsics(messages, recording):
    transforms = {t.child_frame_id: t for t in messages['/tf_static'][0].transforms}
    assert set(transforms) == {'depth_camera_link', 'rgb_camera_link', 'imu_link'}
    move = transforms['rgb_camera_link'].transform.translation
    expected = recording.calibration.extrinsics(Sensor.COLOR, Sensor.DEPTH)[:3, 3]
    assert (move.x, move.y, move.z) == pytest.approx(expected)


def test_an_independent_library_reads_the_messages_from_a_bag(raw, recording, tmp_path):
    store = get_typestore(Stores.ROS2_HUMBLE)
    path = tmp_path / 'bag'
    with Writer(path, version=9, storage_plugin=StoragePlugin.SQLITE3) as writer:
        for name, kept in raw.items():
            if name == '/tf_static':
                continue
            kind = f'sensor_msgs/msg/{TOPICS[name].__name__}'
            connection = writer.add_connection(f'{NAMESPACE}/{name}', kind, typestore=store)
            for arrival, data in kept:
                writer.write(connection, arrival, data)
    found = dict.fromkeys(TOPICS, 0)
    with Reader(path) as reader:
        for connection, _, data in reader.messages():
            name = connection.topic.removeprefix(f'{NAMESPACE}/')
            message = store.deserialize_cdr(data, connection.msgtype)
            if name == 'depth/image_raw':
                expected = recording.captures[found[name]].depth
                assert np.array_equal(message.data.view(np.uint16).reshape(288, 320), expected)
            if name == 'imu':
                assert message.linear_acceleration.z == pytest.approx(-9.75)
                assert math.isfinite(message.angular_velocity.x)
            found[name] += 1
    assert found['depth/image_raw'] == COUNT
    assert found['imu'] == len(raw['imu'])


def test_a_recording_at_rest_is_not_slow_and_says_why(graph, recording):
    def told(name):
        statuses = [status for message in seen[-1:] for status in message.status]
        return [each.message for each in statuses if each.name.endswith(f': {name}')]

    def all_well():
        return {status.level for status in seen[-1].status} == {DiagnosticStatus.OK}

    seen, images = [], []
    graph.node.create_subscription(DiagnosticArray, '/diagnostics', seen.append, 10)
    graph.node.create_subscription(Image, f'{NAMESPACE}/depth/image_raw', images.append, 10)
    with graph.driver(recording_file=recording.path, playback_rate=0.1) as driver:
        assert graph.spin_until(lambda: images)
        assert driver.service(SetBool, 'pause', data=True).success
        for name in ('device', 'depth/image_raw'):
            assert graph.spin_until(lambda name=name: told(name) == [PAUSED]), told(name)
        assert all_well()
        assert driver.service(SetBool, 'pause', data=False).success
        driver.wait_for('the end of the recording')
        for name in ('device', 'depth/image_raw'):
            assert graph.spin_until(lambda name=name: told(name) == [ENDED]), told(name)
        assert all_well()
        refused = driver.service(SetBool, 'pause', data=True)
        assert not refused.success
        assert 'nothing plays: the stream has ended' in refused.message


def pixels(message):
    dtype, channels = {
        '16UC1': (np.uint16, 1),
        'mono16': (np.uint16, 1),
        'bgra8': (np.uint8, 4),
    }[message.encoding]
    image = np.frombuffer(message.data, dtype)
    assert message.step == message.width * channels * image.itemsize
    shape = (message.height, message.width, channels)
    return image.reshape(shape if channels > 1 else shape[:2])
