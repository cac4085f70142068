# SPDX-License-Identifier: Apache-2.0
"""The vendor's C structures, named after them without ``k4a_`` and ``_t``."""

from __future__ import annotations

from ctypes import Structure, c_bool, c_float, c_int, c_int32, c_uint32, c_uint64


class Version(Structure):
    _fields_ = (('major', c_uint32), ('minor', c_uint32), ('iteration', c_uint32))

    def __str__(self) -> str:
        """Return it as people write it: ``1.6.110``."""
        return f'{self.major}.{self.minor}.{self.iteration}'


class HardwareVersion(Structure):
    _fields_ = (
        ('rgb', Version),
        ('depth', Version),
        ('audio', Version),
        ('depth_sensor', Version),
        ('firmware_build', c_int),
        ('firmware_signature', c_int),
    )


class DeviceConfiguration(Structure):
    _fields_ = (
        ('color_format', c_int),
        ('color_resolution', c_int),
        ('depth_mode', c_int),
        ('camera_fps', c_int),
        ('synchronized_images_only', c_bool),
        ('depth_delay_off_color_usec', c_int32),
        ('wired_sync_mode', c_int),
        ('subordinate_delay_off_master_usec', c_uint32),
        ('disable_streaming_indicator', c_bool),
    )


class Extrinsics(Structure):
    """Rotation row by row, translation in millimetres."""

    _fields_ = (('rotation', c_float * 9), ('translation', c_float * 3))


class Intrinsics(Structure):
    """
    Lens parameters: cx, cy, fx, fy, k1 to k6, codx, cody, p2, p1.

    The fifteenth is not initialised on retail cameras; ``Camera.metric_radius`` is to be used.
    """

    _fields_ = (('type', c_int), ('parameter_count', c_uint32), ('parameters', c_float * 15))


class Camera(Structure):
    _fields_ = (
        ('extrinsics', Extrinsics),
        ('intrinsics', Intrinsics),
        ('resolution_width', c_int),
        ('resolution_height', c_int),
        ('metric_radius', c_float),
    )


class Calibration(Structure):
    """``extrinsics[source][target]``, indices as in :class:`azure_kinect_py.data.Sensor`."""

    _fields_ = (
        ('depth_camera_calibration', Camera),
        ('color_camera_calibration', Camera),
        ('extrinsics', Extrinsics * 4 * 4),
        ('depth_mode', c_int),
        ('color_resolution', c_int),
    )


class Float2(Structure):
    _fields_ = (('x', c_float), ('y', c_float))


class Float3(Structure):
    _fields_ = (('x', c_float), ('y', c_float), ('z', c_float))


class ImuSample(Structure):
    _fields_ = (
        ('temperature', c_float),
        ('acc_sample', Float3),
        ('acc_timestamp_usec', c_uint64),
        ('gyro_sample', Float3),
        ('gyro_timestamp_usec', c_uint64),
    )


class RecordConfiguration(Structure):
    """
    What a recording contains.

    Microsoft's library writes 36 bytes, Orbbec's 40 with a wider offset: both fit, and a zeroed
    structure reads the same either way.
    """

    _pack_ = 4
    _fields_ = (
        ('color_format', c_int),
        ('color_resolution', c_int),
        ('depth_mode', c_int),
        ('camera_fps', c_int),
        ('color_track_enabled', c_bool),
        ('depth_track_enabled', c_bool),
        ('ir_track_enabled', c_bool),
        ('imu_track_enabled', c_bool),
        ('depth_delay_off_color_usec', c_int32),
        ('wired_sync_mode', c_int),
        ('subordinate_delay_off_master_usec', c_uint32),
        ('start_timestamp_offset_usec', c_uint64),
    )


class RecordVideoSettings(Structure):
    _fields_ = (('width', c_uint64), ('height', c_uint64), ('frame_rate', c_uint64))


class RecordSubtitleSettings(Structure):
    _fields_ = (('high_freq_data', c_bool),)
