# SPDX-License-Identifier: Apache-2.0
"""Solids take the place of those before, and leave the background as it was."""

import numpy as np

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.geometry.distortion import lens_of
from azure_kinect_py.geometry.looking import NOBODY, look
from azure_kinect_py.geometry.solids import BALL_CONE, ball_cone

SIZE = 48
FOCAL = (SIZE - 1) / 0.8
CAMERA = CameraCalibration(SIZE, SIZE, FOCAL, FOCAL, (SIZE - 1) / 2, (SIZE - 1) / 2)
STEPS = np.linspace(-0.4, 0.4, SIZE, dtype=np.float32)
SLOPES = np.stack(np.meshgrid(STEPS, STEPS))
WINDOW = np.array([-0.4, -0.4, 0.4, 0.4])


class Images:
    def __init__(self):
        self.background = np.linspace(2, 4, SIZE * SIZE, dtype=np.float32).reshape(SIZE, SIZE)
        self.depth = self.background.copy()
        self.hits = np.full((SIZE, SIZE), NOBODY, np.int16)
        self.reach = np.zeros((SIZE, 2), np.int32)

    def show(self, *balls):
        """Show balls of 0.2 m at these places; return the pixels of each."""
        kinds = np.full(len(balls), BALL_CONE, np.int32)
        maps = [np.column_stack([np.eye(3), np.negative(ball)]) for ball in balls]
        maps = np.array(maps, np.float32).reshape(-1, 3, 4)
        shapes = np.array([ball_cone(0.2, 0.2, 0)] * len(balls), np.float32).reshape(-1, 5)
        self.reach, visible = look(
            *(SLOPES, lens_of(CAMERA), WINDOW, kinds, maps, shapes),
            *(self.background, self.reach, self.depth, self.hits),
        )
        return [
            visible.pixels[first:end]
            for first, end in zip(visible.starts, visible.starts[1:], strict=False)
        ]


def test_what_is_nearest_is_listed():
    images = Images()
    near, far, hidden = images.show((0.1, 0, 1.5), (-0.1, 0, 2.0), (0, 0, 5.0))
    assert len(near) > len(far) > 20
    assert len(hidden) == 0
    for number, pixels in enumerate((near, far)):
        np.testing.assert_array_equal(np.flatnonzero(images.hits == number), pixels)
    shown = images.hits >= 0
    assert (images.depth[shown] < images.background[shown]).all()
    np.testing.assert_array_equal(images.depth[~shown], images.background[~shown])


def test_they_are_gone_when_others_are_shown():
    images, fresh = Images(), Images()
    images.show((0.2, 0.1, 1.5), (-0.3, -0.3, 1.6))
    images.show((0.1, 0.3, 1.7))
    fresh.show((0.1, 0.3, 1.7))
    np.testing.assert_array_equal(images.depth, fresh.depth)
    np.testing.assert_array_equal(images.hits, fresh.hits)
    assert images.show() == []
    np.testing.assert_array_equal(images.depth, images.background)
    assert (images.hits == NOBODY).all()
