# SPDX-License-Identifier: Apache-2.0
"""Light falls as it should: brighter towards a lamp, by the square of distance in infrared."""

import numpy as np
import pytest

from azure_kinect_py.data import CameraCalibration
from azure_kinect_py.geometry.distortion import lens_of
from azure_kinect_py.geometry.ray_casting import MISS, cast
from azure_kinect_py.geometry.shading import paint, reflect
from azure_kinect_py.geometry.solids import BALL_CONE, BOX, ball_cone
from azure_kinect_py.geometry.spans import find_spans
from azure_kinect_py.geometry.textures import FABRIC, HEAD, LAMP, PLAIN, STRIPES
from azure_kinect_py.geometry.visible import find_visible

SIZE = 64
FOCAL = (SIZE - 1) / 0.8
CAMERA = CameraCalibration(SIZE, SIZE, FOCAL, FOCAL, (SIZE - 1) / 2, (SIZE - 1) / 2)
WINDOW = np.array([-0.4, -0.4, 0.4, 0.4])
POSE = np.eye(4, dtype=np.float32)[:3]
ROOM = np.array([[-3, -2, -1], [3, 1.5, 6]], np.float32)
LIGHTS = np.array(
    [[0, -1.8, 2, 1, 1, 1, 3, 1], [-3, 0, 2, 0.8, 0.9, 1.1, 0, 1], [0.4, 0, 0, 0, 0, 0, 0, 0]],
    np.float32,
)
NO_SHADOWS = np.empty((0, 0), np.float32)


class Shot:
    """One solid ahead of the camera."""

    def __init__(self, kind, center, stretch, pattern=PLAIN, color=(0.5, 0.5, 0.5)):
        steps = np.linspace(-0.4, 0.4, SIZE, dtype=np.float32)
        self.slopes = np.stack(np.meshgrid(steps, steps))
        into = np.diag(1 / np.array(stretch))
        self.maps = np.column_stack([into, -into @ center]).astype(np.float32)[None]
        self.kinds = np.array([kind], np.int32)
        self.shapes = np.array([ball_cone(1, 1, 0)], np.float32)
        self.colors = np.array([[*color, 0.9, 0.1, 0.1, 0.8]], np.float32)
        self.patterns = np.array([pattern], np.int32)
        self.depth = np.full((SIZE, SIZE), MISS, np.float32)
        self.hits = np.full((SIZE, SIZE), -1, np.int16)
        solid = self.kinds, self.maps, self.shapes
        spans = find_spans(lens_of(CAMERA), WINDOW, *solid, SIZE, SIZE)
        cast(self.slopes, *solid, spans, self.depth, self.hits)
        visible = find_visible(self.hits, spans.reach, 1)
        self.solid = (self.kinds, self.maps, self.shapes, self.patterns, self.colors)
        self.seen = (self.slopes, self.depth, visible)

    def painted(self, lights=LIGHTS, shadows=NO_SHADOWS):
        image = np.full((SIZE, SIZE, 3), 7, np.uint8)
        paint(*self.seen, *self.solid, POSE, ROOM, lights, shadows, image)
        return image

    def reflected(self):
        signal = np.full((SIZE, SIZE), -1, np.float32)
        light = np.ones((SIZE, SIZE), np.float32)
        reflect(*self.seen, *self.solid, POSE, np.float32(1.5), False, light, signal)
        return signal


def ball(distance=2.0, **looks):
    return Shot(BALL_CONE, (0, 0, distance), (0.5, 0.5, 0.5), **looks)


def wall(distance):
    return Shot(BOX, (0, 0, distance + 0.1), (9, 9, 0.1))


def test_only_what_was_hit_is_painted():
    shot = ball()
    image = shot.painted()
    assert (image[shot.hits < 0] == 7).all()
    assert (image[shot.hits >= 0] != 7).all()


def test_the_side_of_the_lamp_is_brighter():
    image = ball().painted().astype(int)
    middle = SIZE // 2
    assert image[middle - 12, middle, 1] > image[middle + 12, middle, 1] + 20


def test_the_windows_color_shows_on_its_side():
    lights = LIGHTS.copy()
    lights[1, 6] = 4
    blue, _, red = np.moveaxis(ball().painted(lights).astype(int), -1, 0)
    row = SIZE // 2
    left, right = 22, 42
    assert blue[row, left] - red[row, left] > blue[row, right] - red[row, right] + 2
    assert blue[row, left] > blue[row, right] + 10


def test_what_is_between_throws_a_shadow():
    free = np.full((64, 64), 100, np.float32)
    covered = np.full((64, 64), 0.2, np.float32)
    shot = ball()
    hit = shot.hits >= 0
    lit, dark = shot.painted(shadows=free)[hit], shot.painted(shadows=covered)[hit]
    assert lit.astype(int).sum() > dark.astype(int).sum()
    np.testing.assert_array_equal(lit, shot.painted()[hit])


def test_a_lamp_shines_by_itself():
    image = ball(pattern=LAMP, color=(1, 1, 1)).painted()
    assert image[SIZE // 2, SIZE // 2].min() > 225


def test_stripes_have_two_colors_and_cloth_a_weave():
    shot = ball(pattern=STRIPES, color=(0.2, 0.2, 0.9))
    redder = np.sign(shot.painted().astype(int)[shot.hits == 0] @ [-1, 0, 1])
    assert 0.2 < (redder > 0).mean() < 0.8
    plain, cloth = (ball(pattern=p).painted().astype(int) for p in (PLAIN, FABRIC))
    difference = (cloth - plain)[shot.hits == 0]
    assert 0 < np.abs(difference).mean() < 8


def test_a_head_has_hair_and_a_face():
    """Skin is red here and hair blue: hair on top and behind, a face with eyes ahead."""
    hair, skin = (0.1, 0.1, 0.9), (0.9, 0.3, 0.1)
    faces = []
    for ahead in (1.0, -1.0):  # the frame of a head has y up and z to the front
        shot = Shot(BALL_CONE, (0, 0, 2.0), (ahead * 0.5, -0.5, -ahead * 0.5), HEAD, skin)
        shot.colors[0, 3:6] = hair
        image = shot.painted().astype(int)
        faces.append(image)
        top = image[13:19, 28:36].reshape(-1, 3)
        assert (top[:, 0] > top[:, 2] + 50).all()
    face, back = faces
    cheek = face[36:40, 24:28].reshape(-1, 3)
    assert (cheek[:, 2] > cheek[:, 0] + 50).all()
    middle = back[22:27, 28:36].reshape(-1, 3)
    assert (middle[:, 0] > middle[:, 2] + 50).all()
    eyes = face[26:34, 22:42].min(axis=-1)
    assert eyes.max() > 100  # the white of the eyes


def test_infrared_falls_with_the_square_of_the_distance():
    near, far = (wall(distance).reflected()[SIZE // 2, SIZE // 2] for distance in (1.0, 3.0))
    assert near == pytest.approx(0.8, rel=0.01)
    assert near / far == pytest.approx(9, rel=0.01)


def test_infrared_falls_towards_the_rim_of_a_ball():
    shot = ball()
    signal = shot.reflected()
    assert (signal[shot.hits < 0] == -1).all()
    row = signal[SIZE // 2]
    hit = np.flatnonzero(row >= 0)
    assert row[hit[0]] < 0.5 * row[hit[len(hit) // 2]]
