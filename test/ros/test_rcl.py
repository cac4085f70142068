# SPDX-License-Identifier: Apache-2.0
"""Messages published where they lie arrive in another process as rclpy would have sent them."""

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from rclpy.lifecycle import LifecycleNode
from sensor_msgs.msg import Image

from azure_kinect_py.ros import rcl
from azure_kinect_py.ros.in_place import InPlaceMessage
from azure_kinect_py.ros.topics import Topic

SIZE = 3_000_000
COUNT = 5


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
    topic = Topic(publisher, 'image')
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


def test_the_library_is_there():
    """Else all of this driver's messages would go the slow way, and nobody would notice."""
    assert rcl._function() is not None


def test_an_inactive_lifecycle_publisher_sends_nothing(graph, message):
    node = LifecycleNode('managed', context=graph.node.context)
    try:
        publisher = node.create_lifecycle_publisher(Image, '/image', COUNT)
        topic = Topic(publisher, 'image')
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


def test_a_destroyed_publisher_is_an_error_and_no_crash(graph, message):
    publisher = graph.node.create_publisher(Image, '/image', COUNT)
    graph.node.destroy_publisher(publisher)
    with pytest.raises(Exception, match='destruction'):
        rcl.publish_in_place(publisher, message.memory[np.newaxis])
