# SPDX-License-Identifier: Apache-2.0
"""People take the place of those before in a view, and leave the room as it was."""

import itertools

import numpy as np
import pytest

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.geometry.ray_casting import NOBODY
from azure_kinect_py.geometry.solids import BALL_CONE, ROOM
from azure_kinect_py.sources.simulated.shapes import NOTHING, Builder, Look
from azure_kinect_py.sources.simulated.view import View

SIZE = 48
CAMERA = CameraCalibration(SIZE, SIZE, 60.0, 60.0, 23.5, 23.5, k1=0.1)


def view():
    room = Builder()
    room.add(ROOM, (0, 0, 2), Look(), stretch=(2, 2, 2.5))
    return View(CAMERA, np.eye(4), room.build())


def balls(*places):
    builder = Builder()
    for place in places:
        builder.add(BALL_CONE, place, Look(), stretch=(0.2, 0.2, 0.2))
    return builder.build()


@pytest.fixture
def images():
    return view()


def pixels_of(seen):
    starts = seen.visible.starts
    return [seen.visible.pixels[first:end] for first, end in itertools.pairwise(starts)]


def test_what_is_nearest_is_listed(images):
    near, far, hidden = pixels_of(images.show(balls((0.1, 0, 1.5), (-0.1, 0, 2.0), (0, 0, 7.0))))
    assert len(near) > len(far) > 20
    assert len(hidden) == 0
    for number, pixels in enumerate((near, far)):
        np.testing.assert_array_equal(np.flatnonzero(images.hits == number), pixels)
    shown = images.hits != NOBODY
    assert (images.depth[shown] < images.background[shown]).all()
    np.testing.assert_array_equal(images.depth[~shown], images.background[~shown])


def test_they_are_gone_when_others_are_shown(images):
    fresh = view()
    images.show(balls((0.2, 0.1, 1.5), (-0.3, -0.3, 1.6)))
    images.show(balls((0.1, 0.3, 1.7)))
    fresh.show(balls((0.1, 0.3, 1.7)))
    np.testing.assert_array_equal(images.depth, fresh.depth)
    np.testing.assert_array_equal(images.hits, fresh.hits)
    assert pixels_of(images.show(NOTHING)) == []
    np.testing.assert_array_equal(images.depth, images.background)
    assert (images.hits == NOBODY).all()
