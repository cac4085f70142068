# SPDX-License-Identifier: Apache-2.0
"""Trackers of the Body Tracking SDK and the frames that come out of them."""

from __future__ import annotations

import ctypes
import weakref
from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.sdk import handles, structs
from azure_kinect_py.sdk.capture import CaptureHandle
from azure_kinect_py.sdk.image import ImageHandle
from azure_kinect_py.sdk.k4abt import is_old
from azure_kinect_py.sdk.k4abt_functions import (
    INVALID_BODY,
    SKELETON,
    TrackerConfiguration,
    TrackerConfiguration10,
)
from azure_kinect_py.sdk.loader import Library
from azure_kinect_py.sdk.results import failure

JOINTS = 32


class FrameHandle(handles.Handle):
    """
    A ``k4abt_frame_t``, one reference to it.

    :ivar images: The library with the functions for its images and its capture.
    """

    release = 'k4abt_frame_release'

    def __init__(self, library: Library, pointer: ctypes.c_void_p | int, images: Library) -> None:
        super().__init__(library, pointer)
        self.images = images

    @property
    def device_time_usec(self) -> int:
        """Device time of its depth image."""
        return int(self.library.k4abt_frame_get_device_timestamp_usec(self))

    @property
    def body_count(self) -> int:
        """How many bodies it has."""
        return int(self.library.k4abt_frame_get_num_bodies(self))

    def body_id(self, index: int) -> int:
        """
        Return the id of a body.

        :raises TrackerError: when there is no such body.
        """
        number = int(self.library.k4abt_frame_get_body_id(self, index))
        if number == INVALID_BODY:
            raise failure('k4abt_frame_get_body_id')
        return number

    def skeleton(self, index: int) -> npt.NDArray[np.void]:
        """Return the joints of a body, (32,) of :data:`k4abt_functions.SKELETON`."""
        joints = np.empty(JOINTS, SKELETON)
        self.library.k4abt_frame_get_body_skeleton(self, index, joints.ctypes.data)
        return joints

    def index_map(self) -> ImageHandle:
        """
        Return its body index map, a reference of its own: pixel -> index of the body, or 255.

        :raises TrackerError: when there is none.
        """
        pointer = self.library.k4abt_frame_get_body_index_map(self)
        if not pointer:
            raise failure('k4abt_frame_get_body_index_map')
        return ImageHandle(self.images, pointer)

    def capture(self) -> CaptureHandle:
        """
        Return the capture that it was made from, a reference of its own.

        :raises TrackerError: when there is none.
        """
        pointer = self.library.k4abt_frame_get_capture(self)
        if not pointer:
            raise failure('k4abt_frame_get_capture')
        return CaptureHandle(self.images, pointer)


class TrackerHandle(handles.Handle):
    """
    A ``k4abt_tracker_t``; it is shut down before it is given back.

    :ivar images: The library with the functions for images and captures of its frames.
    """

    release = 'k4abt_tracker_destroy'

    def __init__(self, library: Library, pointer: ctypes.c_void_p | int, images: Library) -> None:
        super().__init__(library, pointer)
        self.images = images
        # Made later than the one that destroys, so called before it when the object is forgotten.
        self._shutdown = weakref.finalize(self, library.k4abt_tracker_shutdown, self._pointer)

    @classmethod
    def create(
        cls,
        library: Library,
        images: Library,
        calibration: structs.Calibration,
        *,
        orientation: int,
        processing_mode: int,
        gpu_device_id: int,
        model_path: str,
    ) -> TrackerHandle:
        """Load the model; takes seconds to minutes."""
        common: tuple[Any, ...] = (orientation, processing_mode, gpu_device_id)
        if is_old(library):
            config: ctypes.Structure = TrackerConfiguration10(*common)
        else:
            config = TrackerConfiguration(*common, model_path.encode())
        pointer = ctypes.c_void_p()
        library.k4abt_tracker_create(calibration, config, ctypes.byref(pointer))
        return cls(library, pointer, images)

    def set_smoothing(self, factor: float) -> None:
        """Set temporal smoothing, 0 (none) to 1 (full)."""
        self.library.k4abt_tracker_set_temporal_smoothing(self, factor)

    def enqueue(self, capture: CaptureHandle, timeout_ms: int) -> bool:
        """Give it a capture, to which it adds its own reference; False when the queue was full."""
        return bool(self.library.k4abt_tracker_enqueue_capture(self, capture, timeout_ms))

    def pop(self, timeout_ms: int) -> FrameHandle | None:
        """Return the next frame, None when none came in time; negative waits for ever."""
        pointer = ctypes.c_void_p()
        if self.library.k4abt_tracker_pop_result(self, ctypes.byref(pointer), timeout_ms):
            return FrameHandle(self.library, pointer, self.images)
        return None

    def shut_down(self) -> None:
        """Take no more captures; who waits gets a TrackerError, frames can still be popped."""
        self._finalizer.atexit = False  # if the library hangs now, the process can still end
        self._shutdown()

    def close(self) -> None:
        """Shut down, and give it back; harmless when repeated."""
        self.shut_down()
        super().close()
