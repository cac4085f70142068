# SPDX-License-Identifier: Apache-2.0
"""
A subscriber program with default settings; its one argument is a job in JSON.

topics: name -> type; count: messages to wait for on each topic, one number or name -> number (0:
until told to stop by SIGUSR1);
timeout: seconds; reliable, depth: the QoS; latched: topics to get the last message of; file: where
what came is pickled, as name -> list of (arrival in ns, serialised message).
Prints "matched" once each topic has a publisher.
"""

import importlib
import json
import pathlib
import pickle
import signal
import sys
import time

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy


def main():
    job = json.loads(sys.argv[1])
    kept = {name: [] for name in job['topics']}
    stopping = []
    signal.signal(signal.SIGUSR1, lambda *_: stopping.append(True))
    rclpy.init()
    node = rclpy.create_node('listener')
    subscriptions = [
        node.create_subscription(
            load(kind),
            name,
            lambda data, name=name: kept[name].append((time.time_ns(), bytes(data))),
            qos(job, name),
            raw=True,
        )
        for name, kind in job['topics'].items()
    ]
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    count = job.get('count')
    counts = count if isinstance(count, dict) else count and dict.fromkeys(kept, count)
    deadline = time.monotonic() + job.get('timeout', 120.0)
    matched = False
    while time.monotonic() < deadline and not stopping:
        executor.spin_once(timeout_sec=0.1)
        if not matched and all(s.get_publisher_count() for s in subscriptions):
            matched = True
            sys.stdout.write('matched\n')
            sys.stdout.flush()
        if counts and all(len(got) >= counts[name] for name, got in kept.items()):
            break
    pathlib.Path(job['file']).write_bytes(pickle.dumps(kept))
    rclpy.shutdown()


def load(kind):
    package, name = kind.split('/')
    return getattr(importlib.import_module(f'{package}.msg'), name)


def qos(job, name):
    latched = name in job.get('latched', ())
    return QoSProfile(
        depth=job.get('depth', 100),
        reliability=(
            ReliabilityPolicy.RELIABLE
            if job.get('reliable', True)
            else ReliabilityPolicy.BEST_EFFORT
        ),
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
    )


if __name__ == '__main__':
    main()
