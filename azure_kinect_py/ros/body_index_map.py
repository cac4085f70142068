# SPDX-License-Identifier: Apache-2.0
"""Which pixel shows whom: from the tracker's indices to body ids."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import BodyFrame
from azure_kinect_py.joints import BACKGROUND

Map = npt.NDArray[np.uint8]


def body_id_map(bodies: BodyFrame, out: Map | None = None) -> Map:
    """
    Return the index map with body ids modulo 255 (so never 255), 255 where nobody is.

    Indices that no body has count as background.

    :param bodies: With an index map, (H, W) uint8.
    :param out: (H, W) uint8 to write into, contiguous; a new array if not given.
    """
    assert bodies.index_map is not None
    ids = np.full(256, BACKGROUND, np.uint8)
    ids[: len(bodies.bodies)] = [body.id % BACKGROUND for body in bodies.bodies]
    out = np.empty_like(bodies.index_map) if out is None else out
    cv2.LUT(bodies.index_map, ids, dst=out)
    return out
