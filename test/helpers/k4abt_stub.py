# SPDX-License-Identifier: Apache-2.0
"""
A body tracker without a GPU: libk4abt as a test steers it.

What it finds follows from the capture, so that a test can predict it joint by joint. It is steered
by the names at the head of k4abt.c and k4abt_frames.c, through the same control as the cameras;
``fail`` makes any of its functions fail.
"""

import pathlib

import numpy as np
from helpers import stub_control

STUB = stub_control.Stub('libk4abt.so.1.1', ('k4abt.c', 'k4abt_frames.c'))
OLD_STUB = stub_control.Stub('libk4abt.so.1.0', STUB.sources, ('-DK4ABT_1_0',))
MODELS = ('dnn_model_2_0_op11.onnx', 'dnn_model_2_0_lite_op11.onnx')


def build(folder, stub=STUB):
    """Compile the tracker into a folder, with files that stand for its models."""
    stub_control.build(stub, folder)
    for model in MODELS:
        (pathlib.Path(folder) / model).write_bytes(b'model')


def joints(device_time_usec, depth_mm, body):
    """
    Return what the tracker finds for body number ``body`` (not its id).

    :param device_time_usec: Of the depth image.
    :param depth_mm: Value in the middle of the depth image, ``depth[h // 2, w // 2]``.
    :returns: Positions (32, 3) in metres, orientations (32, 4) x y z w, confidences (32,).
    """
    j = np.arange(32)
    phase = device_time_usec // 1000 % 1000
    position = np.stack(
        [250 * body - 300 + 5 * j + 0.0625 * phase, 30 * j - 480, depth_mm + 100 * body + j], 1
    )
    quaternion = np.float32([2, 4, 5, 6]) / np.float32(9)
    w, x, y, z = (quaternion[(j + k) % 4] for k in range(4))
    return position / 1000, np.stack([x, y, z, w], 1), (j + body) % 3


def index_map(shape, bodies):
    """Return the body index map of a frame with that many bodies."""
    height, width = shape
    result = np.full(shape, 255, np.uint8)
    for body in range(bodies):
        left = width * body // bodies
        result[height // 4 : height * 3 // 4, left : left + width // bodies // 2] = body
    return result
