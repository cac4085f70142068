# SPDX-License-Identifier: Apache-2.0
"""
Rotations as quaternions (x, y, z, w) and 3x3 matrices, on numpy arrays with any leading shape.

Quaternions are ``(..., 4)``, vectors ``(..., 3)``, matrices ``(..., 3, 3)``; leading shapes
broadcast. A product ``multiply(a, b)`` turns by ``b`` first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
ArrayLike = npt.ArrayLike


def multiply(a: ArrayLike, b: ArrayLike) -> Array:
    """Return the rotations that turn by ``b`` first, then by ``a``."""
    p, q = np.asarray(a, np.float64), np.asarray(b, np.float64)
    ax, ay, az, aw = p[..., 0], p[..., 1], p[..., 2], p[..., 3]
    bx, by, bz, bw = q[..., 0], q[..., 1], q[..., 2], q[..., 3]
    x = aw * bx + ax * bw + ay * bz - az * by
    product = np.empty((*x.shape, 4))
    product[..., 0] = x
    product[..., 1] = aw * by - ax * bz + ay * bw + az * bx
    product[..., 2] = aw * bz + ax * by - ay * bx + az * bw
    product[..., 3] = aw * bw - ax * bx - ay * by - az * bz
    return product


def inverse(q: ArrayLike) -> Array:
    """Return the inverses of unit quaternions."""
    return np.asarray(q, dtype=np.float64) * (-1.0, -1.0, -1.0, 1.0)


def normalized(q: ArrayLike) -> Array:
    """Return the quaternions at unit length; a zero one becomes the identity."""
    q = np.asarray(q, dtype=np.float64)
    length = np.linalg.norm(q, axis=-1, keepdims=True)
    unit: Array = np.where(length > 0.0, q / np.where(length > 0.0, length, 1.0), (0.0, 0, 0, 1))
    return unit


def rotate(q: ArrayLike, vectors: ArrayLike) -> Array:
    """Return the vectors turned by unit quaternions."""
    q, v = np.asarray(q, np.float64), np.asarray(vectors, np.float64)
    x, y, z, w = q[..., 0], q[..., 1], q[..., 2], q[..., 3]
    vx, vy, vz = v[..., 0], v[..., 1], v[..., 2]
    # v + 2 w (a x v) + 2 a x (a x v), with a the vector part
    cx, cy, cz = 2 * (y * vz - z * vy), 2 * (z * vx - x * vz), 2 * (x * vy - y * vx)
    turned = np.empty((*cx.shape, 3))
    turned[..., 0] = vx + w * cx + (y * cz - z * cy)
    turned[..., 1] = vy + w * cy + (z * cx - x * cz)
    turned[..., 2] = vz + w * cz + (x * cy - y * cx)
    return turned


def from_axis_angle(axis: ArrayLike, angle: ArrayLike) -> Array:
    """Return the rotations by ``angle`` (radians, right-handed) about unit vectors ``axis``."""
    half = np.asarray(angle, dtype=np.float64)[..., None] / 2.0
    axis = np.asarray(axis, dtype=np.float64)
    shape = np.broadcast_shapes(half.shape[:-1], axis.shape[:-1])
    q = np.empty((*shape, 4))
    q[..., :3] = axis * np.sin(half)
    q[..., 3:] = np.cos(half)
    return q


def to_matrix(q: ArrayLike) -> Array:
    """Return the matrices of unit quaternions; their columns are the turned axes."""
    columns = [rotate(q, axis) for axis in np.eye(3)]
    matrices: Array = np.stack(columns, axis=-1)
    return matrices


def from_matrix(matrices: ArrayLike) -> Array:
    """Return the unit quaternions of rotation matrices, with w >= 0."""
    m = np.asarray(matrices, dtype=np.float64)
    xx, yy, zz = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    # Four ways to write the same quaternion; the one with the largest component is exact.
    squares = np.stack([xx - yy - zz, yy - xx - zz, zz - xx - yy, xx + yy + zz], axis=-1)
    sums = {(i, j): m[..., i, j] + m[..., j, i] for i, j in ((0, 1), (0, 2), (1, 2))}
    x, y, z = m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]
    ways = np.stack(
        [
            np.stack([squares[..., 0] + 1, sums[0, 1], sums[0, 2], x], axis=-1),
            np.stack([sums[0, 1], squares[..., 1] + 1, sums[1, 2], y], axis=-1),
            np.stack([sums[0, 2], sums[1, 2], squares[..., 2] + 1, z], axis=-1),
            np.stack([x, y, z, squares[..., 3] + 1], axis=-1),
        ],
        axis=-2,
    )
    best: Any = np.argmax(squares, axis=-1)[..., None, None]
    q = normalized(np.take_along_axis(ways, best, axis=-2)[..., 0, :])
    return np.where(q[..., 3:] < 0.0, -q, q)


def blend(a: ArrayLike, b: ArrayLike, weight: ArrayLike) -> Array:
    """
    Return rotations between ``a`` (weight 0) and ``b`` (weight 1), the short way round.

    Normalised linear blending: within a fraction of a degree of slerp for neighbouring poses.
    """
    a = np.asarray(a, dtype=np.float64)
    b = np.asarray(b, dtype=np.float64)
    weight = np.asarray(weight, dtype=np.float64)
    near = np.where(np.sum(a * b, axis=-1, keepdims=True) < 0.0, -b, b)
    return normalized(a + (near - a) * weight)
