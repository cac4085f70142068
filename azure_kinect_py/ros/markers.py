# SPDX-License-Identifier: Apache-2.0
"""
Bodies as RViz markers: Microsoft's spheres, and bones and ids besides.

* Namespace empty, id = body id * 100 + joint: a sphere of 5 cm per joint, one of eight colors by
  body id; the less confident the joint, the more transparent.
* Namespace ``bones``, id = body id * 100 + 32: the 31 bones as one line list, ends colored as
  their joints.
* Namespace ``ids``, id = body id * 100 + 33: the id as text over the head.

All live for 0.25 s, as Microsoft's, but longer where the tracker needs longer from one result to
the next: they would blink. They are deleted at once when their body leaves.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from builtin_interfaces.msg import Duration
from geometry_msgs.msg import Point
from std_msgs.msg import ColorRGBA
from visualization_msgs.msg import Marker, MarkerArray

from azure_kinect_py.data import Body, BodyFrame
from azure_kinect_py.geometry import rotations
from azure_kinect_py.joints import PARENTS, Joint
from azure_kinect_py.ros.packed import COLOR, DOUBLE, STAMP, PackedMessage

COLORS = (
    (1.0, 0.0, 0.0),  # red
    (0.0, 1.0, 0.0),  # green
    (0.0, 0.0, 1.0),  # blue
    (1.0, 1.0, 0.0),  # yellow
    (1.0, 0.0, 1.0),  # magenta
    (0.0, 1.0, 1.0),  # cyan
    (0.0, 0.0, 0.0),  # black
    (1.0, 1.0, 1.0),  # white
)
"""Of body id modulo 8."""

ALPHA_OF_CONFIDENCE = np.array([0.2, 0.5, 1.0, 1.0], np.float32)

BONES = 'bones'
IDS = 'ids'
JOINT_SCALE_M = 0.05
BONE_WIDTH_M = 0.02
TEXT_HEIGHT_M = 0.15
TEXT_ABOVE_HEAD_M = 0.3

LIFETIME_NS = 250_000_000
LONGEST_LIFETIME_NS = 16 * LIFETIME_NS
_OPAQUE = ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0)
_LARGEST_ID = (2**31 - 1) // 100 - 1
_ENDS = np.array([(joint, parent) for joint, parent in enumerate(PARENTS) if parent >= 0]).ravel()

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]


class BodyMarkers:
    """
    Builds the marker array of each frame, serialised: publish the bytes as they are.

    For one thread. The array is built anew when somebody comes or leaves; otherwise only numbers
    are filled in.

    :param frame_id: The depth camera's frame.
    """

    def __init__(self, frame_id: str) -> None:
        self._frame_id = frame_id
        self._markers: dict[int, list[Marker]] = {}
        self._content: tuple[list[int], list[int]] | None = None
        self._packed = PackedMessage(MarkerArray())
        self._lifetime_ns = LIFETIME_NS
        self._last_ns: int | None = None

    def __call__(self, bodies: BodyFrame, stamp_ns: int) -> bytes:
        """Return a serialised MarkerArray that shows these bodies, and no others any more."""
        self._adapt_lifetime(stamp_ns)
        shown = sorted(bodies.bodies, key=lambda body: body.id)
        ids = [body.id for body in shown]
        gone = [body_id for body_id in self._markers if body_id not in ids]
        if (ids, gone) != self._content:
            self._pack(ids, gone)
        return self._packed.fill(stamp_ns, *_numbers(shown))

    def clear(self, stamp_ns: int) -> bytes:
        """Return a serialised MarkerArray that deletes all markers of the topic."""
        self._markers.clear()
        self._content = self._last_ns = None
        everything = MarkerArray(markers=[self._marker(Marker.DELETEALL)])
        return PackedMessage(everything).fill(stamp_ns, *_numbers([]))

    def _adapt_lifetime(self, stamp_ns: int) -> None:
        """Let markers live for twice the time between results, in powers of two."""
        interval_ns = 0 if self._last_ns is None else stamp_ns - self._last_ns
        self._last_ns = stamp_ns
        needed_ns, lifetime_ns = min(2 * interval_ns, LONGEST_LIFETIME_NS), self._lifetime_ns
        while lifetime_ns < needed_ns:
            lifetime_ns *= 2
        if 4 * needed_ns < lifetime_ns > LIFETIME_NS:  # not to and fro with the jitter
            lifetime_ns //= 2
        if lifetime_ns != self._lifetime_ns:
            self._lifetime_ns = lifetime_ns
            self._markers = {body_id: self._body(body_id) for body_id in self._markers}
            self._content = None

    def _pack(self, ids: list[int], gone: list[int]) -> None:
        deleted = [
            self._marker(Marker.DELETE, ns=marker.ns, id=marker.id)
            for body_id in gone
            for marker in self._markers.pop(body_id)
        ]
        for body_id in ids:
            if body_id not in self._markers:
                self._markers[body_id] = self._body(body_id)
        shown = [marker for body_id in ids for marker in self._markers[body_id]]
        self._packed = PackedMessage(MarkerArray(markers=shown + deleted))
        self._content = ids, gone

    def _body(self, body_id: int) -> list[Marker]:
        """Return the markers of a body; :func:`_numbers` has what is filled into them."""
        spheres = [self._sphere(body_id, joint) for joint in Joint]
        return [*spheres, self._bones(body_id), self._label(body_id)]

    def _sphere(self, body_id: int, joint: int) -> Marker:
        sphere = self._marker(Marker.ADD, type=Marker.SPHERE, id=_id(body_id, joint))
        place, turn, scale = sphere.pose.position, sphere.pose.orientation, sphere.scale
        place.x = place.y = place.z = DOUBLE
        turn.x = turn.y = turn.z = turn.w = DOUBLE
        scale.x = scale.y = scale.z = JOINT_SCALE_M
        sphere.color = COLOR
        return sphere

    def _bones(self, body_id: int) -> Marker:
        number = _id(body_id, len(Joint))
        bones = self._marker(Marker.ADD, ns=BONES, type=Marker.LINE_LIST, id=number)
        bones.scale.x = BONE_WIDTH_M
        bones.color = _OPAQUE
        bones.points = [Point(x=DOUBLE, y=DOUBLE, z=DOUBLE) for _ in _ENDS]
        bones.colors = [COLOR for _ in _ENDS]
        return bones

    def _label(self, body_id: int) -> Marker:
        number = _id(body_id, len(Joint) + 1)
        label = self._marker(Marker.ADD, ns=IDS, type=Marker.TEXT_VIEW_FACING, id=number)
        label.pose.position = Point(x=DOUBLE, y=DOUBLE, z=DOUBLE)
        label.scale.z = TEXT_HEIGHT_M
        label.color = _OPAQUE
        label.text = str(body_id)
        return label

    def _marker(self, action: int, **fields: Any) -> Marker:
        lifetime = Duration(
            sec=self._lifetime_ns // 1_000_000_000, nanosec=self._lifetime_ns % 1_000_000_000
        )
        marker = Marker(action=action, lifetime=lifetime, **fields)
        marker.header.frame_id = self._frame_id
        marker.header.stamp = STAMP
        return marker


def _id(body_id: int, number: int) -> int:
    """
    Return the id of a marker of a body: body * 100 + joint, or a number above the joints.

    Microsoft's documentation has its readers divide the id of whatever is in the array by 100.
    """
    return body_id % (_LARGEST_ID + 1) * 100 + number


def _numbers(shown: list[Body]) -> tuple[Doubles, Floats]:
    """
    Return what is filled in, in the order of the messages' fields.

    float64, per body: position and orientation of the joints, both ends of the bones, position of
    the id. Colors, per body: of the joints, of both ends of the bones.
    """
    if not shown:
        return np.empty(0), np.empty(0, np.float32)
    places = np.stack([body.positions for body in shown])
    turns = rotations.normalized(np.stack([body.orientations for body in shown]))
    colors = np.empty((len(shown), len(Joint), 4), np.float32)
    colors[..., :3] = [[COLORS[body.id % len(COLORS)]] for body in shown]
    colors[..., 3] = ALPHA_OF_CONFIDENCE[np.stack([body.confidences for body in shown])]
    poses = np.concatenate([places, turns], axis=2)
    parts = [poses, places[:, _ENDS], _above_head(places)]
    doubles = np.concatenate([part.reshape(len(shown), -1) for part in parts], axis=1)
    return doubles, np.concatenate([colors, colors[:, _ENDS]], axis=1)


def _above_head(places: Doubles) -> Doubles:
    """Return where the ids go, (N, 3): on from pelvis to head, however the camera is mounted."""
    spine = places[:, Joint.HEAD] - places[:, Joint.PELVIS]
    length = np.linalg.norm(spine, axis=1, keepdims=True)
    above: Doubles = places[:, Joint.HEAD] + TEXT_ABOVE_HEAD_M * spine / np.maximum(length, 1e-6)
    return above
