# SPDX-License-Identifier: Apache-2.0
"""
How people move: from what somebody does at a moment to the pose of all joints.

Poses are computed for any number of people, or moments, at once.
"""

from __future__ import annotations

import dataclasses
import enum

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry import rotations
from azure_kinect_py.geometry.kinematics import pose
from azure_kinect_py.joints import Joint
from azure_kinect_py.sources.simulated.anatomy import (
    AXES,
    OFFSETS,
    PARENT,
    SOLE,
)
from azure_kinect_py.sources.simulated.room import FLOOR

Array = npt.NDArray[np.float64]

WALKING_SPEED = 1.05
"""Metres per second, of a person of average height."""

STEP_RATE = 5.6
"""Radians of the gait's cycle (two steps) per second."""

# A joint bends by four angles: first about X, then Y, Z, and X again, each to the person's axes as
# the turns before have left them. In the T-pose x points to the left, y up, z to the front.
_X, _Z, _Y, _TWIST = range(4)
_ROLL = np.array([0.0, 0.0, 1.0, 0.0])  # from left, up, front to the room's right, down, forward


class Gesture(enum.IntEnum):
    """What somebody does with the arms while standing."""

    NONE = 0
    WAVE_RIGHT = 1
    WAVE_LEFT = 2
    ARMS_UP = 3
    HANDS_ON_HIPS = 4
    PHONE = 5
    ARMS_OUT = 6


@dataclasses.dataclass(frozen=True, eq=False)
class Doing:
    """
    What N people do at a moment; every field is (N,), positions in the room.

    :ivar x: Metres to the right.
    :ivar z: Metres to the front of the camera.
    :ivar heading: Radians; 0 walks away from the camera, pi faces it.
    :ivar gait: Radians of the walking cycle.
    :ivar stride: How far the legs go out, 1 = walking at full speed, 0 = standing.
    :ivar gesture: One of :class:`Gesture`.
    :ivar effort: How far the gesture is carried out, 0 to 1.
    :ivar time: Seconds, for breathing, waving and looking around.
    :ivar height: Of the person, relative to the average.
    """

    x: Array
    z: Array
    heading: Array
    gait: Array
    stride: Array
    gesture: npt.NDArray[np.intp]
    effort: Array
    time: Array
    height: Array

    def of(self, rows: npt.NDArray[np.intp]) -> Doing:
        """Return what some of them do."""
        return Doing(*(getattr(self, field.name)[rows] for field in dataclasses.fields(self)))


@dataclasses.dataclass(frozen=True, eq=False)
class Poses:
    """
    Joints of N people in the room: ``positions`` (N, 32, 3) metres, ``turns`` (N, 32, 4).

    A joint's turn takes the person's frame in the T-pose to the room; the SDK's axes are
    ``multiply(turns, AXES)``.
    """

    positions: Array
    turns: Array

    @property
    def orientations(self) -> Array:
        """The joints' frames as the Body Tracking SDK defines them, (N, 32, 4), in the room."""
        return rotations.multiply(self.turns, AXES)


def poses(doing: Doing) -> Poses:
    """Return where the joints are."""
    angles = np.zeros((4, len(doing.x), len(Joint)))
    _torso(angles, doing)
    _legs(angles, doing)
    _arms(angles, doing)
    turns = np.empty((len(doing.x), len(Joint), 4))
    turns[:, Joint.PELVIS] = rotations.multiply(
        rotations.from_axis_angle((0.0, 1.0, 0.0), doing.heading), _ROLL
    )
    positions = np.zeros((len(doing.x), len(Joint), 3))
    offsets = OFFSETS * doing.height[:, None, None]
    pose(np.ascontiguousarray(np.moveaxis(angles, 0, -1)), PARENT, offsets, turns, positions)
    positions += _standing(positions, doing)[:, None]
    return Poses(positions, turns)


def _standing(positions: Array, doing: Doing) -> Array:
    """Return where the pelvis is when the lower foot is on the floor."""
    joints = list(SOLE)
    lowest = positions[:, joints, 1] + np.outer(doing.height, list(SOLE.values()))
    return np.stack([doing.x, FLOOR - lowest.max(axis=1), doing.z], axis=-1)


def _torso(angles: Array, doing: Doing) -> None:
    swing = 0.10 * doing.stride * np.sin(doing.gait)
    glance = 0.30 * (1.0 - doing.stride) * np.sin(0.45 * doing.time) ** 3
    phone = doing.effort * (doing.gesture == Gesture.PHONE)
    angles[_Y, :, Joint.SPINE_NAVAL] = -swing
    angles[_Z, :, Joint.SPINE_NAVAL] = 0.02 * (1.0 - doing.stride) * np.sin(0.7 * doing.time)
    angles[_X, :, Joint.SPINE_NAVAL] = 0.03 + 0.03 * doing.stride
    angles[_Y, :, Joint.SPINE_CHEST] = 1.7 * swing
    angles[_X, :, Joint.SPINE_CHEST] = 0.012 * np.sin(1.6 * doing.time)
    angles[_Y, :, Joint.NECK] = -0.7 * swing
    angles[_X, :, Joint.NECK] = -0.03 + 0.15 * phone
    angles[_Y, :, Joint.HEAD] = glance * (1.0 - phone)
    angles[_TWIST, :, Joint.HEAD] = 0.30 * phone


