# SPDX-License-Identifier: Apache-2.0
"""Numbers replaced in a serialised message come out where they belong."""

import numpy as np
import pytest
from geometry_msgs.msg import Point
from rclpy.serialization import deserialize_message, serialize_message
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker

import azure_kinect_py.ros.packed as packed_module
from azure_kinect_py.ros.packed import COLOR, DOUBLE, STAMP, PackedMessage


def filled_in(text, stamp):
    """Return the message that the test makes, the ordinary way."""
    marker = Marker(ns=text, text=text, points=[Point(x=0.25, y=1.0, z=-1e300)])
    marker.header.stamp.sec, marker.header.stamp.nanosec = divmod(stamp, 10**9)
    marker.header.frame_id = text
    marker.color = ColorRGBA(r=0.5, g=0.25, b=0.0, a=1.0)
    return marker


def marked(text):
    marker = Marker(ns=text, text=text, points=[Point(x=DOUBLE, y=1.0, z=DOUBLE)])
    marker.header.stamp = STAMP
    marker.header.frame_id = text
    marker.color = COLOR
    return marker


@pytest.mark.parametrize('text', ['', 'a', 'ab', 'abc', 'abcd', 'abcde', 'abcdef', 'abcdefg'])
def test_numbers_land_in_their_fields_whatever_the_alignment(text):
    packed = PackedMessage(marked(text))
    assert (packed.doubles, packed.colors) == (2, 1)
    for stamp in (5, 1_700_000_000_000_000_001):
        filled = packed.fill(stamp, np.array([[0.25, -1e300]]), np.array([0.5, 0.25, 0, 1]))
        assert len(filled) == len(serialize_message(filled_in(text, stamp)))
        assert deserialize_message(filled, Marker) == filled_in(text, stamp)


def is_same(data, message):
    try:
        return deserialize_message(data, Marker) == message
    except Exception:  # noqa: BLE001 (rclpy does not export its error)
        return False


def test_marks_left_in_padding_are_not_mistaken(monkeypatch):
    """Padding is not initialised: whatever it holds, the same places are found."""
    word = np.array([packed_module._COLOR_WORD], '<u4').tobytes()
    paddings = 0
    for text in ('', 'abcd'):
        message = marked(text)
        clean = serialize_message(message)
        for place in range(4, len(clean) - 3, 4):
            dirty = clean[:place] + word + clean[place + 4 :]
            if not is_same(dirty, message):
                continue  # not padding
            paddings += 1
            monkeypatch.setattr(packed_module, 'serialize_message', lambda _, d=dirty: d)
            packed = PackedMessage(message)
            assert (packed.doubles, packed.colors) == (2, 1)
            filled = packed.fill(7, np.array([0.25, -1e300]), np.array([0.5, 0.25, 0, 1]))
            assert deserialize_message(filled, Marker) == filled_in(text, 7)
            monkeypatch.undo()
    assert paddings


def test_a_wrong_count_of_numbers_is_refused():
    packed = PackedMessage(Point(x=DOUBLE))
    with pytest.raises(ValueError, match='shape'):
        packed.fill(0, np.zeros(2), np.zeros(0))
