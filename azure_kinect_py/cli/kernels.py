# SPDX-License-Identifier: Apache-2.0
"""``azure_kinect compile``: all kernels into the cache, which the first start does otherwise."""

from __future__ import annotations

import time

import numpy as np

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.geometry.compiled import cache_folder
from azure_kinect_py.geometry.warm_up import warm_up
from azure_kinect_py.modes import DeviceConfig, ImageFormat
from azure_kinect_py.sources import SourceOptions, open_source

FORMATS = (ImageFormat.MJPG, ImageFormat.NV12, ImageFormat.YUY2, ImageFormat.BGRA32)


def compile_all() -> int:
    """
    Compile the kernels of cameras, recordings and the simulated camera; return the exit code.

    :raises ConfigError: where no folder can be written to keep them in.
    """
    folder = cache_folder()
    if not folder:
        raise ConfigError(
            'compiled kernels cannot be kept: name a folder that can be written, '
            'export NUMBA_CACHE_DIR=/var/tmp/azure_kinect'
        )
    print('compiling the kernels, which takes about a minute', flush=True)
    began = time.monotonic()
    for color_format in FORMATS:
        warm_up(color_format=color_format)
        _simulate(color_format)
    print(f'done after {time.monotonic() - began:.0f} s; they are in {folder}')
    return 0


def _simulate(color_format: ImageFormat) -> None:
    """Render two captures of the simulated camera; the second wipes what the first has drawn."""
    config = DeviceConfig(color_format=color_format)
    with open_source(SourceOptions('simulated', config)) as source:
        for _ in range(2):
            with source.capture() as capture:
                for image in capture.images:
                    np.asarray(image.pixels)
