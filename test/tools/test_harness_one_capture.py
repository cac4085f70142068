# SPDX-License-Identifier: Apache-2.0
"""The capture that the demo draws is a whole one, and that in which most of the bodies is seen."""

import numpy as np
import pytest

rclpy = pytest.importorskip('rclpy')

TABLE = 'x/body_tracking/joints'


@pytest.fixture
def capture(request, monkeypatch):
    monkeypatch.syspath_prepend(request.config.rootpath)
    from tools.harness.one_capture import OneCapture

    return OneCapture()


def joints(*rows):
    """Return a serialised table of joints: column in the color image, confidence."""
    from rclpy.serialization import serialize_message
    from sensor_msgs.msg import PointCloud2, PointField

    data = np.array([*rows], [('u_color', '<f4'), ('confidence', 'u1')])
    fields = [PointField(name='u_color', offset=0), PointField(name='confidence', offset=4)]
    return serialize_message(
        PointCloud2(fields=fields, point_step=data.itemsize, data=data.tobytes())
    )


def test_without_bodies_it_is_the_newest_that_is_whole(capture):
    for stamp in (1, 2, 3):
        capture.add('a', stamp, b'a%d' % stamp)
        if stamp != 3:  # is still on its way
            capture.add('b', stamp, b'b%d' % stamp)
    assert capture.messages() == {'a': b'a2', 'b': b'b2'}


def test_it_is_that_in_which_most_joints_are_seen_in_both_images(capture):
    few, most = joints((5, 2), (np.nan, 2), (7, 1)), joints((5, 2), (6, 3))
    for stamp, table in ((1, few), (2, most), (3, few)):
        capture.add('early', stamp, b'early%d' % stamp)
        capture.add(TABLE, stamp, table)
        capture.add('late', stamp, b'late%d' % stamp)
    assert capture.messages() == {'early': b'early2', TABLE: most, 'late': b'late2'}


def test_a_best_one_that_is_not_whole_gives_way(capture):
    capture.add(TABLE, 1, joints((5, 2)))
    for topic in ('a', 'b'):
        capture.add(topic, 2, b'')
    assert capture.messages().keys() == {'a', 'b'}


def test_what_has_no_stamp_belongs_to_none(capture):
    assert capture.messages() == {}
    for topic in ('tf', 'markers'):
        capture.add(topic, 0, b'empty')
    capture.add('a', 1, b'')
    assert capture.messages().keys() == {'a'}


def test_little_is_kept(capture):
    from tools.harness.one_capture import KEPT

    for stamp in range(1, 100):
        capture.add('a', stamp, b'')
    assert len(capture._recent['a']) == KEPT
