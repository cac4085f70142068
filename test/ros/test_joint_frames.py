# SPDX-License-Identifier: Apache-2.0
"""Joint frames: what is decoded from the bytes, composed again by matrices, are the bodies."""

import numpy as np
import pytest
from geometry_msgs.msg import TransformStamped
from helpers.crowd import body, crowd
from rclpy.serialization import deserialize_message, serialize_message
from tf2_msgs.msg import TFMessage

from azure_kinect_py.data import BodyFrame
from azure_kinect_py.errors import ConfigError
from azure_kinect_py.joints import JOINT_NAMES, PARENTS, Confidence, Joint
from azure_kinect_py.ros.frames import Frames
from azure_kinect_py.ros.joint_frames import STYLES, JointFrames

STAMP_NS = 1_700_000_000_987_654_321
FRAMES = Frames('k_')


def decode(data):
    assert isinstance(data, bytes)
    message = deserialize_message(data, TFMessage)
    assert len(serialize_message(message)) == len(data)
    return {t.child_frame_id: t for t in message.transforms}


def matrix(position, quaternion):
    x, y, z, w = quaternion
    pose = np.eye(4)
    pose[:3, 3] = position
    pose[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return pose


def pose_in_camera(transforms, child):
    """Walk up to the depth camera, as tf2 does."""
    pose = np.eye(4)
    while child != 'k_depth_camera_link':
        transform = transforms[child]
        t, q = transform.transform.translation, transform.transform.rotation
        pose = matrix((t.x, t.y, t.z), (q.x, q.y, q.z, q.w)) @ pose
        child = transform.header.frame_id
    return pose


@pytest.mark.parametrize('style', ['hierarchy', 'flat'])
@pytest.mark.parametrize('least', list(Confidence)[:3])
def test_poses_compose_to_the_bodies(style, least):
    bodies = crowd(1, 12, 123456)
    transforms = decode(JointFrames(FRAMES, style, least)(bodies, STAMP_NS))
    for person in bodies.bodies:
        for joint in range(32):
            name = f'k_body_{person.id}/{JOINT_NAMES[joint]}'
            assert (name in transforms) == (person.confidences[joint] >= least)
            if name in transforms:
                expected = matrix(person.positions[joint], person.orientations[joint])
                assert np.abs(pose_in_camera(transforms, name) - expected).max() < 1e-9


def test_hierarchy_is_the_skeletons():
    transforms = decode(JointFrames(FRAMES)(crowd(3, confidence=2), STAMP_NS))
    assert len(transforms) == 32
    for joint, parent in enumerate(PARENTS):
        transform = transforms[f'k_body_3/{JOINT_NAMES[joint]}']
        above = 'k_depth_camera_link' if parent < 0 else f'k_body_3/{JOINT_NAMES[parent]}'
        assert transform.header.frame_id == above
        assert transform.header.stamp.sec == 1_700_000_000
        assert transform.header.stamp.nanosec == 987_654_321


def test_flat_hangs_all_joints_on_the_camera():
    transforms = decode(JointFrames(FRAMES, 'flat')(crowd(3, 4, confidence=2), STAMP_NS))
    assert len(transforms) == 64
    assert {t.header.frame_id for t in transforms.values()} == {'k_depth_camera_link'}


def test_what_hangs_below_a_joint_left_out_hangs_on_the_next_above():
    person = body(1, confidence=2)
    person.confidences[[Joint.ELBOW_LEFT, Joint.WRIST_LEFT, Joint.PELVIS]] = Confidence.NONE
    transforms = decode(JointFrames(FRAMES)(BodyFrame(0, (person,)), STAMP_NS))
    parents = {t.child_frame_id: t.header.frame_id for t in transforms.values()}
    assert len(parents) == 29
    assert parents['k_body_1/hand_left'] == 'k_body_1/shoulder_left'
    assert parents['k_body_1/thumb_left'] == 'k_body_1/shoulder_left'
    assert parents['k_body_1/spine_naval'] == 'k_depth_camera_link'
    assert parents['k_body_1/hip_left'] == 'k_depth_camera_link'


def test_joints_that_tf2_refuses_are_left_out():
    person = body(1, confidence=2)
    person.positions[Joint.HEAD, 1] = np.nan
    person.positions[Joint.EAR_LEFT, 0] = np.inf
    person.orientations[Joint.NECK] = 0.0
    person.orientations[Joint.SPINE_CHEST] *= 3.0
    transforms = decode(JointFrames(FRAMES)(BodyFrame(0, (person,)), STAMP_NS))
    assert len(transforms) == 29
    assert transforms['k_body_1/nose'].header.frame_id == 'k_body_1/spine_chest'
    for transform in transforms.values():
        q = transform.transform.rotation
        assert abs(np.linalg.norm((q.x, q.y, q.z, q.w)) - 1) < 1e-9


@pytest.mark.parametrize('style', STYLES)
def test_nobody_is_an_empty_message(style):
    assert decode(JointFrames(FRAMES, style)(crowd(), STAMP_NS)) == {}


def test_none_sends_nothing():
    assert decode(JointFrames(FRAMES, 'none')(crowd(1, 2), STAMP_NS)) == {}


def test_people_coming_and_going_and_settings_changed_while_running():
    build = JointFrames(FRAMES)
    for ids in ((1,), (1, 2), (2, 1), (2,), (), (10, 2)):
        transforms = decode(build(crowd(*ids, confidence=2), STAMP_NS))
        assert {name.split('/')[0] for name in transforms} == {f'k_body_{i}' for i in ids}
    build.style = 'flat'
    build.min_confidence = Confidence.HIGH
    assert decode(build(crowd(1, confidence=2), STAMP_NS)) == {}


def test_message_is_as_built_the_ordinary_way():
    person = body(5, confidence=2)
    message = TFMessage()
    for joint, name in enumerate(JOINT_NAMES):
        item = TransformStamped(child_frame_id=f'k_body_5/{name}')
        item.header.frame_id = 'k_depth_camera_link'
        item.header.stamp.sec, item.header.stamp.nanosec = divmod(STAMP_NS, 10**9)
        move, turn = item.transform.translation, item.transform.rotation
        move.x, move.y, move.z = person.positions[joint].tolist()
        turn.x, turn.y, turn.z, turn.w = person.orientations[joint].tolist()
        message.transforms.append(item)
    data = JointFrames(FRAMES, 'flat')(BodyFrame(0, (person,)), STAMP_NS)
    assert len(data) == len(serialize_message(message))
    for ours, theirs in zip(
        deserialize_message(data, TFMessage).transforms, message.transforms, strict=True
    ):
        assert ours.header == theirs.header
        assert ours.child_frame_id == theirs.child_frame_id
        assert ours.transform.translation == theirs.transform.translation


def test_unknown_style_names_the_allowed():
    with pytest.raises(ConfigError, match=r"joint_frames: 'tree'.*hierarchy, flat, none"):
        JointFrames(FRAMES, 'tree')
