# SPDX-License-Identifier: Apache-2.0
"""Bodies end to end: the simulated camera's people as subscribers in another process get them."""

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray
from helpers.k4a_stub import CameraStub, library_folder
from helpers.ros_graph import Graph
from sensor_msgs.msg import Image, PointCloud2
from std_srvs.srv import SetBool
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import MarkerArray

from azure_kinect_py.geometry import rotations
from azure_kinect_py.joints import JOINT_NAMES, PARENTS
from azure_kinect_py.modes import ColorResolution, DepthMode, DeviceConfig
from azure_kinect_py.ros.joint_table import ROW
from azure_kinect_py.sources import SourceOptions, open_source

PEOPLE = {'source': 'simulated', 'simulated_people': 2, 'simulated_seed': 3}
SMALL = {'depth_mode': 'NFOV_2X2BINNED', 'simulated_tracker_latency': 0.02}
OUTPUTS = {
    'body_tracking/joints': PointCloud2,
    'body_tracking_data': MarkerArray,
    'body_index_map/image_raw': Image,
    'body_index_map_to_rgb/image_raw': Image,
    'depth/image_raw': Image,
    '/tf': TFMessage,
}


@pytest.fixture(scope='module')
def graph():
    with Graph() as graph:
        yield graph


@pytest.fixture(scope='module')
def truths():
    """What the simulated camera knows of the people, frame by frame."""
    config = DeviceConfig(DepthMode.NFOV_2X2BINNED, ColorResolution.R720P)
    with open_source(SourceOptions(config=config, **PEOPLE)) as source:
        captures = [source.capture() for _ in range(90)]
    return [capture.truth.bodies for capture in captures]


@pytest.fixture(scope='module', params=['hierarchy', 'flat'])
def run(request, graph):
    parameters = PEOPLE | SMALL | {'body_tracking_enabled': True, 'joint_frames': request.param}
    options = {'autostart': False, 'min_joint_confidence': 'none'}
    with (
        graph.driver(**parameters, **options) as driver,
        graph.listener(OUTPUTS, count=20, depth=200) as listener,
    ):
        driver.transition('configure')
        listener.wait_matched()
        driver.transition('activate')
        messages = listener.messages()
    return request.param, messages


def stamp(message):
    return message.header.stamp.sec, message.header.stamp.nanosec


def tables(messages):
    """Return stamp -> the joint table's rows, (bodies, 32)."""
    return {
        stamp(m): np.frombuffer(m.data, ROW).reshape(-1, 32)
        for m in messages['body_tracking/joints']
    }


def test_the_table_is_the_truth_of_a_frame(run, truths):
    _, messages = run
    found = 0
    for rows in tables(messages).values():
        for bodies in truths:
            if len(bodies) == len(rows) > 0 and found < 90:
                places = {body.id: body.positions for body in bodies}
                if all(
                    np.allclose(places.get(table['body_id'][0], np.inf), xyz(table), atol=1e-5)
                    for table in rows
                ):
                    found += 1
                    break
    assert found >= 10


def xyz(table):
    return np.stack([table['x'], table['y'], table['z']], axis=-1)


def test_joint_frames_are_the_poses_of_the_table(run):
    style, messages = run
    by_stamp = tables(messages)
    checked = 0
    for message in messages['/tf']:
        if not message.transforms:
            continue
        rows = by_stamp.get(stamp(message.transforms[0]))
        if rows is None:
            continue
        poses = composed(message.transforms)
        for table in rows:
            for joint, name in enumerate(JOINT_NAMES):
                place, turn = poses[f'body_{table["body_id"][0]}/{name}']
                assert np.allclose(place, xyz(table)[joint], atol=1e-5)
                quaternion = [table[q][joint] for q in ('qx', 'qy', 'qz', 'qw')]
                assert abs(abs(np.dot(turn, quaternion)) - 1) < 1e-5
        parent = message.transforms[1].header.frame_id
        assert parent.endswith('depth_camera_link' if style == 'flat' else JOINT_NAMES[PARENTS[1]])
        checked += len(rows)
    assert checked > 5


def composed(transforms):
    """Return frame -> position and orientation in the depth camera's frame."""
    poses = {'depth_camera_link': (np.zeros(3), np.array([0.0, 0.0, 0.0, 1.0]))}
    for item in transforms:
        place, turn = poses[item.header.frame_id]
        move, rotation = item.transform.translation, item.transform.rotation
        own = np.array([rotation.x, rotation.y, rotation.z, rotation.w])
        poses[item.child_frame_id] = (
            place + rotations.rotate(turn, np.array([move.x, move.y, move.z])),
            rotations.multiply(turn, own),
        )
    return poses


def test_everything_of_a_capture_carries_its_stamp(run):
    _, messages = run
    images = {stamp(m) for m in messages['depth/image_raw']}
    for name in ('body_tracking/joints', 'body_index_map/image_raw'):
        stamps = [stamp(m) for m in messages[name]]
        assert stamps == sorted(set(stamps))
        assert len(images.intersection(stamps)) > 10


