# SPDX-License-Identifier: Apache-2.0
"""People who walk, leave and come, through the driver: every output against the ground truth."""

import functools
import itertools

import numpy as np
import pytest
from helpers.ros_graph import NAMESPACE, Graph
from rosbags.rosbag2 import Reader, StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore
from sensor_msgs.msg import Image, PointCloud2
from std_srvs.srv import SetBool
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import Marker, MarkerArray

from azure_kinect_py.geometry import rotations
from azure_kinect_py.joints import JOINT_NAMES, PARENTS
from azure_kinect_py.modes import ColorResolution, DepthMode, DeviceConfig, Fps
from azure_kinect_py.ros.joint_table import ROW
from azure_kinect_py.ros.markers import ALPHA_OF_CONFIDENCE
from azure_kinect_py.sources import SourceOptions, open_source
from azure_kinect_py.sources.simulated.clock import Clock
from azure_kinect_py.sources.simulated.scene import Scene

FRAMES = 90
"""At least so many pass, more if the driver's answers take their time."""

PEOPLE = 6
MOST = 2
CONFIG = DeviceConfig(DepthMode.WFOV_UNBINNED, ColorResolution.OFF, fps=Fps.FPS_15)
TABLE, MARKERS, MAP = 'body_tracking/joints', 'body_tracking_data', 'body_index_map/image_raw'
OUTPUTS = {TABLE: PointCloud2, MARKERS: MarkerArray, MAP: Image, '/tf': TFMessage}
CAMERA = 'depth_camera_link'


@pytest.fixture(scope='module')
def crowd():
    """The seed of a crowd in which somebody leaves and somebody comes, and its truth by frame."""
    options = SourceOptions(source='simulated', config=CONFIG)
    with open_source(options) as source:
        calibration = source.calibration
    for seed in range(4, 40):
        scene = Scene(calibration, CONFIG, PEOPLE, seed)
        clock = Clock(CONFIG, seed, 0)
        truth = functools.cache(functools.partial(truth_of, scene, clock))
        looks = [truth(n) for n in range(0, FRAMES, 15)]
        ids = [{body.id for body in look.bodies} for look in looks]
        steps = list(itertools.pairwise(ids))
        if any(a - b for a, b in steps) and any(b - a for a, b in steps) and len(ids[0]) > 1:
            return seed, truth
    pytest.fail('everybody stays')


def truth_of(scene, clock, number):
    return scene.capture(number, clock).truth


@pytest.fixture(scope='module')
def raw(crowd):
    """What came of a run in which joint frames were set in every way, and bodies off at last."""
    parameters = {
        'source': 'simulated',
        'simulated_people': PEOPLE,
        'simulated_seed': crowd[0],
        'depth_mode': CONFIG.depth_mode.name,
        'fps': CONFIG.fps.hz,
        'color_enabled': False,
        'body_tracking_enabled': True,
        'body_tracking_queue': 'synchronous',
        'max_bodies': MOST,
        'min_joint_confidence': 'none',
    }
    with (
        Graph() as graph,
        graph.driver(autostart=False, **parameters) as driver,
        graph.listener(OUTPUTS, count=0, depth=1000) as listener,
    ):
        assert driver.transition('configure')
        listener.wait_matched()
        assert driver.transition('activate')
        for name, value in (
            ('joint_frames', 'flat'),
            ('min_joint_confidence', 1),
            ('joint_frames', 'hierarchy'),
            ('min_joint_confidence', 'medium'),
            ('min_joint_confidence', 3),
            ('min_joint_confidence', 0),
            ('joint_frames', 'none'),
        ):
            graph.spin_until(lambda: False, 0.8)
            assert driver.set(name, value).successful
        assert not driver.set('max_bodies', 3).successful
        assert not driver.set('joint_frames', 'tree').successful
        graph.spin_until(lambda: False, 1.0)
        assert driver.service(SetBool, 'set_body_tracking', data=False).success
        graph.spin_until(lambda: False, 0.3)
        listener.stop()
        return listener.raw()


@pytest.fixture(scope='module')
def messages(raw):
    from rclpy.serialization import deserialize_message

    return {
        name: [deserialize_message(data, OUTPUTS[name]) for _, data in kept]
        for name, kept in raw.items()
    }


