# SPDX-License-Identifier: Apache-2.0
"""Cameras of the SDK: opened, described, started, and read."""

from __future__ import annotations

import ctypes
import struct
from typing import NamedTuple

from azure_kinect_py.data import ImuSample
from azure_kinect_py.modes import ColorControl, DeviceConfig
from azure_kinect_py.sdk import handles, structs
from azure_kinect_py.sdk.capture import CaptureHandle
from azure_kinect_py.sdk.loader import Library

_AUTO = 0  # k4a_color_control_mode_t
_MANUAL = 1

_IMU = struct.Struct('@4fQ3fQ')  # structs.ImuSample


class ColorControlRange(NamedTuple):
    """What a color control can be set to, in its own unit."""

    supports_auto: bool
    lowest: int
    highest: int
    step: int
    default: int
    default_is_auto: bool


class DeviceHandle(handles.Handle):
    """A ``k4a_device_t``: one camera, which no other process can open meanwhile."""

    release = 'k4a_device_close'

    @classmethod
    def open(cls, library: Library, index: int) -> DeviceHandle:
        """Open a camera by its place on the bus, which may change: tell cameras by serial."""
        pointer = ctypes.c_void_p()
        library.k4a_device_open(index, ctypes.byref(pointer))
        return cls(library, pointer)

    def serial(self) -> str:
        """Return the serial number."""
        return handles.read_text(self.library.k4a_device_get_serialnum, self)

    def version(self) -> structs.HardwareVersion:
        """Return the versions of the firmware."""
        version = structs.HardwareVersion()
        self.library.k4a_device_get_version(self, version)
        return version

    def raw_calibration(self) -> bytes:
        """Return the factory's JSON, without its NUL."""
        return handles.read_bytes(self.library.k4a_device_get_raw_calibration, self).rstrip(b'\0')

    def start_cameras(self, config: DeviceConfig) -> None:
        """Start the cameras."""
        self.library.k4a_device_start_cameras(self, device_configuration(config))

    def stop_cameras(self) -> None:
        """Stop the cameras; who waits for a capture gets a DeviceError."""
        self.library.k4a_device_stop_cameras(self)

    def start_imu(self) -> None:
        """Start the IMU, which needs running cameras."""
        self.library.k4a_device_start_imu(self)

    def stop_imu(self) -> None:
        """Stop the IMU; who waits for a sample gets a DeviceError."""
        self.library.k4a_device_stop_imu(self)

    def capture(self, timeout_ms: int) -> CaptureHandle | None:
        """Return the next capture, None when none came in time; negative waits for ever."""
        pointer = ctypes.c_void_p()
        if self.library.k4a_device_get_capture(self, ctypes.byref(pointer), timeout_ms):
            return CaptureHandle(self.library, pointer)
        return None

    def imu_sample(self, timeout_ms: int) -> ImuSample | None:
        """Return the next sample, None when none came in time; negative waits for ever."""
        sample = structs.ImuSample()
        if self.library.k4a_device_get_imu_sample(self, sample, timeout_ms):
            return imu_from_struct(sample)
        return None

    def color_control_range(self, control: ColorControl) -> ColorControlRange:
        """Return what a color control can be set to."""
        auto = ctypes.c_bool()
        lowest, highest, step, default = (ctypes.c_int32() for _ in range(4))
        mode = ctypes.c_int()
        self.library.k4a_device_get_color_control_capabilities(
            self, control, auto, lowest, highest, step, default, mode
        )
        return ColorControlRange(
            auto.value, lowest.value, highest.value, step.value, default.value, mode.value == _AUTO
        )

    def color_control(self, control: ColorControl) -> tuple[int, bool]:
        """Return the value of a color control, and whether the camera chooses it."""
        mode, value = ctypes.c_int(), ctypes.c_int32()
        self.library.k4a_device_get_color_control(self, control, mode, value)
        return value.value, mode.value == _AUTO

    def set_color_control(self, control: ColorControl, value: int | None) -> None:
        """Set a color control; None lets the camera choose."""
        mode = _AUTO if value is None else _MANUAL
        self.library.k4a_device_set_color_control(self, control, mode, value or 0)

    def sync_jacks(self) -> tuple[bool, bool]:
        """Return whether the sync-in and the sync-out jack are connected."""
        sync_in, sync_out = ctypes.c_bool(), ctypes.c_bool()
        self.library.k4a_device_get_sync_jack(self, sync_in, sync_out)
        return sync_in.value, sync_out.value


def installed_count(library: Library) -> int:
    """Return how many cameras are connected, those in use included."""
    return int(library.k4a_device_get_installed_count())


def device_configuration(config: DeviceConfig) -> structs.DeviceConfiguration:
    """Return the C structure of a configuration."""
    return structs.DeviceConfiguration(
        config.color_format,
        config.color_resolution,
        config.depth_mode,
        config.fps,
        config.synchronized_images_only,
        config.depth_delay_off_color_usec,
        config.wired_sync_mode,
        config.subordinate_delay_off_master_usec,
        config.disable_streaming_indicator,
    )


def imu_from_struct(sample: structs.ImuSample) -> ImuSample:
    """Return a sample as data."""
    # Four times as quick as its fields one by one, of more than a thousand samples a second.
    celsius, x, y, z, acc_usec, p, q, r, gyro_usec = _IMU.unpack(memoryview(sample))
    return ImuSample((x, y, z), acc_usec, (p, q, r), gyro_usec, celsius)


def imu_to_struct(sample: ImuSample) -> structs.ImuSample:
    """Return the C structure of a sample."""
    return structs.ImuSample(
        sample.temperature_c,
        structs.Float3(*sample.acc),
        sample.acc_time_usec,
        structs.Float3(*sample.gyro),
        sample.gyro_time_usec,
    )
