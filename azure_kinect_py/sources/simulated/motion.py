# SPDX-License-Identifier: Apache-2.0
"""
How people move: from what somebody does at a moment to the pose of all joints.

Poses are computed for any number of people, or moments, at once.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry import rotations
from azure_kinect_py.joints import Joint
from azure_kinect_py.sources.simulated.anatomy import (
    AXES,
    LEVELS,
    OFFSETS,
    PARENT,
    PELVIS_HEIGHT,
    SOLE,
)
from azure_kinect_py.sources.simulated.room import FLOOR

Array = npt.NDArray[np.float64]

WALKING_SPEED = 1.05
"""Metres per second, of a person of average height."""

STEP_RATE = 5.6
"""Radians of the gait's cycle (two steps) per second."""

_X, _Y, _Z = np.eye(3)


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
    bends = np.zeros((len(doing.x), len(Joint), 4))
    bends[..., 3] = 1.0
    bends[:, Joint.PELVIS] = _upright(doing.heading)
    _torso(bends, doing)
    _legs(bends, doing)
    _arms(bends, doing)
    turns = bends
    positions = np.zeros((len(doing.x), len(Joint), 3))
    offsets = OFFSETS * doing.height[:, None, None]
    for level in LEVELS:
        parents = PARENT[level]
        steps = rotations.rotate(turns[:, parents], offsets[:, level])
        positions[:, level] = positions[:, parents] + steps
        turns[:, level] = rotations.multiply(turns[:, parents], bends[:, level])
    positions += _standing(positions, doing)[:, None]
    return Poses(positions, turns)


def _standing(positions: Array, doing: Doing) -> Array:
    """Return where the pelvis is when the lower foot is on the floor."""
    joints = list(SOLE)
    lowest = positions[:, joints, 1] + np.outer(doing.height, list(SOLE.values()))
    return np.stack([doing.x, FLOOR - lowest.max(axis=1), doing.z], axis=-1)


def _upright(heading: Array) -> Array:
    """Return the turn from a person's left, up, front to the room's right, down, forward."""
    facing = rotations.from_matrix(np.array([[-1.0, 0, 0], [0, -1.0, 0], [0, 0, 1.0]]))
    return rotations.multiply(rotations.from_axis_angle(_Y, heading), facing)


def _torso(bends: Array, doing: Doing) -> None:
    swing = 0.10 * doing.stride * np.sin(doing.gait)
    breath = 0.012 * np.sin(1.6 * doing.time)
    sway = 0.02 * (1.0 - doing.stride) * np.sin(0.7 * doing.time)
    glance = 0.30 * (1.0 - doing.stride) * np.sin(0.45 * doing.time) ** 3
    phone = np.where(doing.gesture == Gesture.PHONE, doing.effort, 0.0)
    _bend(bends, Joint.SPINE_NAVAL, (_Y, -swing), (_Z, sway), (_X, 0.03 + 0.03 * doing.stride))
    _bend(bends, Joint.SPINE_CHEST, (_Y, 1.7 * swing), (_X, breath))
    _bend(bends, Joint.NECK, (_Y, -0.7 * swing), (_X, -0.03 + 0.15 * phone))
    _bend(bends, Joint.HEAD, (_Y, glance * (1.0 - phone)), (_X, 0.30 * phone))


def _legs(bends: Array, doing: Doing) -> None:
    for side, sign in (('LEFT', 1.0), ('RIGHT', -1.0)):
        phase = doing.gait + (0.0 if sign > 0 else np.pi)
        forward = doing.stride * (0.37 * np.sin(phase) + 0.05)
        lifted = np.maximum(np.cos(phase - 0.25), 0.0) ** 2  # the leg that swings to the front
        knee = doing.stride * (0.10 + 1.0 * lifted) + 0.03
        apart = sign * 0.045 * (1.0 - 0.6 * doing.stride)
        _bend(bends, Joint[f'HIP_{side}'], (_Z, apart), (_X, -forward))
        _bend(bends, Joint[f'KNEE_{side}'], (_X, knee))
        push = 0.35 * doing.stride * np.maximum(-np.sin(phase), 0.0) ** 3
        sole = 0.85 * (forward - knee) + push
        _bend(bends, Joint[f'ANKLE_{side}'], (_X, sole), (_Z, -apart), (_Y, sign * 0.12))