@pytest.fixture(scope='module')
def frames(messages, crowd):
    """The truth of each table, by stamp: tables come in order, so their frames do too."""
    _, truth = crowd
    found, number = {}, -1
    for table in messages[TABLE]:
        rows = rows_of(table)
        later = range(number + 1, number + 1 + FRAMES)
        number = next((n for n in later if is_of(rows, truth(n))), None)
        assert number is not None, f'{stamp(table)} is of no frame'
        found[stamp(table)] = truth(number)
    return found


def stamp(message):
    header = message.header
    return header.stamp.sec, header.stamp.nanosec


def rows_of(table):
    return np.frombuffer(table.data, ROW).reshape(-1, 32)


def columns(rows, names):
    return np.stack([rows[name] for name in names.split()], axis=-1)


def listed(truth):
    """Return the bodies in the table: ids count up, so the lowest are in view the longest."""
    return sorted(truth.bodies, key=lambda body: body.id)[:MOST]


def is_of(rows, truth):
    bodies = listed(truth)
    return [table['body_id'][0] for table in rows] == [body.id for body in bodies] and all(
        np.abs(columns(table, 'x y z') - body.positions).max() < 1e-5
        for table, body in zip(rows, bodies, strict=True)
    )


def test_every_table_is_the_truth_of_a_frame(messages, frames):
    assert len(frames) == len(messages[TABLE]) > FRAMES // 2
    for message in messages[TABLE]:
        assert message.header.frame_id == CAMERA
        for table, body in zip(rows_of(message), listed(frames[stamp(message)]), strict=True):
            assert np.array_equal(table['confidence'], body.confidences)
            assert np.array_equal(table['joint'], np.arange(32))
            turns = columns(table, 'qx qy qz qw')
            assert np.abs(same_sign(turns, body.orientations)).max() < 1e-5
            bones = body.positions - body.positions[list(PARENTS)]
            bones[0] = 0
            assert np.abs(table['bone_length'] - np.linalg.norm(bones, axis=1)).max() < 1e-5
            relative = columns(table, 'rqx rqy rqz rqw')[1:]
            again = rotations.multiply(body.orientations[list(PARENTS[1:])], relative)
            assert np.abs(same_sign(again, body.orientations[1:])).max() < 1e-5
            assert np.isnan(columns(table, 'u_color v_color')).all()  # that camera is off


def same_sign(turns, others):
    """Return the difference of quaternions, of which both signs mean the same."""
    return turns * np.sign(np.sum(turns * others, axis=-1, keepdims=True)) - others


def test_somebody_left_and_somebody_came(frames):
    ids = [{body.id for body in truth.bodies} for truth in frames.values()]
    steps = list(itertools.pairwise(ids))
    assert any(a - b for a, b in steps)
    assert any(b - a for a, b in steps)


def test_joint_frames_are_the_truth_in_every_style_and_confidence(messages, frames):
    styles, levels = set(), set()
    for message in messages['/tf']:
        if not message.transforms:  # nobody is that sure
            levels.add(3)
            continue
        truth = frames.get(stamp(message.transforms[0]))
        if truth is None:
            continue
        poses = composed(message.transforms)
        del poses[CAMERA]
        levels.add(level_of(poses, truth))
        styles |= {'flat' if t.header.frame_id == CAMERA else 'hierarchy' for t in last(message)}
        for body in truth.bodies:
            for joint, name in enumerate(JOINT_NAMES):
                place, turn = poses.get(f'body_{body.id}/{name}', (None, None))
                if place is not None:
                    assert np.abs(place - body.positions[joint]).max() < 1e-5
                    assert np.abs(same_sign(turn, body.orientations[joint])).max() < 1e-5
    assert styles == {'flat', 'hierarchy'}
    assert levels >= {0, 1, 2, 3}


def last(message):
    """Return the transforms of ends: an ear is no child of the camera unless all are."""
    return [t for t in message.transforms if t.child_frame_id.endswith('ear_right')]


def level_of(poses, truth):
    """Return the least confidence that explains which joints were sent."""
    for level in range(3):
        names = {
            f'body_{body.id}/{name}'
            for body in truth.bodies
            for name, confidence in zip(JOINT_NAMES, body.confidences, strict=True)
            if confidence >= level
        }
        if names == set(poses):
            sure = min(body.confidences.min() for body in truth.bodies)
            return level if sure < level or level == 0 else -1
    pytest.fail(f'no level sends {sorted(poses)}')


