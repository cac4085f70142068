# SPDX-License-Identifier: Apache-2.0
"""
What follows from the 32 joints of a body: relative rotations, bone lengths, thinned hierarchies.

Everything works on one body ``(32, n)`` and on many at once ``(..., 32, n)``. Orientations are
quaternions (x, y, z, w) in the depth camera's frame, as in :class:`azure_kinect_py.data.Body`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry import rotations
from azure_kinect_py.joints import PARENTS

Array = npt.NDArray[np.float64]

CAMERA = -1
"""As a parent: the depth camera itself."""

_PARENTS = np.array(PARENTS)
_ROOT = np.flatnonzero(_PARENTS == CAMERA)


def relative_orientations(
    orientations: npt.ArrayLike, parents: npt.NDArray[np.integer] | None = None
) -> Array:
    """
    Return each joint's rotation in the frame of its parent, (..., 32, 4) as the input.

    A joint whose parent is the depth camera keeps its absolute orientation.

    :param parents: (32,) parent of each joint; the tracker's hierarchy if not given.
    """
    parents = _PARENTS if parents is None else parents
    absolute = np.asarray(orientations, dtype=np.float64)
    relative = rotations.multiply(rotations.inverse(absolute[..., parents, :]), absolute)
    roots = parents == CAMERA
    relative[..., roots, :] = absolute[..., roots, :]
    return relative


def relative_positions(
    positions: npt.ArrayLike,
    orientations: npt.ArrayLike,
    parents: npt.NDArray[np.integer] | None = None,
) -> Array:
    """
    Return each joint's position in the frame of its parent, (..., 32, 3) metres.

    :param parents: as for :func:`relative_orientations`.
    """
    parents = _PARENTS if parents is None else parents
    absolute = np.asarray(positions, dtype=np.float64)
    turns = np.asarray(orientations, dtype=np.float64)[..., parents, :]
    offsets = absolute - absolute[..., parents, :]
    relative = rotations.rotate(rotations.inverse(turns), offsets)
    roots = parents == CAMERA
    relative[..., roots, :] = absolute[..., roots, :]
    return relative


def bone_lengths(positions: npt.ArrayLike) -> Array:
    """Return the distance of each joint to its parent, (..., 32) metres; 0 for the pelvis."""
    absolute = np.asarray(positions, dtype=np.float64)
    lengths: Array = np.linalg.norm(absolute - absolute[..., _PARENTS, :], axis=-1)
    lengths[..., _ROOT] = 0.0
    return lengths


def effective_parents(keep: npt.ArrayLike) -> npt.NDArray[np.intp]:
    """
    Return the nearest kept ancestor of each joint, (32,); CAMERA (-1) where there is none.

    :param keep: (32,) bool, which joints are sent. Joints that are not have a parent too.
    """
    kept = np.asarray(keep, dtype=bool)
    result = np.full(len(PARENTS), CAMERA, dtype=np.intp)
    for joint, parent in enumerate(PARENTS):  # parents come before their children
        if parent != CAMERA:
            result[joint] = parent if kept[parent] else result[parent]
    return result
