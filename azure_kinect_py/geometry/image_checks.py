# SPDX-License-Identifier: Apache-2.0
"""What kernels take for granted of images: they read and write wherever they are told to."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.errors import ConfigError


def check_image(
    name: str, image: npt.NDArray[Any], shape: tuple[int, ...], dtype: npt.DTypeLike
) -> None:
    """Raise ConfigError unless an image has this shape and type, row after row in memory."""
    if image.shape != shape or image.dtype != dtype or not image.flags.c_contiguous:
        raise ConfigError(
            f'{name}: {image.shape} {image.dtype}; needed is {shape} {np.dtype(dtype)}, contiguous'
        )


def check_target(
    name: str, image: npt.NDArray[Any], shape: tuple[int, ...], dtype: npt.DTypeLike
) -> None:
    """Raise ConfigError unless this is such an image, and may be written."""
    check_image(name, image, shape, dtype)
    if not image.flags.writeable:
        raise ConfigError(f'{name}: it is read-only, and cannot be written to')
