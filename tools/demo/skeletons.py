# SPDX-License-Identifier: Apache-2.0
"""Draws the bodies of a joint table: joints and bones, one color for each body."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np

from azure_kinect_py.joints import PARENTS, Confidence

Array = np.ndarray[Any, Any]

COLORS = (
    (90, 220, 90), (70, 90, 255), (255, 170, 60), (60, 230, 255), (235, 120, 225), (230, 220, 80),
)  # fmt: skip
"""BGR, by body."""
DARK = (20, 20, 20)
SUBPIXEL = 4


class Skeleton(NamedTuple):
    """
    One body in an image.

    :ivar pixels: (32, 2), NaN where a joint is not in the image.
    :ivar seen: (32,) whether the joint is seen rather than guessed.
    """

    body_id: int
    pixels: Array
    seen: Array


def skeletons(table: Array, project: Callable[[Array], Array]) -> Iterator[Skeleton]:
    """
    Yield the bodies of a joint table.

    :param project: Rows of one body -> (32, 2) pixels.
    """
    for rows in table.reshape(-1, 32):
        pixels = project(rows).copy()
        pixels[rows['confidence'] == Confidence.NONE] = np.nan
        yield Skeleton(int(rows['body_id'][0]), pixels, rows['confidence'] > Confidence.LOW)


def draw(image: Array, bodies: Iterator[Skeleton], scale: float = 1.0) -> Array:
    """Return an image with bodies drawn into it; ``scale`` is the thickness."""
    image = image.copy()
    for body in bodies:
        color = COLORS[body.body_id % len(COLORS)]
        _draw(image, body, DARK, scale, border=1.5)
        _draw(image, body, color, scale, border=0.0)
        _label(image, body, color, scale)
    return image


def _draw(
    image: Array, body: Skeleton, color: tuple[int, int, int], scale: float, border: float
) -> None:
    finite = np.isfinite(body.pixels).all(axis=1)
    points = np.where(finite[:, None], body.pixels * 2**SUBPIXEL, 0).round().astype(int)
    for joint, parent in enumerate(PARENTS):
        if parent >= 0 and finite[joint] and finite[parent]:
            width = 2 if body.seen[joint] and body.seen[parent] else 1
            cv2.line(
                image, points[parent].tolist(), points[joint].tolist(), color,
                max(1, round(width * scale + 2 * border)), cv2.LINE_AA, SUBPIXEL,
            )  # fmt: skip
    for joint in np.flatnonzero(finite):
        radius = round(((2.8 if body.seen[joint] else 1.8) * scale + border) * 2**SUBPIXEL)
        cv2.circle(image, points[joint].tolist(), radius, color, cv2.FILLED, cv2.LINE_AA, SUBPIXEL)


def _label(image: Array, body: Skeleton, color: tuple[int, int, int], scale: float) -> None:
    finite = body.pixels[np.isfinite(body.pixels).all(axis=1)]
    if len(finite) == 0:
        return
    top = finite[finite[:, 1].argmin()]
    place = (int(top[0] - 22 * scale), int(top[1] - 16 * scale))
    for shade, width in ((DARK, 4), (color, 1)):
        cv2.putText(
            image, f'body {body.body_id}', place, cv2.FONT_HERSHEY_SIMPLEX, 0.5 * scale, shade,
            max(1, round(width * scale)), cv2.LINE_AA,
        )  # fmt: skip
