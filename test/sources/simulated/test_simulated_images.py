# SPDX-License-Identifier: Apache-2.0
"""
The images of the simulated camera agree with the calibration, with each other and with the truth.

What is proved is computed here from the room's and the people's solids by other means than the
renderer: by projecting points, by fitting planes, by an independent ray cast in plain numpy.
"""

import numpy as np
import pytest

from azure_kinect_py.data import Sensor
from azure_kinect_py.geometry.point_cloud import PointCloud
from azure_kinect_py.geometry.projection import project, transform_points, unproject
from azure_kinect_py.joints import BACKGROUND, Confidence, Joint
from azure_kinect_py.modes import ColorResolution, DepthMode, DeviceConfig, Fps, ImageFormat
from azure_kinect_py.sources import SourceOptions
from azure_kinect_py.sources.simulated import open_simulated
from azure_kinect_py.sources.simulated.clock import Clock
from azure_kinect_py.sources.simulated.room import FLOOR, HIGH
from azure_kinect_py.sources.simulated.view import depth_camera_pose

CUSHION = np.array([0.10, FLOOR - 0.60, 3.94])  # its middle, in the room


def open_with(people=0, seed=0, **config):
    config = {'color_format': ImageFormat.BGRA32, **config}
    options = SourceOptions(
        source='simulated',
        config=DeviceConfig(**config).check(),
        simulated_people=people,
        simulated_seed=seed,
    )
    return open_simulated(options)


def shoot(source, frame):
    """Return a frame without waiting for it."""
    return source._scene.capture(frame, Clock(source.config, 0, 0))


@pytest.fixture(scope='module')
def room():
    return open_with()


@pytest.fixture(scope='module')
def crowd():
    return open_with(people=3, seed=5)


@pytest.fixture(scope='module')
def crowded(crowd):
    return [shoot(crowd, frame) for frame in range(0, 1200, 60)]


def points_of(source, depth):
    cloud = np.empty((*depth.shape, 4), np.float32)
    PointCloud(source.calibration.depth).xyz(depth, cloud)
    return cloud[..., :3]


def in_room(source, points):
    return points @ depth_camera_pose(source.calibration)[:3, :3].T


