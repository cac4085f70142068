# SPDX-License-Identifier: Apache-2.0
"""A recording's file: refused with a reason, or opened and described."""

from __future__ import annotations

import os

from azure_kinect_py.data import Calibration, DeviceInfo
from azure_kinect_py.errors import ConfigError, RecordingError
from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.modes import ColorResolution, DepthMode, DeviceConfig, Fps, ImageFormat
from azure_kinect_py.modes import WiredSyncMode as Sync
from azure_kinect_py.paths import absolute, is_special
from azure_kinect_py.sdk import k4arecord, structs
from azure_kinect_py.sdk.playback import PlaybackHandle
from azure_kinect_py.sources import matroska


class Recording:
    """
    What a recording says of itself; :meth:`open` and :meth:`open_imu` give places to read from.

    :ivar start_usec: Device time of the first image or sample.
    :ivar length_usec: Time from there to the last one.
    :ivar lost_usec: What the library's image times lack: it keeps 32 bits of the start.
    :raises RecordingError: naming the file, what is wrong with it, and what to do.
    """

    def __init__(self, path: str, library_path: str = '') -> None:
        self.path = absolute(path)
        self._library = k4arecord.load(library_path)
        self._check_file()
        with self.open() as handle:
            found = handle.configuration()
            self.has_images = any(
                (found.color_track_enabled, found.depth_track_enabled, found.ir_track_enabled)
            )
            self.has_imu = bool(found.imu_track_enabled)
            self.length_usec = handle.length_usec
            start_ns = matroska.leading_number(handle.tag('K4A_START_OFFSET_NS'))
            self.start_usec = start_ns // 1000
            self.lost_usec = self.start_usec - found.start_timestamp_offset_usec
            self.config = self._config(found)
            self.calibration = self._calibration(handle)
            self.info = DeviceInfo(
                'playback',
                handle.tag('K4A_DEVICE_SERIAL_NUMBER'),
                color_firmware=handle.tag('K4A_COLOR_FIRMWARE_VERSION'),
                depth_firmware=handle.tag('K4A_DEPTH_FIRMWARE_VERSION'),
            )

    def open(self) -> PlaybackHandle:
        """
        Return a place in the recording, at its start.

        :raises RecordingError: also when another file has taken its place meanwhile.
        """
        self.check_identity()
        try:
            return PlaybackHandle.open(self._library, str(self.path))
        except RecordingError as error:
            raise RecordingError(f'{self.path}: cannot be read', log=error.log) from error

    def open_imu(self) -> matroska.ImuReader:
        """
        Return a reader of the IMU samples, at their start.

        :raises RecordingError: as :meth:`open`.
        """
        try:
            file = self.path.open('rb')
        except OSError as error:
            raise self._unreadable(error) from error
        reader = matroska.ImuReader(file, self._imu)
        try:
            self.check_identity()
        except RecordingError:
            reader.close()
            raise
        return reader

    def check_identity(self) -> None:
        """
        Check that the file is there and as it was when it was checked.

        :raises RecordingError: when it is not.
        """
        try:
            is_same = _identity(self.path.stat()) == self._identity
        except OSError as error:
            raise self._unreadable(error) from error
        if not is_same:
            raise RecordingError(
                f'{self.path}: another file has taken its place, or it was written to'
            )

    def _unreadable(self, error: OSError, hint: str = '') -> RecordingError:
        return RecordingError(f'{self.path}: cannot be read: {error.strerror}', hint=hint)

    def _check_file(self) -> None:
        hint = 'recording_file needs the path of a recording (.mkv).'
        if is_special(self.path):
            raise RecordingError(f'{self.path}: is not a file', hint=hint)
        try:
            with self.path.open('rb') as file:
                self._identity = _identity(os.fstat(file.fileno()))
                self._imu = matroska.check(file)
        except OSError as error:
            raise self._unreadable(error, hint) from error
        except matroska.Damaged as error:
            raise RecordingError(f'{self.path}: {error}', hint=error.hint) from error

    def _config(self, found: structs.RecordConfiguration) -> DeviceConfig:
        color = found.color_track_enabled
        try:
            return DeviceConfig(
                DepthMode(found.depth_mode),
                ColorResolution(found.color_resolution),
                ImageFormat(found.color_format) if color else ImageFormat.MJPG,
                Fps(found.camera_fps),
                depth_delay_off_color_usec=found.depth_delay_off_color_usec,
                wired_sync_mode=Sync(found.wired_sync_mode),
                subordinate_delay_off_master_usec=found.subordinate_delay_off_master_usec,
            )
        except ValueError as error:  # 25 fps of Orbbec's cameras, for one
            raise RecordingError(
                f'{self.path}: made in a mode that is unknown: {error}'
            ) from error

    def _calibration(self, handle: PlaybackHandle) -> Calibration:
        try:
            raw = handle.raw_calibration()
            return parse_calibration(raw, self.config.depth_mode, self.config.color_resolution)
        except RecordingError as error:
            raise RecordingError(
                f'{self.path}: has no calibration (the attached file calibration.json)',
                hint='Without it neither points nor transforms can be computed.',
                log=error.log,
            ) from error
        except ConfigError as error:
            raise RecordingError(
                f'{self.path}: its calibration cannot be used: {error.message}'
            ) from error


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
