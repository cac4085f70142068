# SPDX-License-Identifier: Apache-2.0
"""
Images that try the registration, made of integers so that they are the same everywhere.

The references in test/data are what the vendor's engine makes of them.
"""

import numpy as np


def noise(shape, seed):
    """Return uint32 that look random, the same on every machine and numpy."""
    rows, columns = np.indices(shape, np.uint32)
    state = rows * np.uint32(0x9E3779B1) + columns * np.uint32(0x85EBCA77) + np.uint32(seed)
    for multiplier in (0x7FEB352D, 0x846CA68B):
        state ^= state >> np.uint32(15)
        state *= np.uint32(multiplier)
    return state ^ (state >> np.uint32(16))


def depth_scene(width, height, seed=1):
    """
    Return depth, (height, width) uint16 in millimetres.

    Slanted walls and floor, boxes and a ball before them, sensor noise, holes, lines one pixel
    wide, lone pixels, very near and very far patches, and a rounded mask like the illumination's.
    """
    rows, columns = np.indices((height, width), np.int64)
    x = columns * 1000 // width
    y = rows * 1000 // height
    depth = 2200 + x * 3 // 2 + (y - 500) // 3
    depth = np.where(y > 700, 4200 - (y - 700) * 8, depth)
    depth = np.where((x > 120) & (x < 330) & (y > 250) & (y < 820), 1300 + x // 4, depth)
    depth = np.where((x > 300) & (x < 420) & (y > 420) & (y < 900), 950 - y // 10, depth)
    bulge = 180**2 - (x - 680) ** 2 - (y - 430) ** 2
    depth = np.where(bulge > 0, 1500 - np.sqrt(np.maximum(bulge, 0)).astype(np.int64), depth)
    random = noise(depth.shape, seed)
    shake = (random & 7).astype(np.int64) + ((random >> 3) & 7) + ((random >> 6) & 7) - 10
    depth += shake * depth // 4000
    depth = np.where((x > 840) & (x < 900) & (y > 100) & (y < 180), 310, depth)
    depth = np.where((x > 900) & (x < 960) & (y > 100) & (y < 180), 40000, depth)
    depth = np.where((random >> 9) % 61 == 0, 0, depth)
    depth = np.where((x > 520) & (x < 620) & (y > 120) & (y < 220), 0, depth)
    return _with_thin_things(depth, x, y).astype(np.uint16)


def _with_thin_things(depth, x, y):
    empty = (x > 30) & (x < 110) & (y > 400) & (y < 600)
    depth = np.where(empty, 0, depth)
    depth[np.nonzero(empty[:, 60 * empty.shape[1] // 1000])[0], 60 * empty.shape[1] // 1000] = 1700
    depth[500 * empty.shape[0] // 1000, np.nonzero(empty[500 * empty.shape[0] // 1000])[0]] = 1800
    lone = empty & (noise(depth.shape, 7) % 31 == 0)
    depth = np.where(lone, 1600, depth)
    outside = (x - 500) ** 2 + (y - 500) ** 2 > 620**2
    return np.where(outside, 0, depth)


def color_scene(width, height, seed=2):
    """Return BGRA, (height, width, 4) uint8: waves, a hard grid, a patch of noise, and black."""
    rows, columns = np.indices((height, width), np.int64)
    image = np.empty((height, width, 4), np.uint8)
    for channel, period in enumerate((97, 61, 151, 211)):
        phase = (columns * (channel + 1) + rows * (4 - channel)) % (2 * period)
        image[..., channel] = np.abs(phase - period) * 255 // period
    grid = (rows // 16 + columns // 16) % 7 == 0
    image[grid] = (255, 0, 128, 255)
    patch = (slice(height // 3, height // 2), slice(width // 3, width // 2))
    random = noise((height, width), seed)[patch]
    for channel in range(4):
        image[patch][..., channel] = random >> np.uint32(8 * channel) & np.uint32(255)
    image[height // 2 : height // 2 + 40, width // 2 : width // 2 + 60] = 0
    return image


def values_scene(width, height, dtype, seed=3):
    """Return an image for the depth camera's view: infrared (uint16) or a map of ids (uint8)."""
    rows, columns = np.indices((height, width), np.int64)
    if dtype == np.uint8:
        return ((rows // 40 + columns // 50) % 7 * 36 + 3).astype(np.uint8)
    fine = (noise((height, width), seed) & np.uint32(63)).astype(np.int64)
    return (np.abs((columns * 3 + rows * 5) % 2000 - 1000) * 60 + fine).astype(np.uint16)
