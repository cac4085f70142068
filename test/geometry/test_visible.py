# SPDX-License-Identifier: Apache-2.0
"""Every pixel that shows a solid is listed once, with that solid."""

import numpy as np

from azure_kinect_py.geometry.visible import fill, find_visible, put_back, wipe

SHAPE = (40, 200)
COUNT = 7


def scene():
    """Return hits, more runs of them than fit at first, and where to look."""
    random = np.random.default_rng(3)
    hits = random.integers(-2, COUNT - 1, SHAPE).astype(np.int16)
    reach = np.tile(np.array([20, 180], np.int32), (SHAPE[0], 1))
    reach[5] = SHAPE[1], 0  # nothing there
    looked_at = np.zeros(SHAPE, bool)
    looked_at[:, 20:180] = True
    looked_at[5] = False
    return hits, reach, looked_at


def test_pixels_are_sorted_by_solid():
    hits, reach, looked_at = scene()
    visible = find_visible(hits, reach, COUNT)
    assert len(visible.starts) == COUNT + 1
    for number in range(COUNT):
        pixels = visible.pixels[visible.starts[number] : visible.starts[number + 1]]
        expected = np.flatnonzero((hits == number) & looked_at)
        np.testing.assert_array_equal(pixels, expected)
    assert visible.starts[COUNT - 1] == visible.starts[COUNT]  # one is hidden


def test_long_runs_end_where_they_should():
    """Runs are followed four pixels at a time, wherever they begin and end."""
    hits = np.full((1, 64), -1, np.int16)
    reach = np.array([[1, 62]], np.int32)
    for first in range(1, 20):
        for end in range(first + 1, 60, 3):
            hits[:] = -1
            hits[0, first:end], hits[0, end:] = 0, 1
            pixels, starts = find_visible(hits, reach, 2)
            np.testing.assert_array_equal(pixels, np.arange(first, 62))
            assert starts.tolist() == [0, end - first, 62 - first]


def test_pixels_are_given_the_values_of_their_solids():
    hits, reach, looked_at = scene()
    values = np.arange(10, 10 + COUNT, dtype=np.uint8)
    image = np.zeros(SHAPE, np.uint8)
    fill(find_visible(hits, reach, COUNT), values, image)
    np.testing.assert_array_equal(image, np.where((hits >= 0) & looked_at, values[hits], 0))


def test_rows_are_put_back_and_wiped():
    _, reach, looked_at = scene()
    source, target = np.ones(SHAPE, np.float32), np.zeros(SHAPE, np.float32)
    put_back(reach, source, target)
    np.testing.assert_array_equal(target == 1, looked_at)
    numbers = np.zeros(SHAPE, np.int16)
    wipe(reach, -1, numbers)
    np.testing.assert_array_equal(numbers == -1, looked_at)
