# SPDX-License-Identifier: Apache-2.0
"""The floor is darker under people, and nothing else is."""

import numpy as np

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.geometry.distortion import lens_of
from azure_kinect_py.geometry.floor import shade_floor
from azure_kinect_py.geometry.solids import BALL_CONE, ball_cone
from azure_kinect_py.geometry.spans import find_spans

SIZE = 64
FOCAL = (SIZE - 1) / 0.8
FLOOR = 1.5
POSE = np.eye(4, dtype=np.float32)[:3]
SPOT = (0.2, 4.5, 0.4, 0.5)


def disc(x, z, radius):
    """Return the map from the camera's frame into that of a flat ball on the floor."""
    into = np.diag([1 / radius, 100, 1 / radius])
    return np.column_stack([into, -into @ (x, FLOOR, z)])


def shaded(floor=FLOOR, spots=(SPOT,)):
    """Return the picture of a grey floor, 1.5 m below, and the points that its pixels show."""
    steps = np.linspace(-0.4, 0.4, SIZE, dtype=np.float32)
    slopes = np.stack(np.meshgrid(steps, steps))
    depth = np.where(slopes[1] > 0.1, FLOOR / np.maximum(slopes[1], 0.1), 9).astype(np.float32)
    camera = CameraCalibration(SIZE, SIZE, FOCAL, FOCAL, (SIZE - 1) / 2, (SIZE - 1) / 2)
    window = np.array([-0.4, -0.4, 0.4, 0.4])
    image = np.full((SIZE, SIZE, 3), 100, np.uint8)
    spots = np.array(spots, np.float32).reshape(-1, 4)
    kinds, shapes = np.full(len(spots), BALL_CONE, np.int32), [ball_cone(1, 1, 0)] * len(spots)
    discs = [disc(x, z, radius) for x, z, radius, _ in spots]
    discs = np.array(discs, np.float32).reshape(-1, 3, 4)
    shapes = np.array(shapes, np.float32).reshape(-1, 5)
    spans = find_spans(lens_of(camera), window, kinds, discs, shapes, SIZE, SIZE)
    shade_floor(slopes, depth, spans, POSE, np.float32(floor), spots, image)
    return image, slopes * depth, depth


def test_all_of_a_spot_is_darker_most_in_the_middle():
    image, (x, y), z = shaded()
    away = np.hypot(x - SPOT[0], z - SPOT[1])
    under = (away < SPOT[2]) & (np.abs(y - FLOOR) < 0.01)
    assert under.sum() > 30
    assert (image[under & (away < 0.95 * SPOT[2])] < 100).all()
    assert (image[~under] == 100).all()
    np.testing.assert_allclose(
        image[under, 0], 100 * (1 - 0.5 * (1 - (away[under] / 0.4) ** 2) ** 2), atol=2
    )


def test_only_the_floor_is():
    assert (shaded(floor=FLOOR + 0.1)[0] == 100).all()
    assert (shaded(spots=())[0] == 100).all()
