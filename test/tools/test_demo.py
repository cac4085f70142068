# SPDX-License-Identifier: Apache-2.0
"""The demo counts rightly, fails when it should, and draws what it was given."""

import argparse

import numpy as np
import pytest
from helpers.runs import arrived, whole_run

rclpy = pytest.importorskip('rclpy')


@pytest.mark.parametrize(
    ('hz', 'expected', 'verdict'),
    [(30, 30, ''), (27.1, 30, ''), (26.8, 30, 'TOO SLOW'), (0, 30, 'SILENT'), (0, 0, 'SILENT')],
)
def test_a_topic_fails_when_silent_or_under_90_percent(hz, expected, verdict):
    from tools.demo import table

    topics = {'/x': arrived(hz)} if hz else {}
    (row,) = table.rows(whole_run(topics), {'/x': expected})
    assert row.verdict == verdict


@pytest.fixture
def counted(monkeypatch, tmp_path):
    """Run the demo's recording half on given runs; return the verdict and what was said."""
    from tools.demo import __main__ as demo
    from tools.demo.expectations import expected

    def demonstrate(*runs):
        said = []
        left = list(runs)

        def watch(parameters, **_):
            hz, stolen = left.pop(0)
            rates = expected(demo.IMU_HZ, demo.FPS, live=False, bodies=False)
            topics = {topic: arrived(hz * rate) for topic, rate in rates.items() if rate}
            topics['/tf_static'] = arrived(1)
            return whole_run(topics, stolen)

        monkeypatch.setattr(demo, 'watch', watch)
        monkeypatch.setattr(demo, 'say', said.append)
        args = argparse.Namespace(seconds=1.0, folder=tmp_path)
        return demo.run(args, 'playback', {}, demo.FPS), said, len(left)

    return demonstrate


def test_a_run_is_counted_once_more_if_the_host_took_the_processors(counted):
    good, said, left = counted((0.8, 0.4), (1.0, 0.4))
    assert good
    assert left == 0
    assert '40%' in ' '.join(said)


@pytest.mark.parametrize(
    'runs',
    [((0.8, 0.05), (1.0, 0.0)), ((0.8, 0.4), (0.8, 0.4), (1.0, 0.0))],
    ids=['the driver was too slow', 'too slow once more'],
)
def test_no_other_run_is_counted_more_often(counted, runs):
    good, _, left = counted(*runs)
    assert not good
    assert left == 1


def test_a_good_run_is_not_counted_again(counted):
    assert counted((1.0, 0.9), (0.1, 0.9))[0::2] == (True, 1)


def test_shares_of_the_processors_are_of_the_time_between(tmp_path):
    from tools.harness.processors import processors

    stat = tmp_path / 'stat'
    stat.write_text('cpu  100 0 100 300 0 0 0 10 5 5\ncpu0 1 2 3\n')
    earlier = processors(stat)
    stat.write_text('cpu  110 5 115 330 10 5 5 30 5 5\ncpu0 1 2 3\n')
    shares = processors(stat).since(earlier)
    assert shares.idle == pytest.approx(0.4)
    assert shares.stolen == pytest.approx(0.2)
    assert processors().total > 0, 'of this machine'


def test_latency_is_from_stamp_to_callback():
    from tools.demo import table

    (row,) = table.rows(whole_run({'/x': arrived(30)}), {'/x': 30})
    assert row.median == pytest.approx(20.0)
    assert row.p99 == pytest.approx(20.0)


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
