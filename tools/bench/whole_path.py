# SPDX-License-Identifier: Apache-2.0
"""
The driver as its users run it: driver and subscriber as processes of their own, at 30 Hz.

Latency is from when a capture is there for the driver to the subscriber's callback, over all
messages of a case that belong to captures: from the stamp, less how old captures are by their
stamps when they arrive, which the driver tells. A recording's are there when they are due.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tools.bench.results import Results
from tools.bench.source_alone import cpu_per_capture
from tools.harness.driver import DIAGNOSTICS, NAMESPACE
from tools.harness.recording import record, seam_ns
from tools.harness.run import Run, RunFailed, captures, lost, watch

FPS = 30
RECORDED_SECONDS = 5
IMAGES = ('depth', 'ir', 'rgb')
REGISTERED = ('depth_to_rgb', 'rgb_to_depth', 'ir_to_rgb')
UNFRAMED = ('imu', DIAGNOSTICS)
"""Topics whose messages do not belong to captures."""
LIVE = (
    'temperature',
    '/tf',
    'body_tracking_data',
    'body_tracking/joints',
    'body_index_map/image_raw',
    'body_index_map_to_rgb/image_raw',
)
EVERYTHING = (
    *(f'{name}/{kind}' for name in IMAGES + REGISTERED for kind in ('image_raw', 'camera_info')),
    'rgb/image_raw/compressed',
    'points2',
    'imu',
)
CASES: dict[str, tuple[tuple[str, ...], dict[str, object]]] = {
    'a  nobody subscribed': ((), {}),
    'b  depth': (('depth/image_raw',), {}),
    'c  depth, infrared, color, camera_info': (
        tuple(f'{name}/{kind}' for name in IMAGES for kind in ('image_raw', 'camera_info')),
        {},
    ),
    'd  xyz+rgb cloud': (('points2',), {'rgb_point_cloud': True}),
    'e  everything': (EVERYTHING, {'rgb_point_cloud': True}),
}
SEEN = {
    'b': ('depth',),
    'c': ('depth', 'ir', 'color'),
    'd': ('depth', 'color'),
    'e': ('depth', 'ir', 'color'),
}
"""Case -> the images of a capture that it needs."""
IMAGES_AND_IMU = (*(f'{name}/image_raw' for name in IMAGES), 'imu')
IMU_ONCE_A_FRAME: dict[str, object] = {'imu_batch_period': 1 / FPS}
LIKE_MICROSOFTS: dict[str, tuple[tuple[str, ...], dict[str, object]]] = {
    'f  images and IMU': (IMAGES_AND_IMU, {}),
    "g  the same, IMU once a frame (Microsoft's driver: 19 %)": (IMAGES_AND_IMU, IMU_ONCE_A_FRAME),
    'h  images, IMU, xyz cloud': ((*IMAGES_AND_IMU, 'points2'), {}),
    "i  the same, IMU once a frame (Microsoft's driver: 22 %)": (
        (*IMAGES_AND_IMU, 'points2'),
        IMU_ONCE_A_FRAME,
    ),
}
"""
What Microsoft's driver was measured with, from a recording.

It publishes the IMU messages of a frame at once, ours by default in batches that small queues
hold.
"""

PEOPLE = 6
WITH_BODIES: dict[str, object] = {
    'body_tracking_enabled': True,
    'simulated_people': PEOPLE,
    'simulated_tracker_latency': 0.0,  # measured is the driver
}
ALL_IN_VIEW = {'simulated_seed': 20}
"""What the simulated camera is told so that all people are in view, for the first half minute."""

GOALS = {
    'a': {'% of a core': 3.0},
    **{case: {'lost': 0.0} for case in 'bcd'},
    'e': {'lost': 0.0, 'p99 ms': 1000 / FPS},
    'g': {'% of a core': 19.0},
    'i': {'% of a core': 22.0},
}
"""Case -> column -> the most it is to be; of g and i what Microsoft's driver took elsewhere."""


