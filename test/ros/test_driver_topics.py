# SPDX-License-Identifier: Apache-2.0
"""Topics as users bend them: remapped, with another QoS, in simulated time."""

import itertools
import time

import pytest
from diagnostic_msgs.msg import DiagnosticArray
from helpers.ros_graph import NODE
from rclpy.qos import ReliabilityPolicy
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, CompressedImage, Image, Imu
from tf2_msgs.msg import TFMessage

SMALL = {'source': 'simulated', 'depth_mode': 'NFOV_2X2BINNED', 'simulated_people': 0}


def test_remapped_topics_with_their_own_qos_are_served(graph):
    arguments = ['-r', 'depth/image_raw:=/robot/depth', '-r', 'depth/camera_info:=/robot/info']
    arguments += ['-p', 'qos_overrides./robot/depth.publisher.reliability:=best_effort']
    arguments += ['-p', 'qos_overrides./robot/depth.publisher.depth:=7', '-p', 'depht_unit:=16UC1']
    topics = {'/robot/depth': Image, '/robot/info': CameraInfo, 'ir/image_raw': Image}
    with graph.driver(*arguments, **SMALL) as driver:
        got = graph.listen(topics, count=3, reliable=False)
        assert got['/robot/depth'][0].encoding == '16UC1'
        (info,) = graph.node.get_publishers_info_by_topic('/robot/depth')
        assert info.qos_profile.reliability == ReliabilityPolicy.BEST_EFFORT
        (info,) = graph.node.get_publishers_info_by_topic('/k4a/ir/image_raw')
        assert info.qos_profile.reliability == ReliabilityPolicy.RELIABLE
        assert 'depht_unit: there is no such parameter; did you mean depth_unit?' in driver.output
        assert driver.get('qos_overrides./robot/depth.publisher.depth') == 7


def test_only_the_frames_of_now_are_latched(graph):
    """The transform tree of who comes later must not have those of the last configuration."""
    with graph.driver(autostart=False, **SMALL) as driver:
        for prefix in ('old_', 'new_'):
            assert driver.set('tf_prefix', prefix).successful
            assert driver.transition('configure')
            (message,) = graph.listen({'/tf_static': TFMessage}, 1, latched=['/tf_static'])[
                '/tf_static'
            ]
            frames = {transform.child_frame_id for transform in message.transforms}
            assert f'{prefix}depth_camera_link' in frames
            assert all(frame.startswith(prefix) for frame in frames)
            assert driver.transition('cleanup')


@pytest.mark.parametrize(
    ('policy', 'value'),
    [
        *(('reliability', 'perhaps'), ('reliability', 'best_available'), ('history', 7)),
        *(('depth', 'many'), ('depth', -1), ('depth', 0)),
    ],
)
def test_a_wrong_qos_override_is_refused_by_name(graph, policy, value):
    argument = f'qos_overrides./k4a/ir/image_raw.publisher.{policy}:={value}'
    with graph.driver('-p', argument, **SMALL) as driver:
        code, output = driver.wait_ended()
    assert code == 1
    assert 'qos_overrides./k4a/ir/image_raw.publisher: ' in output
    assert f'{policy} {value!r}' in output
    assert 'allowed are depth 1 or more' in output
    assert 'Traceback' not in output


def test_qos_overrides_without_effect_are_told(graph):
    """A slip in a topic's name, or in a policy's, would leave the default without a word."""
    given = ('depht/image_raw.publisher.depth', 'depth/image_raw.publisher.durability')
    arguments = [f'qos_overrides./k4a/{name}:=5' for name in given]
    with graph.driver('-p', arguments[0], '-p', arguments[1], **SMALL) as driver:
        graph.listen({'depth/image_raw': Image}, count=1)
        names = ', '.join(f'qos_overrides./k4a/{name}' for name in given)
        assert f'without effect: {names}; in these modes there are' in driver.output
        assert '/k4a/depth/image_raw, ' in driver.output
        assert 'a policy of depth, history, reliability' in driver.output


