# SPDX-License-Identifier: Apache-2.0
"""What it costs to publish six bodies: building and serialising each output, on one core."""

from __future__ import annotations

import dataclasses
import itertools
import math
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from rclpy.serialization import serialize_message

from azure_kinect_py.data import BodyFrame, Capture
from azure_kinect_py.ros.bodies import Bodies
from azure_kinect_py.ros.parameters import Settings
from azure_kinect_py.ros.scene import Scene
from azure_kinect_py.ros.topics import Topic
from azure_kinect_py.ros.work import Bench, Mappings, Work
from azure_kinect_py.sources import SourceOptions, open_source
from azure_kinect_py.trackers.base import Tracked
from tools.bench.cores import one_core
from tools.bench.results import Results

PEOPLE = 6
FRAMES = 60
GOAL_MS = 3.0
ALL = 'all of these'
OUTPUTS = {
    'TF': ('/tf',),
    'markers': ('body_tracking_data',),
    'joint table': ('body_tracking/joints',),
    'body index map': ('body_index_map/image_raw',),
    ALL: (
        '/tf',
        'body_tracking_data',
        'body_tracking/joints',
        'body_index_map/image_raw',
    ),
    'body index map in the color view': ('body_index_map_to_rgb/image_raw',),
    'the same, after registered images': ('body_index_map_to_rgb/image_raw',),
}


class Publisher:
    """A publisher that serialises what it is given, as rclpy's does, and sends it to nobody."""

    def __init__(self, name: str, subscribed: set[str]) -> None:
        self._name = name
        self._subscribed = subscribed

    def publish(self, msg: Any) -> None:
        """Serialise a message, unless it is serialised already."""
        if not isinstance(msg, bytes):
            serialize_message(msg)

    def get_subscription_count(self) -> int:
        """Return 1 for the topics that are measured."""
        return int(self._name in self._subscribed)


def measure(results: Results) -> None:
    """Measure each output by itself, and all together."""
    section = f'{PEOPLE} bodies, NFOV_UNBINNED, on one core, medians'
    options = SourceOptions('simulated', simulated_people=PEOPLE)
    subscribed: set[str] = set()
    with open_source(options) as source:
        mappings = Mappings(source.calibration)
        scene = Scene.of(source, Settings.read({'source': 'simulated'}))
        outputs = Bodies(
            scene,
            lambda _kind, name, _depth=2: Topic(Publisher(name, subscribed), name, print),
            mappings,
        )  # fmt: skip
        captures = [source.capture(30.0) for _ in range(FRAMES)]
    for row, topics in OUTPUTS.items():
        subscribed.clear()
        subscribed.update(topics)
        before = Bench(mappings) if row.endswith('registered images') else None
        with one_core():
            times = list(_times(outputs, captures, before))[FRAMES // 4 :]
        goal = GOAL_MS if row == ALL else math.nan
        figures = {'CPU ms': statistics.median(times) * 1e3, 'goal': goal}
        results.add(section, row, figures, {'CPU ms': goal})


def _all_in_view(truth: BodyFrame) -> BodyFrame:
    """Return a frame with PEOPLE bodies, those in view repeated under other ids."""
    repeated = itertools.islice(itertools.cycle(truth.bodies), PEOPLE if truth.bodies else 0)
    bodies = tuple(dataclasses.replace(body, id=i + 1) for i, body in enumerate(repeated))
    return dataclasses.replace(truth, bodies=bodies)


def _times(
    outputs: Callable[[Tracked, int], None], captures: list[Capture], before: Bench | None
) -> Iterator[float]:
    """Time each capture's bodies; ``before`` registers its images first, which is not timed."""
    for number, capture in enumerate(captures):
        if capture.truth is None:
            continue
        if before is not None:
            Work(before, capture).depth_in_color()
        tracked = Tracked(capture, _all_in_view(capture.truth))
        began = time.thread_time()
        outputs(tracked, 1_000_000_000 + number * 33_333_333)
        yield time.thread_time() - began
