# SPDX-License-Identifier: Apache-2.0
"""What a time-of-flight sensor makes of the light that comes back, as a kernel."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import kernel

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint16]

_ONE = np.float32(1)
_HALF = np.float32(0.5)
_MIXED = np.float32(0.03)  # relative step of depth from which a pixel sees two surfaces
_LARGEST = np.float32(65535)


class SensorModel(NamedTuple):
    """
    How a depth mode measures.

    :ivar counts: Infrared value of a signal of 1.
    :ivar floor_mm: Random error that remains in strong light, standard deviation.
    :ivar noise_mm: Random error for a signal of 1, which grows as the signal shrinks.
    :ivar weakest: Signal under which no depth comes out.
    :ivar strongest: Signal that saturates the pixel.
    :ivar bias_mm: Height of the systematic error, a wave over the distance.
    :ivar bias_per_m: Periods of that wave per metre.
    :ivar bias_phase: Periods by which it is shifted.
    """

    counts: np.float32
    floor_mm: np.float32
    noise_mm: np.float32
    weakest: np.float32
    strongest: np.float32
    bias_mm: np.float32
    bias_per_m: np.float32
    bias_phase: np.float32


@kernel
def sense(
    depth: Floats,
    signal: Floats,
    hits: npt.NDArray[np.int16],
    doubt: Floats,
    ambient: Floats,
    noise: Floats,
    offsets: npt.NDArray[np.int64],
    model: SensorModel,
    depth_mm: Pixels,
    infrared: Pixels,
) -> None:
    """
    Write a depth and an infrared image.

    :param depth: (H, W) true depth in metres.
    :param signal: (H, W) light that comes back, see :func:`shading.reflect`.
    :param hits: (H, W) 0 or more where somebody stands before the background.
    :param doubt: (H, W) chance, 0 to 1, that a pixel of the background is invalid because light
        comes on several paths; 1 outside of the illumination, for whatever is there.
    :param ambient: (H, W) infrared values without own light.
    :param noise: (A, B) normal random numbers, B at least W + the largest offset.
    :param offsets: (3, 2) row and column at which three independent patterns begin.
    """
    height, width = depth.shape
    rows = noise.shape[0]
    for row in range(height):
        first = noise[(row + offsets[0, 0]) % rows, offsets[0, 1] : offsets[0, 1] + width]
        second = noise[(row + offsets[1, 0]) % rows, offsets[1, 1] : offsets[1, 1] + width]
        third = noise[(row + offsets[2, 0]) % rows, offsets[2, 1] : offsets[2, 1] + width]
        above = depth[max(row - 1, 0)]
        here = depth[row]
        below = depth[min(row + 1, height - 1)]
        for column in range(width):
            z = here[column]
            s = signal[row, column]
            light = s * model.counts
            spread = np.sqrt(light) * np.float32(0.5) + np.float32(3)
            value = light + ambient[row, column] + second[column] * spread + _HALF
            infrared[row, column] = np.uint16(min(max(value, np.float32(0)), _LARGEST))

            left, right = here[max(column - 1, 0)], here[min(column + 1, width - 1)]
            least = min(z, left, right, above[column], below[column])
            most = max(z, left, right, above[column], below[column])
            chance = third[column]  # normal: 0.67 is exceeded by a quarter
            lost = (
                s < model.weakest * (_ONE + np.float32(0.12) * chance)
                or s > model.strongest
                or doubt[row, column] >= 1
                or (
                    doubt[row, column] > 0 > hits[row, column]
                    and _uniform(chance) < doubt[row, column]
                )
            )
            if most - least > _MIXED * z:
                lost = lost or chance > np.float32(-0.5)
                z += (np.float32(0.35) * (least + most) - np.float32(0.7) * z) * _uniform(
                    second[column]
                )
            sigma = model.floor_mm + model.noise_mm / max(s, model.weakest)
            wave = model.bias_mm * _wave(model.bias_per_m * z + model.bias_phase)
            measured = z * np.float32(1000) + wave + sigma * first[column] + _HALF
            valid = not lost and _ONE <= measured < _LARGEST
            depth_mm[row, column] = np.uint16(measured) if valid else np.uint16(0)


@kernel
def _wave(x: float) -> float:
    """Return about sin(2 pi x)."""
    f = x - np.floor(x) - _HALF
    return np.float32(-8) * f * (_ONE - abs(f + f))


@kernel
def _uniform(normal: float) -> float:
    """Return about the share of normal random numbers that are below this one."""
    return _ONE / (_ONE + np.exp(np.float32(-1.702) * normal))
