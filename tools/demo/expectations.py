# SPDX-License-Identifier: Apache-2.0
"""Which topics a run must bring, and how often."""

from __future__ import annotations

from tools.harness.driver import NAMESPACE

DIAGNOSTICS_HZ = 1.0

IMAGES = ('rgb', 'depth', 'ir', 'depth_to_rgb', 'rgb_to_depth', 'ir_to_rgb')
BODY_TOPICS = (
    'body_tracking_data',
    'body_tracking/joints',
    'body_index_map/image_raw',
    'body_index_map_to_rgb/image_raw',
)

COLORED = {'rgb_point_cloud': True}
BODIES = {'body_tracking_enabled': True}


def expected(imu_hz: float, fps: int, *, live: bool, bodies: bool) -> dict[str, float]:
    """
    Return topic -> rate in Hz; 0 for a latched one.

    :param fps: Captures a second.
    :param live: A camera rather than a recording, which has no temperature.
    :param bodies: Whether bodies are tracked.
    """
    per_capture = ['points2', 'rgb/image_raw/compressed']
    per_capture += [f'{name}/image_raw' for name in IMAGES]
    per_capture += [f'{name}/camera_info' for name in IMAGES]
    per_capture += ['temperature'] * live
    per_capture += [*BODY_TOPICS] * bodies
    rates = {f'{NAMESPACE}/{topic}': float(fps) for topic in per_capture}
    rates |= {f'{NAMESPACE}/imu': imu_hz, '/diagnostics': DIAGNOSTICS_HZ, '/tf_static': 0.0}
    return rates | ({'/tf': float(fps)} if bodies else {})
