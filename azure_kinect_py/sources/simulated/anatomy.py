# SPDX-License-Identifier: Apache-2.0
"""
How a person is built: the 32 joints in a T-pose, and the axes of each joint.

The frame of a person has x to the person's own left, y up and z to the front. In the T-pose the
arms point sideways with the palms down, and every joint's frame is the person's frame; the axes
that the Body Tracking SDK reports are :data:`AXES` in it. The person below is 1.75 m tall.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry import rotations
from azure_kinect_py.joints import PARENTS, Joint

Array = npt.NDArray[np.float64]

SOLE = {Joint.ANKLE_LEFT: 0.085, Joint.ANKLE_RIGHT: 0.085, Joint.FOOT_LEFT: 0.03}
SOLE[Joint.FOOT_RIGHT] = SOLE[Joint.FOOT_LEFT]
"""Height of joints above the sole of a shoe, metres."""

_LEFT_SIDE = {
    Joint.CLAVICLE_LEFT: (0.030, 0.165, -0.005),
    Joint.SHOULDER_LEFT: (0.150, -0.025, -0.010),
    Joint.ELBOW_LEFT: (0.280, 0.0, 0.0),
    Joint.WRIST_LEFT: (0.245, 0.0, 0.0),
    Joint.HAND_LEFT: (0.075, 0.0, 0.0),
    Joint.HANDTIP_LEFT: (0.100, 0.0, 0.0),
    Joint.THUMB_LEFT: (0.070, -0.010, 0.060),
    Joint.HIP_LEFT: (0.088, -0.035, 0.0),
    Joint.KNEE_LEFT: (0.0, -0.425, 0.0),
    Joint.ANKLE_LEFT: (0.0, -0.410, 0.0),
    Joint.FOOT_LEFT: (0.010, -0.055, 0.135),
    Joint.EYE_LEFT: (0.031, 0.045, 0.088),
    Joint.EAR_LEFT: (0.078, 0.020, 0.0),
}
_MIDDLE = {
    Joint.PELVIS: (0.0, 0.0, 0.0),
    Joint.SPINE_NAVAL: (0.0, 0.170, 0.0),
    Joint.SPINE_CHEST: (0.0, 0.140, -0.010),
    Joint.NECK: (0.0, 0.215, -0.010),
    Joint.HEAD: (0.0, 0.085, 0.020),
    Joint.NOSE: (0.0, 0.005, 0.118),
}


def _offsets() -> Array:
    offsets = np.zeros((len(Joint), 3))
    for joint, offset in _MIDDLE.items():
        offsets[joint] = offset
    for joint, offset in _LEFT_SIDE.items():
        offsets[joint] = offset
        offsets[Joint[joint.name.replace('LEFT', 'RIGHT')]] = np.multiply(offset, (-1, 1, 1))
    return offsets


OFFSETS = _offsets()
"""(32, 3) each joint from its parent, metres."""

_LEFT, _UP, _FRONT = np.eye(3)
# Columns are the joint's x, y and z. Evidence: the corrections by which Microsoft's sample for
# Unity brings the tracker's orientations onto an avatar in a T-pose that faces the camera.
_SPINE_AXES = (_UP, _FRONT, _LEFT)
_SIDES = {
    'LEFT': {
        'arm': (_LEFT, _FRONT, -_UP),
        'hand': (_LEFT, _UP, _FRONT),
        'leg': (_UP, _FRONT, _LEFT),
        'foot': (_FRONT, -_UP, _LEFT),
    },
    'RIGHT': {
        'arm': (_LEFT, -_FRONT, _UP),
        'hand': (_LEFT, -_UP, -_FRONT),
        'leg': (-_UP, -_FRONT, _LEFT),
        'foot': (-_FRONT, _UP, _LEFT),
    },
}
_LIMBS = {
    'arm': ('CLAVICLE', 'SHOULDER', 'ELBOW', 'THUMB'),
    'hand': ('WRIST', 'HAND', 'HANDTIP'),
    'leg': ('HIP', 'KNEE', 'ANKLE'),
    'foot': ('FOOT',),
}


def _axes() -> Array:
    matrices = np.empty((len(Joint), 3, 3))
    matrices[:] = np.stack(_SPINE_AXES, axis=-1)
    for side, limbs in _SIDES.items():
        for limb, axes in limbs.items():
            for name in _LIMBS[limb]:
                matrices[Joint[f'{name}_{side}']] = np.stack(axes, axis=-1)
    return rotations.from_matrix(matrices)


AXES = _axes()
"""
(32, 4) the SDK's joint frames in the T-pose, in the person's frame.

* pelvis, spine, neck, head and face: x up, y to the front, z to the left
* left leg: the same; right leg: x down along the bone, y to the back, z to the left
* left arm: x along the bone, y to the front, z down; right arm: x against the bone, y to the
  back, z up; the thumbs too
* left hand: x along the bone, y to its back, z to the thumb; right hand: x against the bone,
  y to the palm, z away from the thumb
* left foot: x along it, y down, z to the left; right foot: x against it, y up, z to the left
"""

PARENT = np.array(PARENTS)
