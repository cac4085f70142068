# SPDX-License-Identifier: Apache-2.0
"""The layout of the C structures, as the vendor's headers compile on x86-64 and arm64 Linux."""

import ctypes

import pytest

from azure_kinect_py.sdk import structs


@pytest.mark.parametrize(
    ('name', 'size', 'offsets'),
    [
        ('Version', 12, {'major': 0, 'minor': 4, 'iteration': 8}),
        (
            'HardwareVersion',
            56,
            {'rgb': 0, 'depth': 12, 'audio': 24, 'depth_sensor': 36, 'firmware_build': 48}
            | {'firmware_signature': 52},
        ),
        (
            'DeviceConfiguration',
            36,
            {'color_format': 0, 'color_resolution': 4, 'depth_mode': 8, 'camera_fps': 12}
            | {'synchronized_images_only': 16, 'depth_delay_off_color_usec': 20}
            | {'wired_sync_mode': 24, 'subordinate_delay_off_master_usec': 28}
            | {'disable_streaming_indicator': 32},
        ),
        ('Extrinsics', 48, {'rotation': 0, 'translation': 36}),
        ('Intrinsics', 68, {'type': 0, 'parameter_count': 4, 'parameters': 8}),
        (
            'Camera',
            128,
            {'extrinsics': 0, 'intrinsics': 48, 'resolution_width': 116, 'resolution_height': 120}
            | {'metric_radius': 124},
        ),
        (
            'Calibration',
            1032,
            {'depth_camera_calibration': 0, 'color_camera_calibration': 128, 'extrinsics': 256}
            | {'depth_mode': 1024, 'color_resolution': 1028},
        ),
        (
            'ImuSample',
            48,
            {'temperature': 0, 'acc_sample': 4, 'acc_timestamp_usec': 16, 'gyro_sample': 24}
            | {'gyro_timestamp_usec': 40},
        ),
        (
            'RecordConfiguration',
            40,
            {'color_format': 0, 'camera_fps': 12, 'color_track_enabled': 16}
            | {'depth_track_enabled': 17, 'ir_track_enabled': 18, 'imu_track_enabled': 19}
            | {'depth_delay_off_color_usec': 20, 'wired_sync_mode': 24}
            | {'subordinate_delay_off_master_usec': 28, 'start_timestamp_offset_usec': 32},
        ),
        ('RecordVideoSettings', 24, {'width': 0, 'height': 8, 'frame_rate': 16}),
        ('RecordSubtitleSettings', 1, {'high_freq_data': 0}),
    ],
)
def test_layout(name, size, offsets):
    struct = getattr(structs, name)
    assert ctypes.sizeof(struct) == size
    assert {field: getattr(struct, field).offset for field in offsets} == offsets


def test_versions_are_written_as_people_do():
    assert str(structs.Version(1, 6, 110)) == '1.6.110'
