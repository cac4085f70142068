# SPDX-License-Identifier: Apache-2.0
"""Messages published where they lie arrive in another process as rclpy would have sent them."""

import signal

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from rclpy.lifecycle import LifecycleNode
from rclpy.qos import HistoryPolicy, QoSProfile
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image, Imu

from azure_kinect_py.ros import rcl
from azure_kinect_py.ros.in_place import InPlaceMessage
from azure_kinect_py.ros.topics import Topic

SIZE = 3_000_000
COUNT = 5

PAIRS = np.array([[1, 2], [3, 4]], np.uint8)

FAST_DDS_QUEUE = 5000
"""Messages that wait for subscribers, by its defaults, where all are to be kept."""


@pytest.fixture
def message():
    return InPlaceMessage(Image(height=1, width=SIZE, step=SIZE, encoding='mono8'), SIZE)


def send(topic, message, number):
    message.data[:] = number
    message.stamp(Time(sec=number))
    topic.publish_in_place(message.memory)


@pytest.mark.parametrize('has_library', [True, False])
def test_what_is_sent_arrives(graph, message, monkeypatch, has_library):
    if not has_library:
        monkeypatch.setattr(rcl, '_function', lambda: None)
    publisher = graph.node.create_publisher(Image, '/image', COUNT)
    topic = Topic(publisher, 'image', print)
    with graph.listener({'/image': Image}, count=COUNT) as listener:
        listener.wait_matched()
        assert graph.spin_until(lambda: topic.wanted)
        for number in range(COUNT):
            send(topic, message, number)
        assert graph.spin_until(lambda: listener.process.poll() is not None)
        images = listener.messages()['/image']
    assert topic.sent == COUNT
    assert [image.header.stamp.sec for image in images] == list(range(COUNT))
    for number, image in enumerate(images):
        assert image.width == SIZE
        assert np.array_equal(np.unique(image.data), [number])


@pytest.mark.parametrize('has_library', [True, False])
def test_a_message_that_is_not_taken_is_lost_and_the_next_is_sent(graph, monkeypatch, has_library):
    """A subscriber stands still, and the publisher may forget nothing that it has not got."""
    if not has_library:
        monkeypatch.setattr(rcl, '_function', lambda: None)
    qos = QoSProfile(history=HistoryPolicy.KEEP_ALL)
    warnings = []
    topic = Topic(graph.node.create_publisher(Imu, '/imu', qos), 'imu', warnings.append)
    messages = np.frombuffer(serialize_message(Imu()), np.uint8)[np.newaxis]
    with graph.listener({'/imu': Imu}, count=0) as listener:
        listener.wait_matched()
        assert graph.spin_until(lambda: topic.wanted)
        listener.stand_still()
        topic.publish_in_place(np.repeat(messages, FAST_DDS_QUEUE + 2, axis=0))
        listener.process.send_signal(signal.SIGCONT)
        lost = topic.lost
        assert 0 < lost <= 2
        assert topic.sent == FAST_DDS_QUEUE + 2 - lost
        assert len(warnings) == 1
        assert warnings[0].startswith('imu: messages are lost')

        def send_another():
            topic.publish_in_place(messages)
            return topic.sent == FAST_DDS_QUEUE + 3 - lost

        assert graph.spin_until(send_another)


@pytest.mark.parametrize('refused', [1, 2])
def test_a_message_is_tried_again(refused):
    """Fast DDS may be out of room for a moment."""
    tries, sent = iter([True] * refused), []

    class Publisher:
        def publish(self, message):
            if next(tries, False):
                raise RuntimeError('cannot publish data')
            sent.append(message)

    assert rcl.publish_in_place(Publisher(), PAIRS) == 0
    assert sent == [b'\1\2', b'\3\4']


def test_those_behind_a_message_that_is_not_taken_are_given_up():
    """Else who publishes would wait for each of a batch of hundreds, and so would a shutdown."""
    tries = []

    class Publisher:
        def publish(self, message):
            tries.append(message)
            raise RuntimeError('cannot publish data')

    assert rcl.publish_in_place(Publisher(), PAIRS) == 2
    assert tries == [b'\1\2'] * (1 + len(rcl.PAUSES_S))


def test_the_library_is_tried_again_too(graph, message, monkeypatch):
    function, refuses = rcl._function(), iter([1, 1])
    monkeypatch.setattr(rcl, '_function', lambda: lambda *a: next(refuses, 0) or function(*a))
    topic = Topic(graph.node.create_publisher(Image, '/image', COUNT), 'image', print)
    with graph.listener({'/image': Image}, count=2) as listener:
        listener.wait_matched()
        assert graph.spin_until(lambda: topic.wanted)
        send(topic, message, 1)
        send(topic, message, 2)
        assert graph.spin_until(lambda: listener.process.poll() is not None)
        images = listener.messages()['/image']
    assert [image.header.stamp.sec for image in images] == [1, 2]
    assert (topic.sent, topic.lost) == (2, 0)


def test_the_library_is_there():
    """Else all of this driver's messages would go the slow way, and nobody would notice."""
    assert rcl._function() is not None


def test_an_inactive_lifecycle_publisher_sends_nothing(graph, message):
    node = LifecycleNode('managed', context=graph.node.context)
    try:
        publisher = node.create_lifecycle_publisher(Image, '/image', COUNT)
        topic = Topic(publisher, 'image', print)
        with graph.listener({'/image': Image}, count=1) as listener:
            listener.wait_matched()
            assert graph.spin_until(lambda: topic.wanted)
            send(topic, message, 1)
            node.trigger_configure()
            send(topic, message, 2)
            node.trigger_activate()
            send(topic, message, 3)
            assert graph.spin_until(lambda: listener.process.poll() is not None)
            (image,) = listener.messages()['/image']
        assert image.header.stamp.sec == 3
    finally:
        node.destroy_node()


@pytest.mark.parametrize('has_library', [True, False])
def test_a_destroyed_publisher_is_an_error_and_no_crash(graph, message, monkeypatch, has_library):
    if not has_library:
        monkeypatch.setattr(rcl, '_function', lambda: None)
    publisher = graph.node.create_publisher(Image, '/image', COUNT)
    graph.node.destroy_publisher(publisher)
    with pytest.raises(Exception, match='destruction'):
        rcl.publish_in_place(publisher, message.memory[np.newaxis])