def _arms(bends: Array, doing: Doing) -> None:
    for side, sign in (('LEFT', 1.0), ('RIGHT', -1.0)):
        swing = 0.42 * doing.stride * np.sin(doing.gait) * sign
        bend = 0.22 + 0.25 * doing.stride + 0.35 * np.maximum(-swing, 0.0)
        hang = sign * (1.40 + 0.03 * np.sin(0.9 * doing.time) * (1.0 - doing.stride))
        relaxed = {
            'SHOULDER': _turns((_X, swing), (_Z, -hang)),
            'ELBOW': _turns((_Y, -sign * bend)),
            'WRIST': _turns((_Z, np.full_like(swing, -sign * 0.08))),
        }
        for gesture in Gesture:
            wanted = _gesture(gesture, side, sign, doing.time)
            weight = (doing.effort * (doing.gesture == gesture))[:, None]
            if wanted and weight.any():
                relaxed = {
                    name: rotations.blend(turn, wanted.get(name, turn), weight)
                    for name, turn in relaxed.items()
                }
        for name, turn in relaxed.items():
            bends[:, Joint[f'{name}_{side}']] = turn


def _gesture(gesture: Gesture, side: str, sign: float, time: Array) -> Mapping[str, Array]:
    """Return the bends of one arm, by joint; what is not named stays relaxed."""
    wave = 0.35 * np.sin(7.0 * time)
    still = np.zeros_like(time)
    if gesture is Gesture[f'WAVE_{side}']:
        return {
            'SHOULDER': _turns((_Z, still - sign * 0.55), (_X, still + 0.3)),
            'ELBOW': _turns((_Z, sign * (1.75 + wave))),
            'WRIST': _turns((_X, still - 1.3), (_Y, sign * 0.4 * wave)),
        }
    if gesture is Gesture.ARMS_UP:
        return {
            'SHOULDER': _turns((_Z, still + sign * 0.95), (_X, still - 0.2)),
            'ELBOW': _turns((_Z, sign * (0.25 + 0.3 * wave))),
        }
    if gesture is Gesture.HANDS_ON_HIPS:
        return {
            'SHOULDER': _turns((_Z, still - sign * 0.85), (_Y, still + sign * 0.45)),
            'ELBOW': _turns((_Z, still - sign * 1.75), (_Y, still - sign * 0.5)),
            'WRIST': _turns((_Z, still + sign * 0.6)),
        }
    if gesture is Gesture.PHONE and side == 'RIGHT':
        return {
            'SHOULDER': _turns((_Z, still - sign * 1.25), (_Y, still - sign * 0.5)),
            'ELBOW': _turns((_Y, still - sign * 1.9), (_X, still - 0.4)),
        }
    if gesture is Gesture.ARMS_OUT:
        return {
            'SHOULDER': _turns((_Z, still + sign * 0.06 * wave)),
            'ELBOW': _turns((_Z, still + sign * 0.03)),
        }
    return {}


def _turns(*steps: tuple[Array, Array]) -> Array:
    """Return turns about axes by angles; the last is done first."""
    result = rotations.from_axis_angle(steps[0][0], steps[0][1])
    for axis, angle in steps[1:]:
        result = rotations.multiply(result, rotations.from_axis_angle(axis, angle))
    return result


def _bend(bends: Array, joint: Joint, *steps: tuple[Array, npt.ArrayLike]) -> None:
    angles = [(axis, np.broadcast_to(angle, len(bends))) for axis, angle in steps]
    bends[:, joint] = _turns(*angles)
