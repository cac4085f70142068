# SPDX-License-Identifier: Apache-2.0
"""The functions of libk4a: name -> result type, argument types."""

from __future__ import annotations

from ctypes import (
    CFUNCTYPE,
    POINTER,
    c_bool,
    c_char_p,
    c_float,
    c_int,
    c_int32,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)

from azure_kinect_py.sdk import structs
from azure_kinect_py.sdk.loader import Library, Signatures
from azure_kinect_py.sdk.log import Handler
from azure_kinect_py.sdk.results import BufferResult, Result, WaitResult

DEVICE = CAPTURE = IMAGE = TRANSFORMATION = c_void_p  # k4a_device_t, k4a_capture_t, ...
BYTES = c_void_p  # uint8_t *
CALIBRATION = POINTER(structs.Calibration)
INT_OUT = POINTER(c_int)
INT32_OUT = POINTER(c_int32)
BOOL_OUT = POINTER(c_bool)
SIZE_INOUT = POINTER(c_size_t)
HANDLE_OUT = POINTER(c_void_p)
FLOAT2 = POINTER(structs.Float2)
FLOAT3 = POINTER(structs.Float3)

Destroy = CFUNCTYPE(None, c_void_p, c_void_p)  # k4a_memory_destroy_cb_t

GLOBAL: Signatures = {
    'k4a_set_debug_message_handler': (Result, Handler, c_void_p, c_int),
}

DEVICES: Signatures = {
    'k4a_device_get_installed_count': (c_uint32,),
    'k4a_device_open': (Result, c_uint32, HANDLE_OUT),
    'k4a_device_close': (None, DEVICE),
    'k4a_device_get_serialnum': (BufferResult, DEVICE, c_void_p, SIZE_INOUT),
    'k4a_device_get_version': (Result, DEVICE, POINTER(structs.HardwareVersion)),
    'k4a_device_get_raw_calibration': (BufferResult, DEVICE, BYTES, SIZE_INOUT),
    'k4a_device_start_cameras': (Result, DEVICE, POINTER(structs.DeviceConfiguration)),
    'k4a_device_stop_cameras': (None, DEVICE),
    'k4a_device_start_imu': (Result, DEVICE),
    'k4a_device_stop_imu': (None, DEVICE),
    'k4a_device_get_capture': (WaitResult, DEVICE, HANDLE_OUT, c_int32),
    'k4a_device_get_imu_sample': (WaitResult, DEVICE, POINTER(structs.ImuSample), c_int32),
    'k4a_device_get_color_control_capabilities': (
        (Result, DEVICE, c_int, BOOL_OUT) + (INT32_OUT,) * 4 + (INT_OUT,)
    ),
    'k4a_device_get_color_control': (Result, DEVICE, c_int, INT_OUT, INT32_OUT),
    'k4a_device_set_color_control': (Result, DEVICE, c_int, c_int, c_int32),
    'k4a_device_get_sync_jack': (Result, DEVICE, BOOL_OUT, BOOL_OUT),
}

CAPTURES: Signatures = {
    'k4a_capture_create': (Result, HANDLE_OUT),
    'k4a_capture_reference': (None, CAPTURE),
    'k4a_capture_release': (None, CAPTURE),
    'k4a_capture_get_color_image': (IMAGE, CAPTURE),
    'k4a_capture_get_depth_image': (IMAGE, CAPTURE),
    'k4a_capture_get_ir_image': (IMAGE, CAPTURE),
    'k4a_capture_set_color_image': (None, CAPTURE, IMAGE),
    'k4a_capture_set_depth_image': (None, CAPTURE, IMAGE),
    'k4a_capture_set_ir_image': (None, CAPTURE, IMAGE),
    'k4a_capture_get_temperature_c': (c_float, CAPTURE),
    'k4a_capture_set_temperature_c': (None, CAPTURE, c_float),
}

