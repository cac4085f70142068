# SPDX-License-Identifier: Apache-2.0
"""
How long a user waits: from the start of the driver to its first cloud in a subscriber.

The subscriber is a process of its own that waits already. The kernels are compiled and cached
before, by a start that is not counted.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping

import rclpy
from rclpy.node import Node
from sensor_msgs.msg import PointCloud2

from tools.bench.results import Results
from tools.harness.driver import NAMESPACE, ROOT, DriverProcess, ros_environment, start_process
from tools.harness.run import RunFailed

SECTION = 'start, warm, to the first cloud in a subscriber'
TOPIC = f'{NAMESPACE}/points2'
PATIENCE_S = 120.0
STARTS = 7
GOAL_S = 2.0
CLOUDS = {'xyz': False, 'xyz and rgb': True}


def measure(results: Results) -> None:
    """Start the driver a few times with either kind of cloud."""
    for name, has_rgb in CLOUDS.items():
        parameters = {'source': 'simulated', 'simulated_people': 2, 'rgb_point_cloud': has_rgb}
        seconds = [_seconds_to_first_cloud(parameters) for _ in range(STARTS + 1)][1:]
        figures = {
            'median s': statistics.median(seconds),
            'fastest s': min(seconds),
            'slowest s': max(seconds),
            'goal': GOAL_S,
        }
        results.add(SECTION, f'{name}, {STARTS} starts', figures, {'median s': GOAL_S})


def _seconds_to_first_cloud(parameters: Mapping[str, object]) -> float:
    environment = ros_environment()
    log = ROOT / 'build' / 'runs' / 'start.log'
    log.parent.mkdir(parents=True, exist_ok=True)
    with start_process(
        [sys.executable, '-m', 'tools.bench.start', TOPIC],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
    ) as subscriber:
        assert subscriber.stdout is not None
        subscriber.stdout.readline()
        began = time.monotonic_ns()
        with DriverProcess(parameters, environment, log) as driver:
            came = subscriber.stdout.readline()
            if not came:
                raise RunFailed(f'no cloud came:\n{driver.last_words()}')
    return (int(came) - began) / 1e9


def main() -> None:
    """Subscribe, say so, wait for a cloud, and print the moment when it came in nanoseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('topic')
    args = parser.parse_args()
    rclpy.init()
    node = Node('azure_kinect_first_cloud')
    came: list[int] = []
    node.create_subscription(
        PointCloud2, args.topic, lambda _: came.append(time.monotonic_ns()), 1, raw=True
    )
    print('waiting', flush=True)
    deadline = time.monotonic() + PATIENCE_S
    while not came and time.monotonic() < deadline:
        rclpy.spin_once(node, timeout_sec=1.0)
    if came:
        print(came[0], flush=True)
    node.destroy_node()
    rclpy.shutdown()


if __name__ == '__main__':
    with contextlib.suppress(KeyboardInterrupt):  # whoever started it tells
        main()
