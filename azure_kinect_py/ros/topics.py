# SPDX-License-Identifier: Apache-2.0
"""
Topics with large messages: each has one message, its buffer allocated once and written in place.

A topic is wanted while somebody subscribes to it, counted on the publisher itself, so that
remapping works. Nothing is allocated before the first frame that is wanted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from builtin_interfaces.msg import Time
from rclpy.serialization import serialize_message
from sensor_msgs.msg import CameraInfo, CompressedImage, Image, PointCloud2, PointField

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.ros.camera_info import camera_info
from azure_kinect_py.ros.in_place import InPlaceMessage
from azure_kinect_py.ros.rcl import Bytes, publish_in_place

Pixels = npt.NDArray[Any]

QUEUE = 2
"""Messages of a topic that wait for subscribers; of a camera, more would only be older ones."""

LOSSLESS_QUEUE = 10
"""The same for a recording, of which nothing may be lost when a subscriber is held up."""

LARGE = 1_000_000
"""Bytes from which it pays to hand a message to another thread."""


SLOW = 150e6
"""Bytes a second; usual are ten times as many, also on a busy machine."""

_HELD_UP = (
    'sending takes long, which holds other topics up; does one of its subscribers stand still?'
)


class Publisher(Protocol):
    """What a topic needs of rclpy's publishers."""

    def publish(self, msg: Any) -> None:
        """Send a message, or the bytes of one."""

    def get_subscription_count(self) -> int:
        """Return how many subscribers there are."""


class Topic:
    """
    One topic.

    What the middleware does not take is lost, and the next message is tried: with ``keep_all``, by
    the user's QoS, it has no room while a subscriber stands still.

    :param warn: Told about messages that are lost.
    :ivar sent: Messages so far.
    :ivar lost: Messages so far that the middleware did not take.
    """

    def __init__(self, publisher: Publisher, name: str, warn: Callable[[str], None]) -> None:
        self._publisher = publisher
        self._warn = warn
        self.name = name
        self.sent = self.lost = 0
        self._seconds_per_byte = 0.0  # of large messages, by and large

    @property
    def wanted(self) -> bool:
        """Whether anybody subscribes."""
        return self._publisher.get_subscription_count() > 0

    def publish(self, message: Any) -> None:
        """Send a message, or the bytes of one."""
        data = message if isinstance(message, bytes) else serialize_message(message)
        self.publish_in_place(np.frombuffer(data, np.uint8))

    def publish_in_place(self, messages: Bytes) -> None:
        """
        Send serialised messages, which may be changed when this returns.

        :param messages: One, (N,) uint8, or M of the same size, (M, N).
        """
        messages = np.atleast_2d(messages)
        began = time.monotonic()
        lost = publish_in_place(self._publisher, messages)
        if messages.size >= LARGE and not lost:
            self._note_pace((time.monotonic() - began) / messages.size)
        self.sent += len(messages) - lost
        if lost:
            self.lost += lost
            self._warn(f'{self.name}: messages are lost, which the middleware does not take')

    def _note_pace(self, seconds_per_byte: float) -> None:
        latest = min(seconds_per_byte, 4 / SLOW)  # a single one is nothing to tell
        self._seconds_per_byte += 0.1 * (latest - self._seconds_per_byte)
        if self._seconds_per_byte * SLOW > 1:
            self._warn(f'{self.name}: {_HELD_UP}')


class Advertise(Protocol):
    """Makes topics; given to those who publish, so that they know no node."""

    def __call__(self, kind: type[Any], name: str, depth: int = QUEUE) -> Topic:
        """Return the topic of a message type with a queue of ``depth`` messages."""


