# SPDX-License-Identifier: Apache-2.0
"""Captures of the SDK: images taken together."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable

from azure_kinect_py import data
from azure_kinect_py.modes import DeviceConfig
from azure_kinect_py.sdk import handles
from azure_kinect_py.sdk.image import ImageHandle
from azure_kinect_py.sdk.k4a_functions import is_orbbec
from azure_kinect_py.sdk.loader import Library


class CaptureHandle(handles.Handle):
    """A ``k4a_capture_t``, one reference to it. Any of its images may be missing."""

    release = 'k4a_capture_release'

    @classmethod
    def create(cls, library: Library) -> CaptureHandle:
        """Return an empty capture."""
        pointer = ctypes.c_void_p()
        library.k4a_capture_create(ctypes.byref(pointer))
        return cls(library, pointer)

    @classmethod
    def from_data(
        cls, library: Library, capture: data.Capture, config: DeviceConfig
    ) -> CaptureHandle:
        """
        Return a capture of the SDK with the images of ``capture``, whose pixels are not copied.

        :param config: The modes in use: an encoded image does not tell its size.
        """
        handle = cls.create(library)
        for name, image, size in (
            ('depth', capture.depth_image, config.depth_mode.size),
            ('ir', capture.ir_image, config.depth_mode.size),
            ('color', capture.color_image, config.color_resolution.size),
        ):
            if image is not None:
                with ImageHandle.from_data(library, image, size) as inside:
                    getattr(library, f'k4a_capture_set_{name}_image')(handle, inside)
        if not math.isnan(capture.temperature_c):  # which a new capture says already
            library.k4a_capture_set_temperature_c(handle, capture.temperature_c)
        return handle

    def belongs_to(self, library: Library) -> bool:
        """Return whether ``library`` uses the same libk4a, and so can take this capture."""
        own, other = (
            ctypes.cast(each.k4a_capture_release, ctypes.c_void_p).value
            for each in (self.library, library)
        )
        return own == other

    def reference(self) -> CaptureHandle:
        """Return a second reference, which lives on by itself."""
        self.library.k4a_capture_reference(self)
        return CaptureHandle(self.library, self._pointer)

    @property
    def depth(self) -> ImageHandle | None:
        """Its depth image, a reference of its own."""
        return self._image(self.library.k4a_capture_get_depth_image)

    @property
    def ir(self) -> ImageHandle | None:
        """Its infrared image, a reference of its own."""
        return self._image(self.library.k4a_capture_get_ir_image)

    @property
    def color(self) -> ImageHandle | None:
        """Its color image, a reference of its own."""
        return self._image(self.library.k4a_capture_get_color_image)

    @property
    def temperature_c(self) -> float:
        """Temperature of the depth sensor; NaN when unknown, as it is to Orbbec's library."""
        if is_orbbec(self.library):  # which says 0, and logs a line each time
            return math.nan
        return float(self.library.k4a_capture_get_temperature_c(self))

    def _image(self, function: Callable[[CaptureHandle], int | None]) -> ImageHandle | None:
        pointer = function(self)
        return ImageHandle(self.library, pointer) if pointer else None

    def to_data(self, later_usec: int = 0) -> data.Capture:
        """
        Return it as data, which takes this handle over; closing the data closes the handle.

        :param later_usec: Is added to the device times of its images, in the capture too.
        :raises ConfigError: when an image is smaller than the size it claims.
        """
        depth, ir, color = self.depth, self.ir, self.color
        return data.Capture(
            depth_image=depth.to_data(later_usec) if depth else None,
            ir_image=ir.to_data(later_usec) if ir else None,
            color_image=color.to_data(later_usec) if color else None,
            temperature_c=self.temperature_c,
            handle=self,
            on_close=self.close,
        )
