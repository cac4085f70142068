# SPDX-License-Identifier: Apache-2.0
"""Images that wait for bodies: each leaves once and in order, also those that have no bodies."""

import cv2
import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray
from helpers import recordings
from helpers.k4a_stub import CameraStub, library_folder
from helpers.ros_graph import Graph
from sensor_msgs.msg import CompressedImage, Image, PointCloud2
from visualization_msgs.msg import Marker, MarkerArray

COUNT = 12
WITHOUT_DEPTH = (0, 3, 4, 8, 11)
COLOR, DEPTH, TABLE = 'rgb/image_raw/compressed', 'depth/image_raw', 'body_tracking/joints'
MARKERS = 'body_tracking_data'
OUTPUTS = {COLOR: CompressedImage, DEPTH: Image, TABLE: PointCloud2}


@pytest.fixture(scope='module')
def graph():
    with Graph() as graph:
        yield graph


@pytest.fixture
def stub(tmp_path):
    return CameraStub(tmp_path / 'control')


def stamp(message):
    return message.header.stamp.sec, message.header.stamp.nanosec


def number(message):
    """Return which capture of a recording a color image is of."""
    picture = cv2.imdecode(np.frombuffer(message.data, np.uint8), cv2.IMREAD_COLOR)
    return round(picture[0, 0, 0] / 20)


@pytest.mark.parametrize('queue', ['synchronous', 'realtime'])
def test_captures_without_depth_keep_their_place(graph, stub, tmp_path, queue):
    recording = recordings.record(
        tmp_path / 'gaps.mkv', count=COUNT, imu=False, without_depth=WITHOUT_DEPTH
    )
    stub['k4abt.latency_usec'] = 60_000
    parameters = {
        'recording_file': recording.path,
        'sdk_library_path': str(library_folder()),
        'body_tracking_enabled': True,
        'body_tracking_queue': queue,
        'sync_images_to_bodies': True,
    }
    with (
        graph.driver(autostart=False, environment=stub.environment, **parameters) as driver,
        graph.listener(OUTPUTS, count=0, depth=1000) as listener,
    ):
        assert driver.transition('configure')
        listener.wait_matched()
        driver.wait_subscribed(OUTPUTS)
        assert driver.transition('activate')
        driver.wait_for('plays it again')
        assert driver.transition('deactivate')
        graph.spin_until(lambda: False, 1.0)
        listener.stop()
        messages = listener.messages()
        assert driver.stop()[0] == 0
    assert stub.handles() == {}
    shown = [number(message) for message in messages[COLOR]]
    assert shown == sorted(set(shown))
    assert set(WITHOUT_DEPTH) <= set(shown)
    stamps = {name: [stamp(m) for m in kept] for name, kept in messages.items()}
    assert all(kept == sorted(set(kept)) for kept in stamps.values())
    assert set(stamps[TABLE]) <= set(stamps[DEPTH]) <= set(stamps[COLOR])
    if queue == 'synchronous':
        assert shown == list(range(COUNT))
        assert len(stamps[DEPTH]) == COUNT - len(WITHOUT_DEPTH)


def test_nothing_is_lost_when_the_waiting_ends(graph):
    """Switched on and off, subscribers of bodies coming and going: every image leaves once."""
    parameters = {
        'source': 'simulated',
        'depth_mode': 'NFOV_2X2BINNED',
        'color_enabled': False,
        'fps': 5,
        'point_cloud': False,
        'body_tracking_enabled': True,
        'body_tracking_queue': 'synchronous',
        'simulated_tracker_latency': 0.3,
    }
    with (
        graph.driver(**parameters) as driver,
        graph.listener({DEPTH: Image}, count=0, depth=1000) as listener,
    ):
        driver.wait_for('simulated runs')
        listener.wait_matched()
        driver.wait_subscribed([DEPTH])
        for wish in (True, False, True):
            with graph.listener({TABLE: PointCloud2}, count=3) as bodies:
                assert driver.set('sync_images_to_bodies', wish).successful
                assert len(bodies.messages()[TABLE]) >= 3
        for wish in (False, True):
            assert driver.set('body_tracking_enabled', wish).successful
            graph.listen({TABLE: PointCloud2} if wish else {DEPTH: Image}, count=3)
        listener.stop()
        stamps = [s * 10**9 + n for s, n in map(stamp, listener.messages()[DEPTH])]
    gaps = np.diff(stamps)
    assert gaps.min() > 0
    assert gaps.max() < 0.3e9  # 0.2 s apart: none is missing
    assert len(stamps) > 15


def test_a_tracker_that_hangs_is_replaced_and_holds_nothing_up(graph, stub):
    stub['k4abt.bodies'] = 1
    parameters = {
        'sdk_library_path': str(library_folder()),
        'body_tracking_enabled': True,
        'sync_images_to_bodies': True,
    }
    for_hours = 4 * 3600 * 1_000_000
    with graph.driver(environment=stub.environment, **parameters) as driver:
        driver.wait_for('k4abt runs')
        with graph.listener({DEPTH: Image, TABLE: PointCloud2}, count=0, depth=1000) as listener:
            listener.wait_matched()
            assert graph.listen({TABLE: PointCloud2}, count=5)
            stub['k4abt.latency_usec'] = for_hours
            diagnostics = graph.listen({'/diagnostics': DiagnosticArray}, count=8)['/diagnostics']
            assert 'no results' in {
                status.message
                for message in diagnostics  # after the last it may be replaced already
                for status in message.status
                if 'tracking' in status.name
            }
            output = driver.wait_for('the k4abt tracker hangs')
            assert 'trying again' in output
            stub['k4abt.latency_usec'] = 0
            assert graph.listen({DEPTH: Image}, count=10)
            driver.wait_for('is left behind')
            assert graph.listen({TABLE: PointCloud2}, count=5)
            listener.stop()
            messages = listener.messages()
        for function in ('pop_result', 'shutdown', 'destroy'):
            stub[f'delay.k4abt_tracker_{function}'] = for_hours
        code, output = driver.stop()
    assert code == 0
    stamps = [stamp(m) for m in messages[DEPTH]]
    assert stamps == sorted(set(stamps))
    assert {stamp(m) for m in messages[TABLE]} & set(stamps)


def test_markers_go_when_the_node_is_deactivated(graph):
    parameters = {'source': 'simulated', 'body_tracking_enabled': True, 'color_enabled': False}
    with (
        graph.driver(depth_mode='NFOV_2X2BINNED', **parameters) as driver,
        graph.listener({MARKERS: MarkerArray}, count=0, depth=1000) as listener,
    ):
        driver.wait_for('simulated runs')
        listener.wait_matched()
        graph.listen({MARKERS: MarkerArray}, count=5)
        assert driver.transition('deactivate')
        graph.spin_until(lambda: False, 0.5)
        listener.stop()
        actions = [m.markers[0].action for m in listener.messages()[MARKERS] if m.markers]
    assert actions[0] == Marker.ADD
    assert actions[-1] == Marker.DELETEALL
