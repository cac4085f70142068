# SPDX-License-Identifier: Apache-2.0
"""The kernels for skeletons do as :mod:`rotations` says."""

import numpy as np
import pytest

from azure_kinect_py.geometry import rotations
from azure_kinect_py.geometry.kinematics import hang, maps_into, pose

PARENTS = np.array([-1, 0, 1, 1])
AXES = ((1.0, 0, 0), (0, 0, 1.0), (0, 1.0, 0), (1.0, 0, 0))


@pytest.fixture
def random():
    return np.random.default_rng(4)


def turns_of(random, *shape):
    return rotations.normalized(random.normal(size=(*shape, 4)))


def test_joints_follow_their_parents(random):
    angles = random.uniform(-2, 2, (3, 4, 4))
    offsets = random.normal(size=(3, 4, 3))
    turns, positions = turns_of(random, 3, 4), random.normal(size=(3, 4, 3))
    root = turns[:, 0].copy(), positions[:, 0].copy()
    pose(angles, PARENTS, offsets, turns, positions)
    np.testing.assert_array_equal(turns[:, 0], root[0])
    np.testing.assert_array_equal(positions[:, 0], root[1])
    for joint in (1, 2, 3):
        above = PARENTS[joint]
        there = positions[:, above] + rotations.rotate(turns[:, above], offsets[:, joint])
        np.testing.assert_allclose(positions[:, joint], there, atol=1e-12)
        turn = turns[:, above]
        for step, axis in enumerate(AXES):
            bend = rotations.from_axis_angle(axis, angles[:, joint, step])
            turn = rotations.multiply(turn, bend)
        np.testing.assert_allclose(turns[:, joint], turn, atol=1e-12)


def test_things_hang_on_joints(random):
    positions, turns = random.normal(size=(2, 4, 3)), turns_of(random, 2, 4)
    people, joints = np.array([0, 1, 1]), np.array([3, 0, 2])
    centers = random.normal(size=(3, 3))
    matrices = rotations.to_matrix(turns_of(random, 3))
    placed, turned = hang(positions, turns, people, joints, centers, matrices)
    there = rotations.rotate(turns[people, joints], centers) + positions[people, joints]
    np.testing.assert_allclose(placed, there, atol=1e-12)
    expected = rotations.to_matrix(turns[people, joints]) @ matrices
    np.testing.assert_allclose(turned, expected, atol=1e-12)


def test_maps_lead_into_the_frames_of_stretched_things(random):
    centers, stretches = random.normal(size=(5, 3)), random.uniform(0.5, 2, (5, 3))
    turns = rotations.to_matrix(turns_of(random, 5))
    to_room = np.eye(4)
    to_room[:3, :3] = rotations.to_matrix(turns_of(random))
    to_room[:3, 3] = random.normal(size=3)
    local = random.normal(size=(5, 3))
    room = centers + (turns @ (stretches * local)[..., None])[..., 0]
    ahead = (room - to_room[:3, 3]) @ to_room[:3, :3]
    maps = maps_into(turns, stretches, centers, to_room)
    back = (maps[..., :3] @ ahead[..., None])[..., 0] + maps[..., 3]
    np.testing.assert_allclose(back, local, atol=1e-5)
