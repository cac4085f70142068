# SPDX-License-Identifier: Apache-2.0
"""The joint table, decoded by plain numpy from the message's own field list."""

import cv2
import numpy as np
import pytest
from helpers.crowd import crowd
from helpers.factory_calibration import raw_calibration
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import PointCloud2, PointField

from azure_kinect_py.data import Body, BodyFrame, Sensor
from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.joints import PARENTS
from azure_kinect_py.modes import ColorResolution, DepthMode
from azure_kinect_py.ros.joint_table import JointTable

STAMP_NS = 1_700_000_000_987_654_321
NUMPY = {PointField.FLOAT32: '<f4', PointField.UINT32: '<u4', PointField.UINT8: 'u1'}


@pytest.fixture(scope='module')
def calibration():
    return parse_calibration(raw_calibration(), DepthMode.NFOV_UNBINNED, ColorResolution.R720P)


@pytest.fixture
def build(calibration):
    return JointTable(calibration, 'depth_camera_link', 6)


def decode(message):
    """Return the rows as any reader would: by the fields of the message, after serialisation."""
    message = deserialize_message(serialize_message(message), PointCloud2)
    dtype = np.dtype(
        {
            'names': [f.name for f in message.fields],
            'formats': [NUMPY[f.datatype] for f in message.fields],
            'offsets': [f.offset for f in message.fields],
            'itemsize': message.point_step,
        }
    )
    assert message.row_step == message.point_step * message.width
    assert len(message.data) == message.row_step * message.height
    assert message.height == 1
    assert not message.is_bigendian
    return np.frombuffer(message.data, dtype)


def turn(q):
    """Return the matrix of a quaternion, by OpenCV."""
    angle = 2 * np.arctan2(np.linalg.norm(q[:3]), q[3])
    return cv2.Rodrigues(q[:3] / np.linalg.norm(q[:3]) * angle)[0]


def test_every_field_of_the_design_is_there(build):
    message = build(crowd(1), STAMP_NS)
    assert ' '.join(f.name for f in message.fields) == (
        'x y z qx qy qz qw rqx rqy rqz rqw bone_length u_depth v_depth u_color v_color '
        'body_id joint confidence'
    )
    assert message.header.frame_id == 'depth_camera_link'
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == divmod(STAMP_NS, 10**9)
    ends = [f.offset + np.dtype(NUMPY[f.datatype]).itemsize for f in message.fields]
    assert all(f.offset >= end for f, end in zip(message.fields[1:], ends, strict=False))
    assert ends[-1] <= message.point_step
    assert message.point_step % 4 == 0


def test_rows_are_the_bodies(build):
    bodies = crowd(2, 5, 4_000_000_000)
    rows = decode(build(bodies, STAMP_NS)).reshape(3, 32)
    for table, person in zip(rows, bodies.bodies, strict=True):
        assert set(table['body_id']) == {person.id}
        assert list(table['joint']) == list(range(32))
        assert np.array_equal(table['confidence'], person.confidences)
        xyz = np.stack([table[n] for n in 'xyz'], axis=1)
        assert np.abs(xyz - person.positions).max() < 1e-6
        absolute = np.stack([table[n] for n in ('qx', 'qy', 'qz', 'qw')], axis=1)
        assert np.abs(absolute - person.orientations).max() < 1e-6
        relative = np.stack([table[n] for n in ('rqx', 'rqy', 'rqz', 'rqw')], axis=1)
        for joint, parent in enumerate(PARENTS):
            above = np.eye(3) if parent < 0 else turn(person.orientations[parent])
            expected = turn(person.orientations[joint])
            assert np.abs(above @ turn(relative[joint]) - expected).max() < 1e-5
            bone = (
                0
                if parent < 0
                else np.linalg.norm(person.positions[joint] - person.positions[parent])
            )
            assert table['bone_length'][joint] == pytest.approx(bone, abs=1e-6)