def test_the_index_map_shows_the_ids_where_they_are(run):
    _, messages = run
    by_stamp = tables(messages)
    for name, columns in (
        ('body_index_map/image_raw', ('u_depth', 'v_depth')),
        ('body_index_map_to_rgb/image_raw', ('u_color', 'v_color')),
    ):
        hits = tries = 0
        for message in messages[name]:
            picture = np.frombuffer(message.data, np.uint8).reshape(message.height, message.width)
            assert message.encoding == 'mono8'
            for table in by_stamp.get(stamp(message), []):
                seen = table[(table['confidence'] >= 2) & np.isfinite(table[columns[0]])]
                u, v = (np.rint(seen[c]).astype(int) for c in columns)
                inside = (u < message.width) & (v < message.height)
                hits += np.sum(picture[v[inside], u[inside]] == seen['body_id'][inside] % 255)
                tries += inside.sum()
        assert tries > 50
        assert hits > 0.6 * tries


def test_images_wait_for_their_bodies_when_told_to(graph):
    topics = {'depth/image_raw': Image, 'body_tracking/joints': PointCloud2}
    parameters = PEOPLE | SMALL | {'body_tracking_enabled': True, 'autostart': False}
    parameters['simulated_tracker_latency'] = 0.1
    with (
        graph.driver(sync_images_to_bodies=True, **parameters) as driver,
        graph.listener(topics, count=15) as listener,
    ):
        driver.transition('configure')
        listener.wait_matched()
        driver.transition('activate')
        raw = listener.raw()
        messages = listener.messages()
    images = [stamp(m) for m in messages['depth/image_raw']]
    bodies = [stamp(m) for m in messages['body_tracking/joints']]
    first = images.index(bodies[0])
    assert images[first : first + 10] == bodies[:10]
    arrivals = [arrival for arrival, _ in raw['depth/image_raw']][first:]
    late = [a - (s[0] * 10**9 + s[1]) for a, s in zip(arrivals, images[first:], strict=True)]
    assert min(late) > 0.09e9


def test_an_empty_table_says_that_nobody_is_there(graph):
    parameters = PEOPLE | SMALL | {'simulated_people': 0, 'body_tracking_enabled': True}
    with graph.driver(**parameters):
        got = graph.listen({'body_tracking/joints': PointCloud2}, count=3)
    assert all(message.width == 0 for message in got['body_tracking/joints'])


def test_the_tracker_is_fed_only_for_subscribers_and_switched_by_a_service(graph):
    with graph.driver(**PEOPLE, **SMALL) as driver:
        driver.wait_for('opened')
        assert driver.service(SetBool, 'set_body_tracking', data=True).success
        driver.wait_for('simulated runs')
        assert driver.get('body_tracking_enabled') is True
        got = graph.listen({'depth/image_raw': Image, '/diagnostics': DiagnosticArray}, count=3)
        (status,) = [s for s in got['/diagnostics'][-1].status if 'body tracking' in s.name]
        assert 'nobody subscribes' in status.message
        assert graph.listen({'body_tracking/joints': PointCloud2}, count=3)
        with graph.listener({'body_tracking_data': MarkerArray}, count=0) as listener:
            listener.wait_matched()
            graph.spin_until(lambda: False, 0.5)
            assert driver.service(SetBool, 'set_body_tracking', data=False).success
            graph.spin_until(lambda: False, 0.5)
            listener.stop()
            markers = listener.messages()['body_tracking_data']
    assert markers[-1].markers[0].action == 3  # DELETEALL


def test_the_vendors_tracker_gets_the_cameras_own_captures(graph, tmp_path):
    stub = CameraStub(tmp_path / 'control')
    parameters = {'sdk_library_path': str(library_folder()), 'body_tracking_enabled': True}
    model = tmp_path / 'model.onnx'
    model.write_bytes(b'model')
    parameters['body_tracking_model_path'] = str(model)
    with graph.driver(environment=stub.environment, **parameters) as driver:
        driver.wait_for('k4abt runs')
        got = graph.listen(
            {'body_tracking/joints': PointCloud2, 'depth/image_raw': Image}, count=5
        )
        assert got['body_tracking/joints']
        assert driver.stop()[0] == 0
    assert stub.handles() == {}


def test_without_the_vendors_library_the_cameras_go_on(graph, tmp_path):
    stub = CameraStub(tmp_path / 'control')
    only_k4a = tmp_path / 'libraries'
    only_k4a.mkdir()
    (only_k4a / 'libk4a.so.1.4').symlink_to(library_folder() + '/libk4a.so.1.4')
    parameters = {'sdk_library_path': str(only_k4a), 'body_tracking_enabled': True}
    with graph.driver(environment=stub.environment, **parameters) as driver:
        output = driver.wait_for('the cameras go on without bodies')
        assert 'libk4abt' in output
        assert graph.listen({'depth/image_raw': Image}, count=3)
