# SPDX-License-Identifier: Apache-2.0
"""Markers: Microsoft's contract, bones, ids, and deletion, decoded from the bytes."""

import numpy as np
import pytest
from helpers.crowd import crowd
from rclpy.serialization import deserialize_message, serialize_message
from visualization_msgs.msg import Marker, MarkerArray

from azure_kinect_py.joints import PARENTS, Joint
from azure_kinect_py.ros.markers import ALPHA_OF_CONFIDENCE, COLORS, BodyMarkers

STAMP_NS = 1_700_000_000_987_654_321


def decode(data, stamp_ns=STAMP_NS):
    assert isinstance(data, bytes)
    message = deserialize_message(data, MarkerArray)
    assert len(serialize_message(message)) == len(data)
    for marker in message.markers:
        assert marker.header.frame_id == 'depth_camera_link'
        stamp = marker.header.stamp
        assert stamp.sec * 10**9 + stamp.nanosec == stamp_ns
    return message.markers


def show(build, bodies, after_ns=0):
    stamp_ns = STAMP_NS + after_ns
    return decode(build(bodies, stamp_ns), stamp_ns)


def keys(markers, action):
    return {(m.ns, m.id) for m in markers if m.action == action}


def xyz(point):
    return (point.x, point.y, point.z)


@pytest.fixture
def build():
    return BodyMarkers('depth_camera_link')


def test_spheres_are_as_microsofts(build):
    bodies = crowd(3, 12)
    markers = [m for m in show(build, bodies) if m.type == Marker.SPHERE]
    assert len(markers) == 64
    for person in bodies.bodies:
        for joint in range(32):
            (sphere,) = (m for m in markers if m.id == person.id * 100 + joint)
            assert (sphere.ns, sphere.action) == ('', Marker.ADD)
            assert xyz(sphere.scale) == (0.05, 0.05, 0.05)
            assert (sphere.lifetime.sec, sphere.lifetime.nanosec) == (0, 250_000_000)
            assert xyz(sphere.pose.position) == tuple(person.positions[joint])
            q = sphere.pose.orientation
            assert np.allclose((q.x, q.y, q.z, q.w), person.orientations[joint], atol=1e-12)
            assert (sphere.color.r, sphere.color.g, sphere.color.b) == COLORS[person.id % 8]
            alpha = ALPHA_OF_CONFIDENCE[person.confidences[joint]]
            assert sphere.color.a == pytest.approx(alpha)


def test_eight_colors_differ():
    assert len(set(COLORS)) == 8


def test_the_more_confident_the_more_opaque():
    assert np.all(np.diff(ALPHA_OF_CONFIDENCE[:3]) > 0)
    assert ALPHA_OF_CONFIDENCE[0] > 0
    assert ALPHA_OF_CONFIDENCE[2] == 1


def test_bones_join_each_joint_to_its_parent(build):
    bodies = crowd(7)
    (person,) = bodies.bodies
    (bones,) = (m for m in show(build, bodies) if m.ns == 'bones')
    assert (bones.type, bones.id) == (Marker.LINE_LIST, 732)
    pairs = [(joint, parent) for joint, parent in enumerate(PARENTS) if parent >= 0]
    assert len(pairs) == 31
    ends = np.array(pairs).ravel()
    assert [xyz(p) for p in bones.points] == [tuple(person.positions[j]) for j in ends]
    alphas = [color.a for color in bones.colors]
    assert alphas == pytest.approx(ALPHA_OF_CONFIDENCE[person.confidences[ends]])


def test_id_is_over_the_head(build):
    bodies = crowd(7, 1234)
    for person in bodies.bodies:
        (text,) = (m for m in show(build, bodies) if m.id == person.id * 100 + 33)
        assert text.ns == 'ids'
        assert (text.type, text.text) == (Marker.TEXT_VIEW_FACING, str(person.id))
        head, pelvis = person.positions[Joint.HEAD], person.positions[Joint.PELVIS]
        above = np.array(xyz(text.pose.position)) - head
        assert np.linalg.norm(above) == pytest.approx(0.3)
        assert np.allclose(np.cross(above, head - pelvis), 0, atol=1e-9)


def test_who_leaves_is_deleted_at_once_and_once(build):
    first = show(build, crowd(1, 2))
    assert keys(first, Marker.DELETE) == set()
    shown = keys(first, Marker.ADD)
    second = show(build, crowd(2))
    assert keys(second, Marker.ADD) == {key for key in shown if key[1] // 100 == 2}
    assert keys(second, Marker.DELETE) == shown - keys(second, Marker.ADD)
    assert keys(show(build, crowd(2)), Marker.DELETE) == set()
    assert keys(show(build, crowd()), Marker.DELETE) == keys(second, Marker.ADD)
    assert show(build, crowd()) == []
    assert keys(show(build, crowd(1)), Marker.ADD) == shown - keys(second, Marker.ADD)


def test_numbers_follow_the_bodies_in_any_order(build):
    for seed, ids in enumerate([(1, 2), (2, 1), (1, 2), (5, 1, 2)]):
        bodies = crowd(*ids, seed=seed)
        pelvis = {m.id // 100: m for m in show(build, bodies) if m.ns == '' and m.id % 100 == 0}
        for person in bodies.bodies:
            assert xyz(pelvis[person.id].pose.position) == tuple(person.positions[0])


def lifetimes_s(markers):
    return {marker.lifetime.sec + marker.lifetime.nanosec * 1e-9 for marker in markers}


def test_markers_outlive_a_slow_tracker(build):
    times_ns = np.cumsum([0, *[600_000_000] * 3, *[33_333_333] * 10]).tolist()
    seen = [lifetimes_s(show(build, crowd(1, 2), after_ns)) for after_ns in times_ns]
    assert seen[0] == {0.25}
    assert seen[1:4] == [{2.0}] * 3
    assert seen[-1] == {0.25}


def test_markers_of_30_hz_live_as_long_as_microsofts(build):
    for frame in range(20):
        late_ns = 20_000_000 * (frame % 2)
        markers = show(build, crowd(1), frame * 33_333_333 + late_ns)
        assert lifetimes_s(markers) == {0.25}


def test_who_leaves_a_slow_tracker_is_deleted_too(build):
    show(build, crowd(1, 2))
    markers = show(build, crowd(1), 600_000_000)
    deleted = {key for key in keys(markers, Marker.DELETE) if key[0]}
    assert deleted == {('bones', 232), ('ids', 233)}


def test_clear_deletes_everything_and_forgets(build):
    show(build, crowd(1))
    (marker,) = decode(build.clear(STAMP_NS))
    assert marker.action == Marker.DELETEALL
    assert show(build, crowd()) == []


def test_any_id_of_the_tracker_fits_the_message(build):
    for body_id in (0, 2**31 // 100, 2**31, 2**32 - 2):
        assert len(show(build, crowd(body_id))) == 34 * (1 if body_id == 0 else 2)
