# SPDX-License-Identifier: Apache-2.0
"""Rays meet solids where marching along them, step by step, does."""

import numpy as np
import pytest
from helpers.avx2 import needs_avx2, words_of

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.geometry import rotations
from azure_kinect_py.geometry.distortion import lens_of
from azure_kinect_py.geometry.ray_casting import MISS, cast
from azure_kinect_py.geometry.solids import BALL_CONE, BOX, ROOM, ball_cone
from azure_kinect_py.geometry.spans import find_spans

SIZE = 32


STEP = 1.2 / (SIZE - 1)
CAMERA = CameraCalibration(SIZE, SIZE, 1 / STEP, 1 / STEP, (SIZE - 1) / 2, (SIZE - 1) / 2)
WINDOW = np.array([-0.6, -0.6, 0.6, 0.6])


def slopes():
    steps = np.linspace(-0.6, 0.6, SIZE, dtype=np.float32)
    return np.stack(np.meshgrid(steps, steps))


def cast_all(kinds, maps, shapes, depth, hits, rays=None):
    """Return the columns that may have been hit in each row."""
    lens = lens_of(CAMERA)
    spans = find_spans(lens, WINDOW, kinds, maps, shapes, *depth.shape)
    cast(slopes() if rays is None else rays, kinds, maps, shapes, spans, depth, hits)
    return spans.reach


def random_map(random):
    """Return a map from the camera's frame into that of a solid about two metres ahead."""
    turn = rotations.to_matrix(rotations.normalized(random.normal(size=4)))
    stretch = random.uniform(0.6, 1.6, 3)
    center = np.array([*random.uniform(-0.3, 0.3, 2), random.uniform(1.5, 2.5)])
    into = turn.T / stretch[:, None]
    return np.column_stack([into, -into @ center]).astype(np.float32)


def packed(shapes):
    return np.array([ball_cone(*shape) for shape in shapes], np.float32)


def thrown(kind, maps, shapes):
    depth = np.full((SIZE, SIZE), MISS, np.float32)
    hits = np.full((SIZE, SIZE), -1, np.int16)
    kinds = np.full(len(maps), kind, np.int32)
    cast_all(kinds, np.array(maps), packed(shapes), depth, hits)
    return depth, hits


def marched(inside, the_map):
    """Return the first depth at which a point of each ray is inside, to 3 mm."""
    x, y = slopes().reshape(2, -1).astype(float)
    depth = np.full(x.shape, MISS, float)
    for t in np.arange(0.9, 3.2, 0.003)[::-1]:
        points = np.stack([x * t, y * t, np.full_like(x, t)])
        local = the_map[:, :3] @ points + the_map[:, 3:]
        depth[inside(local)] = t
    return depth.reshape(SIZE, SIZE)


def in_ball_cone(shape):
    r0, r1, length = shape

    def inside(q):
        # The hull of two balls is all balls between them.
        share = np.linspace(0, 1, 40)
        centers, radii = share * length, r0 + share * (r1 - r0)
        away = np.sqrt(q[0] ** 2 + q[2] ** 2 + (q[1] - centers[:, None]) ** 2)
        return (away <= radii[:, None]).any(axis=0)

    return inside


@pytest.mark.parametrize(
    'shape', [(0.3, 0.1, 0.5), (0.1, 0.25, 0.3), (0.15, 0.15, 0.6), (0.4, 0.4, 0)]
)
def test_ball_cones(shape):
    random = np.random.default_rng(1)
    for _ in range(2):
        the_map = random_map(random)
        depth, hits = thrown(BALL_CONE, [the_map], [shape])
        expected = marched(in_ball_cone(shape), the_map)
        met = expected < MISS
        assert met.sum() > 15
        assert ((hits == 0) != met).mean() < 0.02  # grazing rays
        both = met & (hits == 0)
        assert np.percentile(np.abs(depth - expected)[both], 98) < 0.008


