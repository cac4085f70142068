# SPDX-License-Identifier: Apache-2.0
"""Depth and infrared images in other units and number types, into the caller's buffer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import kernel
from azure_kinect_py.geometry.image_checks import check_image, check_target

U16 = npt.NDArray[np.uint16]
F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]

_THOUSAND = np.float32(1000)
_HALF = np.float32(0.5)
_TOO_MUCH = np.float32(65536)


def depth_to_metres(depth: U16, out: F32) -> F32:
    """
    Write 16UC1 depth as 32FC1: metres, NaN where there is none (REP-118).

    :param depth: (H, W) uint16, millimetres.
    :param out: (H, W) float32, returned.
    :raises ConfigError: when they do not fit.
    """
    check_image('depth', depth, out.shape, np.uint16)
    check_target('out', out, depth.shape, np.float32)
    _to_metres(depth, out)
    return out


def depth_to_millimetres(depth: F32, out: U16) -> U16:
    """
    Write 32FC1 depth as 16UC1: rounded millimetres, 0 where there is none or too much.

    :param depth: (H, W) float32, metres; NaN, infinite or negative is none.
    :param out: (H, W) uint16, returned.
    :raises ConfigError: when they do not fit.
    """
    check_image('depth', depth, out.shape, np.float32)
    check_target('out', out, depth.shape, np.uint16)
    _to_millimetres(depth, out)
    return out


def ir_to_mono8(ir: U16, factor: float, out: U8) -> U8:
    """
    Write infrared scaled by a factor, rounded down and saturated.

    :param ir: (H, W) uint16.
    :param out: (H, W) uint8, returned.
    :raises ConfigError: when they do not fit.
    """
    check_image('infrared', ir, out.shape, np.uint16)
    check_target('out', out, ir.shape, np.uint8)
    _to_mono8(ir, np.float32(factor), out)
    return out


@kernel
def _to_metres(depth: U16, out: F32) -> None:
    for row in range(depth.shape[0]):
        for column in range(depth.shape[1]):
            z = depth[row, column]
            out[row, column] = np.float32(z) / _THOUSAND if z else np.float32(np.nan)


@kernel
def _to_millimetres(depth: F32, out: U16) -> None:
    for row in range(depth.shape[0]):
        for column in range(depth.shape[1]):
            z = depth[row, column] * _THOUSAND + _HALF
            out[row, column] = np.uint16(z) if _HALF <= z < _TOO_MUCH else np.uint16(0)


@kernel
def _to_mono8(ir: U16, factor: np.float32, out: U8) -> None:
    for row in range(ir.shape[0]):
        for column in range(ir.shape[1]):
            value = np.float32(ir[row, column]) * factor
            out[row, column] = np.uint8(min(value, np.float32(255)))
