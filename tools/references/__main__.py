# SPDX-License-Identifier: Apache-2.0
"""
Make the references of the registration with the vendor's engine.

It needs libk4a and its depth engine (the ``pyk4a-bundle`` wheel brings both), OpenGL 4.4 and a
display: ``apt-get install xvfb libgl1-mesa-dri libglx-mesa0``, then
``xvfb-run .venv/bin/python -m tools.references``. Without a graphics card it takes some minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[2] / 'test'))

from helpers.references import CASES, Case

from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.sdk import k4a
from azure_kinect_py.sdk.calibration import SdkCalibration
from azure_kinect_py.sdk.image import ImageHandle
from azure_kinect_py.sdk.transformation import TransformationHandle

INVALID = 0x12345  # of which the low bits count
FORMATS = {np.uint8: ImageFormat.CUSTOM8, np.uint16: ImageFormat.CUSTOM16}


def main() -> None:
    """Write all references, or those whose names are given."""
    for case in CASES:
        if len(sys.argv) == 1 or str(case) in sys.argv[1:]:
            case.save(transform(case))
            print(f'{case.path}: {case.path.stat().st_size // 1024} kB')


def transform(case: Case) -> dict[str, np.ndarray]:
    """Return what the engine makes of a case's images, as named rows."""
    library = k4a.load()

    def image(pixels: np.ndarray, kind: ImageFormat) -> ImageHandle:
        handle = ImageHandle.create(library, kind, pixels.shape[1], pixels.shape[0])
        handle.pixels()[:] = pixels
        return handle

    calibration = SdkCalibration.from_raw(library, case.raw, case.depth_mode, case.resolution)
    with TransformationHandle.create(calibration) as engine:
        depth = image(case.depth, ImageFormat.DEPTH16)
        color = image(case.color, ImageFormat.BGRA32)
        images = {
            'depth_to_color': rows(lambda: engine.depth_to_color(depth), case.color_step),
            'color_to_depth': rows(lambda: engine.color_to_depth(depth, color), case.depth_step),
        }
        for dtype, kind in FORMATS.items() if case.with_values else ():
            values = image(case.values(dtype), kind)
            for linear in (False, True):

                def custom(values: ImageHandle = values, linear: bool = linear) -> ImageHandle:
                    return engine.custom_to_color(depth, values, linear=linear, invalid=INVALID)[1]

                name = f'{np.dtype(dtype).name}_{"linear" if linear else "nearest"}'
                images[name] = rows(custom, case.color_step)
    return images


def rows(make: Callable[[], ImageHandle], step: int) -> Any:
    """
    Return every ``step``-th row of an image; channels become neighbouring columns.

    On a busy machine the engine may return before OpenGL is done: the image is made until it is
    the same twice.
    """
    last = None
    while True:
        image = make().pixels()[step // 2 :: step].copy()
        if last is not None and np.array_equal(image, last):
            return image.reshape(len(image), -1)
        last = image


main()
