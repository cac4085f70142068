# SPDX-License-Identifier: Apache-2.0
"""After the warm-up nothing is compiled any more, whatever the modes and formats."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
sys.path.append('test')
import numpy as np
from numba.core.dispatcher import Dispatcher
from azure_kinect_py.data import Image
from azure_kinect_py.geometry import (
    color,
    mesh,
    pixels,
    point_cloud,
    projection,
    quad_tiles,
    quad_values,
    quads,
    sampling,
    yuv,
)
from azure_kinect_py.geometry.registration import ColorToDepth, DepthToColor, Interpolation
from azure_kinect_py.geometry.warm_up import warm_up
from azure_kinect_py.modes import ImageFormat
from helpers.references import CASES


def compiled():
    modules = (
        *(mesh, quads, quad_tiles, quad_values),
        *(pixels, point_cloud, projection, sampling, yuv),
    )
    return {
        name: len(kernel.signatures)
        for module in modules
        for name, kernel in vars(module).items()
        if isinstance(kernel, Dispatcher)
    }


for kind in (ImageFormat.NV12, ImageFormat.YUY2):
    warm_up(color_format=kind)
before = compiled()
assert sum(before.values()) > 12
case = CASES[1]
calibration, depth, bgra = case.calibration, case.depth, case.color
to_color, to_depth = DepthToColor(calibration), ColorToDepth(calibration)
to_color(depth)
for dtype in (np.uint8, np.uint16):
    for interpolation in Interpolation:
        for nearest in (None, np.empty(to_color.shape, np.int32)):
            to_color(depth, nearest=nearest)
            to_color.with_values(
                depth, case.values(dtype), interpolation=interpolation, nearest=nearest
            )
        to_color.look_up(nearest, case.values(dtype))
cloud = point_cloud.PointCloud(calibration.depth)
cloud.xyz(depth, np.empty((*cloud.shape, 4), np.float32))
for channels in (3, 4):
    seen = to_depth(depth, np.ascontiguousarray(bgra[..., :channels]))
    seen = np.ascontiguousarray(seen[..., :channels])
    cloud.xyzrgb(depth, seen, np.empty((*cloud.shape, 8), np.float32))
    for kind, shape in ((ImageFormat.NV12, (1080, 1280)), (ImageFormat.YUY2, (720, 1280, 2))):
        color.decode(Image(np.zeros(shape, np.uint8), kind, 0, 0), channels)
metres = pixels.depth_to_metres(depth, np.empty(depth.shape, np.float32))
pixels.depth_to_millimetres(metres, depth)
pixels.ir_to_mono8(depth, 0.5, np.empty(depth.shape, np.uint8))
points, _ = projection.unproject(calibration.depth, [(1, 2), (3, 4)], [1.0, 2.0])
projection.project(calibration.color, points)
assert compiled() == before, {k: v for k, v in compiled().items() if v != before[k]}
"""


def test_nothing_is_compiled_after_it():
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, '-c', PROGRAM], cwd=root, check=True, timeout=300)
