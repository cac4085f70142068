# SPDX-License-Identifier: Apache-2.0
"""
The lens models, as kernels.

Brown-Conrady with a rational radial part, and its predecessor Rational6KT. Everything is float32
in the vendor's order of operations, without fused multiply-adds: which corner pixels can be
unprojected depends on rounding, and must not differ from the vendor's library.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import CameraCalibration, LensModel
from azure_kinect_py.geometry.compiled import kernel

Lens = npt.NDArray[np.float32]

_ONE = np.float32(1)
_TWO = np.float32(2)
_THREE = np.float32(3)
_SIX = np.float32(6)
_CONVERGED = np.float32(1e-22)  # squared pixels
_TOLERANCE = np.float32(1e-6)  # squared pixels
_PASSES = 20


def lens_of(camera: CameraCalibration) -> Lens:
    """
    Return a camera's lens as the kernels take it, (16,) float32.

    fx, fy, cx, cy, k1 to k6, p1, p2, codx, cody, metric radius, factor of the mixed term.
    """
    c = camera
    mixed = 1.0 if c.model is LensModel.RATIONAL_6KT else 2.0
    return np.array(
        (
            *(c.fx, c.fy, c.cx, c.cy, c.k1, c.k2, c.k3, c.k4, c.k5, c.k6),
            *(c.p1, c.p2, c.codx, c.cody, c.metric_radius, mixed),
        ),
        np.float32,
    )


@kernel
def distort(lens: Lens, x: np.float32, y: np.float32) -> tuple[np.float32, np.float32, bool]:
    """Return the pixel of the direction (x, y, 1), and whether it is inside the metric radius."""
    xp = x - lens[12]
    yp = y - lens[13]
    xp2 = xp * xp
    yp2 = yp * yp
    xyp = xp * yp
    rs = xp2 + yp2
    if not rs <= lens[14] * lens[14]:
        return np.float32(0), np.float32(0), False
    rss = rs * rs
    rsc = rss * rs
    a = _ONE + lens[4] * rs + lens[5] * rss + lens[6] * rsc
    b = _ONE + lens[7] * rs + lens[8] * rss + lens[9] * rsc
    inverse = _ONE / b if b != 0 else _ONE
    d = a * inverse
    mixed = lens[15] * xyp
    xd = xp * d + ((rs + _TWO * xp2) * lens[11] + mixed * lens[10])
    yd = yp * d + ((rs + _TWO * yp2) * lens[10] + mixed * lens[11])
    return (xd + lens[12]) * lens[0] + lens[2], (yd + lens[13]) * lens[1] + lens[3], True


@kernel
def _jacobian(
    lens: Lens, x: np.float32, y: np.float32
) -> tuple[np.float32, np.float32, np.float32, np.float32]:
    """Return the derivatives of the pixel: du/dx, du/dy, dv/dx, dv/dy."""
    xp = x - lens[12]
    yp = y - lens[13]
    p1, p2 = lens[10], lens[11]
    rs = xp * xp + yp * yp
    rss = rs * rs
    rsc = rss * rs
    a = _ONE + lens[4] * rs + lens[5] * rss + lens[6] * rsc
    b = _ONE + lens[7] * rs + lens[8] * rss + lens[9] * rsc
    bi = _ONE / b if b != 0 else _ONE
    d = a * bi
    da = lens[4] + _TWO * lens[5] * rs + _THREE * lens[6] * rss
    db = lens[7] + _TWO * lens[8] * rs + _THREE * lens[9] * rss
    slope = (da * b - a * db) * (bi * bi) * _TWO
    xs = xp * slope
    ys = yp * xs
    mixed = lens[15]
    return (
        lens[0] * (d + xp * xs + _SIX * xp * p2 + mixed * yp * p1),
        lens[0] * (ys + _TWO * yp * p2 + mixed * xp * p1),
        lens[1] * (ys + _TWO * xp * p1 + mixed * yp * p2),
        lens[1] * (d + yp * yp * slope + _SIX * yp * p1 + mixed * xp * p2),
    )


@kernel
def _first_guess(lens: Lens, u: np.float32, v: np.float32) -> tuple[np.float32, np.float32]:
    """Return a direction near that of the pixel, the radial part undone to first order."""
    xd = (u - lens[2]) / lens[0] - lens[12]
    yd = (v - lens[3]) / lens[1] - lens[13]
    rs = xd * xd + yd * yd
    rss = rs * rs
    rsc = rss * rs
    a = _ONE + lens[4] * rs + lens[5] * rss + lens[6] * rsc
    b = _ONE + lens[7] * rs + lens[8] * rss + lens[9] * rsc
    ai = _ONE / a if a != 0 else _ONE
    x = xd * (ai * b)
    y = yd * (ai * b)
    two_xy = _TWO * x * y
    xx = x * x
    yy = y * y
    x -= (yy + _THREE * xx) * lens[11] + two_xy * lens[10]
    y -= (xx + _THREE * yy) * lens[10] + two_xy * lens[11]
    return x + lens[12], y + lens[13]


@kernel
def undistort(lens: Lens, u: np.float32, v: np.float32) -> tuple[np.float32, np.float32, bool]:
    """
    Return the direction (x, y, 1) of a pixel, and whether there is one.

    Newton's method as the vendor's library does it, its stopping rules included.
    """
    x, y = _first_guess(lens, u, v)
    best_x, best_y = np.float32(0), np.float32(0)
    best = np.float32(3.4e38)
    for step in range(_PASSES):
        pu, pv, inside = distort(lens, x, y)
        if not inside:
            return x, y, False
        eu = u - pu
        ev = v - pv
        error = eu * eu + ev * ev
        if not error < best:
            x, y = best_x, best_y
            break
        best, best_x, best_y = error, x, y
        if step + 1 == _PASSES or best < _CONVERGED:
            break
        ux, uy, vx, vy = _jacobian(lens, x, y)
        inverse = _ONE / (ux * vy - uy * vx)
        x += (inverse * vy) * eu - (inverse * uy) * ev
        y += (inverse * ux) * ev - (inverse * vx) * eu
    return x, y, best <= _TOLERANCE
