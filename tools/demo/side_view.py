# SPDX-License-Identifier: Apache-2.0
"""Looks at a point cloud from the side, with a camera of its own."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

Array = np.ndarray[Any, Any]

SIZE = (1280, 720)
FOCAL = 1000.0
SPLAT = 3
"""Pixels that a point covers, in each direction."""
FRUSTUM = np.array(
    [[0, 0, 0], [-0.14, -0.12, 0.22], [0.14, -0.12, 0.22], [0.14, 0.12, 0.22], [-0.14, 0.12, 0.22]]
)
"""What stands for the depth camera: its place and the corners of its view, metres."""
YELLOW = (0, 200, 255)


class SideView:
    """
    A camera that looks at a cloud from the side and a little from above, as near as it fits.

    :param points: (N, 3) finite points in the depth camera's optical frame, metres.
    """

    def __init__(self, points: Array, azimuth: float = 48.0, elevation: float = 20.0) -> None:
        yaw, pitch = np.radians([azimuth, elevation])
        back = np.array(
            [np.sin(yaw) * np.cos(pitch), -np.sin(pitch), -np.cos(yaw) * np.cos(pitch)]
        )
        right = np.cross([0.0, 1.0, 0.0], -back)
        right /= np.linalg.norm(right)
        self._axes = np.stack([right, np.cross(-back, right), -back])
        sample = np.vstack([points[:: max(1, len(points) // 5000)], FRUSTUM])
        low, high = np.percentile(sample @ self._axes.T, [3, 97], axis=0)
        middle = (low + high) / 2 @ self._axes
        for distance in np.arange(1.0, 12.0, 0.1):
            self._eye = middle + back * distance
            if self._holds(FRUSTUM, 1.0) and self._holds(sample, 0.97):
                break

    def _holds(self, points: Array, share: float) -> bool:
        """Return whether a share of points is in the picture."""
        seen = self.project(points)
        margin = 24
        size = np.array(SIZE)
        inside = (seen[:, :2] > margin) & (seen[:, :2] < size - margin)
        return bool(inside.all(axis=1).mean() >= share)

    def project(self, points: Array) -> Array:
        """Return pixels and distances of points, (N, 3); NaN for what is behind."""
        local = (points - self._eye) @ self._axes.T
        z = np.where(local[:, 2] > 0.1, local[:, 2], np.nan)
        width, height = SIZE
        return np.stack(
            [
                local[:, 0] / z * FOCAL + width / 2,
                local[:, 1] / z * FOCAL + height / 2,
                z,
            ],
            axis=1,
        )

    def render(self, points: Array, colors: Array) -> Array:
        """Return the picture of points, (N, 3), with colors, (N, 3) BGR."""
        image = _background()
        seen = self.project(points)
        order = np.argsort(
            -seen[:, 2]
        )  # what is near is written last; NaN after all, and left out
        order = order[np.isfinite(seen[order, 2])]
        corner = seen[order, :2].round().astype(int) - SPLAT // 2
        steps = np.stack(np.meshgrid(np.arange(SPLAT), np.arange(SPLAT)), axis=-1).reshape(-1, 2)
        pixels = (corner[:, None, :] + steps).reshape(-1, 2)
        shades = np.repeat(colors[order], len(steps), axis=0)
        inside = ((pixels >= 0) & (pixels < SIZE)).all(axis=1)
        image[pixels[inside, 1], pixels[inside, 0]] = shades[inside]
        self._draw_camera(image)
        return image

    def _draw_camera(self, image: Array) -> None:
        seen = self.project(FRUSTUM)
        if not np.isfinite(seen).all():
            return
        points = (seen[:, :2] * 16).round().astype(int).tolist()
        for corner in range(1, 5):
            for end in (0, corner % 4 + 1):
                cv2.line(image, points[corner], points[end], YELLOW, 2, cv2.LINE_AA, 4)
        place = (points[0][0] // 16 - 30, points[0][1] // 16 + 46)
        cv2.putText(image, 'camera', place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, YELLOW, 1, cv2.LINE_AA)


def _background() -> Array:
    width, height = SIZE
    shade = np.linspace(38, 14, height)[:, None, None]
    return np.tile(shade * [1.15, 1.0, 0.9], (1, width, 1)).astype(np.uint8)
