# SPDX-License-Identifier: Apache-2.0
"""Points and normals of hits are those of the solids, in their own frame and in the room."""

import numpy as np
import pytest

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.geometry import rotations
from azure_kinect_py.geometry.distortion import lens_of
from azure_kinect_py.geometry.ray_casting import MISS, cast
from azure_kinect_py.geometry.solids import BALL_CONE, BOX, ROOM, ball_cone
from azure_kinect_py.geometry.spans import find_spans
from azure_kinect_py.geometry.surfaces import BATCH, LOCAL, NORMAL, PLACE, RAY, meet
from azure_kinect_py.geometry.surfaces import SIZE as SIZE_OF_WORK

SIZE = 40


def met(kind, numbers, seed=0):
    """Return local points, places, normals (M, 3) and the solid's map and pose of the camera."""
    random = np.random.default_rng(seed)
    turn = rotations.to_matrix(rotations.normalized(random.normal(size=4)))
    stretch = random.uniform(0.7, 1.4, 3)
    if kind == ROOM:
        stretch *= 4
    center = np.array([0.05, -0.1, 2.0 if kind != ROOM else 0.3])
    into = turn.T / stretch[:, None]
    the_map = np.column_stack([into, -into @ center]).astype(np.float32)
    to_room = rotations.to_matrix(rotations.normalized(random.normal(size=4)))
    pose = np.column_stack([to_room, random.normal(size=3)]).astype(np.float32)
    steps = np.linspace(-0.5, 0.5, SIZE, dtype=np.float32)
    slopes = np.stack(np.meshgrid(steps, steps))
    depth = np.full((SIZE, SIZE), MISS, np.float32)
    hits = np.full((SIZE, SIZE), -1, np.int16)
    shapes = np.array([ball_cone(*numbers)], np.float32)
    kinds = np.array([kind], np.int32)
    camera = CameraCalibration(SIZE, SIZE, SIZE - 1, SIZE - 1, (SIZE - 1) / 2, (SIZE - 1) / 2)
    window = np.array([-0.5, -0.5, 0.5, 0.5])
    spans = find_spans(lens_of(camera), window, kinds, the_map[None], shapes, SIZE, SIZE)
    cast(slopes, kinds, the_map[None], shapes, spans, depth, hits)
    x, y, t = (each[hits == 0][:BATCH] for each in (*slopes, depth))
    assert len(t) > 50
    work = np.zeros(SIZE_OF_WORK, np.float32)
    for row, values in enumerate((x, y, t)):
        work[RAY + row * BATCH :][: len(t)] = values
    meet(work, len(t), the_map[None], 0, kind, shapes, pose)
    work = work.reshape(-1, BATCH)[:, : len(t)]
    rays = np.stack([x * t, y * t, t], axis=-1)
    first = [row // BATCH for row in (LOCAL, PLACE, NORMAL)]
    groups = [work[row : row + 3].T.astype(float) for row in first]
    return (*groups, rays, the_map, pose)


@pytest.mark.parametrize(
    ('kind', 'numbers'),
    [
        (BALL_CONE, (0.3, 0.1, 0.5)),
        (BALL_CONE, (0.4, 0.4, 0)),
        (BOX, (0, 0, 0)),
        (ROOM, (0, 0, 0)),
    ],
)
class TestMeet:
    def test_points_are_on_the_ray_in_both_frames(self, kind, numbers):
        local, place, _, rays, the_map, pose = met(kind, numbers)
        np.testing.assert_allclose(local, rays @ the_map[:, :3].T + the_map[:, 3], atol=1e-4)
        np.testing.assert_allclose(place, rays @ pose[:, :3].T + pose[:, 3], atol=1e-4)

    def test_normals_are_unit_vectors_towards_the_camera(self, kind, numbers):
        _, place, normals, _, _, pose = met(kind, numbers)
        np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-5)
        towards = pose[:, 3] - place
        assert (np.sum(normals * towards, axis=1) > -1e-3).all()

    def test_normals_are_across_the_surface(self, kind, numbers):
        """A step along the surface, to a neighbouring hit, is across the normal."""
        _, place, normals, _, _, _ = met(kind, numbers)
        steps = np.diff(place, axis=0)
        lengths = np.linalg.norm(steps, axis=1)
        small = lengths < 1.2 * np.median(lengths)
        along = np.abs(np.sum(steps * normals[:-1], axis=1))[small]
        assert small.sum() > 20
        assert np.median(along / lengths[small]) < 0.12
