# SPDX-License-Identifier: Apache-2.0
"""The compiled tracker library through the driver: with a recording, and steered while it runs."""

import time

import numpy as np
import pytest
from helpers import k4abt_stub, recordings
from helpers.k4a_stub import CameraStub, library_folder
from helpers.ros_graph import Graph
from sensor_msgs.msg import Image, PointCloud2
from std_srvs.srv import SetBool
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import Marker, MarkerArray

from azure_kinect_py.ros.joint_table import ROW

COUNT = 20
IDS = (300, 4_000_000_000, 7)
TABLE, MARKERS = 'body_tracking/joints', 'body_tracking_data'
MAP, MAP_IN_COLOR = 'body_index_map/image_raw', 'body_index_map_to_rgb/image_raw'
OUTPUTS = {
    TABLE: PointCloud2,
    MARKERS: MarkerArray,
    MAP: Image,
    MAP_IN_COLOR: Image,
    'depth/image_raw': Image,
    'rgb_to_depth/image_raw': Image,
    '/tf': TFMessage,
}


@pytest.fixture(scope='module')
def graph():
    with Graph() as graph:
        yield graph


@pytest.fixture
def stub(tmp_path):
    return CameraStub(tmp_path / 'control')


@pytest.fixture(scope='module')
def recording(tmp_path_factory):
    return recordings.record(tmp_path_factory.mktemp('recording') / 'room.mkv', count=COUNT)


@pytest.fixture(scope='module', params=['synchronous', 'realtime'])
def run(request, graph, recording, tmp_path_factory):
    """A recording through a tracker that takes longer to start than the recording is."""
    stub = CameraStub(tmp_path_factory.mktemp('stub') / 'control')
    stub['delay.k4abt_tracker_create'] = 1_500_000 if request.param == 'synchronous' else 0
    stub['k4abt.latency_usec'] = 40_000
    stub['k4abt.bodies'] = len(IDS)
    for number, body_id in enumerate(IDS):
        stub[f'k4abt.body{number}.id'] = body_id
    parameters = {
        'recording_file': recording.path,
        'sdk_library_path': str(library_folder()),
        'body_tracking_enabled': True,
        'body_tracking_queue': request.param,
        'sync_images_to_bodies': True,
        'min_joint_confidence': 'none',
        'recording_loop_enabled': request.param == 'realtime',
    }
    with (
        graph.driver(autostart=False, environment=stub.environment, **parameters) as driver,
        graph.listener(OUTPUTS, count=COUNT, depth=1000) as listener,
    ):
        assert driver.transition('configure')
        driver.wait_subscribed(OUTPUTS)
        assert driver.transition('activate')
        messages = listener.messages()
        assert driver.stop()[0] == 0
    assert stub.handles() == {}
    return request.param, messages


def stamp(message):
    return message.header.stamp.sec, message.header.stamp.nanosec


def rows_of(table):
    return np.frombuffer(table.data, ROW).reshape(-1, 32)


def xyz(table):
    return np.stack([table['x'], table['y'], table['z']], axis=1)


def picture(message, dtype=np.uint8):
    return np.frombuffer(message.data, dtype).reshape(message.height, message.width)


def test_every_capture_of_a_recording_is_tracked_though_the_tracker_starts_late(run, recording):
    queue, messages = run
    if queue == 'synchronous':
        assert len(messages[TABLE]) == len(messages['depth/image_raw']) == COUNT
        for message, capture in zip(messages['depth/image_raw'], recording.captures, strict=True):
            assert np.array_equal(picture(message, '<u2'), capture.depth)


def test_images_and_bodies_of_a_capture_leave_together(run):
    _, messages = run
    bodies = {stamp(m) for m in messages[TABLE]}
    for name in (MAP, MAP_IN_COLOR, 'depth/image_raw', 'rgb_to_depth/image_raw'):
        stamps = [stamp(m) for m in messages[name]]
        assert stamps == sorted(set(stamps))
        assert len(bodies.intersection(stamps)) >= COUNT - 1


def test_the_joints_are_those_that_the_tracker_found_in_that_capture(run, recording):
    _, messages = run
    images = {stamp(m): picture(m, '<u2') for m in messages['depth/image_raw']}
    known = {int(c.depth[144, 160]): c.device_time_usec for c in recording.captures}
    checked = 0
    for message in messages[TABLE]:
        image = images.get(stamp(message))
        if image is None:
            continue
        middle = int(image[144, 160])
        tables = {int(table['body_id'][0]): table for table in rows_of(message)}
        assert sorted(tables) == sorted(IDS)
        for number, body_id in enumerate(IDS):
            table = tables[body_id]
            places, turns, confidences = k4abt_stub.joints(known[middle], middle, number)
            if run[0] == 'realtime':  # later laps have later device times, which move x
                places[:, 0] = table['x']
            assert np.abs(xyz(table) - places).max() < 1e-5
            got = np.stack([table[n] for n in ('qx', 'qy', 'qz', 'qw')], axis=1)
            assert np.abs(got - turns).max() < 1e-5
            assert np.array_equal(table['confidence'], confidences)
        checked += 1
    assert checked >= COUNT - 1


