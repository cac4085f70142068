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

import numpy as np
import numpy.typing as npt
from geometry_msgs.msg import TransformStamped
from rclpy.serialization import serialize_message
from tf2_msgs.msg import TFMessage

from azure_kinect_py.data import Body, BodyFrame
from azure_kinect_py.errors import ConfigError
from azure_kinect_py.geometry import rotations
from azure_kinect_py.joints import Confidence
from azure_kinect_py.ros.frames import Frames
from azure_kinect_py.trackers.skeleton import (
    CAMERA,
    effective_parents,
    relative_orientations,
    relative_positions,
)

STYLES = ('hierarchy', 'flat', 'none')
JOINTS = 32

ENCAPSULATION = 4
"""Bytes before a serialised message that say how it is serialised."""

_POSE = np.arange(-56, 0)  # a transform ends with seven float64
_STAMP = np.arange(8)  # and begins with int32 seconds and uint32 nanoseconds

Poses = npt.NDArray[np.float64]


class JointFrames:
    """
    Builds /tf of the tracked bodies.

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

    def __call__(self, bodies: BodyFrame, stamp_ns: int) -> bytes:
        """Return a serialised TFMessage; with nobody to show, one of no transforms."""
        shown = bodies.bodies
        if not shown or self.style == 'none':
            return self._empty
        keep, parents, poses = self._select(shown)
        if not keep.any():
            return self._empty
        pieces = [
            self._transform(shown[index // JOINTS].id, index % JOINTS, parents[index], first=not n)
            for n, index in enumerate(np.flatnonzero(keep).tolist())
        ]
        return self._joined(pieces, poses[keep], stamp_ns)

    def _select(self, shown: tuple[Body, ...]) -> tuple[npt.NDArray[np.bool_], list[int], Poses]:
        """Return, for all joints of all bodies: whether sent, its parent joint, its pose there."""
        positions = np.concatenate([body.positions for body in shown])
        turns = np.concatenate([body.orientations for body in shown])
        poses = np.hstack([positions, rotations.normalized(turns)])
        keep = np.concatenate([body.confidences for body in shown]) >= self.min_confidence
        keep &= np.isfinite(poses).all(axis=1) & turns.any(axis=1)
        parents = np.full(len(poses), CAMERA)
        if self.style == 'hierarchy':
            parents = np.concatenate(
                [effective_parents(mask) for mask in keep.reshape(-1, JOINTS)]
            )
            rows = np.arange(len(poses)) // JOINTS * JOINTS + parents
            rows[parents == CAMERA] = CAMERA
            relative = relative_positions(poses[:, :3], poses[:, 3:], rows)
            poses = np.hstack([relative, relative_orientations(poses[:, 3:], rows)])
        return keep, parents.tolist(), poses

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

    def _joined(self, pieces: list[bytes], poses: Poses, stamp_ns: int) -> bytes:
        """Join transforms to a message and write their stamps and numbers into it."""
        count = np.array([len(pieces)], '<u4').tobytes()
        joined = bytearray().join([self._empty[:ENCAPSULATION], count, *pieces])
        message = np.frombuffer(joined, np.uint8)
        ends = len(self._empty) + np.cumsum([len(piece) for piece in pieces])
        begins = ends - [len(piece) for piece in pieces]
        message[ends[:, None] + _POSE] = poses.astype('<f8').view(np.uint8)
        stamp = np.array(divmod(stamp_ns, 1_000_000_000), '<u4').view(np.uint8)
        message[begins[:, None] + _STAMP] = stamp
        return bytes(joined)