IMAGES: Signatures = {
    'k4a_image_create': (Result, c_int, c_int, c_int, c_int, HANDLE_OUT),
    'k4a_image_create_from_buffer': (
        (Result, c_int, c_int, c_int, c_int, BYTES, c_size_t, Destroy, c_void_p, HANDLE_OUT)
    ),
    'k4a_image_release': (None, IMAGE),
    'k4a_image_get_buffer': (BYTES, IMAGE),
    'k4a_image_get_size': (c_size_t, IMAGE),
    'k4a_image_get_format': (c_int, IMAGE),
    'k4a_image_get_width_pixels': (c_int, IMAGE),
    'k4a_image_get_height_pixels': (c_int, IMAGE),
    'k4a_image_get_stride_bytes': (c_int, IMAGE),
    'k4a_image_get_device_timestamp_usec': (c_uint64, IMAGE),
    'k4a_image_get_system_timestamp_nsec': (c_uint64, IMAGE),
    'k4a_image_get_exposure_usec': (c_uint64, IMAGE),
    'k4a_image_get_white_balance': (c_uint32, IMAGE),
    'k4a_image_get_iso_speed': (c_uint32, IMAGE),
    'k4a_image_set_device_timestamp_usec': (None, IMAGE, c_uint64),
    'k4a_image_set_system_timestamp_nsec': (None, IMAGE, c_uint64),
    'k4a_image_set_exposure_usec': (None, IMAGE, c_uint64),
    'k4a_image_set_white_balance': (None, IMAGE, c_uint32),
    'k4a_image_set_iso_speed': (None, IMAGE, c_uint32),
}

CALIBRATIONS: Signatures = {
    'k4a_calibration_get_from_raw': (Result, c_char_p, c_size_t, c_int, c_int, CALIBRATION),
    'k4a_calibration_3d_to_3d': (Result, CALIBRATION, FLOAT3, c_int, c_int, FLOAT3),
    'k4a_calibration_2d_to_3d': (
        (Result, CALIBRATION, FLOAT2, c_float, c_int, c_int, FLOAT3, INT_OUT)
    ),
    'k4a_calibration_3d_to_2d': (Result, CALIBRATION, FLOAT3, c_int, c_int, FLOAT2, INT_OUT),
    'k4a_calibration_2d_to_2d': (
        (Result, CALIBRATION, FLOAT2, c_float, c_int, c_int, FLOAT2, INT_OUT)
    ),
    'k4a_calibration_color_2d_to_depth_2d': (Result, CALIBRATION, FLOAT2, IMAGE, FLOAT2, INT_OUT),
}

TRANSFORMATIONS: Signatures = {
    'k4a_transformation_create': (TRANSFORMATION, CALIBRATION),
    'k4a_transformation_destroy': (None, TRANSFORMATION),
    'k4a_transformation_depth_image_to_color_camera': (Result, TRANSFORMATION, IMAGE, IMAGE),
    'k4a_transformation_depth_image_to_color_camera_custom': (
        (Result, TRANSFORMATION, IMAGE, IMAGE, IMAGE, IMAGE, c_int, c_uint32)
    ),
    'k4a_transformation_color_image_to_depth_camera': (
        (Result, TRANSFORMATION, IMAGE, IMAGE, IMAGE)
    ),
    'k4a_transformation_depth_image_to_point_cloud': (
        (Result, TRANSFORMATION, IMAGE, c_int, IMAGE)
    ),
}

DATA: Signatures = {**GLOBAL, **CAPTURES, **IMAGES}
"""What every user of captures and images needs."""

K4A: Signatures = {**DATA, **DEVICES, **CALIBRATIONS, **TRANSFORMATIONS}

ORBBEC: Signatures = {
    'k4a_device_get_pid': (c_uint32, DEVICE),
}
"""Extensions of Orbbec's K4A wrapper for its Femto cameras; absent from Microsoft's library."""


def is_orbbec(library: Library) -> bool:
    """Return whether it is Orbbec's, or bound to Orbbec's libk4a."""
    return library.names.issuperset(ORBBEC)
