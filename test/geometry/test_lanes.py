# SPDX-License-Identifier: Apache-2.0
"""The vector instructions do what their plain versions say."""

import numba
import numpy as np
import pytest
from helpers.avx2 import needs_avx2, words_of

from azure_kinect_py.geometry import lanes

RANDOM = np.random.default_rng(1)


@numba.njit
def merge4(out, offset, keys, index):
    return lanes.merge4(out, offset, keys[0], index)


@numba.njit
def merge8(out, offset, keys, index):
    return lanes.merge8(out, offset, keys[0], keys[1], index)


@numba.njit
def put4(image, offset, chosen, start, values, index):
    lanes.put4(image, offset, np.uint8(chosen), start, values[0], index)


@numba.njit
def put8(image, offset, chosen, start, values, index):
    lanes.put8(image, offset, np.uint8(chosen), start, values[0], values[1], index)


@pytest.mark.parametrize(('call', 'count'), [(merge4, 1), (merge8, 2)])
def test_merging_depths(call, count):
    plain = getattr(lanes, f'plain_{call.__name__}')
    assert getattr(lanes, call.__name__) is not plain
    seen = set()
    for _ in range(100):
        out = RANDOM.choice([0, 1, 2, 3000, 65534, 65535], (4, 10)).astype(np.uint16)
        keys = RANDOM.choice([0, 1, 2999, 3000, 65534, 65535], (2, 12)).astype(np.uint16)
        words = keys.view(np.uint32)
        expected, offset, index = out.copy(), int(RANDOM.integers(32)), int(RANDOM.integers(4))
        nearer = call(out, offset, words, index)
        assert nearer == plain(expected, offset, *words[:count], index)
        np.testing.assert_array_equal(out, expected)
        seen.add(nearer)
    assert max(seen).bit_length() == 4 * count


@pytest.mark.parametrize('dtype', [np.uint16, np.int32])
@pytest.mark.parametrize(('call', 'count'), [(put4, 1), (put8, 2)])
def test_putting_what_comes_with_them(call, count, dtype):
    plain = getattr(lanes, f'plain_{call.__name__}')
    start = 0 if dtype is np.uint16 else 1_000_000
    for _ in range(100):
        image = RANDOM.integers(-1 if start else 0, 65535, (4, 10), dtype)
        words = RANDOM.integers(0, 65535, (2, 12), np.uint16, endpoint=True).view(np.uint32)
        expected, offset, index = image.copy(), int(RANDOM.integers(32)), int(RANDOM.integers(4))
        chosen = int(RANDOM.integers(16**count))
        call(image, offset, chosen, start, words, index)
        plain(expected, offset, chosen, start, *words[:count], index)
        np.testing.assert_array_equal(image, expected)


WITHOUT_AVX512 = """
import numba
import numpy as np
from azure_kinect_py.geometry.lanes import put8
@numba.njit
def put(image, chosen, words):
    put8(image, 1, chosen, 7, words, words, 0)
put(np.zeros(9, np.int32), np.uint8(5), np.zeros(4, np.uint32))
assembly, = put.inspect_asm().values()
print('ymm' in assembly, 'maskmov' in assembly)
"""


@needs_avx2
def test_putting_is_no_masked_store_without_avx512():
    # AMD's Zen takes 40 steps for one.
    assert words_of(WITHOUT_AVX512) == ['True', 'False']


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
