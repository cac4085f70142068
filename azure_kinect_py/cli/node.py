# SPDX-License-Identifier: Apache-2.0
"""The program ``azure_kinect_node``."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Iterator

HELP = """\
usage: azure_kinect_node [--ros-args -p NAME:=VALUE ...]

The driver as a ROS 2 node; docs/parameters.md has all parameters. Without a camera:
  azure_kinect_node --ros-args -r __ns:=/k4a -p source:=simulated
Tools: azure_kinect --help"""

SWITCH_INTERVAL_S = 0.0005
"""How long a thread that computed without the interpreter waits until another gives it up."""

NEW_OBJECTS = 200_000
"""
After how many new objects those that refer to each other are looked for; 700 by default.

Loading the driver makes 160 thousand that all stay, and looking through them takes 0.07 s.
"""


def main() -> int:
    """Run the driver; return the exit code."""
    if not {'-h', '--help'}.isdisjoint(sys.argv[1:]):
        print(HELP)
        return 0
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while loading: no traceback
    for argument in not_for_ros(sys.argv[1:]):
        sys.stderr.write(
            f'azure_kinect_node: {argument}: there is no such argument; '
            'parameters are given as --ros-args -p NAME:=VALUE\n'
        )
        return 1
    tune()
    from azure_kinect_py.ros import node  # noqa: PLC0415 (the most of what is loaded)
    from azure_kinect_py.sdk import log  # noqa: PLC0415

    log.show_if_asked_for()

    return node.main()


def not_for_ros(arguments: list[str]) -> Iterator[str]:
    """Yield those that are not between ``--ros-args`` and ``--``, where rcl reads."""
    is_for_ros = False
    for argument in arguments:
        if argument in ('--ros-args', '--'):
            is_for_ros = argument == '--ros-args'
        elif not is_for_ros:
            yield argument


def tune() -> None:
    """Prepare the process for handling images all the time."""
    gc.set_threshold(NEW_OBJECTS)  # before much is loaded
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    import cv2  # noqa: PLC0415

    from azure_kinect_py.sdk.memory import keep_large_blocks  # noqa: PLC0415

    keep_large_blocks()
    cv2.setNumThreads(1)  # its others spin while they wait: 0.6 ms of CPU for each color image