def composed(transforms):
    poses = {CAMERA: (np.zeros(3), np.array([0.0, 0.0, 0.0, 1.0]))}
    for item in transforms:
        place, turn = poses[item.header.frame_id]
        move, own = item.transform.translation, item.transform.rotation
        poses[item.child_frame_id] = (
            place + rotations.rotate(turn, np.array([move.x, move.y, move.z])),
            rotations.multiply(turn, np.array([own.x, own.y, own.z, own.w])),
        )
    return poses


def test_no_joint_frames_after_none(messages):
    stamps = [stamp(m.transforms[0]) for m in messages['/tf'] if m.transforms]
    assert stamps == sorted(set(stamps))
    assert sum(stamp(table) > stamps[-1] for table in messages[TABLE]) > 5


def test_markers_are_the_truth_and_go_with_their_body(messages, frames):
    shown, deleted = set(), 0
    for message in messages[MARKERS][:-1]:
        truth = frames[stamp(message.markers[0])] if message.markers else None
        if truth is None:
            continue
        added = {(m.ns, m.id): m for m in message.markers if m.action == Marker.ADD}
        gone = {(m.ns, m.id) for m in message.markers if m.action == Marker.DELETE}
        expected = set()
        for body in truth.bodies:
            expected |= {('', 100 * body.id + joint) for joint in range(32)}
            expected |= {('bones', 100 * body.id + 32), ('ids', 100 * body.id + 33)}
            spheres = [added['', 100 * body.id + joint] for joint in range(32)]
            places = [s.pose.position for s in spheres]
            xyz = np.array([(p.x, p.y, p.z) for p in places])
            assert np.abs(xyz - body.positions).max() < 1e-9
            alpha = np.array([s.color.a for s in spheres], np.float32)
            assert np.array_equal(alpha, ALPHA_OF_CONFIDENCE[body.confidences])
            assert len(added['bones', 100 * body.id + 32].points) == 62
            assert added['ids', 100 * body.id + 33].text == str(body.id)
        assert set(added) == expected
        assert gone == shown - expected
        deleted += len(gone)
        shown = expected
    assert deleted >= 34


def test_markers_go_when_tracking_is_switched_off(messages):
    assert [m.action for m in messages[MARKERS][-1].markers] == [Marker.DELETEALL]


def test_the_index_map_is_the_truth_in_ids(messages, frames):
    known = 0
    for message in messages[MAP]:
        truth = frames.get(stamp(message))
        if truth is None:
            continue
        ids = np.full(256, 255, np.uint8)
        ids[: len(truth.bodies)] = [body.id % 255 for body in truth.bodies]
        picture = np.frombuffer(message.data, np.uint8).reshape(message.height, message.width)
        assert np.array_equal(picture, ids[truth.index_map])
        known += 1
    assert known > FRAMES // 2


def test_an_independent_library_reads_tables_and_markers_from_a_bag(raw, messages, tmp_path):
    store = get_typestore(Stores.ROS2_HUMBLE)
    with Writer(tmp_path / 'bag', version=9, storage_plugin=StoragePlugin.SQLITE3) as writer:
        for name in (TABLE, MARKERS):
            kind = 'visualization_msgs' if name == MARKERS else 'sensor_msgs'
            connection = writer.add_connection(
                f'{NAMESPACE}/{name}', f'{kind}/msg/{OUTPUTS[name].__name__}', typestore=store
            )
            for arrival, data in raw[name]:
                writer.write(connection, arrival, data)
    found = {TABLE: [], MARKERS: []}
    with Reader(tmp_path / 'bag') as reader:
        for connection, _, data in reader.messages():
            kept = found[connection.topic.removeprefix(f'{NAMESPACE}/')]
            kept.append(store.deserialize_cdr(data, connection.msgtype))
    for table, other in zip(messages[TABLE], found[TABLE], strict=True):
        kinds = {2: 'u1', 6: '<u4', 7: '<f4'}
        row = np.dtype({f.name: (kinds[f.datatype], f.offset) for f in other.fields})
        rows = np.ndarray(other.width, row, other.data, strides=other.point_step)
        expected = rows_of(table).ravel()
        assert all(np.array_equal(rows[n], expected[n], equal_nan=n[0] != 'b') for n in row.names)
    for markers, other in zip(messages[MARKERS], found[MARKERS], strict=True):
        assert [m.id for m in markers.markers] == [m.id for m in other.markers]
