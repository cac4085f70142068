# SPDX-License-Identifier: Apache-2.0
"""``azure_kinect doctor``: what is wrong with this machine, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable

from azure_kinect_py.cli.doctor import (
    connection,
    graphics,
    libraries,
    middleware,
    python,
    tracking,
)
from azure_kinect_py.cli.doctor.report import Finding, Machine, Status, show, summary

__all__ = ['CHECKS', 'Machine', 'examine']

CHECKS: tuple[Callable[[Machine], list[Finding]], ...] = (
    python.check_version,
    python.check_python,
    python.check_modules,
    python.check_jpeg,
    python.check_kernel_cache,
    middleware.check_ros,
    middleware.check_shared_memory,
    middleware.check_socket_buffers,
    libraries.check_libraries,
    graphics.check_depth_engine,
    graphics.check_display,
    graphics.check_gpu,
    connection.check_cameras,
    connection.check_parts,
    connection.check_udev_rule,
    connection.check_usbfs_memory,
    connection.check_host_controller,
    tracking.check_tracking,
)


def examine(machine: Machine) -> int:
    """
    Run all checks, print what they find, and return the exit code: 1 if anything fails.

    Each finding is printed as it comes.
    """
    findings: list[Finding] = []
    for check in CHECKS:
        found = check(machine)
        show(found)
        findings += found
    print(f'\n{summary(findings)}')
    return int(any(finding.status is Status.FAIL for finding in findings))
