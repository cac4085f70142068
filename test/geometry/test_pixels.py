# SPDX-License-Identifier: Apache-2.0
"""Depth and infrared in other units, for every value there is."""

import numpy as np
import pytest

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.geometry.pixels import depth_to_metres, depth_to_millimetres, ir_to_mono8

EVERY = np.arange(65536, dtype=np.uint16).reshape(256, 256)


def test_metres_are_the_nearest_float_and_none_is_nan():
    out = np.empty(EVERY.shape, np.float32)
    assert depth_to_metres(EVERY, out) is out
    assert np.isnan(out[0, 0])
    expected = (EVERY.ravel()[1:] / 1000).astype(np.float32)
    np.testing.assert_array_equal(out.ravel()[1:], expected)


def test_metres_come_back_as_the_same_millimetres():
    metres = depth_to_metres(EVERY, np.empty(EVERY.shape, np.float32))
    np.testing.assert_array_equal(depth_to_millimetres(metres, np.empty_like(EVERY)), EVERY)


def test_what_is_no_depth_becomes_0():
    metres = np.array([[np.nan, np.inf, -np.inf, -1.0, 0.0, 65.535, 65.6, 1e9]], np.float32)
    out = depth_to_millimetres(metres, np.empty(metres.shape, np.uint16))
    assert out.tolist() == [[0, 0, 0, 0, 0, 65535, 0, 0]]


@pytest.mark.parametrize(
    ('convert', 'taken', 'written'),
    [
        (depth_to_metres, np.uint16, np.float32),
        (depth_to_millimetres, np.float32, np.uint16),
        (lambda ir, out: ir_to_mono8(ir, 1.0, out), np.uint16, np.uint8),
    ],
)
def test_images_that_do_not_fit_are_refused(convert, taken, written):
    with pytest.raises(ConfigError, match=r'(depth|infrared): '):
        convert(np.ones((400, 400), taken), np.empty((2, 2), written))
    with pytest.raises(ConfigError, match='out: '):
        convert(np.ones((2, 2), taken), np.empty((2, 2), np.float64))
    with pytest.raises(ConfigError, match=r'(depth|infrared): '):
        convert(np.ones((2, 2), np.int64), np.empty((2, 2), written))


def test_infrared_is_scaled_rounded_down_and_saturated():
    for factor in (0.1, 0.5, 1.0, 10.0):
        out = ir_to_mono8(EVERY, factor, np.empty(EVERY.shape, np.uint8))
        expected = np.minimum(EVERY * np.float32(factor), 255).astype(np.uint8)
        np.testing.assert_array_equal(out, expected)
