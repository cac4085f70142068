# SPDX-License-Identifier: Apache-2.0
"""What a camera sees of solids before a background, as a kernel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import kernel
from azure_kinect_py.geometry.distortion import Lens
from azure_kinect_py.geometry.ray_casting import cast
from azure_kinect_py.geometry.spans import find_spans
from azure_kinect_py.geometry.visible import Visible, find_visible, put_back, wipe

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int16]
Array = npt.NDArray[np.float64]

NOBODY = -1
"""Number of no solid."""


@kernel
def look(
    slopes: Floats,
    lens: Lens,
    window: Array,
    kinds: Ints,
    maps: Floats,
    shapes: Floats,
    background: Floats,
    before: Ints,
    depth: Floats,
    hits: Numbers,
) -> tuple[Ints, Visible]:
    """
    Show solids in images in place of those that are there.

    :param slopes: (2, H, W) x/z and y/z, NaN = no ray.
    :param lens: By which directions become pixels, see :func:`distortion.lens_of`.
    :param window: (4,) lowest x/z and y/z, highest x/z and y/z.
    :param kinds: (N,) of the solids, ``maps`` and ``shapes`` too: see :func:`ray_casting.cast`.
    :param background: (H, W) metres, of what is shown where no solid is.
    :param before: (H, 2) the columns that there are solids in: first, and that after the last.
    :param depth: (H, W) metres, in and out.
    :param hits: (H, W) numbers of the solids, or NOBODY; in and out.
    :returns: The new ``before``, and the pixels of each solid.
    """
    height, width = depth.shape
    spans = find_spans(lens, window, kinds, maps, shapes, height, width)
    put_back(before, background, depth)
    wipe(before, NOBODY, hits)
    cast(slopes, kinds, maps, shapes, spans, depth, hits)
    return spans.reach, find_visible(hits, spans.reach, kinds.shape[0])