def opencv_pixels(camera, points):
    k = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
    d = [camera.k1, camera.k2, camera.p1, camera.p2, camera.k3, camera.k4, camera.k5, camera.k6]
    return cv2.projectPoints(points, np.zeros(3), np.zeros(3), k, np.array(d))[0].reshape(-1, 2)


def test_pixels_are_those_of_both_lenses(build, calibration):
    bodies = crowd(1, 2, 3)
    rows = decode(build(bodies, STAMP_NS))
    points = np.concatenate([person.positions for person in bodies.bodies])
    to_color = calibration.from_depth[Sensor.COLOR]
    for name, camera, seen in (
        ('depth', calibration.depth, points),
        ('color', calibration.color, points @ to_color[:3, :3].T + to_color[:3, 3]),
    ):
        expected = opencv_pixels(camera, seen)
        u, v = expected.T
        inside = (u > -0.5) & (u < camera.width - 0.5) & (v > -0.5) & (v < camera.height - 0.5)
        pixels = np.stack([rows[f'u_{name}'], rows[f'v_{name}']], axis=1)
        assert inside.sum() > 60
        assert np.abs(pixels - expected)[inside].max() < 0.01
        assert np.isnan(pixels[~inside]).all()


def test_joints_outside_the_images_have_no_pixels(build):
    person = crowd(1).bodies[0]
    person.positions[0] = (0, 0, -1)  # behind
    person.positions[1] = (3, 0, 1)  # beside
    person.positions[2] = (0, 0, 2)  # in both
    rows = decode(build(BodyFrame(0, (person,)), STAMP_NS))
    pixels = np.stack([rows[n] for n in ('u_depth', 'v_depth', 'u_color', 'v_color')], axis=1)
    assert np.isnan(pixels[:2]).all()
    assert np.isfinite(pixels[2]).all()
    assert rows['z'][0] == -1


@pytest.mark.parametrize(
    ('mode', 'resolution', 'missing', 'there'),
    [
        (DepthMode.NFOV_UNBINNED, ColorResolution.OFF, 'u_color', 'u_depth'),
        (DepthMode.OFF, ColorResolution.R720P, 'u_depth', 'u_color'),
    ],
)
def test_a_camera_that_is_off_sees_nobody(mode, resolution, missing, there):
    build = JointTable(parse_calibration(raw_calibration(), mode, resolution), 'd', 6)
    rows = decode(build(crowd(1), STAMP_NS))
    assert np.isnan(rows[missing]).all()
    assert np.isfinite(rows[there]).any()


def test_nobody_is_an_empty_table_with_all_fields(build):
    message = build(crowd(), STAMP_NS)
    assert len(decode(message)) == 0
    assert len(message.fields) == 19
    assert message.point_step == 72


def test_those_in_view_the_longest_stay(calibration):
    build = JointTable(calibration, 'd', 2)

    def ids(*present):
        rows = decode(build(crowd(*present), STAMP_NS))
        return rows['body_id'].reshape(-1, 32)[:, 0].tolist()

    assert ids(7, 4) == [4, 7]
    assert ids(1, 7, 4) == [4, 7]
    assert ids(1, 2, 7) == [7, 1]
    assert ids(4, 2, 1, 7) == [7, 1]
    assert ids(4, 2) == [2, 4]
    assert ids() == []
    assert ids(9) == [9]


def test_is_dense_says_whether_all_points_are_finite(build):
    assert build(crowd(1), STAMP_NS).is_dense
    person = crowd(1).bodies[0]
    broken = Body(1, person.positions.copy(), person.orientations, person.confidences)
    broken.positions[3, 0] = np.nan
    assert not build(BodyFrame(0, (broken,)), STAMP_NS).is_dense


def test_messages_do_not_share_their_data(build):
    first = build(crowd(1), STAMP_NS)
    before = bytes(first.data)
    build(crowd(1, seed=9), STAMP_NS)
    assert bytes(first.data) == before
