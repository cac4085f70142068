# SPDX-License-Identifier: Apache-2.0
"""Depth in the color camera's view, and color in the depth camera's, as the vendor's engine."""

from __future__ import annotations

import enum
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import Calibration
from azure_kinect_py.errors import ConfigError
from azure_kinect_py.geometry.correspondence import U16, Correspondence
from azure_kinect_py.geometry.image_checks import check_image, check_target
from azure_kinect_py.geometry.mesh import LEAST_WIDTH, draw_band, look_up_rows
from azure_kinect_py.geometry.parallel import in_halves
from azure_kinect_py.geometry.sampling import sample_rows

U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
Values = npt.NDArray[Any]


class Interpolation(enum.IntEnum):  # k4a_transformation_interpolation_type_t
    NEAREST = 0
    LINEAR = 1


class DepthToColor:
    """
    Depth as the color camera would see it: a mesh over the depth pixels, drawn with a z-buffer.

    :ivar shape: Height and width of the color image.
    :raises ConfigError: when one of the cameras is OFF; called, when an image does not fit.
    """

    def __init__(self, calibration: Calibration) -> None:
        self._to_color = Correspondence(calibration)
        self.shape = self._to_color.color_shape
        if self.shape[1] < LEAST_WIDTH:
            raise ConfigError(
                f'the color image is {self.shape[1]} pixels wide; registration needs {LEAST_WIDTH}'
            )
        self._quad_size = math.ceil(self._to_color.scale) + 2

    def __call__(self, depth: U16, out: U16 | None = None, *, nearest: I32 | None = None) -> U16:
        """
        Return depth in the color image, (Hc, Wc) uint16 in millimetres, 0 where there is none.

        :param depth: (Hd, Wd) uint16, millimetres.
        :param out: Where to write, (Hc, Wc) uint16; None allocates.
        :param nearest: Where to write, (Hc, Wc) int32, which depth pixel has the largest share in
            each color pixel, for :meth:`look_up`: its number, row after row, -1 where there is
            none. None leaves it.
        """
        target = self._target('out', out, np.uint16)
        self._draw(depth, target, None, None, 0, nearest)
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
        nearest: I32 | None = None,
    ) -> tuple[U16, Values]:
        """
        Return depth and another image of the depth camera (infrared, say) in the color image.

        :param values: (Hd, Wd) uint8 or uint16.
        :param values_out: Where to write, (Hc, Wc) of the same type; None allocates.
        :param invalid: Value where there is no depth, of which the low bits count.
        :param nearest: As for :meth:`__call__`.
        """
        self._check_values(values)
        if interpolation not in list(Interpolation):
            raise ConfigError(
                f'interpolation: {interpolation!r} is not possible; allowed are NEAREST, LINEAR'
            )
        values_out = self._target('values_out', values_out, values.dtype)
        if interpolation == Interpolation.NEAREST:
            nearest = self._target('nearest', nearest, np.int32)
            target = self(depth, out, nearest=nearest)
            return target, self.look_up(nearest, values, values_out, invalid)
        target = self._target('out', out, np.uint16)
        background = int(invalid) & int(np.iinfo(values.dtype).max)
        is_wide = values.dtype == np.uint16
        wide = values_out if is_wide else np.empty(self.shape, np.uint16)
        self._draw(depth, target, values.astype(np.uint16, copy=False), wide, background, nearest)
        if not is_wide:
            np.copyto(values_out, wide, casting='unsafe')
        return target, values_out

    def look_up(
        self, nearest: I32, values: Values, out: Values | None = None, invalid: int = 0
    ) -> Values:
        """
        Return another image of the depth camera in the color image, the nearest of its pixels.

        :param nearest: What this mapping wrote for the depth image that belongs to it.
        :param values: (Hd, Wd) uint8 or uint16.
        :param out: Where to write, (Hc, Wc) of the same type; None allocates.
        :param invalid: Value where there is no depth, of which the low bits count.
        """
        self._check_values(values)
        target = self._target('out', out, values.dtype)
        check_image('nearest', nearest, self.shape, np.int32)
        background = values.dtype.type(int(invalid) & int(np.iinfo(values.dtype).max))
        flat = values.reshape(-1)
        in_halves(
            lambda first, last: look_up_rows(nearest, flat, target, background, first, last),
            self.shape[0],
        )
        return target

    def _draw(
        self,
        depth: U16,
        out: U16,
        values: U16 | None,
        values_out: U16 | None,
        background: int,
        nearest: I32 | None,
    ) -> None:
        to, size = self._to_color, self._quad_size
        to.check_depth(depth)
        if nearest is not None:
            check_target('nearest', nearest, self.shape, np.int32)
        to_color = (depth, to.table, to.shift, to.lens)
        along = (values, values_out, np.uint16(background), nearest)
        in_halves(
            lambda first, last: draw_band(to_color, size, out, first, last, *along), self.shape[0]
        )

    def _check_values(self, values: Values) -> None:
        if values.dtype not in (np.uint8, np.uint16):
            raise ConfigError(f'values: {values.dtype}; needed is uint8 or uint16')
        check_image('values', values, self._to_color.depth_shape, values.dtype)

    def _target(self, name: str, given: Values | None, dtype: npt.DTypeLike) -> Values:
        if given is None:
            return np.empty(self.shape, dtype)
        check_target(name, given, self.shape, dtype)
        return given


class ColorToDepth:
    """
    Color as the depth camera would see it: each depth pixel looks itself up in the color image.

    :ivar shape: Height and width of the depth image.
    :raises ConfigError: when one of the cameras is OFF; called, when an image does not fit.
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
        check_target('out', out, (*self.shape, 4), np.uint8)
        words = out.view(np.uint32)[..., 0]

        def sample(first: int, last: int) -> None:
            sample_rows(depth, to.table, to.shift, to.lens, color, words, first, last)

        in_halves(sample, self.shape[0])
        return out
