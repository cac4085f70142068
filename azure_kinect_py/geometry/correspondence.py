# SPDX-License-Identifier: Apache-2.0
"""Where the depth camera's pixels land in the color image."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import Calibration, Sensor
from azure_kinect_py.errors import ConfigError
from azure_kinect_py.geometry.compiled import fast_kernel
from azure_kinect_py.geometry.distortion import Lens, lens_of
from azure_kinect_py.geometry.image_checks import check_image
from azure_kinect_py.geometry.projection import Floats, rays

U16 = npt.NDArray[np.uint16]

_ZERO = np.float32(0)
_ONE = np.float32(1)
_TWO = np.float32(2)
_FAR = np.float32(32767)  # pixels; where a wild lens would leave the range of integers


class Correspondence:
    """
    What kernels need to take depth pixels to the color image.

    :ivar table: (H, 3, W) float32, the rays of the depth camera in the axes of the color camera.
    :ivar shift: (3,) float32, the depth camera's origin in the color camera, millimetres.
    :ivar lens: Of the color camera.
    :ivar scale: Color pixels to a depth pixel, about.
    :raises ConfigError: when one of the cameras is OFF.
    """

    def __init__(self, calibration: Calibration) -> None:
        depth, color = calibration.depth, calibration.color
        if depth is None or color is None:
            raise ConfigError('registration needs both cameras; enable depth and color')
        self.depth_shape = (depth.height, depth.width)
        self.color_shape = (color.height, color.width)
        pose = calibration.extrinsics(Sensor.DEPTH, Sensor.COLOR)
        directions = rays(depth).astype(np.float64)
        turned = directions @ pose[:3, :2].T + pose[:3, 2]
        self.table = np.ascontiguousarray(turned.transpose(0, 2, 1), np.float32)
        self.shift = (pose[:3, 3] * 1000).astype(np.float32)
        self.lens = lens_of(color)
        self.scale = color.fx / depth.fx

    def check_depth(self, depth: U16) -> None:
        """Raise ConfigError unless this is a depth image of the mode."""
        check_image('depth', depth, self.depth_shape, np.uint16)


@fast_kernel
def project_row(
    depth: U16, table: Floats, shift: Floats, lens: Lens, u: Floats, v: Floats, z: Floats
) -> None:
    """
    Project one row of depth pixels into the color image.

    :param depth: (W,) uint16, millimetres.
    :param table: (3, W), a row of the correspondence's table.
    :param u: (W,), where to write the column in the color image; ``v`` the row, ``z`` the depth
        there in millimetres. All three are 0 where the pixel has no depth or no place.
    """
    fx, fy, cx, cy, k1, k2, k3, k4 = (
        *(lens[0], lens[1], lens[2], lens[3]),
        *(lens[4], lens[5], lens[6], lens[7]),
    )
    k5, k6, p1, p2, codx, cody, radius, mixed = (
        *(lens[8], lens[9], lens[10], lens[11]),
        *(lens[12], lens[13], lens[14], lens[15]),
    )
    largest = radius * radius
    tx, ty, tz = shift[0], shift[1], shift[2]
    for i in range(u.shape[0]):
        d = np.float32(depth[i])
        zc = table[2, i] * d + tz
        nearness = _ONE / zc
        x = (table[0, i] * d + tx) * nearness - codx
        y = (table[1, i] * d + ty) * nearness - cody
        xx, yy, xy = x * x, y * y, x * y * mixed
        rs = xx + yy
        radial = (_ONE + rs * (k1 + rs * (k2 + rs * k3))) / (
            _ONE + rs * (k4 + rs * (k5 + rs * k6))
        )
        pu = (x * radial + p2 * (rs + _TWO * xx) + p1 * xy + codx) * fx + cx
        pv = (y * radial + p1 * (rs + _TWO * yy) + p2 * xy + cody) * fy + cy
        ok = (rs <= largest) & (d > _ZERO) & (zc > _ZERO)
        u[i] = min(max(pu, -_FAR), _FAR) if ok else _ZERO
        v[i] = min(max(pv, -_FAR), _FAR) if ok else _ZERO
        z[i] = zc if ok else _ZERO
