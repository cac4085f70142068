# SPDX-License-Identifier: Apache-2.0
"""
What the vendor's depth engine makes of the scenes, stored compactly.

``python -m tools.references`` makes the files, with the real libk4a.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from helpers.depth_scenes import color_scene, depth_scene, values_scene

from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.modes import ColorResolution, DepthMode

DATA = Path(__file__).resolve().parents[1] / 'data'


class Case(NamedTuple):
    """
    A pair of modes of one unit.

    Of images in the color camera's view every ``color_step``-th row is kept, of images in the
    depth camera's every ``depth_step``-th. ``with_values``: also of other images along with depth.
    """

    unit: str
    depth_mode: DepthMode
    resolution: ColorResolution
    color_step: int = 1
    depth_step: int = 3
    with_values: bool = False

    def __str__(self):
        return f'{self.unit}_{self.depth_mode.name}_{self.resolution.label}'.lower()

    @property
    def raw(self):
        return (DATA / f'calibration_{self.unit}.json').read_bytes()

    @property
    def calibration(self):
        return parse_calibration(self.raw, self.depth_mode, self.resolution)

    @property
    def depth(self):
        return depth_scene(*self.depth_mode.size)

    @property
    def color(self):
        return color_scene(*self.resolution.size)

    def values(self, dtype):
        return values_scene(*self.depth_mode.size, dtype)

    @property
    def path(self):
        return DATA / 'registration' / f'{self}.npz'

    def save(self, images):
        """Store named images, rows apart from each other already."""
        self.path.parent.mkdir(exist_ok=True)
        np.savez_compressed(self.path, **{name: _pack(image) for name, image in images.items()})

    def load(self):
        """Return the named images."""
        with np.load(self.path) as packed:
            return {name: _unpack(packed[name]) for name in packed.files}


CASES = [
    Case('retail', DepthMode.NFOV_UNBINNED, ColorResolution.R720P, 3, with_values=True),
    Case('retail', DepthMode.NFOV_2X2BINNED, ColorResolution.R1080P, 7),
    Case('retail', DepthMode.WFOV_2X2BINNED, ColorResolution.R1536P, 9),
    Case('retail', DepthMode.NFOV_UNBINNED, ColorResolution.R3072P, 23, 5),
    Case('devkit', DepthMode.NFOV_UNBINNED, ColorResolution.R2160P, 15, 5),
    Case('devkit', DepthMode.NFOV_2X2BINNED, ColorResolution.R1536P, 9),
    Case('devkit', DepthMode.WFOV_UNBINNED, ColorResolution.R720P, 5, 7),
    Case('devkit', DepthMode.NFOV_UNBINNED, ColorResolution.R1440P, 9, with_values=True),
]


def _pack(image):
    """Differences along rows compress better than values; and so do bytes of one kind."""
    steps = np.diff(image, axis=1, prepend=image[:, :1] * 0)
    return np.stack([steps & 255, steps >> 8]).astype(np.uint8) if image.itemsize == 2 else steps


def _unpack(packed):
    if packed.ndim == 3 and packed.shape[0] == 2:
        packed = packed[0].astype(np.uint16) | packed[1].astype(np.uint16) << 8
    return np.cumsum(packed, axis=1, dtype=packed.dtype)
