# SPDX-License-Identifier: Apache-2.0
"""The demo counts rightly, fails when it should, and draws what it was given."""

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')


@pytest.fixture(autouse=True)
def tools(request, monkeypatch):
    monkeypatch.syspath_prepend(request.config.rootpath)


def arrived(hz, seconds=10.0, latency=0.02):
    from tools.harness.run import Arrived

    stamps = [int((1000 + i / hz) * 1e9) for i in range(int(hz * seconds))]
    return Arrived('/x', 'a/msg/B', [s + int(latency * 1e9) for s in stamps], stamps, 100)


@pytest.mark.parametrize(
    ('hz', 'expected', 'verdict'),
    [(30, 30, ''), (27.1, 30, ''), (26.8, 30, 'TOO SLOW'), (0, 30, 'SILENT'), (0, 0, 'SILENT')],
)
def test_a_topic_fails_when_silent_or_under_90_percent(hz, expected, verdict):
    from tools.demo import table
    from tools.harness.run import Run

    topics = {'/x': arrived(hz)} if hz else {}
    (row,) = table.rows(Run(10.0, topics, [], {}, 0.0), {'/x': expected})
    assert row.verdict == verdict


def test_latency_is_from_stamp_to_callback():
    from tools.demo import table
    from tools.harness.run import Run

    (row,) = table.rows(Run(10.0, {'/x': arrived(30)}, [], {}, 0.0), {'/x': 30})
    assert row.median == pytest.approx(20.0)
    assert row.p99 == pytest.approx(20.0)


def test_lost_messages_are_gaps_between_stamps():
    from tools.harness.run import Arrived

    whole = arrived(30)
    assert whole.lost(30) == 0
    kept = [stamp for i, stamp in enumerate(whole.stamps) if i not in (7, 8, 100)]
    assert Arrived('/x', 'a/msg/B', kept, kept, 0).lost(30) == 3


def test_stamps_are_read_from_serialised_messages():
    from geometry_msgs.msg import TransformStamped
    from rclpy.serialization import serialize_message
    from sensor_msgs.msg import Image
    from tf2_msgs.msg import TFMessage

    from tools.harness.watcher import stamp_of

    image = Image()
    image.header.stamp.sec, image.header.stamp.nanosec = 12, 34
    assert stamp_of('sensor_msgs/msg/Image', serialize_message(image)) == 12_000_000_034
    transform = TransformStamped()
    transform.header.stamp.sec = 5
    data = serialize_message(TFMessage(transforms=[transform]))
    assert stamp_of('tf2_msgs/msg/TFMessage', data) == 5_000_000_000
    assert stamp_of('tf2_msgs/msg/TFMessage', serialize_message(TFMessage())) == 0


def test_the_side_view_keeps_near_points_before_far_ones():
    from tools.demo.side_view import SIZE, SideView

    cloud = np.random.default_rng(0).normal([0, 0, 2], 0.3, (500, 3))
    view = SideView(cloud)
    near = view._eye + view._axes[2] * 1.0
    far = view._eye + view._axes[2] * 2.0
    image = view.render(np.array([near, far]), np.array([[0, 255, 0], [0, 0, 255]], np.uint8))
    assert image[SIZE[1] // 2, SIZE[0] // 2].tolist() == [0, 255, 0]


def test_invalid_depth_is_black_and_near_differs_from_far():
    from tools.demo.pictures import colored_depth, metres

    image = colored_depth(metres(np.array([[0, 600, 5000]], np.uint16)))
    assert image[0, 0].tolist() == [0, 0, 0]
    assert image[0, 1].tolist() != image[0, 2].tolist()
