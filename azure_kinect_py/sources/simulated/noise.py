# SPDX-License-Identifier: Apache-2.0
"""How well each depth mode measures, and the random numbers that it takes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.sensing import SensorModel
from azure_kinect_py.modes import DepthMode

Floats = npt.NDArray[np.float32]

# The vendor specifies a random error of at most 17 mm at the far end of the range, for surfaces
# that reflect as little as 15 %, and a systematic one of less than 11 mm + 0.1 %.
_LARGEST_ERROR_MM = 17.0
_FLOOR_MM = 0.7
_DARKEST = 0.15
_BRIGHTEST = 0.95
_BIAS_MM = 3.0
_COUNTS_NFOV = 9000.0
_TILE_ROWS = 256
_SLACK = 256

AMBIENT = 2.0
"""Infrared value of a pixel that gets no light."""


def sensor_model(mode: DepthMode, seed: int) -> SensorModel:
    """Return how a mode of one unit measures; the seed is the unit."""
    near, far = mode.range_m
    faintest = _DARKEST / far**2
    random = np.random.default_rng([seed, 7])
    numbers = (
        _COUNTS_NFOV * (far / DepthMode.NFOV_UNBINNED.range_m[1]) ** 2,
        _FLOOR_MM,
        (_LARGEST_ERROR_MM - _FLOOR_MM) * faintest,
        0.6 * faintest,
        _BRIGHTEST / (0.8 * near) ** 2,
        _BIAS_MM,
        random.uniform(0.6, 0.9),
        random.uniform(0.0, 1.0),
        AMBIENT,
    )
    return SensorModel(*(np.float32(number) for number in numbers))


class NoiseTile:
    """Normal random numbers, of which each frame uses others."""

    def __init__(self, width: int, seed: int) -> None:
        random = np.random.default_rng([seed, 8])
        self.numbers: Floats = random.standard_normal(
            (_TILE_ROWS, width + _SLACK), dtype=np.float32
        )

    def offsets(self, random: np.random.Generator) -> npt.NDArray[np.int64]:
        """Return where three independent patterns of a frame begin, (3, 2)."""
        return random.integers(0, min(_TILE_ROWS, _SLACK), (3, 2), dtype=np.int64)

    def pattern(self, shape: tuple[int, ...], random: np.random.Generator) -> Floats:
        """Return an image of them."""
        height, width = shape
        row, column = self.offsets(random)[0]
        rows = (np.arange(height) + row) % _TILE_ROWS
        pattern: Floats = self.numbers[rows, column : column + width]
        return pattern
