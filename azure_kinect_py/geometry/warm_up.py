# SPDX-License-Identifier: Apache-2.0
"""All kernels compiled, or loaded from the cache, before the cameras start."""

from __future__ import annotations

import numpy as np

from azure_kinect_py.data import Calibration, CameraCalibration, Image
from azure_kinect_py.geometry.color import decode
from azure_kinect_py.geometry.pixels import depth_to_metres, depth_to_millimetres, ir_to_mono8
from azure_kinect_py.geometry.point_cloud import PointCloud
from azure_kinect_py.geometry.projection import project, unproject
from azure_kinect_py.geometry.registration import ColorToDepth, DepthToColor, Interpolation
from azure_kinect_py.modes import ImageFormat

_SIZE = 16


def warm_up(*, registration: bool = True, color_format: ImageFormat | None = None) -> None:
    """
    Run each kernel once, on an image of a few pixels.

    Takes up to a minute after an install or an update, and a fraction of a second from then on.

    :param registration: Whether images of one camera in the view of the other are needed.
    :param color_format: What color images will be decoded from; None for none.
    """
    camera = CameraCalibration(_SIZE, _SIZE, *(10.0, 10.0, 8.0, 8.0))
    depth = np.full((_SIZE, _SIZE), 1000, np.uint16)
    colors = [np.zeros((_SIZE, _SIZE, channels), np.uint8) for channels in (3, 4)]
    project(camera, np.ones((1, 3)))
    unproject(camera, np.ones((1, 2)), 1.0)
    _warm_up_clouds(PointCloud(camera), depth, colors)
    metres = depth_to_metres(depth, np.empty(depth.shape, np.float32))
    depth_to_millimetres(metres, depth)
    ir_to_mono8(depth, 1.0, np.empty(depth.shape, np.uint8))
    if registration:
        identity = np.eye(4)
        calibration = Calibration(camera, camera, (identity, identity, identity, identity))
        _warm_up_depth_to_color(DepthToColor(calibration), depth)
        to_depth = ColorToDepth(calibration)
        for color in colors:
            to_depth(depth, color)
    if color_format in (ImageFormat.NV12, ImageFormat.YUY2):
        shape = (_SIZE * 3 // 2, _SIZE) if color_format is ImageFormat.NV12 else (_SIZE, _SIZE, 2)
        for color in colors:
            decode(Image(np.zeros(shape, np.uint8), color_format, 0, 0), out=color)


def _warm_up_depth_to_color(mapping: DepthToColor, depth: np.ndarray) -> None:
    for nearest in (None, np.empty(mapping.shape, np.int32)):
        mapping(depth, nearest=nearest)
        mapping.with_values(depth, depth, interpolation=Interpolation.LINEAR, nearest=nearest)
    for values in (depth, depth.astype(np.uint8)):
        mapping.with_values(depth, values)


def _warm_up_clouds(cloud: PointCloud, depth: np.ndarray, colors: list[np.ndarray]) -> None:
    cloud.xyz(depth, np.empty((*depth.shape, 4), np.float32))
    for color in colors:
        cloud.xyzrgb(depth, color, np.empty((*depth.shape, 8), np.float32))
