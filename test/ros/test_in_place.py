# SPDX-License-Identifier: Apache-2.0
"""Stamp and data that are written into a serialised message come out where they belong."""

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import CameraInfo, Image, PointCloud2, PointField
from std_msgs.msg import Header

import azure_kinect_py.ros.in_place as in_place_module
from azure_kinect_py.ros.in_place import InPlaceMessage

SIZE = 24


def cloud(frame):
    fields = [PointField(name=frame, offset=0, datatype=PointField.FLOAT32, count=1)]
    return PointCloud2(header=Header(frame_id=frame), width=6, point_step=4, fields=fields)


def image(frame):
    return Image(header=Header(frame_id=frame), height=1, width=SIZE, encoding=frame, step=SIZE)


def info(frame):
    return CameraInfo(header=Header(frame_id=frame), distortion_model=frame, d=[1.0, 2.0])


def expected(make, frame, stamp, data):
    message = make(frame)
    message.header.stamp = stamp
    if data is not None:
        message.data = data.tobytes()
    return message


FRAMES = ('', 'a', 'ab', 'abc', 'abcd', 'abcde', 'abcdef', 'abcdefg')


@pytest.mark.parametrize('frame', FRAMES)
@pytest.mark.parametrize('make', [cloud, image])
def test_data_land_in_their_field_whatever_the_alignment(make, frame):
    message = InPlaceMessage(make(frame), SIZE)
    assert message.data.ctypes.data % 64 == 0
    for seed, stamp in enumerate([Time(), Time(sec=2**31 - 1, nanosec=999_999_999)]):
        values = np.random.default_rng(seed).random(SIZE // 4, np.float32)
        message.data.view(np.float32)[:] = values
        message.stamp(stamp)
        got = deserialize_message(message.memory.tobytes(), type(make(frame)))
        assert got == expected(make, frame, stamp, values)


@pytest.mark.parametrize('frame', FRAMES)
def test_a_message_without_data_has_its_stamp_only(frame):
    message = InPlaceMessage(info(frame))
    assert not message.data.size
    message.stamp(Time(sec=5, nanosec=7))
    got = deserialize_message(message.memory.tobytes(), CameraInfo)
    assert got == expected(info, frame, Time(sec=5, nanosec=7), None)


@pytest.mark.parametrize('frame', FRAMES)
def test_padding_that_differs_is_not_mistaken_for_data(monkeypatch, frame):
    """Padding is not initialised: here it is all 0 in one serialisation, all 255 in the other."""

    def serialize(message):
        clean = serialize_message(message)
        filler = bytes([message.data[0]])
        dirty = bytearray(clean)
        for place in range(4, len(clean)):
            changed = clean[:place] + bytes([clean[place] ^ 0x80]) + clean[place + 1 :]
            if is_same(changed, message):
                dirty[place : place + 1] = filler
        return bytes(dirty)

    monkeypatch.setattr(in_place_module, 'serialize_message', serialize)
    message = InPlaceMessage(cloud(frame), SIZE)
    message.data[:] = range(SIZE)
    message.stamp(Time(sec=1))
    got = deserialize_message(message.memory.tobytes(), PointCloud2)
    assert got == expected(cloud, frame, Time(sec=1), message.data)


def is_same(data, message):
    try:
        return deserialize_message(data, PointCloud2) == message
    except Exception:  # noqa: BLE001 (rclpy does not export its error)
        return False
