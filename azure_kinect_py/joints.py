# SPDX-License-Identifier: Apache-2.0
"""The 32 joints of the Body Tracking SDK, their hierarchy, and the confidence of a joint."""

from __future__ import annotations

import enum


class Joint(enum.IntEnum):  # k4abt_joint_id_t; left and right are the person's own
    PELVIS = 0
    SPINE_NAVAL = 1
    SPINE_CHEST = 2
    NECK = 3
    CLAVICLE_LEFT = 4
    SHOULDER_LEFT = 5
    ELBOW_LEFT = 6
    WRIST_LEFT = 7
    HAND_LEFT = 8
    HANDTIP_LEFT = 9
    THUMB_LEFT = 10
    CLAVICLE_RIGHT = 11
    SHOULDER_RIGHT = 12
    ELBOW_RIGHT = 13
    WRIST_RIGHT = 14
    HAND_RIGHT = 15
    HANDTIP_RIGHT = 16
    THUMB_RIGHT = 17
    HIP_LEFT = 18
    KNEE_LEFT = 19
    ANKLE_LEFT = 20
    FOOT_LEFT = 21
    HIP_RIGHT = 22
    KNEE_RIGHT = 23
    ANKLE_RIGHT = 24
    FOOT_RIGHT = 25
    HEAD = 26
    NOSE = 27
    EYE_LEFT = 28
    EAR_LEFT = 29
    EYE_RIGHT = 30
    EAR_RIGHT = 31


class Confidence(enum.IntEnum):  # k4abt_joint_confidence_level_t
    NONE = 0  # out of range
    LOW = 1  # not seen, predicted from its neighbours
    MEDIUM = 2  # seen; the best that the tracker gives today
    HIGH = 3  # reserved by the vendor


PARENTS: tuple[int, ...] = (
    -1, 0, 1, 2,  # pelvis, spine, neck
    2, 4, 5, 6, 7, 8, 7,  # left arm
    2, 11, 12, 13, 14, 15, 14,  # right arm
    0, 18, 19, 20,  # left leg
    0, 22, 23, 24,  # right leg
    3, 26, 26, 26, 26, 26,  # head
)  # fmt: skip
"""Index of each joint's parent; -1 for the pelvis. A parent always comes before its children."""

JOINT_NAMES: tuple[str, ...] = tuple(joint.name.lower() for joint in Joint)
"""Lower-case joint names, as used in frame names."""

BACKGROUND = 255
"""Value of the body index map where there is no body."""