def measure(results: Results, seconds: float, recording: Path) -> None:
    """
    Measure all cases, on the simulated camera and on a recording of it.

    :raises RunFailed: when a program ended early, a topic is silent, or this machine is too busy
        to record.
    """
    if not record(recording, seconds=RECORDED_SECONDS, fps=FPS):
        raise RunFailed(f'{recording}: captures are missing; the driver would seem to lose them')
    _measure_source(results, seconds, 'simulated camera', {'source': 'simulated', **WITH_BODIES})
    playing = {'recording_file': recording, 'recording_loop_enabled': True}
    _measure_source(results, seconds, 'recording', playing, seam_ns(recording))


def _measure_source(
    results: Results,
    seconds: float,
    source: str,
    parameters: dict[str, object],
    seam: int = 0,
) -> None:
    is_recording = bool(seam)
    section = f'whole path, {source}, NFOV_UNBINNED, 720P, 30 Hz'
    for case, (topics, more) in (CASES | LIKE_MICROSOFTS if is_recording else CASES).items():
        wanted, name, given = list(topics), case, {**parameters, **more}
        if case[0] == 'e' and is_recording:
            name += ' that it has'
        elif case[0] == 'e':
            name, given = f'{case}, {PEOPLE} bodies', {**given, **ALL_IN_VIEW}
            wanted += LIVE
        run = _run(f'{source[0]}_{case[0]}', given, wanted, seconds)
        alone = np.nan  # what nobody wants is not read
        if topics:
            alone = cpu_per_capture(given, SEEN.get(case[0], SEEN['c']), seconds / 2)
        results.add(section, name, figures(run, alone, seam), GOALS.get(case[0]))


def _run(name: str, parameters: dict[str, object], topics: list[str], seconds: float) -> Run:
    names = [topic if topic.startswith('/') else f'{NAMESPACE}/{topic}' for topic in topics]
    run = watch(parameters, name=f'bench_{name}', seconds=seconds, topics=names, only=True)
    run.check_arrived(names)
    return run


def figures(run: Run, alone: float, seam_ns: int) -> dict[str, float]:
    """
    Return what is told of a run.

    :param alone: CPU seconds that the source costs by itself, per capture.
    :param seam_ns: From a recording's last capture to the first when it starts over, 0 for none.
    """
    framed = [a for topic, a in run.topics.items() if not topic.endswith(UNFRAMED)]
    expected = round(run.seconds * FPS)
    count = len(captures(framed)) if framed else expected
    per_capture = run.cpu_seconds / count
    age_ms = float(run.diagnostics['device'].get('Age at arrival (ms)', 0.0))
    latencies = [a.latencies_ms - age_ms for a in framed] or [np.array([np.nan])]
    pooled = np.concatenate(latencies)
    missing = sum(max(0, expected - 1 - len(a.times)) for a in framed)
    return {
        'CPU ms/frame': per_capture * 1e3,
        'less source': (per_capture - alone) * 1e3,
        '% of a core': run.cpu_seconds / run.seconds * 100,
        'median ms': float(np.median(pooled)),
        'p99 ms': float(np.percentile(pooled, 99)),
        'slowest topic': max(float(np.percentile(each, 99)) for each in latencies),
        'lost': float(lost(framed, FPS, seam_ns)),
        'lost %': 100 * missing / max(1, expected * len(framed)),
        'bodies': bodies_in_view(run),
        'MB resident': run.usage[-1].memory,
        'MB growth': run.usage[-1].memory - run.usage[len(run.usage) // 2].memory,
        'subscriber': run.subscriber_cpu_seconds / count * 1e3,
        'idle %': run.processors.idle * 100,
        'stolen %': run.processors.stolen * 100,
    }


def bodies_in_view(run: Run) -> float:
    """Return how many bodies were in view at the end; NaN where nobody asked for them."""
    if not any('/body_tracking/' in topic for topic in run.topics):
        return np.nan
    return float(run.diagnostics['body tracking']['Bodies in view'])
