# SPDX-License-Identifier: Apache-2.0
"""Relative rotations compose back to the absolute poses; thinned hierarchies skip what is out."""

import numpy as np
import pytest

from azure_kinect_py.geometry import rotations
from azure_kinect_py.joints import PARENTS, Joint
from azure_kinect_py.trackers import skeleton


@pytest.fixture
def bodies():
    random = np.random.default_rng(11)
    return random.normal(size=(5, 32, 3)), rotations.normalized(random.normal(size=(5, 32, 4)))


def composed(parents, positions, orientations):
    """Walk the hierarchy as a TF listener does."""
    flat = np.empty_like(positions), np.empty_like(orientations)
    for joint, parent in enumerate(parents):
        if parent < 0:
            flat[0][..., joint, :] = positions[..., joint, :]
            flat[1][..., joint, :] = orientations[..., joint, :]
        else:
            turn = flat[1][..., parent, :]
            step = rotations.rotate(turn, positions[..., joint, :])
            flat[0][..., joint, :] = flat[0][..., parent, :] + step
            flat[1][..., joint, :] = rotations.multiply(turn, orientations[..., joint, :])
    return flat


@pytest.mark.parametrize('thinned', [False, True])
def test_composing_the_hierarchy_gives_the_flat_poses(bodies, thinned):
    positions, orientations = bodies
    keep = np.random.default_rng(2).random(32) < (0.5 if thinned else 2.0)
    parents = skeleton.effective_parents(keep)
    relative = skeleton.relative_positions(positions, orientations, parents)
    turns = skeleton.relative_orientations(orientations, parents)
    flat = composed(parents, relative, turns)
    np.testing.assert_allclose(flat[0], positions, atol=1e-12)
    same = np.abs(np.sum(flat[1] * orientations, axis=-1))
    np.testing.assert_allclose(same, 1.0, atol=1e-12)


def test_one_body_and_many_agree(bodies):
    positions, orientations = bodies
    one = skeleton.relative_orientations(orientations[3])
    np.testing.assert_array_equal(one, skeleton.relative_orientations(orientations)[3])
    np.testing.assert_array_equal(
        skeleton.bone_lengths(positions[3]), skeleton.bone_lengths(positions)[3]
    )


def test_bone_length_is_the_distance_to_the_parent(bodies):
    positions = bodies[0][0]
    lengths = skeleton.bone_lengths(positions)
    assert lengths[Joint.PELVIS] == 0
    expected = np.linalg.norm(positions[Joint.ELBOW_LEFT] - positions[Joint.SHOULDER_LEFT])
    assert lengths[Joint.ELBOW_LEFT] == pytest.approx(expected)


def test_all_kept_is_the_tracker_hierarchy():
    assert tuple(skeleton.effective_parents(np.ones(32, bool))) == PARENTS


def test_nothing_kept_hangs_on_the_camera():
    assert (skeleton.effective_parents(np.zeros(32, bool)) == skeleton.CAMERA).all()


def test_children_of_a_left_out_joint_hang_on_the_nearest_kept_one():
    keep = np.ones(32, bool)
    keep[[Joint.ELBOW_LEFT, Joint.SHOULDER_LEFT, Joint.PELVIS]] = False
    parents = skeleton.effective_parents(keep)
    assert parents[Joint.WRIST_LEFT] == Joint.CLAVICLE_LEFT
    assert parents[Joint.SPINE_NAVAL] == skeleton.CAMERA
    assert parents[Joint.HIP_RIGHT] == skeleton.CAMERA
    assert parents[Joint.ANKLE_LEFT] == Joint.KNEE_LEFT
