# SPDX-License-Identifier: Apache-2.0
"""The functions of libk4arecord: name -> result type, argument types."""

from __future__ import annotations

from ctypes import POINTER, c_bool, c_char_p, c_int, c_int64, c_size_t, c_uint64, c_void_p

from azure_kinect_py.sdk import structs
from azure_kinect_py.sdk.k4a_functions import (
    BYTES,
    CAPTURE,
    DEVICE,
    HANDLE_OUT,
    SIZE_INOUT,
)
from azure_kinect_py.sdk.loader import Signatures
from azure_kinect_py.sdk.results import BufferResult, Result, StreamResult

RECORD = PLAYBACK = BLOCK = c_void_p  # k4a_record_t, k4a_playback_t, k4a_playback_data_block_t
VIDEO_SETTINGS = POINTER(structs.RecordVideoSettings)
SUBTITLE_SETTINGS = POINTER(structs.RecordSubtitleSettings)

RECORDS: Signatures = {
    'k4a_record_create': (Result, c_char_p, DEVICE, structs.DeviceConfiguration, HANDLE_OUT),
    'k4a_record_add_tag': (Result, RECORD, c_char_p, c_char_p),
    'k4a_record_add_imu_track': (Result, RECORD),
    'k4a_record_add_attachment': (Result, RECORD, c_char_p, BYTES, c_size_t),
    'k4a_record_add_custom_video_track': (
        (Result, RECORD, c_char_p, c_char_p, BYTES, c_size_t, VIDEO_SETTINGS)
    ),
    'k4a_record_add_custom_subtitle_track': (
        (Result, RECORD, c_char_p, c_char_p, BYTES, c_size_t, SUBTITLE_SETTINGS)
    ),
    'k4a_record_write_header': (Result, RECORD),
    'k4a_record_write_capture': (Result, RECORD, CAPTURE),
    'k4a_record_write_imu_sample': (Result, RECORD, structs.ImuSample),
    'k4a_record_write_custom_track_data': (Result, RECORD, c_char_p, c_uint64, BYTES, c_size_t),
    'k4a_record_flush': (Result, RECORD),
    'k4a_record_close': (None, RECORD),
}

PLAYBACKS: Signatures = {
    'k4a_playback_open': (Result, c_char_p, HANDLE_OUT),
    'k4a_playback_close': (None, PLAYBACK),
    'k4a_playback_get_raw_calibration': (BufferResult, PLAYBACK, BYTES, SIZE_INOUT),
    'k4a_playback_get_record_configuration': (
        (Result, PLAYBACK, POINTER(structs.RecordConfiguration))
    ),
    'k4a_playback_check_track_exists': (c_bool, PLAYBACK, c_char_p),
    'k4a_playback_get_track_count': (c_size_t, PLAYBACK),
    'k4a_playback_get_track_name': (BufferResult, PLAYBACK, c_size_t, c_void_p, SIZE_INOUT),
    'k4a_playback_track_is_builtin': (c_bool, PLAYBACK, c_char_p),
    'k4a_playback_track_get_video_settings': (Result, PLAYBACK, c_char_p, VIDEO_SETTINGS),
    'k4a_playback_track_get_codec_id': (BufferResult, PLAYBACK, c_char_p, c_void_p, SIZE_INOUT),
    'k4a_playback_track_get_codec_context': (BufferResult, PLAYBACK, c_char_p, BYTES, SIZE_INOUT),
    'k4a_playback_get_tag': (BufferResult, PLAYBACK, c_char_p, c_void_p, SIZE_INOUT),
    'k4a_playback_set_color_conversion': (Result, PLAYBACK, c_int),
    'k4a_playback_get_attachment': (BufferResult, PLAYBACK, c_char_p, BYTES, SIZE_INOUT),
    'k4a_playback_get_next_capture': (StreamResult, PLAYBACK, HANDLE_OUT),
    'k4a_playback_get_previous_capture': (StreamResult, PLAYBACK, HANDLE_OUT),
    'k4a_playback_get_next_imu_sample': (StreamResult, PLAYBACK, POINTER(structs.ImuSample)),
    'k4a_playback_get_previous_imu_sample': (StreamResult, PLAYBACK, POINTER(structs.ImuSample)),
    'k4a_playback_get_next_data_block': (StreamResult, PLAYBACK, c_char_p, HANDLE_OUT),
    'k4a_playback_get_previous_data_block': (StreamResult, PLAYBACK, c_char_p, HANDLE_OUT),
    'k4a_playback_seek_timestamp': (Result, PLAYBACK, c_int64, c_int),
    'k4a_playback_get_recording_length_usec': (c_uint64, PLAYBACK),
    'k4a_playback_data_block_get_device_timestamp_usec': (c_uint64, BLOCK),
    'k4a_playback_data_block_get_buffer_size': (c_size_t, BLOCK),
    'k4a_playback_data_block_get_buffer': (BYTES, BLOCK),
    'k4a_playback_data_block_release': (None, BLOCK),
}

K4ARECORD: Signatures = {**RECORDS, **PLAYBACKS}
