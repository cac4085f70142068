# SPDX-License-Identifier: Apache-2.0
"""
Recordings written through libk4arecord.

Tags, attachments and tracks come first, then the header, then data. A recording that is not
closed cannot be read.
"""

from __future__ import annotations

import ctypes
import os

from azure_kinect_py.data import ImuSample
from azure_kinect_py.errors import RecordingError
from azure_kinect_py.modes import DeviceConfig
from azure_kinect_py.sdk import handles, log, structs
from azure_kinect_py.sdk.capture import CaptureHandle
from azure_kinect_py.sdk.device import DeviceHandle, device_configuration, imu_to_struct
from azure_kinect_py.sdk.loader import Library


class RecordHandle(handles.Handle):
    """A ``k4a_record_t``: a recording being written."""

    release = 'k4a_record_close'
    path = ''

    @classmethod
    def create(
        cls, library: Library, path: str, config: DeviceConfig, device: DeviceHandle | None = None
    ) -> RecordHandle:
        """
        Create the file; an existing one is replaced.

        :param device: Its serial number, firmware and calibration are written by the library;
            without it they are the caller's.
        """
        pointer = ctypes.c_void_p()
        encoded = os.fsencode(path)
        library.k4a_record_create(
            encoded, device, device_configuration(config), ctypes.byref(pointer)
        )
        handle = cls(library, pointer, keep=encoded)  # the library points to the path, no copy
        handle.path = path
        return handle

    def add_tag(self, name: str, value: str) -> None:
        """Add a tag; names have upper-case letters, digits, ``-`` and ``_`` only."""
        self.library.k4a_record_add_tag(self, name.encode(), value.encode())

    def add_attachment(self, name: str, content: bytes) -> None:
        """Attach a file; ``calibration.json`` is the camera's calibration."""
        self.library.k4a_record_add_attachment(self, name.encode(), content, len(content))

    def add_imu_track(self) -> None:
        """Add the track of IMU samples."""
        self.library.k4a_record_add_imu_track(self)

    def add_video_track(
        self, name: str, codec: str, context: bytes, settings: structs.RecordVideoSettings
    ) -> None:
        """Add a video track of one's own."""
        self.library.k4a_record_add_custom_video_track(
            self, name.encode(), codec.encode(), context, len(context), settings
        )

    def add_subtitle_track(
        self, name: str, codec: str, context: bytes = b'', *, high_frequency: bool = False
    ) -> None:
        """
        Add a track for data of one's own.

        :param high_frequency: Write several blocks of data as one.
        """
        settings = structs.RecordSubtitleSettings(high_frequency)
        self.library.k4a_record_add_custom_subtitle_track(
            self, name.encode(), codec.encode(), context, len(context), settings
        )

    def write_header(self) -> None:
        """End the list of tags, attachments and tracks."""
        self.library.k4a_record_write_header(self)

    def write_capture(self, capture: CaptureHandle) -> None:
        """Write the images of a capture, each at its device time."""
        self.library.k4a_record_write_capture(self, capture)

    def write_imu_sample(self, sample: ImuSample) -> None:
        """Write a sample."""
        self.library.k4a_record_write_imu_sample(self, imu_to_struct(sample))

    def write_block(self, track: str, device_time_usec: int, content: bytes) -> None:
        """Write data to a track of one's own."""
        self.library.k4a_record_write_custom_track_data(
            self, track.encode(), device_time_usec, content, len(content)
        )

    def check_writing(self) -> None:
        """
        Raise what the library's writing thread ran into, which its functions do not tell.

        :raises RecordingError: with its log; what is written from then on is lost.
        """
        lines = log.take_about(self.path)
        if lines:
            raise RecordingError('writing failed', log=lines)

    def flush(self) -> None:
        """Write out what is held back for sorting; what comes later must be newer."""
        self.library.k4a_record_flush(self)
