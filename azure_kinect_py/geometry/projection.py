# SPDX-License-Identifier: Apache-2.0
"""Between points and pixels: project, unproject, transform, and the table of a camera's rays."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import CameraCalibration, Matrix
from azure_kinect_py.geometry.compiled import kernel
from azure_kinect_py.geometry.distortion import Lens, distort, lens_of, undistort
from azure_kinect_py.geometry.parallel import in_halves

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


def project(camera: CameraCalibration, points: npt.ArrayLike) -> tuple[Floats, Bools]:
    """
    Project points of the camera's own frame into its image.

    :param points: (N, 3), any unit of length.
    :returns: Pixels (N, 2) float32, and (N,) bool: in front of the camera and inside the metric
        radius of its lens. A valid pixel may lie outside the image; invalid ones are NaN.
    """
    given = np.ascontiguousarray(points, np.float32).reshape(-1, 3)
    pixels = np.empty((len(given), 2), np.float32)
    valid = np.empty(len(given), np.bool_)
    _project(lens_of(camera), given, pixels, valid)
    return pixels, valid


def unproject(
    camera: CameraCalibration, pixels: npt.ArrayLike, depth: npt.ArrayLike
) -> tuple[Floats, Bools]:
    """
    Return the points that pixels see at a depth.

    :param pixels: (N, 2).
    :param depth: (N,) or one number: Z in metres; 0 and NaN are invalid.
    :returns: Points (N, 3) float32 in metres, and (N,) bool; invalid ones are NaN.
    """
    given = np.ascontiguousarray(pixels, np.float32).reshape(-1, 2)
    deep = np.ascontiguousarray(np.broadcast_to(np.asarray(depth, np.float32), len(given)))
    points = np.empty((len(given), 3), np.float32)
    valid = np.empty(len(given), np.bool_)
    _unproject(lens_of(camera), given, deep, points, valid)
    return points, valid


def transform_points(matrix: Matrix, points: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Apply a 4x4 transform to points (N, 3) float64 of the same unit."""
    given = np.asarray(points, np.float64)
    result: npt.NDArray[np.float64] = given @ matrix[:3, :3].T + matrix[:3, 3]
    return result


@functools.lru_cache(maxsize=3)  # both cameras, and the lamp of the simulated ones: in any order
def rays(camera: CameraCalibration) -> Floats:
    """
    Return x/z and y/z of every pixel, (H, W, 2) float32, NaN where the lens has no direction.

    Costs a second at the largest size; the last ones are remembered, and must not be changed.
    """
    table = np.empty((camera.height, camera.width, 2), np.float32)
    lens = lens_of(camera)
    in_halves(lambda first, last: _rays(lens, table, first, last), camera.height)
    table.flags.writeable = False
    return table


@kernel
def _project(lens: Lens, points: Floats, pixels: Floats, valid: Bools) -> None:
    for i in range(points.shape[0]):
        z = points[i, 2]
        u, v, ok = distort(lens, points[i, 0] / z, points[i, 1] / z)
        ok = ok and z > 0
        valid[i] = ok
        pixels[i, 0] = u if ok else np.float32(np.nan)
        pixels[i, 1] = v if ok else np.float32(np.nan)


@kernel
def _unproject(lens: Lens, pixels: Floats, depth: Floats, points: Floats, valid: Bools) -> None:
    for i in range(pixels.shape[0]):
        z = depth[i]
        x, y, ok = undistort(lens, pixels[i, 0], pixels[i, 1])
        ok = ok and z != 0 and z == z  # noqa: PLR0124 (NaN)
        valid[i] = ok
        points[i, 0] = x * z if ok else np.float32(np.nan)
        points[i, 1] = y * z if ok else np.float32(np.nan)
        points[i, 2] = z if ok else np.float32(np.nan)


@kernel
def _rays(lens: Lens, table: Floats, first: int, last: int) -> None:
    for row in range(first, last):
        for column in range(table.shape[1]):
            x, y, ok = undistort(lens, np.float32(column), np.float32(row))
            table[row, column, 0] = x if ok else np.float32(np.nan)
            table[row, column, 1] = y if ok else np.float32(np.nan)
