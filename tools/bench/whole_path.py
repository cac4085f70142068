# SPDX-License-Identifier: Apache-2.0
"""
The driver as its users run it: driver and subscriber as processes of their own, at 30 Hz.

Latency is from when a capture is there for the driver to the subscriber's callback, over all
messages of a case that belong to captures. A recording's is there when it is due; the simulated
camera's a fixed time after its stamp, the middle of the exposure.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from azure_kinect_py.modes import ColorResolution, DepthMode, DeviceConfig
from azure_kinect_py.sources.simulated.clock import Clock
from tools.bench.results import Results
from tools.bench.source_alone import cpu_per_capture
from tools.harness.driver import NAMESPACE
from tools.harness.recording import record
from tools.harness.run import Run, RunFailed, watch

FPS = 30
RECORDED_SECONDS = 5
IMAGES = ('depth', 'ir', 'rgb')
UNFRAMED = ('/imu', '/diagnostics')
"""Topics whose messages do not belong to captures."""
BODIES = (
    '/tf',
    'body_tracking_data',
    'body_tracking/joints',
    'body_index_map/image_raw',
)
EVERYTHING = (
    *(f'{name}/image_raw' for name in (*IMAGES, 'depth_to_rgb', 'rgb_to_depth', 'ir_to_rgb')),
    *(f'{name}/camera_info' for name in (*IMAGES, 'depth_to_rgb', 'rgb_to_depth', 'ir_to_rgb')),
    'rgb/image_raw/compressed',
    'points2',
    'imu',
)
CASES: dict[str, tuple[tuple[str, ...], dict[str, object]]] = {
    'a  nobody subscribed': (('/diagnostics',), {}),
    'b  depth': (('depth/image_raw',), {}),
    'c  depth, infrared, color, camera_info': (
        tuple(f'{name}/{kind}' for name in IMAGES for kind in ('image_raw', 'camera_info')),
        {},
    ),
    'd  xyz+rgb cloud': (('points2',), {'rgb_point_cloud': True}),
    'e  everything': (EVERYTHING, {'rgb_point_cloud': True}),
}
SEEN = {
    'a': (),
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

WITH_BODIES: dict[str, object] = {
    'body_tracking_enabled': True,
    'simulated_people': 6,
    'simulated_tracker_latency': 0.0,  # measured is the driver
}


def measure(results: Results, seconds: float, recording: Path) -> None:
    """
    Measure all cases, on the simulated camera and on a recording of it.

    :raises RunFailed: when a program ended early, or this machine is too busy to record.
    """
    if not record(recording, seconds=RECORDED_SECONDS, fps=FPS):
        raise RunFailed(f'{recording}: captures are missing; the driver would seem to lose them')
    sources: dict[str, dict[str, object]] = {
        'simulated camera': {'source': 'simulated', **WITH_BODIES},
        'recording': {'recording_file': recording, 'recording_loop_enabled': True},
    }
    for source, parameters in sources.items():
        is_simulated = source.startswith('simulated')
        section = f'whole path, {source}, NFOV_UNBINNED, 720P, 30 Hz'
        for case, (topics, more) in (CASES if is_simulated else CASES | LIKE_MICROSOFTS).items():
            wanted = list(topics)
            if case.startswith('e') and is_simulated:
                wanted += BODIES
            run = _run(f'{source[0]}_{case[0]}', {**parameters, **more}, wanted, seconds)
            alone = cpu_per_capture(parameters, SEEN.get(case[0], SEEN['c']), seconds / 2)
            results.add(section, case, figures(run, alone, _delivery_ms() if is_simulated else 0))


def _run(name: str, parameters: dict[str, object], topics: list[str], seconds: float) -> Run:
    names = [topic if topic.startswith('/') else f'{NAMESPACE}/{topic}' for topic in topics]
    return watch(parameters, name=f'bench_{name}', seconds=seconds, topics=names, only=True)


def _delivery_ms() -> float:
    """Return the least time from the stamp of a simulated capture until it is there."""
    config = DeviceConfig(DepthMode.NFOV_UNBINNED, ColorResolution.R720P)
    clock = Clock(config, 0, 0)
    return min(clock.arrival_ns(n) / 1e6 - clock.depth_usec(n) / 1e3 for n in range(100))


def figures(run: Run, alone: float, delivery_ms: float) -> dict[str, float]:
    """
    Return what is told of a run.

    :param alone: CPU seconds that the source costs by itself, per capture.
    :param delivery_ms: From the stamp of a capture until it is there.
    """
    per_capture = run.cpu_seconds / run.seconds / FPS
    framed = [a for topic, a in run.topics.items() if not topic.endswith(UNFRAMED)]
    latencies = np.concatenate([a.latencies_ms for a in framed] or [np.array([np.nan])])
    latencies -= delivery_ms
    slowest = [np.percentile(a.latencies_ms, 99) for a in framed if len(a.latencies_ms)]
    expected = round(run.seconds * FPS)
    return {
        'CPU ms/frame': per_capture * 1e3,
        'less source': (per_capture - alone) * 1e3,
        '% of a core': run.cpu_seconds / run.seconds * 100,
        'median ms': float(np.median(latencies)),
        'p99 ms': float(np.percentile(latencies, 99)),
        'slowest topic': max(slowest, default=np.nan) - delivery_ms,
        'lost': float(sum(a.lost(FPS) for a in framed)),
        'lost %': 100 * sum(max(0, expected - 1 - len(a.times)) for a in framed)
        / max(1, expected * len(framed)),
        'MB resident': run.usage[-1].memory,
        'MB growth': run.usage[-1].memory - run.usage[len(run.usage) // 2].memory,
        'subscriber': run.subscriber_cpu_seconds / run.seconds / FPS * 1e3,
        'idle %': run.processors.idle * 100,
        'stolen %': run.processors.stolen * 100,
    }  # fmt: skip
