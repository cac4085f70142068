# SPDX-License-Identifier: Apache-2.0
"""Registration equals the vendor's depth engine, whatever the modes, threads and buffers."""

import dataclasses
import threading

import numpy as np
import pytest
from helpers.references import CASES

from azure_kinect_py.data import Calibration, CameraCalibration
from azure_kinect_py.errors import ConfigError
from azure_kinect_py.geometry import parallel, registration
from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.geometry.registration import ColorToDepth, DepthToColor, Interpolation
from azure_kinect_py.modes import ColorResolution, DepthMode

INVALID = 0x12345  # as the references were made
WIDE = CASES[6]
assert WIDE.depth_mode is DepthMode.WFOV_UNBINNED


def rows(image, step):
    kept = image[step // 2 :: step]
    return kept.reshape(len(kept), -1)


def assert_same_depth(ours, theirs):
    either = (ours > 0) | (theirs > 0)
    assert either.mean() > 0.1
    wrong = either & (np.abs(ours.astype(int) - theirs) > 1)
    assert wrong.sum() <= 1e-4 * either.sum()


@pytest.fixture(params=CASES, ids=str)
def case(request):
    return request.param


def test_depth_equals_the_engine(case):
    ours = rows(DepthToColor(case.calibration)(case.depth), case.color_step)
    theirs = case.load()['depth_to_color']
    if case is WIDE:
        # With a lens that sees beyond the image's left edge, Mesa's software OpenGL loses quads
        # next to it: as many in a row as its vectors are wide (LP_NATIVE_VECTOR_WIDTH=128: four,
        # 256: eight). It is no rule of the engine; the vendor's own C code draws them too.
        lost = (ours > 0) & (theirs == 0)
        assert lost[:, 20:].sum() <= 1
        ours = np.where(lost, 0, ours)
    assert_same_depth(ours, theirs)


def test_color_equals_the_engine(case):
    ours = rows(ColorToDepth(case.calibration)(case.depth, case.color), case.depth_step)
    theirs = case.load()['color_to_depth']
    ours, theirs = (image.reshape(-1, 4).astype(int) for image in (ours, theirs))
    valid = theirs.any(1)
    assert valid.mean() > 0.1
    np.testing.assert_array_equal(ours.any(1), valid)
    assert np.abs(ours - theirs).max() <= 1


@pytest.mark.parametrize('interpolation', Interpolation)
@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
@pytest.mark.parametrize('case', [case for case in CASES if case.with_values], ids=str)
def test_other_images_equal_the_engine(case, dtype, interpolation):
    mapping = DepthToColor(case.calibration)
    depth, values = mapping.with_values(
        case.depth, case.values(dtype), interpolation=interpolation, invalid=INVALID
    )
    images = case.load()
    assert_same_depth(rows(depth, case.color_step), images['depth_to_color'])
    theirs = images[f'{np.dtype(dtype).name}_{interpolation.name.lower()}']
    wrong = np.abs(rows(values, case.color_step).astype(int) - theirs) > 1
    assert wrong.mean() < 5e-5
    assert values.dtype == dtype
    assert values[depth == 0].tolist() == [INVALID & np.iinfo(dtype).max] * (depth == 0).sum()


def test_depth_along_with_values_is_the_same():
    case = CASES[0]
    mapping = DepthToColor(case.calibration)
    alone = mapping(case.depth)
    together, _ = mapping.with_values(case.depth, case.depth)
    assert np.abs(alone.astype(int) - together).max() <= 1


def test_it_does_not_matter_where_the_image_is_cut(case, monkeypatch):
    """Whether a second core was idle must not show in the image, not even in the rounding."""

    def draw(cut):
        monkeypatch.setattr(registration, 'in_halves', cut)
        nearest = np.empty(mapping.shape, np.int32)
        images = [mapping(case.depth, nearest=nearest), nearest]
        if case.with_values:
            linear = {'interpolation': Interpolation.LINEAR}
            images += mapping.with_values(case.depth, case.values(np.uint16), **linear)
        return images

    mapping = DepthToColor(case.calibration)
    height = mapping.shape[0]
    whole = draw(lambda work, rows: work(0, rows))
    for place in (height // 2, height // 2 + 1, 5):

        def in_two(work, rows, place=place):
            work(0, place)
            work(place, rows)

        for image, expected in zip(draw(in_two), whole, strict=True):
            np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize('case', [case for case in CASES if case.with_values], ids=str)
def test_recorded_pixels_give_other_images_later(case):
    mapping = DepthToColor(case.calibration)
    nearest = np.empty(mapping.shape, np.int32)
    infrared = case.values(np.uint16)
    depth, mixed = mapping.with_values(
        case.depth, infrared, interpolation=Interpolation.LINEAR, nearest=nearest
    )
    np.testing.assert_array_equal(depth, mapping(case.depth))
    expected, _ = mapping.with_values(case.depth, infrared, interpolation=Interpolation.LINEAR)
    np.testing.assert_array_equal(depth, expected)
    np.testing.assert_array_equal(nearest < 0, depth == 0)
    assert case.depth.ravel()[nearest[nearest >= 0]].all()
    for dtype in (np.uint8, np.uint16):
        values = case.values(dtype)
        _, at_once = mapping.with_values(case.depth, values, invalid=INVALID)
        later = mapping.look_up(nearest, values, invalid=INVALID)
        assert later.dtype == dtype
        np.testing.assert_array_equal(later, at_once)
    # Where all corners have one value, there is nothing to mix.
    flat = np.full_like(infrared, 65535)
    _, mixed = mapping.with_values(case.depth, flat, interpolation=Interpolation.LINEAR)
    np.testing.assert_array_equal(mixed, np.where(depth > 0, 65535, 0))


def test_huge_quads_bring_values_along():
    """Beyond the size that is drawn in vectors, next to a camera that stands before another."""
    calibration = pair(shift=(0, 0, -0.49), scale=2)
    mapping, depth = DepthToColor(calibration), np.full((48, 64), 500, np.uint16)
    values = np.repeat(np.arange(64, dtype=np.uint16)[None] * 1000, 48, 0)
    nearest = np.empty(mapping.shape, np.int32)
    out, mixed = mapping.with_values(
        depth, values, interpolation=Interpolation.LINEAR, nearest=nearest
    )
    assert (out == 10).all()
    # A depth pixel is 100 color pixels wide; the axis is at 31.5 and at 63.5.
    places = 31.5 + (np.arange(128) - 63.5) / 100
    np.testing.assert_allclose(mixed, np.broadcast_to(places * 1000, mixed.shape), atol=1)
    near_columns = nearest % 64
    distance = np.abs(near_columns - places)
    assert distance.max() <= 0.67  # the share, of a triangle's area, is not the distance
    assert (near_columns[40] == np.round(places)).mean() > 0.8


def test_recorded_pixels_of_another_image_are_not_followed():
    mapping = DepthToColor(pair())
    values = np.zeros((48, 64), np.uint8)
    nearest = np.full((48, 64), 48 * 64, np.int32)
    assert (mapping.look_up(nearest, values, invalid=9) == 9).all()


def test_bgr_gives_what_bgra_gives():
    case = CASES[0]
    mapping = ColorToDepth(case.calibration)
    color = case.color
    color[..., 3] = 255
    np.testing.assert_array_equal(
        mapping(case.depth, color), mapping(case.depth, np.ascontiguousarray(color[..., :3]))
    )


def test_invisible_color_that_is_valid_is_not_zero():
    case = CASES[0]
    image = ColorToDepth(case.calibration)(case.depth, np.zeros_like(case.color))
    assert {tuple(pixel) for pixel in np.unique(image.reshape(-1, 4), axis=0)} == {
        (0, 0, 0, 0),
        (1, 0, 0, 0),
    }


def test_writes_into_the_buffers_it_is_given():
    case = CASES[1]
    to_color, to_depth = DepthToColor(case.calibration), ColorToDepth(case.calibration)
    depth = np.full(to_color.shape, 9, np.uint16)
    color = np.full((*to_depth.shape, 4), 9, np.uint8)
    assert to_color(case.depth, depth) is depth
    assert to_depth(case.depth, case.color, color) is color
    np.testing.assert_array_equal(depth, to_color(case.depth))
    np.testing.assert_array_equal(color, to_depth(case.depth, case.color))


@pytest.mark.parametrize('idle', [True, False])
def test_several_threads_at_once_get_the_same(idle, monkeypatch):
    monkeypatch.setattr(parallel, 'is_core_idle', lambda: idle)
    case = CASES[0]
    to_color, to_depth = DepthToColor(case.calibration), ColorToDepth(case.calibration)
    depths = [case.depth, np.ascontiguousarray(case.depth[::-1])]
    expected = [(to_color(depth), to_depth(depth, case.color)) for depth in depths]
    results = [[] for _ in range(4)]

    def work(number):
        depth = depths[number % 2]
        for _ in range(5):
            results[number].append((to_color(depth), to_depth(depth, case.color)))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, images in enumerate(results):
        assert len(images) == 5
        for image in images:
            np.testing.assert_array_equal(image[0], expected[number % 2][0])
            np.testing.assert_array_equal(image[1], expected[number % 2][1])


def pinhole(width, height, focal):
    return CameraCalibration(
        width, height, focal, focal, (width - 1) / 2, (height - 1) / 2, metric_radius=1.7
    )


def pair(shift=(0, 0, 0), scale=1):
    """Two cameras without lens distortion, the color camera ``scale`` times as fine."""
    pose = np.eye(4)
    pose[:3, 3] = shift
    eye = np.eye(4)
    return Calibration(
        pinhole(64, 48, 50.0), pinhole(64 * scale, 48 * scale, 50.0 * scale), (eye, pose, eye, eye)
    )


def test_the_same_camera_twice_gives_the_same_depth():
    depth = np.full((48, 64), 1500, np.uint16)
    out = DepthToColor(pair())(depth)
    # At the border rounding decides which side of the mesh a pixel is on.
    assert (out[1:-1, 1:-1] == 1500).all()
    color = np.random.default_rng(1).integers(1, 255, (48, 64, 4), np.uint8)
    mapped = ColorToDepth(pair())(depth, color)
    np.testing.assert_array_equal(mapped[1:-2, 1:-2], color[1:-2, 1:-2])


def test_lone_pixels_and_thin_lines_vanish():
    depth = np.zeros((48, 64), np.uint16)
    depth[10, 10] = depth[20, :] = depth[:, 30] = 1000
    depth[20, 30] = 0
    out = DepthToColor(pair(scale=3))(depth)
    assert not out[: 3 * 18].any()
    # Around the gap in the cross, three corners of a quad are there: a triangle is drawn.
    depth[20, 30] = 1000
    assert DepthToColor(pair(scale=3))(depth)[3 * 19 : 3 * 22, 3 * 29 : 3 * 32].any()


def test_one_missing_corner_leaves_a_triangle():
    depth = np.full((48, 64), 1000, np.uint16)
    depth[20, 30] = 0
    out = DepthToColor(pair(scale=4))(depth)
    hole = out[4 * 19 : 4 * 21, 4 * 29 : 4 * 31]
    assert (hole == 0).any()
    assert (hole == 1000).any()
    assert set(np.unique(out)) == {0, 1000}


@pytest.mark.parametrize(('step', 'filled'), [(0.0399, True), (0.0469, True), (0.047, False)])
def test_depth_edges_are_not_filled(step, filled):
    depth = np.full((48, 64), 50000, np.uint16)
    depth[:, 32:] = round(50000 * (1 + step))
    between = DepthToColor(pair(scale=4))(depth)[96, 4 * 31 + 3 : 4 * 32]
    assert between.all() == filled


@pytest.mark.parametrize('scale', [2.3, 4.7, 5.6, 6.7, 8.6, 9.9])
def test_a_mesh_that_reaches_beyond_the_image_fills_its_last_columns(scale):
    depth, eye = np.full((48, 64), 1000, np.uint16), np.eye(4)
    for width in range(int(50 * scale), int(50 * scale) + 16):  # the mesh is 63 * scale wide
        color = pinhole(width, 100, 50 * scale)
        color = dataclasses.replace(color, cx=31.5 * scale + 0.23, cy=49.73)  # no edge on pixels
        mapping = DepthToColor(Calibration(pinhole(64, 48, 50.0), color, (eye,) * 4))
        nearest = np.empty(mapping.shape, np.int32)
        out, values = mapping.with_values(
            depth, depth, interpolation=Interpolation.LINEAR, nearest=nearest
        )
        for image in (out, values, nearest + 1):
            assert image[:, 1:].all(), width


def test_the_nearer_surface_wins():
    depth = np.full((48, 64), 3000, np.uint16)
    depth[10:40, 20:40] = 500
    out = DepthToColor(pair(shift=(0.05, 0, 0), scale=2))(depth)
    near = np.nonzero(out == 500)
    assert near[1].min() >= 2 * 20 + 8  # moved right by 5 depth pixels, over what is far
    assert set(np.unique(out)) == {0, 500, 3000}


def test_far_and_near_depth_keeps_its_value():
    for value in (1, 50, 32768, 65535):
        out = DepthToColor(pair())(np.full((48, 64), value, np.uint16))
        assert (out[1:-1, 1:-1] == value).all()


def test_needs_both_cameras():
    retail = CASES[0].raw
    for modes in (
        (DepthMode.OFF, ColorResolution.R720P),
        (DepthMode.NFOV_UNBINNED, ColorResolution.OFF),
    ):
        for kind in (DepthToColor, ColorToDepth):
            with pytest.raises(ConfigError, match='needs both cameras'):
                kind(parse_calibration(retail, *modes))


@pytest.mark.parametrize('interpolation', Interpolation)
def test_the_value_of_what_is_not_seen_may_be_a_number_of_numpy(interpolation):
    depth = np.zeros((48, 64), np.uint16)
    _, values = DepthToColor(pair()).with_values(
        depth, depth, interpolation=interpolation, invalid=np.uint8(255)
    )
    assert (values == 255).all()


def test_images_of_another_size_or_type_are_refused():
    to_color, to_depth = DepthToColor(pair()), ColorToDepth(pair())
    depth, color = np.zeros((48, 64), np.uint16), np.zeros((48, 64, 4), np.uint8)
    with pytest.raises(ValueError, match=r'depth: \(64, 48\)'):
        to_color(depth.T)
    with pytest.raises(ValueError, match=r'depth: .* float64'):
        to_color(depth.astype(float))
    with pytest.raises(ValueError, match=r'out: .* uint8'):
        to_color(depth, np.zeros((48, 64), np.uint8))
    with pytest.raises(ValueError, match='color: '):
        to_depth(depth, color[:, :, :2])
    with pytest.raises(ValueError, match=r'color: .* contiguous'):
        to_depth(depth, color[:, :, :3])
    with pytest.raises(ValueError, match=r'nearest: .* int64'):
        to_color(depth, nearest=np.zeros((48, 64), np.int64))
    with pytest.raises(ValueError, match=r'nearest: \(2, 2\)'):
        to_color.look_up(np.zeros((2, 2), np.int32), depth)
    with pytest.raises(ValueError, match='values: float32'):
        to_color.with_values(depth, depth.astype(np.float32))
    for interpolation in (5, 'linear'):
        with pytest.raises(ConfigError, match=r'interpolation: .*NEAREST, LINEAR'):
            to_color.with_values(depth, depth, interpolation=interpolation)


def test_what_may_not_be_written_is_refused():
    depth, color = np.zeros((48, 64), np.uint16), np.zeros((48, 64, 4), np.uint8)
    for draw, shape, kind in (
        (lambda out: DepthToColor(pair())(depth, out), depth.shape, np.uint16),
        (lambda out: ColorToDepth(pair())(depth, color, out), color.shape, np.uint8),
    ):
        out = np.zeros(shape, kind)
        out.flags.writeable = False
        with pytest.raises(ConfigError, match='out: it is read-only'):
            draw(out)


@pytest.mark.parametrize('width', [1, 7])
def test_a_color_image_that_is_too_narrow_is_refused(width):
    calibration = pair()
    narrow = dataclasses.replace(calibration.color, width=width)
    with pytest.raises(ConfigError, match=f'{width} pixels wide; registration needs 8'):
        DepthToColor(dataclasses.replace(calibration, color=narrow))


def test_depth_that_does_not_fit_is_none():
    to_color = DepthToColor(pair((0, 0, 1.0)))  # from a metre behind
    for depth, expected in ((64_535, 65_535), (64_537, 0), (65_535, 0)):
        drawn = to_color(np.full((48, 64), depth, np.uint16))
        assert (drawn[4:-4, 4:-4] == expected).all()


@pytest.mark.parametrize(
    ('column', 'row', 'is_seen'),
    [(62, 20, True), (63, 20, False), (20, 46, True), (20, 47, False)],
)
def test_color_is_mixed_of_pixels_of_the_image_only(column, row, is_seen):
    """Where the last row or column is hit, there is none beyond to mix with."""
    depth = dataclasses.replace(pinhole(64, 48, 50.0), cx=32.0, cy=24.0)
    color = dataclasses.replace(pinhole(64, 48, 50.0), cx=float(column), cy=float(row))
    mapping = ColorToDepth(Calibration(depth, color, (np.eye(4),) * 4))
    grey = np.full((48, 64, 4), 200, np.uint8)
    out = mapping(np.full((48, 64), 1000, np.uint16), grey)
    assert out[24, 32].any() == is_seen
