# SPDX-License-Identifier: Apache-2.0
"""The program ``azure_kinect_node``."""

from __future__ import annotations

import sys

from azure_kinect_py.ros import node
from azure_kinect_py.sdk.memory import keep_large_blocks

SWITCH_INTERVAL_S = 0.0005
"""How long a thread that computed without the interpreter waits until another gives it up."""


def main() -> int:
    """Run the driver; return the exit code."""
    keep_large_blocks()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    return node.main()
