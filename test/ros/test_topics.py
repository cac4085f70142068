# SPDX-License-Identifier: Apache-2.0
"""Messages whose buffer is written in place are sent as they were when they were given away."""

import threading

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from sensor_msgs.msg import Image

from azure_kinect_py.ros import topics
from azure_kinect_py.ros.topics import LARGE, SLOW, BufferTopic, Topic

SIZES = {'small': 1000, 'large': LARGE}


class SlowTopic:
    """What a topic looks like while the middleware is busy."""

    wanted = True

    def __init__(self):
        self.may_go_on = threading.Event()
        self.sent = []

    def publish_in_place(self, memory):
        assert self.may_go_on.wait(10)
        self.sent.append(set(memory[-100:-4].tolist()))


@pytest.fixture
def topic():
    return SlowTopic()


def send_whole(buffered):
    buffered.send(Time())
    buffered.flush()


def test_a_message_is_not_written_while_it_is_sent(topic):
    buffered = BufferTopic(topic, Image(), (LARGE,), np.uint8)
    buffered.buffer[:] = 1
    buffered.send(Time())
    threading.Timer(0.1, topic.may_go_on.set).start()
    buffered.buffer[:] = 2
    buffered.send(Time())
    buffered.flush()
    assert topic.sent == [{1}, {2}]


@pytest.mark.parametrize('size', SIZES.values(), ids=SIZES)
def test_what_fails_while_sending_is_raised_and_the_next_is_sent(topic, size):
    topic.may_go_on.set()
    buffered = BufferTopic(topic, Image(), (size,), np.uint8)
    buffered.buffer[:] = 3
    send, topic.publish_in_place = topic.publish_in_place, lambda _: 1 / 0
    with pytest.raises(ZeroDivisionError):
        send_whole(buffered)
    topic.publish_in_place = send
    send_whole(buffered)
    assert topic.sent == [{3}]


@pytest.mark.parametrize(
    ('share', 'size', 'is_told'),
    [(0.5, LARGE, True), (2.0, LARGE, False), (0.5, LARGE // 2, False)],
)
def test_a_topic_that_is_slow_to_send_for_long_is_told(share, size, is_told, monkeypatch):
    """The middleware looks for a subscriber that stands still, piece by piece."""
    now, told = [0.0], []

    def publish(_publisher, messages):
        now[0] += messages.size / (share * SLOW)
        return 0

    monkeypatch.setattr(topics, 'publish_in_place', publish)
    monkeypatch.setattr(topics.time, 'monotonic', lambda: now[0])
    topic = Topic(None, 'rgb/image_raw', told.append)
    topic.publish_in_place(np.zeros(size, np.uint8))
    assert not told
    for _ in range(20):
        topic.publish_in_place(np.zeros(size, np.uint8))
    assert bool(told) == is_told
    assert all(line.startswith('rgb/image_raw: sending takes long') for line in told)
