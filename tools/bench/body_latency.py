# SPDX-License-Identifier: Apache-2.0
"""
What the driver adds to the tracker's own latency, with six bodies and every body output wanted.

The simulated tracker takes a time that is set. What is added is how much later than that an output
arrives after the depth image of the same stamp, of which nobody waits for bodies.
"""

from __future__ import annotations

import numpy as np

from tools.bench.results import Results
from tools.bench.whole_path import ALL_IN_VIEW, PEOPLE, WITH_BODIES, bodies_in_view
from tools.harness.driver import NAMESPACE
from tools.harness.run import Run, watch

TRACKER_S = 0.03
DEPTH = f'{NAMESPACE}/depth/image_raw'
OUTPUTS = {
    'TF': '/tf',
    'markers': f'{NAMESPACE}/body_tracking_data',
    'joint table': f'{NAMESPACE}/body_tracking/joints',
    'body index map': f'{NAMESPACE}/body_index_map/image_raw',
}
PARAMETERS = {
    **WITH_BODIES,
    **ALL_IN_VIEW,
    'source': 'simulated',
    'simulated_tracker_latency': TRACKER_S,
}
GOAL_MS = 5.0


def measure(results: Results, seconds: float) -> None:
    """Measure all outputs in one run."""
    topics = (DEPTH, *OUTPUTS.values())
    run = watch(PARAMETERS, name='bench_bodies', seconds=seconds, topics=topics, only=True)
    run.check_arrived(topics)
    section = f'{PEOPLE} bodies through the driver, beyond the tracker and the depth image'
    for row, topic in OUTPUTS.items():
        added = _added_ms(run, topic)
        figures = {
            'median ms': float(np.median(added)),
            'p99 ms': float(np.percentile(added, 99)),
            'goal': GOAL_MS,
            'bodies': bodies_in_view(run),
        }
        results.add(section, row, figures, {'median ms': GOAL_MS})


def _added_ms(run: Run, topic: str) -> list[float]:
    depth, output = run.topics[DEPTH], run.topics[topic]
    arrived = dict(zip(depth.stamps, depth.times, strict=True))
    return [
        (time - arrived[stamp]) / 1e6 - TRACKER_S * 1e3
        for stamp, time in zip(output.stamps, output.times, strict=True)
        if stamp in arrived
    ]
