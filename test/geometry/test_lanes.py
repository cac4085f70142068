# SPDX-License-Identifier: Apache-2.0
"""The vector instructions do what their plain versions say."""

import numba
import numpy as np
import pytest

from azure_kinect_py.geometry import lanes

RANDOM = np.random.default_rng(1)


@pytest.mark.parametrize('function', ['merge4', 'merge8'])
def test_merging_depths(function):
    compiled, plain = getattr(lanes, function), getattr(lanes, f'plain_{function}')
    count = 2 if function == 'merge8' else 1

    @numba.njit
    def call4(out, offset, keys, index):
        lanes.merge4(out, offset, keys[0], index)

    @numba.njit
    def call8(out, offset, keys, index):
        lanes.merge8(out, offset, keys[0], keys[1], index)

    assert compiled is not plain
    call = call8 if function == 'merge8' else call4
    for _ in range(100):
        out = RANDOM.choice([0, 1, 2, 3000, 65534, 65535], (4, 10)).astype(np.uint16)
        keys = RANDOM.choice([0, 1, 2999, 3000, 65534, 65535], (2, 12)).astype(np.uint16)
        words = keys.view(np.uint32)
        expected, offset, index = out.copy(), int(RANDOM.integers(32)), int(RANDOM.integers(4))
        call(out, offset, words, index)
        plain(expected, offset, *words[:count], index)
        np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
def test_merging_values(dtype):
    @numba.njit
    def call(out, values_out, offset, keys, values, index):
        lanes.merge4_values(out, values_out, offset, keys, values, index)

    for _ in range(100):
        out = RANDOM.choice([0, 1, 2, 3000, 65535], (4, 10)).astype(np.uint16)
        kept = RANDOM.integers(0, np.iinfo(dtype).max, (4, 10), dtype, endpoint=True)
        keys = RANDOM.choice([0, 1, 2999, 3000, 65535], 12).astype(np.uint16).view(np.uint32)
        values = RANDOM.integers(0, 256, 12, np.uint16).view(np.uint32)
        expected, expected_kept = out.copy(), kept.copy()
        offset, index = int(RANDOM.integers(36)), int(RANDOM.integers(4))
        call(out, kept, offset, keys, values, index)
        lanes.plain_merge4_values(expected, expected_kept, offset, keys, values, index)
        np.testing.assert_array_equal(out, expected)
        np.testing.assert_array_equal(kept, expected_kept)


@pytest.mark.parametrize('channels', [3, 4])
def test_sampling_colors(channels):
    plain = lanes.plain_sample4 if channels == 4 else lanes.plain_sample3

    @numba.njit
    def call3(image, upper, lower, fx, fy):
        return lanes.sample3(image, upper, lower, fx, fy)

    @numba.njit
    def call4(image, upper, lower, fx, fy):
        return lanes.sample4(image, upper, lower, fx, fy)

    call = call4 if channels == 4 else call3
    image = RANDOM.integers(0, 256, (5, 6, channels), np.uint8)
    for row in range(4):
        for column in range(5):
            start = (row * 6 + column) * channels
            shares = RANDOM.random(2, np.float32)
            ours = call(image, start, start + 6 * channels, *shares)
            expected = plain(image, start, start + 6 * channels, *shares)
            bytes_ = [int(value).to_bytes(4, 'little') for value in (ours, expected)]
            assert list(bytes_[0]) == pytest.approx(
                list(bytes_[1]), abs=1
            )  # a half may round away


def test_the_last_pixel_is_read_within_the_image():
    """A page that cannot be read follows the image."""
    import ctypes
    import mmap

    @numba.njit
    def call(image, upper, lower):
        return lanes.sample3(image, upper, lower, np.float32(1), np.float32(1))

    page = mmap.PAGESIZE
    memory = mmap.mmap(-1, 2 * page)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.mprotect(ctypes.c_void_p(address + page), page, 0) == 0
    image = np.frombuffer(memory, np.uint8, 4 * 4 * 3, page - 4 * 4 * 3).reshape(4, 4, 3)
    assert call(image, (2 * 4 + 2) * 3, (3 * 4 + 2) * 3) == 0xFF000000
    assert libc.mprotect(ctypes.c_void_p(address + page), page, 3) == 0
