# SPDX-License-Identifier: Apache-2.0
"""
The kernels by themselves, warm, on one core and with the second: medians in milliseconds.

Beside each stand its goal, and what the same takes in a straightforward compiled loop, or a copy
of as many bytes, measured in turn with it on the same core.
"""

from __future__ import annotations

import functools
import math
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import simplejpeg

from azure_kinect_py.data import Image
from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.geometry.color import decode
from azure_kinect_py.geometry.correspondence import Correspondence
from azure_kinect_py.geometry.point_cloud import PointCloud
from azure_kinect_py.geometry.registration import ColorToDepth, DepthToColor, Interpolation
from azure_kinect_py.modes import ColorResolution, DepthMode, ImageFormat
from tools.bench import straightforward
from tools.bench.cores import one_core
from tools.bench.results import Results
from tools.harness.driver import ROOT

sys.path.append(str(ROOT / 'test'))

from helpers.depth_scenes import color_scene, depth_scene, values_scene

SECTION = 'Kernels, NFOV_UNBINNED, ms'
RAW = Path(ROOT / 'test' / 'data' / 'calibration_retail.json').read_bytes()
ROUNDS = 8
RUNS = 4  # a round, after one that does not count: what ran before has taken the caches
DEPTH_TO_COLOR_GOALS = {
    ColorResolution.R720P: 5.0,
    ColorResolution.R1080P: 7.0,
    ColorResolution.R1440P: math.nan,
    ColorResolution.R1536P: 7.5,
    ColorResolution.R2160P: 13.0,
    ColorResolution.R3072P: 15.0,
}
COLOR_TO_DEPTH_GOAL = 2.0

Work = Callable[[], object]


def measure(results: Results) -> None:
    """Measure all kernels."""
    depth = depth_scene(640, 576)
    for resolution, goal in DEPTH_TO_COLOR_GOALS.items():
        _depth_to_color(results, depth, resolution, goal)
    for resolution in (ColorResolution.R720P, ColorResolution.R2160P):
        _along_with_depth(results, depth, resolution)
    for resolution in DEPTH_TO_COLOR_GOALS:
        _color_to_depth(results, depth, resolution)
    _clouds(results, depth)
    _decoding(results)


def _depth_to_color(
    results: Results, depth: np.ndarray, resolution: ColorResolution, goal: float
) -> None:
    calibration = parse_calibration(RAW, DepthMode.NFOV_UNBINNED, resolution)
    mapping, to = DepthToColor(calibration), Correspondence(calibration)
    out, other = np.empty(mapping.shape, np.uint16), np.empty(mapping.shape, np.uint16)
    _add(
        results,
        f'depth to color, {resolution.label}',
        lambda: mapping(depth, out),
        goal,
        loop=lambda: straightforward.depth_to_color(depth, to.table, to.shift, to.lens, other),
    )
    wrong = np.count_nonzero(np.abs(out.astype(int) - other) > 1)
    assert wrong <= 1e-4 * np.count_nonzero(other), f'{resolution.label}: {wrong} wrong pixels'


def _along_with_depth(results: Results, depth: np.ndarray, resolution: ColorResolution) -> None:
    mapping = DepthToColor(parse_calibration(RAW, DepthMode.NFOV_UNBINNED, resolution))
    infrared, ids = (values_scene(640, 576, dtype) for dtype in (np.uint16, np.uint8))
    out, mixed = np.empty(mapping.shape, np.uint16), np.empty(mapping.shape, np.uint16)
    nearest, ids_out = np.empty(mapping.shape, np.int32), np.empty(mapping.shape, np.uint8)

    def draw(nearest: np.ndarray | None = None) -> None:
        mapping.with_values(
            depth,
            infrared,
            out=out,
            values_out=mixed,
            interpolation=Interpolation.LINEAR,
            nearest=nearest,
        )

    name = f'to color, {resolution.label}'
    goals = (7.0, 9.0, 1.5) if resolution is ColorResolution.R720P else (math.nan,) * 3
    _add(results, f'depth and infrared {name}', draw, goals[0])
    _add(results, f'the same, for a map to follow, {name}', lambda: draw(nearest), goals[1])
    _add(
        results,
        f'body index map that follows {name}',
        lambda: mapping.look_up(nearest, ids, ids_out, 255),
        goals[2],
    )


