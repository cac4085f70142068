# SPDX-License-Identifier: Apache-2.0
"""What a time-of-flight sensor makes of the light that comes back, as a kernel."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_kernel, kernel

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint16]
Numbers = npt.NDArray[np.int16]

_ZERO = np.float32(0)
_ONE = np.float32(1)
_HALF = np.float32(0.5)
_MIXED = np.float32(0.03)  # relative step of depth from which a pixel sees two surfaces
_LARGEST = np.float32(65535)

DARK = np.float32(-100)
"""A limit that every random number exceeds."""


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
    :ivar ambient: Infrared value without own light.
    """

    counts: np.float32
    floor_mm: np.float32
    noise_mm: np.float32
    weakest: np.float32
    strongest: np.float32
    bias_mm: np.float32
    bias_per_m: np.float32
    bias_phase: np.float32
    ambient: np.float32


@kernel
def sense(
    depth: Floats,
    signal: Floats,
    hits: Numbers,
    limits: Floats,
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
    :param limits: (H, W) normal random number above which the background gives no depth, because
        light comes on several paths; DARK where nothing does, not even people.
    :param noise: (A, B) normal random numbers, B at least W + the largest offset.
    :param offsets: (3, 2) row and column at which three independent patterns begin.
    """
    height, width = depth.shape
    rows = noise.shape[0]
    padded = np.empty(width + 2, np.float32)
    for row in range(height):
        first = noise[(row + offsets[0, 0]) % rows, offsets[0, 1] : offsets[0, 1] + width]
        second = noise[(row + offsets[1, 0]) % rows, offsets[1, 1] : offsets[1, 1] + width]
        third = noise[(row + offsets[2, 0]) % rows, offsets[2, 1] : offsets[2, 1] + width]
        padded[0], padded[width + 1] = depth[row, 0], depth[row, width - 1]
        for i in range(width):
            padded[i + 1] = depth[row, i]
        _infrared_row(signal[row], second, model, infrared[row])
        _depth_row(
            depth[max(row - 1, 0)],
            padded,
            depth[min(row + 1, height - 1)],
            signal[row],
            hits[row],
            limits[row],
            (first, second, third),
            model,
            depth_mm[row],
        )


@fast_kernel
def _infrared_row(signal: Floats, noise: Floats, model: SensorModel, infrared: Pixels) -> None:
    for i in range(signal.shape[0]):
        light = signal[i] * model.counts
        spread = np.sqrt(light) * _HALF + np.float32(3)
        value = light + model.ambient + noise[i] * spread + _HALF
        value = value if value > 0 else _ZERO
        infrared[i] = np.uint16(np.int32(min(_LARGEST, value)))


@fast_kernel
def _depth_row(
    above: Floats,
    padded: Floats,
    below: Floats,
    signal: Floats,
    hits: Numbers,
    limits: Floats,
    noise: tuple[Floats, Floats, Floats],
    model: SensorModel,
    depth_mm: Pixels,
) -> None:
    """Write a row of depth; free of branches, so that several pixels are computed at once."""
    first, second, third = noise
    for i in range(signal.shape[0]):
        z, s, chance = padded[i + 1], signal[i], third[i]
        left, right = padded[i], padded[i + 2]
        low, high = (left, right) if left < right else (right, left)
        low = min(low, above[i])
        low = min(low, below[i])
        low = min(low, z)
        high = max(high, above[i])
        high = max(high, below[i])
        high = max(high, z)

        # A pixel that sees two surfaces mostly gives nothing, and else something in between.
        mixed = high - low > _MIXED * z
        share = _HALF + np.float32(0.35) * second[i]
        share = share if share > 0 else _ZERO
        share = share if share < 1 else _ONE
        between = z + share * (np.float32(0.35) * (low + high) - np.float32(0.7) * z)
        z = between if mixed else z

        lost = (s < model.weakest * (_ONE + np.float32(0.12) * chance)) | (s > model.strongest)
        lost |= (chance > limits[i]) & ((hits[i] < 0) | (limits[i] == DARK))
        lost |= mixed & (chance > -_HALF)
        weak = max(model.weakest, s)
        sigma = model.floor_mm + model.noise_mm / weak
        phase = model.bias_per_m * z + model.bias_phase
        phase = phase - np.floor(phase) - _HALF
        wave = phase * (_ONE - abs(phase + phase)) * np.float32(-8)  # about sin(2 pi phase)
        value = z * np.float32(1000) + model.bias_mm * wave + sigma * first[i] + _HALF
        good = (not lost) & (value >= _ONE) & (value < _LARGEST)
        depth_mm[i] = np.uint16(np.int32(value if good else _ZERO))
