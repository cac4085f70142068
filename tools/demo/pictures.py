# SPDX-License-Identifier: Apache-2.0
"""Pictures of one capture, made from its messages, that a person can judge at a glance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tools.demo.messages import Capture
from tools.demo.side_view import SideView
from tools.demo.skeletons import draw, skeletons

Array = np.ndarray[Any, Any]

NEAR_M, FAR_M = 0.5, 5.5
JOINTS = 'body_tracking/joints'
UNSEEN = 70
"""Grey of points that the color camera does not see."""


def write_pictures(capture: Capture, folder: Path) -> list[Path]:
    """Write all pictures that the messages of a capture allow, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        name: maker(capture) for name, (topics, maker) in PICTURES.items()
        if all(topic in capture for topic in topics)
    }  # fmt: skip
    if all(name in pictures for row in OVERVIEW for name in row):
        pictures['overview.png'] = overview(pictures)
    for name, picture in pictures.items():
        cv2.imwrite(str(folder / name), picture)
    return [folder / name for name in pictures]


def color(capture: Capture) -> Array:
    """Return the color image."""
    return np.ascontiguousarray(capture.image('rgb/image_raw')[:, :, :3])


def depth(capture: Capture) -> Array:
    """Return the depth image in a colormap, with its scale."""
    return with_scale(colored_depth(metres(capture.image('depth/image_raw'))))


def infrared(capture: Capture) -> Array:
    """Return the infrared image, brightened as the eye likes it."""
    image = capture.image('ir/image_raw').astype(np.float32)
    bright = max(1.0, float(np.percentile(image, 99)))
    return cv2.cvtColor(
        (np.sqrt(np.clip(image / bright, 0, 1)) * 255).astype(np.uint8), cv2.COLOR_GRAY2BGR
    )


def color_in_depth_view(capture: Capture) -> Array:
    """Return the color image as the depth camera would see it."""
    return np.ascontiguousarray(capture.image('rgb_to_depth/image_raw')[:, :, :3])


def depth_over_color(capture: Capture) -> Array:
    """Return the color image with the registered depth over it."""
    below = color(capture)
    distance = metres(capture.image('depth_to_rgb/image_raw'))
    mixed = cv2.addWeighted(below, 0.45, colored_depth(distance), 0.55, 0)
    return np.where(np.isfinite(distance)[:, :, None], mixed, below)


def cloud_from_the_side(capture: Capture) -> Array:
    """Return the point cloud seen from the side."""
    points, colors, view = _cloud(capture)
    return view.render(points, colors)


def color_with_bodies(capture: Capture) -> Array:
    """Return the color image with skeletons, at the pixels of the joint table."""
    return _with_bodies(capture, color(capture), _columns('u_color', 'v_color'), 1.6)


def depth_with_bodies(capture: Capture) -> Array:
    """Return the depth image with skeletons, at the pixels of the joint table."""
    image = colored_depth(metres(capture.image('depth/image_raw')))
    return with_scale(_with_bodies(capture, image, _columns('u_depth', 'v_depth'), 1.0))


def cloud_with_bodies(capture: Capture) -> Array:
    """Return the point cloud seen from the side, with skeletons in it."""
    points, colors, view = _cloud(capture)

    def project(rows: Array) -> Array:
        positions = np.stack([rows['x'], rows['y'], rows['z']], axis=1).astype(np.float64)
        return view.project(positions)[:, :2]

    return _with_bodies(capture, view.render(points, colors), project, 1.4)


PICTURES: dict[str, tuple[tuple[str, ...], Callable[[Capture], Array]]] = {
    'color.png': (('rgb/image_raw',), color),
    'depth.png': (('depth/image_raw',), depth),
    'infrared.png': (('ir/image_raw',), infrared),
    'color_in_depth_view.png': (('rgb_to_depth/image_raw',), color_in_depth_view),
    'depth_over_color.png': (('rgb/image_raw', 'depth_to_rgb/image_raw'), depth_over_color),
    'cloud_from_the_side.png': (('points2',), cloud_from_the_side),
    'bodies_in_color.png': (('rgb/image_raw', JOINTS), color_with_bodies),
    'bodies_in_depth.png': (('depth/image_raw', JOINTS), depth_with_bodies),
    'bodies_from_the_side.png': (('points2', JOINTS), cloud_with_bodies),
}
"""File -> the topics that it needs, and what makes it."""

OVERVIEW = (
    ('bodies_in_color.png', 'bodies_in_depth.png', 'infrared.png'),
    ('bodies_from_the_side.png', 'color_in_depth_view.png', 'depth_over_color.png'),
)


def overview(pictures: dict[str, Array], width: int = 1440) -> Array:
    """Return the pictures of OVERVIEW on one sheet."""
    rows = []
    for names in OVERVIEW:
        tiles = [_resized(pictures[name], height=480) for name in names]
        row = np.hstack(tiles)
        rows.append(_resized(row, height=round(480 * width / row.shape[1]), width=width))
    return np.vstack(rows)


def metres(image: Array) -> Array:
    """Return depth in metres, NaN where invalid."""
    distance = image.astype(np.float32)
    if image.dtype == np.uint16:
        distance /= 1000
    distance[~(distance > 0)] = np.nan
    return distance


def colored_depth(distance: Array) -> Array:
    """Return metres in a colormap, red near and blue far; black where invalid."""
    valid = np.isfinite(distance)
    level = np.clip((FAR_M - np.where(valid, distance, FAR_M)) / (FAR_M - NEAR_M), 0, 1)
    image = cv2.applyColorMap((level * 255).astype(np.uint8), cv2.COLORMAP_TURBO)
    image[~valid] = 0
    return image


def with_scale(image: Array) -> Array:
    """Return a picture of depth with the scale of its colors at the right."""
    height, wide = image.shape[0], 56
    bar = colored_depth(np.linspace(NEAR_M, FAR_M, height, dtype=np.float32)[:, None])
    scale = np.zeros((height, wide, 3), np.uint8)
    scale[:, 8:22] = bar
    for value in range(1, int(FAR_M) + 1):
        y = round((value - NEAR_M) / (FAR_M - NEAR_M) * (height - 1))
        cv2.putText(
            scale, f'{value} m', (26, y + 4), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (220, 220, 220), 1,
            cv2.LINE_AA,
        )  # fmt: skip
    return np.hstack([image, scale])


def _cloud(capture: Capture) -> tuple[Array, Array, SideView]:
    table = capture.table('points2').reshape(-1)
    table = table[np.isfinite(table['z'])]
    points = np.stack([table['x'], table['y'], table['z']], axis=1).astype(np.float64)
    if 'rgb' in (table.dtype.names or ()):
        colors = table['rgb'].copy().view(np.uint8).reshape(-1, 4)[:, :3].copy()
        colors[~colors.any(axis=1)] = UNSEEN
    else:
        colors = colored_depth(points[:, 2:].astype(np.float32))[:, 0]
    return points, colors, SideView(points)


def _with_bodies(
    capture: Capture, image: Array, project: Callable[[Array], Array], scale: float
) -> Array:
    return draw(image, skeletons(capture.table(JOINTS), project), scale)


def _columns(*names: str) -> Callable[[Array], Array]:
    return lambda rows: np.stack([rows[name] for name in names], axis=1).astype(np.float64)


def _resized(image: Array, height: int, width: int = 0) -> Array:
    size = (width or round(image.shape[1] * height / image.shape[0]), height)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
