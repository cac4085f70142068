# SPDX-License-Identifier: Apache-2.0
"""
Joints on /tf: one message per frame for all bodies, serialised here.

rclpy spends a millisecond to serialise the 192 transforms of six bodies one attribute at a time.
The bytes of a transform are its names, which do not change, between its stamp and its numbers: so
each is serialised once by rclpy, and numpy fills in stamps and numbers. Publish the result as it
is: ``publisher.publish`` takes bytes as well as messages.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from geometry_msgs.msg import TransformStamped
from rclpy.serialization import serialize_message
from tf2_msgs.msg import TFMessage

from azure_kinect_py.data import Body, BodyFrame
from azure_kinect_py.errors import ConfigError
from azure_kinect_py.geometry import rotations
from azure_kinect_py.joints import Confidence, Joint
from azure_kinect_py.ros.frames import Frames
from azure_kinect_py.trackers.skeleton import (
    CAMERA,
    effective_parents,
    relative_orientations,
    relative_positions,
)

STYLES = ('hierarchy', 'flat', 'none')

_POSE = np.arange(-14, 0)  # a transform ends with seven float64, in words of four bytes
_STAMP = np.arange(2)  # and begins with int32 seconds and uint32 nanoseconds
ENCAPSULATION = 4
"""Bytes before a serialised message that say how it is serialised."""

Poses = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint32]
Places = npt.NDArray[np.intp]


class Layout(NamedTuple):
    """A message for the joints that are sent: its bytes, and where the numbers go."""

    words: Words
    stamps: Places
    poses: Places
    parents: Places
    """Of each joint of all bodies, the row of its parent, or CAMERA."""


class JointFrames:
    """
    Builds /tf of the tracked bodies; for one thread.

    :param style: ``hierarchy``: each joint in the frame of its parent joint; ``flat``: all in the
        depth camera's; ``none``: nothing.
    :param min_confidence: Joints below it are left out, and what hangs below them hangs on the
        nearest joint that is sent, or on the depth camera. So are joints that have no rotation or
        are not finite, which tf2 refuses.
    :raises ConfigError: for an unknown style.
    """

    def __init__(
        self,
        frames: Frames,
        style: str = 'hierarchy',
        min_confidence: Confidence = Confidence.LOW,
    ) -> None:
        if style not in STYLES:
            raise ConfigError(
                f'joint_frames: {style!r} is unknown; allowed are {", ".join(STYLES)}'
            )
        self.style = style
        self.min_confidence = min_confidence
        self._frames = frames
        self._empty = serialize_message(TFMessage())
        self._transform = lru_cache(maxsize=4096)(self._serialised)
        self._lay_out = lru_cache(maxsize=16)(self._laid_out)

    def __call__(self, bodies: BodyFrame, stamp_ns: int) -> bytes:
        """Return a serialised TFMessage; with nobody to show, one of no transforms."""
        shown, style = bodies.bodies, self.style
        if not shown or style == 'none':
            return self._empty
        places = np.concatenate([body.positions for body in shown])
        turns = np.concatenate([body.orientations for body in shown])
        keep = self._kept(shown, places, turns)
        if not keep.any():
            return self._empty
        layout = self._lay_out(tuple(body.id for body in shown), keep.tobytes(), style)
        places[~keep], turns[~keep] = 0.0, 0.0
        turns = rotations.normalized(turns)
        if style == 'hierarchy':
            places = relative_positions(places, turns, layout.parents)
            turns = relative_orientations(turns, layout.parents)
        poses = np.hstack([places, turns])[keep]
        layout.words[layout.stamps] = divmod(stamp_ns, 1_000_000_000)
        layout.words[layout.poses] = poses.astype('<f8').view('<u4')
        return layout.words.tobytes()

    def _kept(self, shown: tuple[Body, ...], places: Poses, turns: Poses) -> npt.NDArray[np.bool_]:
        """Return which joints, of all bodies in a row, are sent."""
        keep = np.concatenate([body.confidences for body in shown]) >= self.min_confidence
        keep &= np.isfinite(places).all(axis=1) & np.isfinite(turns).all(axis=1)
        keep &= turns.any(axis=1)
        return keep

    def _laid_out(self, ids: tuple[int, ...], kept: bytes, style: str) -> Layout:
        """Return the message for bodies of which ``kept`` (bool) joints are sent."""
        keep = np.frombuffer(kept, np.bool_).reshape(len(ids), len(Joint))
        parents = np.full(keep.shape, CAMERA)
        if style == 'hierarchy':
            parents = np.stack([effective_parents(mask) for mask in keep])
        pieces = [
            self._transform(ids[row], joint, int(parents[row, joint]), first=not number)
            for number, (row, joint) in enumerate(np.argwhere(keep).tolist())
        ]
        count = np.array([len(pieces)], '<u4').tobytes()
        head = self._empty[:ENCAPSULATION] + count
        ends = (len(head) + np.cumsum([len(piece) for piece in pieces])) // 4
        begins = np.concatenate([[len(head) // 4], ends[:-1]])
        rows = parents + len(Joint) * np.arange(len(ids))[:, None]
        return Layout(
            words=np.frombuffer(bytearray().join([head, *pieces]), '<u4'),
            stamps=begins[:, None] + _STAMP,
            poses=ends[:, None] + _POSE,
            parents=np.where(parents == CAMERA, CAMERA, rows).ravel(),
        )

    def _serialised(self, body_id: int, joint: int, parent: int, *, first: bool) -> bytes:
        """
        Return the bytes of one transform, its stamp and numbers zero.

        Numbers are aligned to 8 bytes, so they depend on where the transform begins: the first one
        of a message 4 bytes behind such a place, the others at one, as each ends with a number.
        """
        item = TransformStamped(child_frame_id=self._frames.joint(body_id, joint))
        is_root = parent == CAMERA
        item.header.frame_id = (
            self._frames.depth if is_root else self._frames.joint(body_id, parent)
        )
        before = [] if first else [TransformStamped()]
        begin = len(serialize_message(TFMessage(transforms=before)))
        return serialize_message(TFMessage(transforms=[*before, item]))[begin:]