class TestRoom:
    def test_back_wall_and_rug_are_flat_within_the_noise(self, room):
        points = in_room(room, points_of(room, shoot(room, 0).depth)).reshape(-1, 3)
        points = points[np.isfinite(points).all(axis=1)]
        wall = points[np.abs(points[:, 2] - HIGH[2]) < 0.1]
        wall = wall[(wall[:, 1] > -0.9) & (wall[:, 1] < -0.7)]
        rug = points[np.abs(points[:, 1] - FLOOR) < 0.1]
        rug = rug[(np.abs(rug[:, 0]) < 0.8) & (rug[:, 2] > 2.2) & (rug[:, 2] < 2.9)]
        for plane, axis, height in ((wall, 2, HIGH[2]), (rug, 1, FLOOR - 0.012)):
            assert len(plane) > 500
            center = plane.mean(axis=0)
            normal = np.linalg.svd(plane - center, full_matrices=False)[2][2]
            assert abs(normal[axis]) > np.cos(np.radians(0.5))
            assert center[axis] == pytest.approx(height, abs=0.011 + 0.001 * height)
            assert ((plane - center) @ normal).std() < 0.017

    def test_colors_sit_on_the_depth(self, room):
        """The yellow cushion on the sofa is yellow where the depth camera sees it."""
        capture = shoot(room, 0)
        points = points_of(room, capture.depth)
        cushion = np.linalg.norm(in_room(room, points) - CUSHION, axis=-1) < 0.16
        assert cushion.sum() > 300
        pixels, valid = self.in_color(room, points[cushion])
        colors = capture.color[pixels[valid, 1], pixels[valid, 0]].astype(int)
        assert (colors[:, 2] > 1.7 * colors[:, 0]).mean() > 0.95

    def test_the_edges_of_a_dark_frame_fall_together(self, room):
        """The painting's frame: the same pixels are found by projecting its corners."""
        color = shoot(room, 0).color[..., :3].astype(int)
        corners = np.array([[x, y, HIGH[2] - 0.03] for x in (0.15, 1.35) for y in (-0.62, 0.12)])
        pose = depth_camera_pose(room.calibration)
        points = corners @ pose[:3, :3]
        inward = np.sign(np.array([0.75, -0.25]) - corners[:, :2]) * 0.02
        inside = (corners + np.column_stack([inward, np.zeros(4)])) @ pose[:3, :3]
        outside = (corners - np.column_stack([inward, np.zeros(4)])) @ pose[:3, :3]
        dark, _ = self.in_color(room, inside)
        light, _ = self.in_color(room, outside)
        assert len(points) == 4
        assert (color[dark[:, 1], dark[:, 0]].sum(axis=1) < 250).all()
        assert (color[light[:, 1], light[:, 0]].sum(axis=1) > 350).all()

    @staticmethod
    def in_color(source, points):
        calibration = source.calibration
        there = transform_points(calibration.from_depth[Sensor.COLOR], points)
        exact, valid = project(calibration.color, there)
        return np.rint(exact).astype(int), valid

    def test_invalid_where_hardware_is(self, room):
        capture = shoot(room, 0)
        depth, infrared = capture.depth, capture.ir
        height, width = depth.shape
        for row in (0, height - 1):
            for column in (0, width - 1):
                assert depth[row, column] == 0
        assert (depth[height // 4 : height // 2, width // 3 : 2 * width // 3] > 0).mean() > 0.9
        # The black loudspeaker gives too little light.
        points = in_room(room, points_of(room, np.full_like(depth, 1000)))
        slopes = points[..., :2] / points[..., 2:]
        low, high = np.array([-0.66, FLOOR - 0.9]) / 3.92, np.array([-0.50, FLOOR - 0.2]) / 3.92
        speaker = ((slopes > low) & (slopes < high)).all(axis=-1)
        assert speaker.sum() > 500
        assert (depth[speaker] == 0).mean() > 0.9
        assert infrared[speaker].mean() < 0.2 * infrared[depth > 0].mean()

    def test_noise_is_new_in_each_frame_and_grows_with_distance(self, room):
        stack = np.stack([shoot(room, frame).depth for frame in range(24)]).astype(float)
        always = (stack > 0).all(axis=0)
        spread = stack.std(axis=0)
        distance = stack.mean(axis=0)
        near = spread[always & (distance < 2000)]
        far = spread[always & (distance > 4000)]
        assert 0.3 < np.median(near) < np.median(far) < 17
        steps = np.abs(np.gradient(distance)).sum(axis=0)
        flat = always & (steps < 15) & (distance < DepthMode.NFOV_UNBINNED.range_m[1] * 1000)
        assert flat.sum() > 50_000
        assert np.percentile(spread[flat], 95) < 17


class TestPeople:
    def test_body_index_map_and_depth_show_the_same_people(self, crowd, crowded):
        seen = 0
        for capture in crowded:
            frame = capture.truth
            assert frame.device_time_usec == capture.device_time_usec
            assert frame.index_map.shape == capture.depth.shape
            assert set(np.unique(frame.index_map)) <= {*range(len(frame.bodies)), BACKGROUND}
            points = points_of(crowd, capture.depth)
            for index, body in enumerate(frame.bodies):
                mine = points[(frame.index_map == index) & (capture.depth > 0)]
                if len(mine) < 500:
                    continue
                seen += 1
                far = np.linalg.norm(mine[:, None] - body.positions, axis=-1).min(axis=1)
                assert np.percentile(far, 99) < 0.4
                assert np.median(far) < 0.15
        assert seen > 15

    def test_seen_joints_project_into_their_own_silhouette(self, crowd, crowded):
        inner = [Joint.SPINE_CHEST, Joint.SPINE_NAVAL, Joint.ELBOW_LEFT, Joint.KNEE_RIGHT]
        inner += [Joint.HEAD, Joint.SHOULDER_RIGHT, Joint.WRIST_LEFT, Joint.WRIST_RIGHT]
        checked = 0
        for capture in crowded:
            for index, body in enumerate(capture.truth.bodies):
                pixels, _ = project(crowd.calibration.depth, body.positions)
                for joint in inner:
                    if body.confidences[joint] != Confidence.MEDIUM:
                        continue
                    checked += 1
                    u, v = np.rint(pixels[joint]).astype(int)
                    around = capture.truth.index_map[v - 1 : v + 2, u - 1 : u + 2]
                    assert (around == index).any()
                    surface = capture.depth[v - 1 : v + 2, u - 1 : u + 2]
                    surface = surface[(around == index) & (surface > 0)]
                    if len(surface):
                        behind = body.positions[joint, 2] - surface.max() / 1000
                        assert -0.08 < behind < 0.25
        assert checked > 100

    def test_confidences(self, crowd, crowded):
        near, far = crowd.config.depth_mode.range_m
        width, height = crowd.config.depth_mode.size
        found = set()
        for capture in crowded:
            for index, body in enumerate(capture.truth.bodies):
                found |= set(body.confidences.tolist())
                pixels, valid = project(crowd.calibration.depth, body.positions)
                inside = valid & (pixels > -0.5).all(axis=1)
                inside &= (pixels < (width - 0.5, height - 0.5)).all(axis=1)
                z = body.positions[:, 2]
                out = ~inside | (z < near) | (z > far)
                assert (body.confidences[out] == Confidence.NONE).all()
                nose = body.confidences[Joint.NOSE]
                turned = body.positions[Joint.NOSE, 2] > body.positions[Joint.HEAD, 2] + 0.08
                if turned and nose != Confidence.NONE:
                    assert nose == Confidence.LOW, index
        assert found == {Confidence.NONE, Confidence.LOW, Confidence.MEDIUM}

    def test_the_same_people_in_color(self, crowd, crowded):
        """Body pixels of the depth camera land on color pixels that people changed."""
        empty = shoot(open_with(seed=5), 0).color[..., :3].astype(int)
        calibration = crowd.calibration
        share = []
        for capture in crowded[:6]:
            mask = (capture.truth.index_map != BACKGROUND) & (capture.depth > 0)
            points = points_of(crowd, capture.depth)[mask]
            there = transform_points(calibration.from_depth[Sensor.COLOR], points)
            pixels, valid = project(calibration.color, there)
            size = (calibration.color.width - 0.5, calibration.color.height - 0.5)
            valid &= ((pixels > -0.5) & (pixels < size)).all(axis=1)
            u, v = np.rint(pixels[valid]).astype(int).T
            change = np.abs(capture.color[..., :3].astype(int) - empty).sum(axis=-1)
            share.append((change[v, u] > 20).mean())
        assert np.mean(share) > 0.9

    def test_no_camera_looks_through_the_other(self, crowd, crowded):
        """Parallax: an independent cast of the color camera's rays finds what depth predicts."""
        scene = crowd._scene
        capture = crowded[3]
        color_view, depth_view = scene._color._painter._view, scene._depth._view
        moment = scene._crowd.at(capture.device_time_usec * 1e-6)
        color_view.show(moment.solids)
        depth_view.show(moment.solids)
        rows, columns = np.mgrid[20:700:40, 20:1260:40]
        z = color_view.depth[rows, columns].ravel()
        pixels = np.column_stack([columns.ravel(), rows.ravel()])
        points, _ = unproject(crowd.calibration.color, pixels, z)
        there = transform_points(crowd.calibration.extrinsics(Sensor.COLOR, Sensor.DEPTH), points)
        seen, valid = project(crowd.calibration.depth, there)
        size = np.subtract(crowd.config.depth_mode.size, 0.5)
        valid &= ((seen > -0.5) & (seen < size)).all(axis=1)
        u, v = np.rint(seen[valid]).astype(int).T
        difference = there[valid, 2] - depth_view.depth[v, u]
        assert valid.sum() > 200
        # The same surface, or one that something nearer hides from the depth camera.
        assert (difference > -0.05).mean() > 0.98
        assert (np.abs(difference) < 0.03).mean() > 0.85

    def test_ids_stay_while_in_view_and_are_new_after_it(self, crowd):
        scene, period = crowd._scene, 0.1
        before, gone, met = set(), set(), set()
        returned = 0
        for step in range(900):
            ids = {int(i) for i in scene._crowd.at(step * period).ids if i}
            assert not ids & gone, 'an id came back'
            returned += len((ids - before) - met) if met else 0
            gone |= before - ids
            met |= ids
            before = ids
        assert gone
        assert returned > 0
        assert met == set(range(1, len(met) + 1))

    def test_occlusion_happens(self, crowd):
        """Somebody passes in front of somebody else within a minute and a half."""
        scene = crowd._scene
        depth_view = scene._depth._view
        hidden = 0
        for step in range(90):
            moment = scene._crowd.at(float(step))
            frame = scene._depth.testify(moment, 0)
            for index, body in enumerate(frame.bodies):
                others = (frame.index_map != index) & (frame.index_map != BACKGROUND)
                pixels, valid = project(depth_view.camera, body.positions)
                u, v = np.rint(np.where(valid[:, None], pixels, 0)).astype(int).T
                u, v = np.clip(u, 0, others.shape[1] - 1), np.clip(v, 0, others.shape[0] - 1)
                low = body.confidences == Confidence.LOW
                hidden += (others[v, u] & low & valid).sum() > 3
        assert hidden > 0


DEPTH_MODES = [mode for mode in DepthMode if mode is not DepthMode.OFF]


@pytest.mark.parametrize('mode', DEPTH_MODES, ids=lambda mode: mode.name)
def test_depth_modes_have_their_masks(mode):
    config = {'depth_mode': mode, 'color_resolution': ColorResolution.OFF, 'fps': Fps.FPS_15}
    source = open_with(people=1, **config)
    capture = shoot(source, 0)
    width, height = mode.size
    assert capture.color is None
    assert capture.ir.shape == (height, width)
    if not mode.has_depth:
        assert capture.depth is None
        assert capture.truth is None
        assert capture.ir.max() > 50
        return
    depth = capture.depth
    assert (depth.shape, depth.dtype) == ((height, width), np.uint16)
    slopes = source._scene._depth._view.slopes
    if mode.is_wide:
        outside = ~(
            np.hypot(slopes[0], slopes[1] - np.tan(np.radians(1.3))) < np.tan(np.radians(61))
        )
        inner = np.hypot(*slopes) < np.tan(np.radians(50))
    else:
        # A hexagon of 75 by 65 degrees about the axis of the housing, 6 degrees up.
        up = np.arctan(slopes[1]) + np.radians(6)
        outside = (np.abs(np.degrees(up)) > 33) | (np.abs(slopes[0]) > 0.8)
        inner = (np.abs(np.degrees(up)) < 15) & (np.abs(slopes[0]) < 0.4)
    assert outside.any()
    assert (depth[outside] == 0).all()
    assert (depth[inner] > 0).mean() > 0.6
    assert depth[height - 1, 0] == depth[0, width - 1] == 0
    assert capture.ir[outside].mean() < 0.35 * capture.ir[inner].mean()


@pytest.mark.parametrize('color', [c for c in ColorResolution if c.max_fps == 30 and c.size[0]])
def test_color_resolutions_show_the_same_scene(color):
    """The yellow cushion is where the calibration of each resolution says."""
    source = open_with(depth_mode=DepthMode.OFF, color_resolution=color)
    picture = shoot(source, 0).color
    width, height = color.size
    assert picture.shape == (height, width, 4)
    pose = depth_camera_pose(source.calibration) @ source.calibration.extrinsics(
        Sensor.COLOR, Sensor.DEPTH
    )
    point = np.linalg.inv(pose)[:3] @ [*CUSHION, 1]
    (pixel,), _ = project(source.calibration.color, point[None])
    u, v = np.rint(pixel).astype(int)
    blue, _, red, alpha = picture[v, u].astype(int)
    assert red > 1.7 * blue
    assert alpha == 255


@pytest.mark.parametrize(
    'modes',
    [
        (DepthMode.NFOV_2X2BINNED, ColorResolution.R1080P, Fps.FPS_30),
        (DepthMode.NFOV_UNBINNED, ColorResolution.R1536P, Fps.FPS_30),
        (DepthMode.WFOV_2X2BINNED, ColorResolution.R1440P, Fps.FPS_15),
        (DepthMode.WFOV_UNBINNED, ColorResolution.R720P, Fps.FPS_15),
        (DepthMode.PASSIVE_IR, ColorResolution.R720P, Fps.FPS_5),
        (DepthMode.OFF, ColorResolution.R720P, Fps.FPS_30),
        (DepthMode.NFOV_2X2BINNED, ColorResolution.OFF, Fps.FPS_30),
    ],
    ids=lambda modes: '-'.join(mode.name for mode in modes),
)
def test_every_mode_runs_with_its_sizes(modes):
    depth, color, fps = modes
    with open_with(people=2, depth_mode=depth, color_resolution=color, fps=fps) as source:
        capture = source.capture(10)
        assert (capture.depth_image is not None) == depth.has_depth
        assert (capture.truth is not None) == depth.has_depth
        shapes = {image.format: image.pixels.shape for image in capture.images}
    expected = {}
    if depth.has_depth:
        expected[ImageFormat.DEPTH16] = depth.size[::-1]
    if depth.has_ir:
        expected[ImageFormat.IR16] = depth.size[::-1]
    if color.size[0]:
        expected[ImageFormat.BGRA32] = (*color.size[::-1], 4)
    assert shapes == expected


@pytest.mark.parametrize('image_format', [ImageFormat.NV12, ImageFormat.YUY2, ImageFormat.MJPG])
def test_color_formats_show_the_same_picture(image_format):
    from azure_kinect_py.geometry.color import decode

    off = {'depth_mode': DepthMode.OFF}
    reference = shoot(open_with(**off), 0).color[..., :3].astype(int)
    image = shoot(open_with(**off, color_format=image_format), 0).color_image
    decoded = np.asarray(decode(image))[..., :3].astype(int)
    assert np.abs(decoded - reference).mean() < 4
