# SPDX-License-Identifier: Apache-2.0
"""
A subscriber in its own process: counts what arrives on each topic, and may keep one capture.

Run as a program; prints ``topics`` and their number when it has subscribed, ``begin`` and ``end``
around the time in which it counts, and writes its results into a folder: ``results.json``, and
``capture.pickle`` with the messages of one capture as they came over the wire, if any is kept.
Messages are not decoded, so that the subscriber costs little: the stamp is read from the first
bytes.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import importlib
import json
import pickle
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.serialization import deserialize_message, serialize_message

from azure_kinect_py.sdk.memory import keep_large_blocks
from tools.harness.driver import DIAGNOSTICS
from tools.harness.one_capture import OneCapture

LATCHED = '/tf_static'
IMU = 'sensor_msgs/msg/Imu'
NOT_OURS = ('/rosout', '/parameter_events', 'transition_event')
LISTS = ('tf2_msgs/msg/TFMessage', 'visualization_msgs/msg/MarkerArray')


@dataclasses.dataclass
class Arrivals:
    """What arrived on one topic; times and stamps in nanoseconds."""

    topic: str
    kind: str
    times: list[int] = dataclasses.field(default_factory=list)
    stamps: list[int] = dataclasses.field(default_factory=list)
    size: int = 0


def stamp_of(kind: str, data: bytes) -> int:
    """Return the stamp of a serialized message in nanoseconds; 0 where a list is empty."""
    offset = 4  # after the encapsulation header
    if kind in LISTS:
        if struct.unpack_from('<I', data, 4)[0] == 0:
            return 0
        offset = 8
    seconds, nanoseconds = struct.unpack_from('<iI', data, offset)
    return int(seconds * 1_000_000_000 + nanoseconds)


class Watcher(Node):
    """
    Subscribes to topics and counts, while ``counting`` is true.

    :param capture: What keeps messages, from the first on: the memory that it takes is there when
        the counting begins. None keeps nothing, as most subscribers.
    """

    def __init__(self, capture: OneCapture | None) -> None:
        super().__init__('azure_kinect_watcher')
        self.arrivals: dict[str, Arrivals] = {}
        self.silent: set[str] = set()
        self.counting = False
        self._capture = capture
        self._said = serialize_message(DiagnosticArray())

    def said(self) -> dict[str, dict[str, str]]:
        """Return what came last on /diagnostics: name without the node's -> key -> value."""
        said = deserialize_message(self._said, DiagnosticArray)
        return {
            status.name.partition(': ')[2]: {pair.key: pair.value for pair in status.values}
            for status in said.status
        }

    def discover(self, wanted: set[str], *, only: bool, seconds: float) -> None:
        """Subscribe to topics, until all that are wanted are there; ``only`` to them."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not wanted <= self.arrivals.keys():
            time.sleep(0.2)
            for topic, kinds in self.get_topic_names_and_types():
                if topic in self.arrivals or not self.count_publishers(topic):
                    continue
                if topic in wanted or not (only or topic.endswith(NOT_OURS)):
                    self._watch(topic, kinds[0])

    def _watch(self, topic: str, kind: str) -> None:
        package, _, name = kind.partition('/msg/')
        arrivals = self.arrivals[topic] = Arrivals(topic, kind)
        self.silent.add(topic)
        qos = QoSProfile(depth=1000 if kind == IMU else 10)  # images hold the IMU's messages up
        if topic == LATCHED:
            qos.durability = DurabilityPolicy.TRANSIENT_LOCAL
        message = getattr(importlib.import_module(f'{package}.msg'), name)
        self.create_subscription(message, topic, self._count(arrivals), qos, raw=True)

    def _count(self, arrivals: Arrivals) -> Callable[[bytes], None]:
        def count(data: bytes) -> None:
            now = time.time_ns()
            self.silent.discard(arrivals.topic)
            if arrivals.topic == DIAGNOSTICS:
                self._said = data
            stamp = stamp_of(arrivals.kind, data)
            if self._capture is not None:
                self._capture.add(arrivals.topic, stamp, data)
            if self.counting or arrivals.topic == LATCHED:
                arrivals.times.append(now)
                arrivals.stamps.append(stamp)
                arrivals.size += len(data)

        return count


def _executor() -> Any:
    """Return the cheapest executor that this rclpy has."""
    try:
        from rclpy.experimental import EventsExecutor  # noqa: PLC0415 (Jazzy and newer)

        return EventsExecutor()
    except ImportError:
        from rclpy.executors import SingleThreadedExecutor  # noqa: PLC0415

        return SingleThreadedExecutor()


def main() -> None:
    """Watch, count and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('folder', type=Path)
    parser.add_argument('--seconds', type=float, default=8.0)
    parser.add_argument('--warm-up', type=float, default=2.0)
    parser.add_argument(
        '--patience', type=float, default=90.0, help='for topics to appear, and to speak'
    )
    parser.add_argument('--topic', action='append', default=[], help='to wait for')
    parser.add_argument('--only', action='store_true', help='subscribe to nothing else')
    parser.add_argument('--keep', action='store_true', help='the messages of one capture')
    args = parser.parse_args()
    keep_large_blocks()  # what it receives is large too
    rclpy.init()
    capture = OneCapture() if args.keep else None
    watcher = Watcher(capture)
    watcher.discover(set(args.topic), only=args.only, seconds=args.patience)
    executor = _executor()
    executor.add_node(watcher)
    print(f'topics {len(watcher.arrivals)}', flush=True)
    deadline = time.monotonic() + args.patience
    while watcher.silent & {*args.topic} and time.monotonic() < deadline:
        executor.spin_once(timeout_sec=0.1)
    spin(executor, args.warm_up)
    print('begin', flush=True)
    watcher.counting = True
    busy = time.process_time()
    spin(executor, args.seconds)
    busy = time.process_time() - busy
    watcher.counting = False
    print('end', flush=True)
    rows = [
        {key: getattr(a, key) for key in ('topic', 'kind', 'times', 'stamps', 'size')}
        for a in watcher.arrivals.values()
    ]
    results = {
        'topics': rows,
        'cpu_seconds': busy,
        'diagnostics': watcher.said(),
    }
    (args.folder / 'results.json').write_text(json.dumps(results))
    if capture is not None:
        kept = {name: (watcher.arrivals[name].kind, m) for name, m in capture.messages().items()}
        (args.folder / 'capture.pickle').write_bytes(pickle.dumps(kept))
    executor.shutdown()
    watcher.destroy_node()
    rclpy.shutdown()


def spin(executor: Any, seconds: float) -> None:
    """Let callbacks run for some time."""
    deadline = time.monotonic() + seconds
    while (remaining := deadline - time.monotonic()) > 0:
        executor.spin_once(timeout_sec=remaining)


if __name__ == '__main__':
    with contextlib.suppress(KeyboardInterrupt):  # whoever started it tells
        main()
