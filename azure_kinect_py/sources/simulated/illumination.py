# SPDX-License-Identifier: Apache-2.0
"""Where the illuminators of the depth camera shine: a hexagon in NFOV, a circle in WFOV."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.modes import DepthMode

Floats = npt.NDArray[np.float32]

# Slopes x/z and y/z of the fields of illumination: 75 x 65 degrees, a regular hexagon with a
# corner at either side, and 120 degrees. Against the depth camera, the narrow illuminator looks
# 6 degrees up, as it is level in the housing, and the wide one 1.3 degrees down.
_HEXAGON = (np.tan(np.radians(37.5)), np.tan(np.radians(32.5)))
_CIRCLE = np.tan(np.radians(59.4))
_NARROW_TILT = np.radians(6.0)
_WIDE_TILT = np.radians(-1.3)
_SPILL = 0.25  # of the light just outside


def distance(mode: DepthMode, slopes: Floats) -> npt.NDArray[np.float64]:
    """
    Return how far pixels are from the axis of the light, (H, W).

    At the edge of the light it is 1: nearer pixels get depth from a good surface. Where there is
    no ray it is infinite.

    :param slopes: (2, H, W) x/z and y/z of the depth camera's pixels.
    """
    tilt = _WIDE_TILT if mode.is_wide else _NARROW_TILT
    x, y = slopes.astype(np.float64)
    ahead = np.cos(tilt) - y * np.sin(tilt)
    x = np.abs(x / ahead)
    y = np.abs((y * np.cos(tilt) + np.sin(tilt)) / ahead)
    if mode.is_wide:
        away = np.hypot(x, y) / _CIRCLE
    else:
        across, up = _HEXAGON
        away = np.maximum(y / up, x / across + y / (2.0 * up))
    return np.where(np.isnan(away), np.inf, away)


def strength(away: npt.NDArray[np.float64]) -> Floats:
    """Return the strength of the light, (H, W), 1 in the middle, by the distance from its axis."""
    inside = 1.0 - 0.45 * np.minimum(away, 1.0) ** 2
    outside = _SPILL * np.exp(-6.0 * np.maximum(away - 1.0, 0.0))
    return np.where(away < 1.0, inside, outside).astype(np.float32)