class BufferTopic:
    """
    A topic whose messages have an array of fixed shape as data.

    Large ones are sent by another thread, so that the next is computed meanwhile.
    """

    def __init__(
        self, topic: Topic, message: Any, shape: tuple[int, ...], dtype: npt.DTypeLike
    ) -> None:
        self._topic = topic
        self._template = message
        self._shape = shape
        self._dtype = np.dtype(dtype)
        self._sending: Future[None] | None = None

    @property
    def wanted(self) -> bool:
        """Whether anybody subscribes."""
        return self._topic.wanted

    @property
    def buffer(self) -> Pixels:
        """The data of the next message, to be written in place."""
        self.flush()
        return self._pixels

    @cached_property
    def _pixels(self) -> Pixels:
        return self._message.data.view(self._dtype).reshape(self._shape)

    @cached_property
    def _message(self) -> InPlaceMessage:
        size = int(np.prod(self._shape)) * self._dtype.itemsize
        return InPlaceMessage(self._template, size)

    def send(self, stamp: Time) -> None:
        """Publish what is in the buffer, which must not be written before it is asked for anew."""
        self.flush()
        self._message.stamp(stamp)
        memory = self._message.memory
        if memory.size < LARGE:
            self._topic.publish_in_place(memory)
        else:
            self._sending = _sender().submit(self._topic.publish_in_place, memory)

    def flush(self) -> None:
        """Wait until the message is sent."""
        if self._sending is not None:
            sending, self._sending = self._sending, None
            try:
                sending.result()
            finally:
                del sending  # its error keeps this frame, and with it whoever sends a capture


def wait_until_sent() -> None:
    """Wait for the messages that another thread sends."""
    _sender().submit(int).result()


@cache
def _sender() -> ThreadPoolExecutor:
    """Return the one thread that sends large messages, in order."""
    return ThreadPoolExecutor(1, thread_name_prefix='sender')


class ImageTopic:
    """An image topic, ``<name>/image_raw``, and its ``<name>/camera_info``."""

    def __init__(
        self,
        advertise: Advertise,
        name: str,
        camera: CameraCalibration,
        frame_id: str,
        *,
        encoding: str,
        shape: tuple[int, ...],
        dtype: npt.DTypeLike,
    ) -> None:
        message = Image(height=camera.height, width=camera.width, encoding=encoding)
        message.header.frame_id = frame_id
        message.step = int(np.prod(shape[1:])) * np.dtype(dtype).itemsize
        self.image = BufferTopic(advertise(Image, f'{name}/image_raw'), message, shape, dtype)
        self.info = advertise(CameraInfo, f'{name}/camera_info')
        self._info_message = InPlaceMessage(camera_info(camera, frame_id))

    def send_info(self, stamp: Time) -> None:
        """Publish the camera_info, if it is wanted."""
        if self.info.wanted:
            self._info_message.stamp(stamp)
            self.info.publish_in_place(self._info_message.memory)


class CompressedTopic:
    """JPEG images as the camera made them."""

    def __init__(self, advertise: Advertise, name: str, frame_id: str) -> None:
        self._topic = advertise(CompressedImage, f'{name}/image_raw/compressed')
        self._message = CompressedImage(format='bgra8; jpeg compressed bgr8')
        self._message.header.frame_id = frame_id

    @property
    def wanted(self) -> bool:
        """Whether anybody subscribes."""
        return self._topic.wanted

    def send(self, jpeg: Pixels, stamp: Time) -> None:
        """Publish the bytes of a JPEG."""
        data = self._message.data
        del data[:]
        data.frombytes(jpeg.data)
        self._message.header.stamp = stamp
        self._topic.publish(self._message)


class CloudTopic(BufferTopic):
    """
    An organised cloud, laid out as PCL does.

    ``buffer`` is (H, W, 4) float32: x, y, z, 1; or (H, W, 8) with the color at index 4.
    """

    def __init__(
        self,
        advertise: Advertise,
        name: str,
        camera: CameraCalibration,
        frame_id: str,
        *,
        color: bool,
    ) -> None:
        floats = 8 if color else 4
        message = PointCloud2(height=camera.height, width=camera.width, is_dense=False)
        message.header.frame_id = frame_id
        message.point_step = 4 * floats
        message.row_step = message.point_step * camera.width
        fields = {'x': 0, 'y': 4, 'z': 8, **({'rgb': 16} if color else {})}
        message.fields = [
            PointField(name=field, offset=offset, datatype=PointField.FLOAT32, count=1)
            for field, offset in fields.items()
        ]
        shape = (camera.height, camera.width, floats)
        super().__init__(advertise(PointCloud2, name), message, shape, np.float32)
