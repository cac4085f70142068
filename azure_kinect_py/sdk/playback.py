# SPDX-License-Identifier: Apache-2.0
"""Recordings read through libk4arecord."""

from __future__ import annotations

import ctypes
import enum
import os

import numpy as np

from azure_kinect_py.data import ImuSample
from azure_kinect_py.errors import RecordingError
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.sdk import handles, structs
from azure_kinect_py.sdk.capture import CaptureHandle
from azure_kinect_py.sdk.device import imu_from_struct
from azure_kinect_py.sdk.loader import Library


class Origin(enum.IntEnum):  # k4a_playback_seek_origin_t
    BEGIN = 0
    END = 1
    DEVICE_TIME = 2


class PlaybackHandle(handles.Handle):
    """A ``k4a_playback_t``: one place in a recording, for captures and for IMU samples."""

    release = 'k4a_playback_close'

    @classmethod
    def open(cls, library: Library, path: str) -> PlaybackHandle:
        """Open a recording."""
        pointer = ctypes.c_void_p()
        encoded = os.fsencode(path)
        library.k4a_playback_open(encoded, ctypes.byref(pointer))
        return cls(library, pointer, keep=encoded)  # the library points to the path in its errors

    def configuration(self) -> structs.RecordConfiguration:
        """Return what the recording contains, and in which modes."""
        configuration = structs.RecordConfiguration()
        self.library.k4a_playback_get_record_configuration(self, configuration)
        return configuration

    def raw_calibration(self) -> bytes:
        """Return the factory's JSON, without its NUL."""
        function = self.library.k4a_playback_get_raw_calibration
        return handles.read_bytes(function, self).rstrip(b'\0')

    def tag(self, name: str) -> str:
        """Return the value of a tag, empty where there is none."""
        try:
            return handles.read_text(self.library.k4a_playback_get_tag, self, name.encode())
        except RecordingError:
            return ''

    def attachment(self, name: str) -> bytes:
        """Return an attached file."""
        return handles.read_bytes(self.library.k4a_playback_get_attachment, self, name.encode())

    def tracks(self) -> list[str]:
        """Return the names of all tracks, the SDK's own (COLOR, DEPTH, IR, IMU) included."""
        return [
            handles.read_text(self.library.k4a_playback_get_track_name, self, index)
            for index in range(self.library.k4a_playback_get_track_count(self))
        ]

    def has_track(self, name: str) -> bool:
        """Return whether there is a track of that name."""
        return bool(self.library.k4a_playback_check_track_exists(self, name.encode()))

    def is_builtin(self, name: str) -> bool:
        """Return whether a track is one of the SDK's own."""
        return bool(self.library.k4a_playback_track_is_builtin(self, name.encode()))

    def video_settings(self, name: str) -> structs.RecordVideoSettings:
        """Return size and rate of a video track."""
        settings = structs.RecordVideoSettings()
        self.library.k4a_playback_track_get_video_settings(self, name.encode(), settings)
        return settings

    def codec(self, name: str) -> tuple[str, bytes]:
        """Return the codec of a track, its id and its private data."""
        library, track = self.library, name.encode()
        return (
            handles.read_text(library.k4a_playback_track_get_codec_id, self, track),
            handles.read_bytes(library.k4a_playback_track_get_codec_context, self, track),
        )

    def next_capture(self, *, forward: bool = True) -> CaptureHandle | None:
        """Return the next capture (or the previous one), None at the end (or the start)."""
        library = self.library
        function = (
            library.k4a_playback_get_next_capture
            if forward
            else library.k4a_playback_get_previous_capture
        )
        pointer = ctypes.c_void_p()
        return CaptureHandle(library, pointer) if function(self, ctypes.byref(pointer)) else None

    def next_imu_sample(self, *, forward: bool = True) -> ImuSample | None:
        """Return the next sample (or the previous one), None at the end (or the start)."""
        library = self.library
        function = (
            library.k4a_playback_get_next_imu_sample
            if forward
            else library.k4a_playback_get_previous_imu_sample
        )
        sample = structs.ImuSample()
        return imu_from_struct(sample) if function(self, sample) else None

    def next_block(self, track: str, *, forward: bool = True) -> tuple[int, bytes] | None:
        """Return device time and data of a custom track's next (or previous) block, or None."""
        library = self.library
        function = (
            library.k4a_playback_get_next_data_block
            if forward
            else library.k4a_playback_get_previous_data_block
        )
        pointer = ctypes.c_void_p()
        if not function(self, track.encode(), ctypes.byref(pointer)):
            return None
        with _BlockHandle(library, pointer) as block:
            size = library.k4a_playback_data_block_get_buffer_size(block)
            address = library.k4a_playback_data_block_get_buffer(block) or 0
            time = library.k4a_playback_data_block_get_device_timestamp_usec(block)
            return int(time), handles.view(block, address, (size,), np.uint8).tobytes()

    def seek(self, usec: int, origin: Origin = Origin.BEGIN) -> None:
        """
        Go to a time: what comes next is at or after it, what came before is before it.

        IMU samples may begin earlier, with the block of the file that has the time.
        """
        self.library.k4a_playback_seek_timestamp(self, usec, origin)

    @property
    def length_usec(self) -> int:
        """Time from the first to the last image or sample."""
        return int(self.library.k4a_playback_get_recording_length_usec(self))

    def convert_color(self, kind: ImageFormat) -> None:
        """Let the SDK convert color images to another format as they are read."""
        self.library.k4a_playback_set_color_conversion(self, kind)


class _BlockHandle(handles.Handle):
    release = 'k4a_playback_data_block_release'