def _color_to_depth(results: Results, depth: np.ndarray, resolution: ColorResolution) -> None:
    calibration = parse_calibration(RAW, DepthMode.NFOV_UNBINNED, resolution)
    mapping, to = ColorToDepth(calibration), Correspondence(calibration)
    color = color_scene(*resolution.size)
    opaque = np.ascontiguousarray(color[..., :3])
    out, other = (np.empty((*mapping.shape, 4), np.uint8) for _ in range(2))
    name = f'color to depth, {resolution.label}'
    _add(results, f'{name} BGR', lambda: mapping(depth, opaque, out), COLOR_TO_DEPTH_GOAL)
    _add(
        results,
        f'{name} BGRA',
        lambda: mapping(depth, color, out),
        COLOR_TO_DEPTH_GOAL,
        loop=lambda: straightforward.color_to_depth(
            depth, to.table, to.shift, to.lens, color, other
        ),
    )
    assert np.abs(out.astype(int) - other).max() <= 1


def _clouds(results: Results, depth: np.ndarray) -> None:
    camera = parse_calibration(RAW, DepthMode.NFOV_UNBINNED, ColorResolution.OFF).depth
    assert camera is not None
    cloud, color = PointCloud(camera), color_scene(640, 576)
    for name, floats, times in (('xyz', 4, 2), ('xyz+rgb', 8, 3)):
        out = np.empty((*cloud.shape, floats), np.float32)
        source = np.ones_like(out)

        def fill(out: np.ndarray = out, floats: int = floats) -> object:
            return cloud.xyz(depth, out) if floats == 4 else cloud.xyzrgb(depth, color, out)

        def copy(out: np.ndarray = out, source: np.ndarray = source) -> None:
            np.copyto(out, source)

        _add(results, f'{name} cloud', fill, copies=times, copy=copy)


def _decoding(results: Results) -> None:
    pixels = np.ascontiguousarray(color_scene(1920, 1080)[..., :3])
    options = [
        *(cv2.IMWRITE_JPEG_QUALITY, 85),
        *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422),
    ]
    data = cv2.imencode('.jpg', cv2.blur(pixels, (5, 5)), options)[1].ravel()
    image = Image(data, ImageFormat.MJPG, 0, 0)
    for channels, name in ((3, 'BGR'), (4, 'BGRA')):
        out = np.empty((1080, 1920, channels), np.uint8)
        turbo = functools.partial(
            simplejpeg.decode_jpeg, data, name, fastdct=True, fastupsample=True, buffer=out
        )
        _add(
            results,
            f'1080P MJPG to {name} (libjpeg-turbo alone)',
            lambda out=out: decode(image, out=out),
            loop=turbo,
        )


def _add(
    results: Results,
    name: str,
    work: Work,
    goal: float = math.nan,
    *,
    loop: Work | None = None,
    copy: Work | None = None,
    copies: float = 0,
) -> None:
    """Measure in turn on one core, then with all of them, and keep a row."""
    with one_core():
        alone, beside, copied = _medians(work, loop, copy)
    goal = copies * copied if copy else goal
    row = {
        'one core': alone,
        'goal': goal,
        'simple loop': beside,
        'memcpy': copied,
        'idle cores': _medians(work)[0],
    }
    results.add(SECTION, name, row, {'one core': goal})


def _medians(*works: Work | None) -> list[float]:
    """Return medians in milliseconds, warm, NaN for what is None; measured in turn, in rounds."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, taken in zip(works, times, strict=True):
            if work is None:
                continue
            work()
            for _ in range(RUNS):
                start = time.perf_counter()
                work()
                taken.append((time.perf_counter() - start) * 1000)
    return [statistics.median(taken) if taken else math.nan for taken in times]
