# SPDX-License-Identifier: Apache-2.0
"""Images of the SDK: made, described, and seen as numpy arrays without a copy."""

from __future__ import annotations

import ctypes
import itertools
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py import data
from azure_kinect_py.errors import ConfigError
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.sdk import handles
from azure_kinect_py.sdk.k4a_functions import Destroy
from azure_kinect_py.sdk.loader import Library

_lent: dict[int, npt.NDArray[Any]] = {}
_tickets = itertools.count(1)


@Destroy  # type: ignore[untyped-decorator]
def _return_lent(_buffer: Any, ticket: Any) -> None:
    _lent.pop(ticket, None)


class ImageHandle(handles.Handle):
    """A ``k4a_image_t``, one reference to it."""

    release = 'k4a_image_release'

    @classmethod
    def create(
        cls, library: Library, kind: ImageFormat, width: int, height: int, stride: int = 0
    ) -> ImageHandle:
        """
        Return a new image with memory of the SDK, contents undefined.

        :param stride: Bytes of a row; 0 means no padding.
        :raises KinectError: when the SDK refuses, as it does for MJPG.
        """
        pointer = ctypes.c_void_p()
        library.k4a_image_create(kind, width, height, stride, ctypes.byref(pointer))
        return cls(library, pointer)

    @classmethod
    def wrap(
        cls, library: Library, pixels: npt.NDArray[Any], kind: ImageFormat, size: tuple[int, int]
    ) -> ImageHandle:
        """
        Return an image of the array's own memory, which lives until the SDK lets go of it.

        :param size: Width and height in pixels.
        """
        pixels = np.ascontiguousarray(pixels)
        width, height = size
        ticket = next(_tickets)
        _lent[ticket] = pixels
        pointer = ctypes.c_void_p()
        stride = 0 if kind is ImageFormat.MJPG else pixels.nbytes // pixels.shape[0]
        try:
            library.k4a_image_create_from_buffer(
                kind, width, height, stride, pixels.ctypes.data, pixels.nbytes,
                _return_lent, ticket, ctypes.byref(pointer),
            )  # fmt: skip
        except BaseException:
            del _lent[ticket]
            raise
        return cls(library, pointer)

    @classmethod
    def from_data(cls, library: Library, image: data.Image, size: tuple[int, int]) -> ImageHandle:
        """
        Return an image of the SDK with the pixels (not copied) and metadata of ``image``.

        :param size: Width and height in pixels; an encoded image does not tell.
        :raises ConfigError: when the pixels are not those of an image of that size.
        """
        layout = _layout(image.format, *size)[0]
        if image.format is not ImageFormat.MJPG and image.pixels.shape != layout:
            raise ConfigError(
                f'{image.format.name} image: shape {image.pixels.shape} is not possible; '
                f'{size[0]}x{size[1]} pixels have {layout}'
            )
        handle = cls.wrap(library, image.pixels, image.format, size)
        handle.device_time_usec = image.device_time_usec
        handle.system_time_ns = image.host_time_ns
        if image.format.is_color:
            library.k4a_image_set_exposure_usec(handle, image.exposure_usec)
            library.k4a_image_set_white_balance(handle, image.white_balance_kelvin)
            library.k4a_image_set_iso_speed(handle, image.iso_speed)
        return handle

    @property
    def format(self) -> ImageFormat:
        """Its format."""
        return ImageFormat(self.library.k4a_image_get_format(self))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return (
            self.library.k4a_image_get_width_pixels(self),
            self.library.k4a_image_get_height_pixels(self),
        )

    @property
    def device_time_usec(self) -> int:
        """Device time, the middle of the exposure."""
        return int(self.library.k4a_image_get_device_timestamp_usec(self))

    @device_time_usec.setter
    def device_time_usec(self, usec: int) -> None:
        self.library.k4a_image_set_device_timestamp_usec(self, usec)

    @property
    def system_time_ns(self) -> int:
        """When it arrived at the host; 0 in a recording."""
        return int(self.library.k4a_image_get_system_timestamp_nsec(self))

    @system_time_ns.setter
    def system_time_ns(self, nanoseconds: int) -> None:
        self.library.k4a_image_set_system_timestamp_nsec(self, nanoseconds)

    def bytes(self) -> npt.NDArray[np.uint8]:
        """Return its memory as bytes, a view that keeps the image alive."""
        size = self.library.k4a_image_get_size(self)
        return handles.view(self, self.library.k4a_image_get_buffer(self) or 0, (size,), np.uint8)

    def pixels(self) -> npt.NDArray[Any]:
        """
        Return its pixels in the shape and dtype of its format, a view that keeps it alive.

        :raises ConfigError: when the buffer is smaller than the size it claims.
        """
        kind = self.format
        raw = self.bytes()
        if kind in (ImageFormat.MJPG, ImageFormat.CUSTOM):
            return raw
        shape, dtype = _layout(kind, *self.size)
        needed = math.prod(shape) * np.dtype(dtype).itemsize
        if raw.size < needed:
            width, height = self.size
            raise ConfigError(
                f'{kind.name} image: {raw.size} bytes, {needed} are needed for {width}x{height}'
            )
        stride = self.library.k4a_image_get_stride_bytes(self)
        rows = shape[0]
        if rows and stride * rows > needed and raw.size >= stride * rows:
            padded = raw[: stride * rows].reshape(rows, stride)[:, : needed // rows]
            return np.ascontiguousarray(padded).view(dtype).reshape(shape)
        return raw[:needed].view(dtype).reshape(shape)

    def to_data(self, later_usec: int = 0) -> data.Image:
        """
        Return it as data.

        :param later_usec: Is added to its device time, in the image too.
        :raises ConfigError: as :meth:`pixels`.
        """
        kind = self.format
        library = self.library
        device_time_usec = self.device_time_usec
        if later_usec:
            device_time_usec += later_usec
            self.device_time_usec = device_time_usec
        color = (
            (
                int(library.k4a_image_get_exposure_usec(self)),
                int(library.k4a_image_get_white_balance(self)),
                int(library.k4a_image_get_iso_speed(self)),
            )
            if kind.is_color
            else (0, 0, 0)
        )
        return data.Image(
            self.pixels(),
            kind,
            device_time_usec,
            self.system_time_ns,
            *color,
        )


def _layout(kind: ImageFormat, width: int, height: int) -> tuple[tuple[int, ...], npt.DTypeLike]:
    if kind is ImageFormat.NV12:
        return (height * 3 // 2, width), np.uint8
    if kind is ImageFormat.YUY2:
        return (height, width, 2), np.uint8
    if kind is ImageFormat.BGRA32:
        return (height, width, 4), np.uint8
    if kind is ImageFormat.CUSTOM8:
        return (height, width), np.uint8
    return (height, width), np.uint16
