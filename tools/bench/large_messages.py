# SPDX-License-Identifier: Apache-2.0
"""
Count how many large messages an ordinary subscriber in another process receives.

The publisher uses the driver's Fast DDS profile (or another, or none), the subscriber the
defaults. Each row is one run: messages received of those sent, latency from just before publish to
the callback, and CPU time of the publisher per message.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import pathlib
import subprocess
import sys
import time
from array import array

SHAPES = {'image': (1280, 720, 4), 'cloud': (640, 576, 32)}
PROFILE = pathlib.Path(__file__).parents[2] / 'config' / 'fastdds.xml'
PATIENCE_S = 30.0
VARIABLES = ('FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE')


def _qos(reliability: str, depth: int) -> object:
    from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy  # noqa: PLC0415

    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=depth,
        reliability=ReliabilityPolicy[reliability.upper()],
    )


def publish(args: argparse.Namespace) -> None:
    """Publish at a steady rate once the subscriber is there; print the CPU time per message."""
    import rclpy  # noqa: PLC0415
    from sensor_msgs.msg import Image  # noqa: PLC0415

    width, height, step = SHAPES[args.kind]
    rclpy.init()
    node = rclpy.create_node('large_message_publisher')
    publisher = node.create_publisher(Image, 'large', _qos('reliable', args.publisher_depth))
    message = Image(width=width, height=height, step=width * step)
    message.data = array('B', bytes(width * height * step))
    patience = time.monotonic() + PATIENCE_S
    while publisher.get_subscription_count() == 0:
        if time.monotonic() > patience:
            sys.exit('there is no subscriber')
        time.sleep(0.05)
    time.sleep(0.5)
    start, busy = time.monotonic(), time.process_time()
    for index in range(args.count):
        time.sleep(max(0.0, start + index / args.hz - time.monotonic()))
        now = time.time_ns()
        message.header.stamp.sec, message.header.stamp.nanosec = divmod(now, 1_000_000_000)
        message.header.frame_id = str(index)
        publisher.publish(message)
    busy = time.process_time() - busy
    time.sleep(1.0)
    sys.stdout.write(json.dumps({'cpu_ms': 1000 * busy / args.count}))
    rclpy.shutdown()


def subscribe(args: argparse.Namespace) -> None:
    """Receive until two seconds of silence; print how many came and how late."""
    import rclpy  # noqa: PLC0415
    from sensor_msgs.msg import Image  # noqa: PLC0415

    latencies: list[float] = []
    rclpy.init()
    node = rclpy.create_node('large_message_subscriber')

    def receive(message: Image) -> None:
        stamp = message.header.stamp
        latencies.append(time.time() - stamp.sec - stamp.nanosec / 1e9)

    node.create_subscription(Image, 'large', receive, _qos(args.reliability, args.depth))
    end = time.monotonic() + args.count / args.hz + 15.0
    silent_since = time.monotonic() + 10.0
    seen = 0
    while time.monotonic() < min(end, silent_since + 2.0) and seen < args.count:
        rclpy.spin_once(node, timeout_sec=0.2)
        if len(latencies) > seen:
            seen, silent_since = len(latencies), time.monotonic()
    latencies.sort()
    report = {'received': len(latencies)}
    if latencies:
        report['median_ms'] = 1000 * latencies[len(latencies) // 2]
        report['p99_ms'] = 1000 * latencies[len(latencies) * 99 // 100]
    sys.stdout.write(json.dumps(report))
    rclpy.shutdown()


def run(args: argparse.Namespace, kind: str, reliability: str, depth: int) -> dict[str, float]:
    """Run one pair of processes and return both reports."""
    plain = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    plain['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    plain.setdefault('ROS_DOMAIN_ID', str(1 + os.getpid() % 100))
    tuned = dict(plain)
    if args.profile:
        tuned[VARIABLES[0]] = str(args.profile)
    command = [sys.executable, __file__, '--kind', kind, '--reliability', reliability]
    command += ['--depth', str(depth), '--count', str(args.count), '--hz', str(args.hz)]
    command += ['--publisher-depth', str(args.publisher_depth), '--role']
    with (
        subprocess.Popen([*command, 'subscribe'], env=plain, stdout=subprocess.PIPE) as one,
        subprocess.Popen([*command, 'publish'], env=tuned, stdout=subprocess.PIPE) as two,
    ):
        return {**json.loads(one.communicate()[0]), **json.loads(two.communicate()[0])}


def main() -> None:
    """Run all combinations, or play one role of a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--profile', default=str(PROFILE), help='empty: the defaults')
    parser.add_argument('--count', type=int, choices=range(1, 10**6), default=300, metavar='N')
    parser.add_argument('--hz', type=float, default=30.0)
    parser.add_argument('--publisher-depth', type=int, default=2)
    parser.add_argument('--kind', choices=SHAPES)
    parser.add_argument('--reliability', choices=('best_effort', 'reliable'))
    parser.add_argument('--depth', type=int, choices=(1, 5))
    parser.add_argument('--role', choices=('publish', 'subscribe'))
    args = parser.parse_args()
    if args.role:
        {'publish': publish, 'subscribe': subscribe}[args.role](args)
        return
    kinds = [args.kind] if args.kind else list(SHAPES)
    reliabilities = [args.reliability] if args.reliability else ['best_effort', 'reliable']
    depths = [args.depth] if args.depth else [1, 5]
    print(
        f'{"message":8}{"reliability":13}{"depth":>5}{"received":>12}{"median":>9}{"p99":>9}{"cpu":>9}'
    )
    for kind, reliability, depth in itertools.product(kinds, reliabilities, depths):
        row = run(args, kind, reliability, depth)
        print(
            f'{kind:8}{reliability:13}{depth:5}{row["received"]:8}/{args.count}'
            f'{row.get("median_ms", 0):7.1f}ms{row.get("p99_ms", 0):7.1f}ms{row["cpu_ms"]:7.1f}ms',
            flush=True,
        )


if __name__ == '__main__':
    main()
