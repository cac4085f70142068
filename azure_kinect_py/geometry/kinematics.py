# SPDX-License-Identifier: Apache-2.0
"""
Skeletons and what hangs on them, as kernels.

The same as :mod:`rotations`, for so many small steps that numpy would take longer to call them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import kernel, part

Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]
Quaternion = tuple[float, float, float, float]


@kernel
def pose(angles: Array, parents: Rows, offsets: Array, turns: Array, positions: Array) -> None:
    """
    Write where the joints of N skeletons are, and how they are turned.

    :param angles: (N, J, 4) radians by which a joint is bent in its parent's frame: about x, z,
        y and x again, each about the axes as the turns before have left them.
    :param parents: (J,) of each joint, before it in number; the first one's is not looked at.
    :param offsets: (N, J, 3) each joint from its parent.
    :param turns: (N, J, 4) quaternions; the first joint's is given, the others are written.
    :param positions: (N, J, 3), likewise.
    """
    for n in range(angles.shape[0]):
        for j in range(1, angles.shape[1]):
            above = parents[j]
            turn = turns[n, above, 0], turns[n, above, 1], turns[n, above, 2], turns[n, above, 3]
            matrix = _matrix(turn)
            for i in range(3):
                way = matrix[i][0] * offsets[n, j, 0] + matrix[i][1] * offsets[n, j, 1]
                way += matrix[i][2] * offsets[n, j, 2]
                positions[n, j, i] = positions[n, above, i] + way
            for step, axis in enumerate((0, 2, 1, 0)):
                turn = _turned(turn, axis, angles[n, j, step])
            for i in range(4):
                turns[n, j, i] = turn[i]


@kernel
def hang(
    positions: Array,
    turns: Array,
    people: Rows,
    joints: Rows,
    centers: Array,
    matrices: Array,
) -> tuple[Array, Array]:
    """
    Return the centers (K, 3) and the rotations (K, 3, 3) of things that hang on joints.

    :param positions: (N, J, 3) of the joints, and ``turns`` (N, J, 4).
    :param people: (K,) whose joint each thing hangs on, and ``joints`` (K,) which one.
    :param centers: (K, 3) of the things in the joints' frames, and ``matrices`` (K, 3, 3).
    """
    placed, turned = np.empty_like(centers), np.empty_like(matrices)
    for k in range(people.shape[0]):
        turn = turns[people[k], joints[k]]
        matrix = _matrix((turn[0], turn[1], turn[2], turn[3]))
        for i in range(3):
            x, y, z = matrix[i]
            way = x * centers[k, 0] + y * centers[k, 1] + z * centers[k, 2]
            placed[k, i] = positions[people[k], joints[k], i] + way
            for j in range(3):
                turned[k, i, j] = (
                    x * matrices[k, 0, j] + y * matrices[k, 1, j] + z * matrices[k, 2, j]
                )
    return placed, turned


@kernel
def maps_into(turns: Array, stretches: Array, centers: Array, to_room: Array) -> Floats:
    """
    Return the maps (K, 3, 4) from a camera's frame into the frames of stretched things.

    :param to_room: (4, 4) pose of the camera.
    """
    maps = np.empty((turns.shape[0], 3, 4), np.float32)
    for k in range(turns.shape[0]):
        for i in range(3):
            scale = 1.0 / stretches[k, i]
            x, y, z = turns[k, 0, i] * scale, turns[k, 1, i] * scale, turns[k, 2, i] * scale
            for j in range(3):
                maps[k, i, j] = x * to_room[0, j] + y * to_room[1, j] + z * to_room[2, j]
            maps[k, i, 3] = (
                x * (to_room[0, 3] - centers[k, 0])
                + y * (to_room[1, 3] - centers[k, 1])
                + z * (to_room[2, 3] - centers[k, 2])
            )
    return maps


@part
def _turned(q: Quaternion, axis: int, angle: float) -> Quaternion:
    """Return a rotation that turns about one of its own axes first."""
    s, c = np.sin(angle / 2.0), np.cos(angle / 2.0)
    x, y, z, w = q
    if axis == 0:
        return c * x + s * w, c * y + s * z, c * z - s * y, c * w - s * x
    if axis == 1:
        return c * x - s * z, c * y + s * w, c * z + s * x, c * w - s * y
    return c * x + s * y, c * y - s * x, c * z + s * w, c * w - s * z


@part
def _matrix(
    q: Quaternion,
) -> tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]:
    x, y, z, w = q
    return (
        (1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)),
        (2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)),
        (2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)),
    )
