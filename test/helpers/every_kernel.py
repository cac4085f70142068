# SPDX-License-Identifier: Apache-2.0
"""
A program that calls every kernel that makes messages on small images, and writes some of them.

``every_kernel.py FILE.npz``; with ``NUMBA_DISABLE_JIT=1`` a debugger or coverage looks into them.
"""

import sys

import numpy as np

from azure_kinect_py.data import Calibration, CameraCalibration
from azure_kinect_py.geometry.registration import ColorToDepth, DepthToColor, Interpolation
from azure_kinect_py.geometry.warm_up import warm_up
from azure_kinect_py.modes import ImageFormat

np.seterr(all='ignore')  # what is divided by 0 is not used
warm_up(color_format=ImageFormat.NV12)
warm_up(registration=False, color_format=ImageFormat.YUY2)


def camera(width, height, focal):
    centre = (width - 1) / 2, (height - 1) / 2
    return CameraCalibration(width, height, focal, focal, *centre, k1=0.1, p1=0.01)


pose, eye = np.eye(4), np.eye(4)
pose[0, 3] = 0.03
calibration = Calibration(camera(24, 20, 20.0), camera(60, 50, 50.0), (eye, pose, eye, eye))
random = np.random.default_rng(1)
depth = (1000 + random.integers(0, 20, (20, 24))).astype(np.uint16)
depth[5, 5], depth[10:, 12:] = 0, 600
depth[:5, :5] = 65535  # drawn one by one
color = random.integers(0, 255, (50, 60, 4), dtype=np.uint8)
to_color, to_depth = DepthToColor(calibration), ColorToDepth(calibration)
nearest = np.empty(to_color.shape, np.int32)
to_color(depth, nearest=nearest)
np.savez(
    sys.argv[1],
    depth=to_color(depth),
    mixed=to_color.with_values(depth, depth, interpolation=Interpolation.LINEAR)[1],
    nearest=to_color.with_values(depth, depth.astype(np.uint8))[1],
    numbers=nearest + 1,
    bgra=to_depth(depth, color),
    bgr=to_depth(depth, np.ascontiguousarray(color[..., :3])),
)
