# SPDX-License-Identifier: Apache-2.0
"""Bodies at random poses, for what is built from them."""

import numpy as np

from azure_kinect_py.data import Body, BodyFrame


def body(body_id, seed=0, confidence=None):
    """Return a body two metres ahead with random joints, rotations and confidences."""
    rng = np.random.default_rng(seed)
    turns = rng.normal(size=(32, 4))
    return Body(
        id=body_id,
        positions=rng.normal((0, 0, 2), 0.3, (32, 3)),
        orientations=turns / np.linalg.norm(turns, axis=1, keepdims=True),
        confidences=(
            rng.integers(0, 3, 32) if confidence is None else np.full(32, confidence)
        ).astype(np.uint8),
    )


def crowd(*ids, seed=0, confidence=None):
    """Return a frame of bodies with these ids."""
    bodies = [body(body_id, seed + n, confidence) for n, body_id in enumerate(ids)]
    return BodyFrame(device_time_usec=1000, bodies=tuple(bodies))
