# SPDX-License-Identifier: Apache-2.0
"""The functions and structures of libk4abt."""

from __future__ import annotations

from ctypes import Structure, c_char_p, c_float, c_int, c_int32, c_uint32, c_uint64, c_void_p

import numpy as np

from azure_kinect_py.sdk.k4a_functions import CALIBRATION, CAPTURE, HANDLE_OUT, IMAGE
from azure_kinect_py.sdk.loader import Signatures
from azure_kinect_py.sdk.results import Result, WaitResult

TRACKER = FRAME = c_void_p  # k4abt_tracker_t, k4abt_frame_t

INVALID_BODY = 0xFFFFFFFF

SKELETON = np.dtype(
    [('position', '<f4', (3,)), ('orientation', '<f4', (4,)), ('confidence', '<i4')]
)
"""One joint of a ``k4abt_skeleton_t``, which is 32 of them: millimetres, and w x y z."""


class TrackerConfiguration(Structure):
    """Of libk4abt 1.1."""

    _fields_ = (
        ('sensor_orientation', c_int),
        ('processing_mode', c_int),
        ('gpu_device_id', c_int32),
        ('model_path', c_char_p),
    )


class TrackerConfiguration10(Structure):
    """Of libk4abt 1.0, which is passed another way for its size: never mix them up."""

    _fields_ = (
        ('sensor_orientation', c_int),
        ('processing_mode', c_int),
        ('gpu_device_id', c_int32),
    )


CREATE = 'k4abt_tracker_create'
CREATE_10 = (CALIBRATION, TrackerConfiguration10, HANDLE_OUT)
"""Arguments of ``k4abt_tracker_create`` in libk4abt 1.0."""

K4ABT: Signatures = {
    CREATE: (Result, CALIBRATION, TrackerConfiguration, HANDLE_OUT),
    'k4abt_tracker_destroy': (None, TRACKER),
    'k4abt_tracker_set_temporal_smoothing': (None, TRACKER, c_float),
    'k4abt_tracker_enqueue_capture': (WaitResult, TRACKER, CAPTURE, c_int32),
    'k4abt_tracker_pop_result': (WaitResult, TRACKER, HANDLE_OUT, c_int32),
    'k4abt_tracker_shutdown': (None, TRACKER),
    'k4abt_frame_release': (None, FRAME),
    'k4abt_frame_get_num_bodies': (c_uint32, FRAME),
    'k4abt_frame_get_body_skeleton': (Result, FRAME, c_uint32, c_void_p),
    'k4abt_frame_get_body_id': (c_uint32, FRAME, c_uint32),
    'k4abt_frame_get_device_timestamp_usec': (c_uint64, FRAME),
    'k4abt_frame_get_body_index_map': (IMAGE, FRAME),
    'k4abt_frame_get_capture': (CAPTURE, FRAME),
}