def test_boxes():
    random = np.random.default_rng(2)
    for _ in range(3):
        the_map = random_map(random)
        the_map[:] *= 3.0
        depth, hits = thrown(BOX, [the_map], [(0, 0, 0)])
        expected = marched(lambda q: (np.abs(q) <= 1).all(axis=0), the_map)
        met = expected < MISS
        assert ((hits == 0) != met).mean() < 0.02
        both = met & (hits == 0)
        assert np.abs(depth - expected)[both].max() < 0.01


def test_a_room_is_seen_from_inside():
    walls = np.column_stack([np.diag([0.5, 0.5, 0.25]), np.zeros(3)]).astype(np.float32)
    depth, hits = thrown(ROOM, [walls], [(0, 0, 0)])
    assert (hits == 0).all()
    x, y = slopes()
    expected = np.minimum(4.0, 2.0 / np.maximum(np.abs(x), np.abs(y)))
    np.testing.assert_allclose(depth, expected, rtol=1e-5)


def test_the_nearer_solid_wins_whatever_the_order():
    near, far = (np.column_stack([np.eye(3), [0, 0, -z]]).astype(np.float32) for z in (1.5, 3.0))
    small, large = (0.2, 0.2, 0), (1.5, 1.5, 0)
    first, second = (
        thrown(BALL_CONE, [near, far], [small, large]),
        thrown(BALL_CONE, [far, near], [large, small]),
    )
    np.testing.assert_array_equal(first[0], second[0])
    middle = SIZE // 2
    assert (first[1][middle, middle], second[1][middle, middle]) == (0, 1)
    assert (first[1][middle, 2], second[1][middle, 2]) == (1, 0)


def test_nothing_behind_the_camera_and_no_ray_meets_nothing():
    behind = np.column_stack([np.eye(3), [0, 0, 2.0]]).astype(np.float32)
    assert (thrown(BALL_CONE, [behind], [(0.5, 0.5, 0)])[1] == -1).all()
    depth = np.full((1, 1), MISS, np.float32)
    hits = np.full((1, 1), -1, np.int16)
    none = np.full((2, 1, 1), np.nan, np.float32)
    ahead = np.column_stack([np.eye(3), [0, 0, -2.0]]).astype(np.float32)[None]
    for kind in (BALL_CONE, BOX, ROOM):
        shape = packed([(0.5, 0.4, 0.3)])
        kinds = np.array([kind], np.int32)
        cast_all(kinds, ahead, shape, depth, hits, none)
    assert hits[0, 0] == -1


def test_all_that_was_hit_is_within_reach():
    ahead = np.column_stack([np.eye(3), [-0.2, 0.1, -2.0]]).astype(np.float32)[None]
    depth = np.full((SIZE, SIZE), MISS, np.float32)
    hits = np.full((SIZE, SIZE), -1, np.int16)
    reach = cast_all(np.zeros(1, np.int32), ahead, packed([(0.3, 0.3, 0)]), depth, hits)
    columns = np.arange(SIZE)
    within = (columns >= reach[:, :1]) & (columns < reach[:, 1:])
    assert (hits == 0).any()
    assert within[hits == 0].all()
    assert not within.all()


WITHOUT_AVX512 = """
import numpy as np
from azure_kinect_py.geometry.ray_casting import _cast_ball_cone, _cast_box
x, y, depth = np.zeros((3, 8), np.float32)
m, shape = ((np.float32(1),) * 4,) * 3, (np.float32(1),) * 5
start, stop = np.uint64(0), np.uint64(8)
hits = np.zeros(8, np.int16)
_cast_ball_cone(x, y, m, shape, np.int16(0), depth, hits, start, stop)
_cast_box(x, y, m, True, np.int16(0), depth, hits, start, stop)
assembly, = _cast_ball_cone.inspect_asm().values()
print('vsqrtps' in assembly, 'vmaskmovps' in assembly)
assembly, = _cast_box.inspect_asm().values()
print('vdivps' in assembly, 'vmaskmovps' in assembly)
"""


@needs_avx2
def test_several_rays_are_cast_at_once_without_avx512():
    # Most processors have no instructions that read some elements of a vector and not others; one
    # that writes some they have, but on AMD's Zen it takes 40 steps.
    assert words_of(WITHOUT_AVX512) == ['True', 'False'] * 2