def test_qos_overrides_of_the_driver_s_own_are_not_taken_for_the_user_s(graph):
    """Every publisher declares its QoS, which stays when the next modes have no such topic."""
    with graph.driver(autostart=False, **SMALL) as driver:
        assert driver.transition('configure')
        assert driver.transition('cleanup')
        assert driver.set('point_cloud', False).successful
        assert driver.transition('configure')
        assert 'without effect' not in driver.output


def test_parameters_without_their_flag_are_told(graph):
    with graph.driver('source:=simulated') as driver:
        code, output = driver.wait_ended()
    assert code == 1
    assert "source:=simulated'" in output
    assert 'there is no such argument; parameters are given as -p NAME:=VALUE' in output


def test_imu_messages_come_in_batches_as_long_as_told(graph):
    arrivals = []

    def pauses():
        times = [moment for moment in arrivals if moment > time.monotonic() - 2]
        return sum(later - sooner > 0.05 for sooner, later in itertools.pairwise(times))

    subscription = graph.node.create_subscription(
        Imu, '/k4a/imu', lambda _: arrivals.append(time.monotonic()), 1
    )
    with graph.driver(**SMALL) as driver:
        assert graph.spin_until(lambda: len(arrivals) > 100)
        assert driver.set('imu_batch_period', 0.1).successful
        assert graph.spin_until(lambda: pauses() > 12)
    graph.node.destroy_subscription(subscription)


def test_stamps_are_in_simulated_time_when_told_to(graph):
    clock = graph.node.create_publisher(Clock, '/clock', 1)
    message = Clock()
    message.clock.sec = 1000

    def tick():
        message.clock.nanosec += 20_000_000
        if message.clock.nanosec >= 1_000_000_000:
            message.clock.sec, message.clock.nanosec = message.clock.sec + 1, 0
        clock.publish(message)

    timer = graph.node.create_timer(0.02, tick)
    with graph.driver(use_sim_time=True, autostart=False, **SMALL) as driver:
        assert 'nothing came on /clock' not in driver.output
        graph.spin_until(lambda: graph.node.count_subscribers('/clock') > 0)
        graph.spin_until(lambda: False, 0.5)
        assert driver.transition('configure')
        with graph.listener({'ir/image_raw': Image}, count=10) as listener:
            listener.wait_matched()
            assert driver.transition('activate')
            graph.spin_until(lambda: listener.process.poll() is not None)
            images = listener.messages()['ir/image_raw']
    graph.node.destroy_timer(timer)
    assert all(1000 <= image.header.stamp.sec < 1060 for image in images)


def test_without_a_clock_it_streams_all_the_same(graph):
    with graph.driver(use_sim_time=True, **SMALL) as driver:
        driver.wait_for('opened simulated')
        received = graph.listen({'ir/image_raw': Image, '/diagnostics': DiagnosticArray}, count=2)
        assert received['/diagnostics'][0].header.stamp.sec == 0


def test_the_node_is_where_it_is_expected(graph):
    with graph.driver(**SMALL) as driver:
        driver.wait_for('opened')
        assert graph.spin_until(lambda: node_names(graph).count(NODE) == 1)
        assert len(node_names(graph)) == 2, 'there are hidden nodes'
        jpegs = graph.listen({'rgb/image_raw/compressed': CompressedImage}, count=2)
        for message in jpegs['rgb/image_raw/compressed']:
            assert bytes(message.data[:2]) == b'\xff\xd8'


def test_a_clock_that_is_silent_is_told(graph):
    with graph.driver(use_sim_time=True, **SMALL) as driver:
        graph.listen({'ir/image_raw': Image}, count=1)
        assert 'use_sim_time: nothing came on /clock yet; stamps begin at 0' in driver.output


def test_a_parameter_cannot_be_deleted(graph):
    with graph.driver(**SMALL) as driver:
        for name in ('joint_frames', 'fps', 'point_cloud'):
            result = driver.set(name, None)
            assert not result.successful
            assert result.reason.startswith(f'{name}: cannot be deleted; allowed are ')
            assert driver.set(name, driver.get(name)).successful


def node_names(graph):
    return [f'{space}/{name}' for name, space in graph.node.get_node_names_and_namespaces()]
