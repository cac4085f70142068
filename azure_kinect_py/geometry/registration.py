# SPDX-License-Identifier: Apache-2.0
"""Depth in the color camera's view, and color in the depth camera's, as the vendor's engine."""

from __future__ import annotations

import enum
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import Calibration
from azure_kinect_py.geometry.correspondence import U16, Correspondence, check_image
from azure_kinect_py.geometry.mesh import draw_band
from azure_kinect_py.geometry.parallel import in_halves
from azure_kinect_py.geometry.sampling import sample_rows

U8 = npt.NDArray[np.uint8]
Values = npt.NDArray[Any]


class Interpolation(enum.IntEnum):  # k4a_transformation_interpolation_type_t
    NEAREST = 0
    LINEAR = 1


class DepthToColor:
    """
    Depth as the color camera would see it: a mesh over the depth pixels, drawn with a z-buffer.

    :ivar shape: Height and width of the color image.
    :raises ConfigError: when one of the cameras is OFF.
    """

    def __init__(self, calibration: Calibration) -> None:
        self._to_color = Correspondence(calibration)
        self.shape = self._to_color.color_shape
        self._quad_size = math.ceil(self._to_color.scale) + 2

    def __call__(self, depth: U16, out: U16 | None = None) -> U16:
        """
        Return depth in the color image, (Hc, Wc) uint16 in millimetres, 0 where there is none.

        :param depth: (Hd, Wd) uint16, millimetres.
        :param out: Where to write, (Hc, Wc) uint16; None allocates.
        """
        to = self._to_color
        target = self._output(depth, out)

        to_color = (depth, to.table, to.shift, to.lens)

        def draw(first: int, last: int) -> None:
            draw_band(to_color, self._quad_size, target, first, last, None, None, False)

        in_halves(draw, self.shape[0])
        return target

    def with_values(
        self,
        depth: U16,
        values: Values,
        *,
        out: U16 | None = None,
        values_out: Values | None = None,
        interpolation: Interpolation = Interpolation.NEAREST,
        invalid: int = 0,
    ) -> tuple[U16, Values]:
        """
        Return depth and another image of the depth camera (infrared, say) in the color image.

        :param values: (Hd, Wd) uint8 or uint16.
        :param values_out: Where to write, (Hc, Wc) of the same type; None allocates.
        :param invalid: Value where there is no depth, of which the low bits count.
        """
        to = self._to_color
        to_color = (depth, to.table, to.shift, to.lens)
        target = self._output(depth, out)
        if values.dtype not in (np.uint8, np.uint16):
            raise ValueError(f'values: {values.dtype}; needed is uint8 or uint16')
        check_image('values', values, to.depth_shape, values.dtype)
        if values_out is None:
            values_out = np.empty(self.shape, values.dtype)
        check_image('values_out', values_out, self.shape, values.dtype)
        background = invalid & int(np.iinfo(values.dtype).max)
        linear = interpolation == Interpolation.LINEAR

        def draw(first: int, last: int) -> None:
            values_out[first:last] = background
            draw_band(to_color, self._quad_size, target, first, last, values, values_out, linear)

        in_halves(draw, self.shape[0])
        return target, values_out

    def _output(self, depth: U16, out: U16 | None) -> U16:
        self._to_color.check_depth(depth)
        if out is None:
            return np.empty(self.shape, np.uint16)
        check_image('out', out, self.shape, np.uint16)
        return out


class ColorToDepth:
    """
    Color as the depth camera would see it: each depth pixel looks itself up in the color image.

    :ivar shape: Height and width of the depth image.
    :raises ConfigError: when one of the cameras is OFF.
    """

    def __init__(self, calibration: Calibration) -> None:
        self._to_color = Correspondence(calibration)
        self.shape = self._to_color.depth_shape

    def __call__(self, depth: U16, color: U8, out: U8 | None = None) -> U8:
        """
        Return color in the depth image, (Hd, Wd, 4) uint8 BGRA, all 0 where there is none.

        :param depth: (Hd, Wd) uint16, millimetres.
        :param color: (Hc, Wc, 4) BGRA or (Hc, Wc, 3) BGR uint8, which counts as opaque.
        :param out: Where to write, (Hd, Wd, 4) uint8; None allocates.
        """
        to = self._to_color
        to.check_depth(depth)
        channels = 3 if color.shape[2:] == (3,) else 4
        check_image('color', color, (*to.color_shape, channels), np.uint8)
        if out is None:
            out = np.empty((*self.shape, 4), np.uint8)
        check_image('out', out, (*self.shape, 4), np.uint8)
        words = out.view(np.uint32)[..., 0]

        def sample(first: int, last: int) -> None:
            sample_rows(depth, to.table, to.shift, to.lens, to.scale, color, words, first, last)

        in_halves(sample, self.shape[0])
        return out
