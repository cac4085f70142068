# SPDX-License-Identifier: Apache-2.0
"""The program ``azure_kinect_node``."""

from __future__ import annotations

from azure_kinect_py.ros import node
from azure_kinect_py.sdk.memory import keep_large_blocks


def main() -> int:
    """Run the driver; return the exit code."""
    keep_large_blocks()
    return node.main()