def _legs(angles: Array, doing: Doing) -> None:
    for side, sign in (('LEFT', 1.0), ('RIGHT', -1.0)):
        phase = doing.gait + (0.0 if sign > 0 else np.pi)
        hip, knee, ankle = (Joint[f'{name}_{side}'] for name in ('HIP', 'KNEE', 'ANKLE'))
        forward = doing.stride * (0.37 * np.sin(phase) + 0.05)
        lifted = np.maximum(np.cos(phase - 0.25), 0.0) ** 2  # the leg that swings to the front
        bent = doing.stride * (0.10 + 1.0 * lifted) + 0.03
        apart = sign * 0.045 * (1.0 - 0.6 * doing.stride)
        push = 0.35 * doing.stride * np.maximum(-np.sin(phase), 0.0) ** 3
        angles[_Z, :, hip] = apart
        angles[_TWIST, :, hip] = -forward
        angles[_X, :, knee] = bent
        angles[_X, :, ankle] = 0.85 * (forward - bent) + push
        angles[_Z, :, ankle] = -apart
        angles[_Y, :, ankle] = sign * 0.12


def _arms(angles: Array, doing: Doing) -> None:
    for side, sign in (('LEFT', 1.0), ('RIGHT', -1.0)):
        shoulder, elbow, wrist = (
            Joint[f'{name}_{side}'] for name in ('SHOULDER', 'ELBOW', 'WRIST')
        )
        swing = 0.42 * doing.stride * np.sin(doing.gait) * sign
        sway = 0.03 * np.sin(0.9 * doing.time) * (1.0 - doing.stride)
        angles[_X, :, shoulder] = swing
        angles[_Z, :, shoulder] = -sign * (1.40 + sway)
        bent = 0.22 + 0.25 * doing.stride + 0.35 * np.maximum(-swing, 0.0)
        angles[_Y, :, elbow] = -sign * bent
        angles[_Z, :, wrist] = -sign * 0.08
        for number in set(doing.gesture[doing.effort > 0.0].tolist()):
            gesture = Gesture(number)
            weight = doing.effort * (doing.gesture == gesture)
            for name, wanted in _GESTURES.get((gesture, side), {}).items():
                joint = Joint[f'{name}_{side}']
                goal = np.array(wanted)[:, None] * np.array([1.0, sign, sign, 1.0])[:, None]
                angles[..., joint] += weight * (goal - angles[..., joint])
            if gesture in _WAVING:
                lively = 0.35 * weight * np.sin(7.0 * doing.time) * _WAVING[gesture].get(side, 0.0)
                angles[_Z, :, elbow] += sign * lively


# Angles of a left arm, in the order of the four turns; a right arm is its mirror image.
_WAVE = {
    'SHOULDER': (0.0, -0.55, 0.0, 0.3),
    'ELBOW': (0.0, 1.75, 0.0, 0.0),
    'WRIST': (-1.3, 0.0, 0.0, 0.0),
}
_UP = {'SHOULDER': (0.0, 0.95, 0.0, -0.2), 'ELBOW': (0.0, 0.25, 0.0, 0.0)}
_ON_HIPS = {
    'SHOULDER': (0.0, -0.85, 0.45, 0.0),
    'ELBOW': (0.0, -1.75, -0.5, 0.0),
    'WRIST': (0.0, 0.6, 0.0, 0.0),
}
_OUT = {'SHOULDER': (0.0, 0.0, 0.0, 0.0), 'ELBOW': (0.0, 0.03, 0.0, 0.0)}
_AT_PHONE = {'SHOULDER': (0.0, -1.25, -0.5, 0.0), 'ELBOW': (0.0, 0.0, -1.9, -0.4)}
_GESTURES = {
    (Gesture.WAVE_RIGHT, 'RIGHT'): _WAVE,
    (Gesture.WAVE_LEFT, 'LEFT'): _WAVE,
    (Gesture.PHONE, 'RIGHT'): _AT_PHONE,
    **{(Gesture.ARMS_UP, side): _UP for side in ('LEFT', 'RIGHT')},
    **{(Gesture.HANDS_ON_HIPS, side): _ON_HIPS for side in ('LEFT', 'RIGHT')},
    **{(Gesture.ARMS_OUT, side): _OUT for side in ('LEFT', 'RIGHT')},
}
_WAVING = {
    Gesture.WAVE_RIGHT: {'RIGHT': 1.0},
    Gesture.WAVE_LEFT: {'LEFT': 1.0},
    Gesture.ARMS_UP: {'LEFT': 0.3, 'RIGHT': 0.3},
}