def test_the_index_map_has_ids_modulo_255(run):
    _, messages = run
    indices = k4abt_stub.index_map((288, 320), len(IDS))
    ids = np.full(256, 255, np.uint8)
    ids[: len(IDS)] = np.array(IDS) % 255
    for message in messages[MAP]:
        assert np.array_equal(picture(message), ids[indices])
    for message in messages[MAP_IN_COLOR]:
        assert set(np.unique(picture(message))) <= {255, *(i % 255 for i in IDS)}


def test_joint_frames_and_markers_have_the_bodies_ids(run):
    _, messages = run
    for message in messages['/tf']:
        names = {t.child_frame_id for t in message.transforms if 'body_' in t.child_frame_id}
        assert {name.split('/')[0] for name in names} == {f'body_{i}' for i in IDS}
        assert len(names) == 32 * len(IDS)
    for message in messages[MARKERS]:
        if message.markers[0].action == Marker.ADD:
            texts = {m.text for m in message.markers if m.ns == 'ids'}
            assert texts == {str(i) for i in IDS}
            assert len({(m.ns, m.id) for m in message.markers}) == 34 * len(IDS)


def camera(stub, graph, **parameters):
    stub['k4abt.bodies'] = 1
    return graph.driver(
        environment=stub.environment, sdk_library_path=str(library_folder()), **parameters
    )


def wait_tracked(stub, more):
    """Wait for further results of the tracker."""
    wanted = stub.count('k4abt_frame_get_num_bodies') + more
    deadline = time.monotonic() + 30
    while stub.count('k4abt_frame_get_num_bodies') < wanted:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_switched_off_and_on_while_it_starts_and_dying_while_it_runs(graph, stub):
    stub['delay.k4abt_tracker_create'] = 2_500_000
    outputs = {'depth/image_raw': Image, MARKERS: MarkerArray}
    with (
        camera(stub, graph) as driver,
        graph.listener(outputs, count=0, depth=1000) as listener,
    ):
        driver.wait_for('opened')
        listener.wait_matched()
        for wish in (True, False, True):
            assert driver.service(SetBool, 'set_body_tracking', data=wish).success
        assert 'k4abt runs' not in driver.output  # the service did not wait for it
        driver.wait_for('k4abt runs')
        wait_tracked(stub, 10)
        stub['delay.k4abt_tracker_create'] = 0
        stub.fail('k4abt_tracker_pop_result', times=1, log='the GPU fell off the bus')
        driver.wait_for('trying again')
        wait_tracked(stub, 10)
        assert driver.set('body_tracking_smoothing_factor', 0.75).successful
        assert stub['k4abt.smoothing'] == 750_000
        listener.stop()
        messages = listener.messages()
        assert driver.stop()[0] == 0
    assert stub.handles() == {}
    times = np.array([s * 10**9 + n for s, n in map(stamp, messages['depth/image_raw'])])
    assert np.all(np.diff(times) > 0)
    assert len(times) > 100  # of the seconds that all this took
    actions = [m.markers[0].action for m in messages[MARKERS] if m.markers]
    gone = actions.index(Marker.DELETEALL)  # it died
    assert Marker.ADD in actions[:gone]
    assert Marker.ADD in actions[gone:]


def test_images_are_neither_lost_nor_repeated_when_their_wait_is_switched(graph, stub):
    stub['k4abt.latency_usec'] = 20_000
    outputs = {'depth/image_raw': Image, TABLE: PointCloud2}
    parameters = {'body_tracking_enabled': True, 'body_tracking_queue': 'synchronous'}
    with (
        camera(stub, graph, **parameters) as driver,
        graph.listener(outputs, count=0, depth=1000) as listener,
    ):
        driver.wait_for('k4abt runs')
        listener.wait_matched()
        for is_held in (True, False) * 3:
            assert driver.set('sync_images_to_bodies', is_held).successful
            graph.spin_until(lambda: False, 0.15)
        listener.stop()
        messages = listener.messages()
    images, bodies = ([stamp(m) for m in messages[name]] for name in outputs)
    assert images == sorted(set(images))
    assert bodies == sorted(set(bodies))
    assert len(set(bodies) & set(images)) > 10


def test_switching_on_says_what_to_install(graph, stub, tmp_path):
    (tmp_path / 'libraries').mkdir()
    (tmp_path / 'libraries/libk4a.so.1.4').symlink_to(library_folder() + '/libk4a.so.1.4')
    parameters = {'sdk_library_path': str(tmp_path / 'libraries')}
    with graph.driver(environment=stub.environment, **parameters) as driver:
        driver.wait_for('opened')
        answer = driver.service(SetBool, 'set_body_tracking', data=True)
        assert not answer.success
        assert 'Install libk4abt1.1' in answer.message
        assert driver.get('body_tracking_enabled') is False
        assert graph.listen({'depth/image_raw': Image}, count=2)
