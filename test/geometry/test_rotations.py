# SPDX-License-Identifier: Apache-2.0
"""Quaternion algebra against matrices, which are checked against their definition."""

import numpy as np
import pytest

from azure_kinect_py.geometry import rotations


@pytest.fixture
def quaternions():
    return rotations.normalized(np.random.default_rng(3).normal(size=(40, 7, 4)))


def test_matrices_are_rotations(quaternions):
    m = rotations.to_matrix(quaternions)
    np.testing.assert_allclose(
        m @ np.swapaxes(m, -1, -2), np.broadcast_to(np.eye(3), m.shape), atol=1e-12
    )
    np.testing.assert_allclose(np.linalg.det(m), 1.0)


def test_quarter_turn_about_z_takes_x_to_y():
    q = rotations.from_axis_angle([0, 0, 1], np.pi / 2)
    np.testing.assert_allclose(rotations.rotate(q, [1, 0, 0]), [0, 1, 0], atol=1e-12)


def test_product_turns_by_the_right_factor_first(quaternions):
    a, b = quaternions[:20], quaternions[20:]
    np.testing.assert_allclose(
        rotations.to_matrix(rotations.multiply(a, b)),
        rotations.to_matrix(a) @ rotations.to_matrix(b),
        atol=1e-12,
    )


def test_inverse_undoes(quaternions):
    both = rotations.multiply(rotations.inverse(quaternions), quaternions)
    np.testing.assert_allclose(both, np.broadcast_to([0, 0, 0, 1], both.shape), atol=1e-12)


def test_from_matrix_inverts_to_matrix_for_every_dominant_component(quaternions):
    hard = np.concatenate([quaternions.reshape(-1, 4), np.eye(4), -np.eye(4)])
    back = rotations.from_matrix(rotations.to_matrix(hard))
    assert (back[:, 3] >= 0).all()
    np.testing.assert_allclose(np.abs(np.sum(back * hard, axis=-1)), 1.0, atol=1e-12)


def test_blend_goes_the_short_way_and_hits_its_ends(quaternions):
    a, b = quaternions[:20], quaternions[20:]
    for weight, end in ((0.0, a), (1.0, b)):
        same = np.abs(np.sum(rotations.blend(a, b, weight) * end, axis=-1))
        np.testing.assert_allclose(same, 1.0, atol=1e-12)
    half = rotations.blend([0, 0, 0, 1.0], [0, 0, -np.sin(0.5), -np.cos(0.5)], 0.5)
    np.testing.assert_allclose(half, rotations.from_axis_angle([0, 0, 1], 0.5), atol=1e-12)


def test_zero_quaternion_becomes_the_identity():
    np.testing.assert_array_equal(rotations.normalized(np.zeros(4)), [0, 0, 0, 1])
