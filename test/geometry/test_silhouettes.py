# SPDX-License-Identifier: Apache-2.0
"""Outlines leave out no pixel that shows a solid, and few others are in them."""

import numpy as np
import pytest

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.geometry import rotations
from azure_kinect_py.geometry.distortion import lens_of
from azure_kinect_py.geometry.projection import project, rays
from azure_kinect_py.geometry.silhouettes import (
    MOST,
    outline,
    points_around_balls,
    points_around_box,
)
from azure_kinect_py.geometry.solids import ball_cone

WIDE = CameraCalibration(
    160, 160, 80.0, 80.0, 79.5, 79.5, k1=0.9, k2=0.2, k4=1.2, k5=0.5, p1=1e-3, metric_radius=1.3
)
NARROW = CameraCalibration(160, 120, 150.0, 150.0, 79.5, 59.5, k1=0.05, metric_radius=1.5)
SHAPES = {'cone': (0.3, 0.12, 0.9), 'tube': (0.1, 0.1, 1.5), 'ball': (0.4, 0.4, 0.0), 'box': None}


def surface(random, shape):
    """Return points (M, 3) of a solid in its own frame."""
    if shape is None:
        return random.uniform(-1, 1, (40000, 3))
    r0, r1, length = shape
    share = random.uniform(0, 1, 40000)
    balls = rotations.rotate(rotations.normalized(random.normal(size=(40000, 4))), [1.0, 0, 0])
    points = balls * (r0 + share * (r1 - r0))[:, None]
    points[:, 1] += share * length
    return points


def outlined(camera, the_map, shape):
    """Return the pixels (H, W) that are in the outline."""
    points, polygon = np.empty((MOST, 3)), np.empty((MOST, 2))
    slopes = rays(camera)
    window = np.concatenate([np.nanmin(slopes, axis=(0, 1)), np.nanmax(slopes, axis=(0, 1))])
    if shape is None:
        count = points_around_box(the_map, points)
    else:
        count = points_around_balls(the_map, np.array(ball_cone(*shape), np.float32), points)
    edges = np.zeros((camera.height, 2), np.int32)
    first, end = outline(points, count, lens_of(camera), window.astype(float), polygon, edges)
    columns, rows = np.arange(camera.width), np.arange(camera.height)[:, None]
    inside = (columns >= edges[:, :1]) & (columns <= edges[:, 1:])
    return inside & (rows >= first) & (rows < end)


@pytest.mark.parametrize('camera', [WIDE, NARROW], ids=['wide', 'narrow'])
@pytest.mark.parametrize('shape', SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize('distance', [2.0, 0.6])
def test_what_is_seen_of_a_solid_is_in_its_outline(camera, shape, distance):
    random = np.random.default_rng(5)
    seen = inside = 0
    for _ in range(12):
        turn = rotations.to_matrix(rotations.normalized(random.normal(size=4)))
        stretch = random.uniform(0.7, 1.4, 3) * (1.0 if shape else 0.3)
        center = np.array([*random.uniform(-1.2, 1.2, 2), distance * random.uniform(0.5, 1.5)])
        into = turn.T / stretch[:, None]
        the_map = np.column_stack([into, -into @ center]).astype(np.float32)
        if shape and np.linalg.norm(the_map[:, 3] - [0, shape[2] / 2, 0]) < 0.6 + shape[2] / 2:
            continue  # the camera is inside, or nearly
        points = center + (surface(random, shape) * stretch) @ turn.T
        pixels, valid = project(camera, points)
        pixels = np.rint(pixels[valid & (points[:, 2] > 0.02)]).astype(int)
        pixels = pixels[((pixels >= 0) & (pixels < (camera.width, camera.height))).all(axis=1)]
        mask = np.zeros((camera.height, camera.width), bool)
        mask[pixels[:, 1], pixels[:, 0]] = True
        mask &= ~np.isnan(rays(camera)[..., 0])
        within = outlined(camera, the_map, shape)
        assert not (mask & ~within).any()
        seen += mask.sum()
        inside += within.sum()
    assert seen > 100
    assert distance < 1 or inside < 1.5 * seen  # 40000 points do not fill what is near


def test_nothing_is_seen_of_what_is_behind():
    the_map = np.column_stack([np.eye(3), [0, 0, 2.0]]).astype(np.float32)
    assert not outlined(NARROW, the_map, (0.5, 0.4, 0.3)).any()
    assert not outlined(NARROW, the_map, None).any()


def test_a_camera_inside_is_told():
    the_map = np.column_stack([np.eye(3), [0.1, 0, 0]]).astype(np.float32)
    points = np.empty((MOST, 3))
    assert (
        points_around_balls(the_map, np.array(ball_cone(0.5, 0.4, 0.3), np.float32), points) == -1
    )
