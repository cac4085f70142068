# SPDX-License-Identifier: Apache-2.0
"""Checks of ROS and its middleware: what large messages need to arrive."""

from __future__ import annotations

import fcntl
import importlib
import os
from pathlib import Path

from azure_kinect_py.cli.doctor.report import Finding, Machine, fail, ok, warn

GUIDE = 'See docs/troubleshooting.md.'
FAST = 'rmw_fastrtps_cpp'
PROFILES = ('FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE')
SHM_MB = 256
STALE_MB = 10
BUFFER_BYTES = 8_388_608


def check_ros(machine: Machine) -> list[Finding]:
    """Look whether rclpy works, and with which middleware."""
    try:
        utilities = importlib.import_module('rclpy.utilities')
        rmw = utilities.get_rmw_implementation_identifier()
    except Exception as error:  # noqa: BLE001 (a wrong middleware, or another ROS in the path, fails in many ways)
        chosen = machine.environ.get('RMW_IMPLEMENTATION')
        setting = f' with RMW_IMPLEMENTATION={chosen}' if chosen else ''
        remedy = (
            'Source one ROS install (source /opt/ros/<distro>/setup.bash) in a fresh terminal, or '
            'none and run `make setup`; unset RMW_IMPLEMENTATION, or install what it names.'
        )
        text = f'rclpy does not work{setting}: {str(error).partition(chr(10))[0]}'
        return [fail('ROS', text, remedy)]
    distro = machine.environ.get('ROS_DISTRO', 'wheels of PyPI')
    return [ok('ROS', f'{distro}, {rmw}'), *check_profile(machine, rmw)]


def check_profile(machine: Machine, rmw: str) -> list[Finding]:
    """Look at the settings of the middleware that decide whether images arrive."""
    if rmw.startswith('rmw_cyclonedds'):
        if machine.environ.get('CYCLONEDDS_URI'):
            return [ok('Cyclone DDS', f'CYCLONEDDS_URI={machine.environ["CYCLONEDDS_URI"]}')]
        remedy = f'Large messages want larger socket buffers: export CYCLONEDDS_URI. {GUIDE}'
        return [warn('Cyclone DDS', 'CYCLONEDDS_URI is not set', remedy)]
    if not rmw.startswith('rmw_fastrtps'):
        return []
    for variable in PROFILES:
        file = machine.environ.get(variable)
        if file and not Path(file).exists():
            remedy = f'Correct it, or unset {variable}: the driver then brings its own.'
            return [fail('Fast DDS profile', f'{variable}={file} does not exist', remedy)]
        if file:
            text = f"{variable}={file}, yours instead of the driver's"
            return [ok('Fast DDS profile', text)]
    return [ok('Fast DDS profile', "the driver's own, with a large shared-memory segment")]


def check_shared_memory(machine: Machine) -> list[Finding]:
    """Look at /dev/shm, through which images go to subscribers on the same machine."""
    place = machine.root / 'dev' / 'shm'
    remedy = (
        'Images then go by UDP and get lost. In a container pass --ipc=host, or --shm-size=1g; '
        'otherwise sudo mount -o remount,size=1G /dev/shm.'
    )
    if not (place.is_dir() and os.access(place, os.W_OK)):
        return [fail('shared memory', f'{place} cannot be written', remedy)]
    return [judge_shared_memory(*_sizes(place), remedy), *check_stale_segments(machine)]


def judge_shared_memory(total_mb: int, free_mb: int, remedy: str) -> Finding:
    """Return what is to be thought of so much shared memory."""
    text = f'{free_mb} MB free of {total_mb} MB'
    if free_mb < SHM_MB:
        return warn('shared memory', f'{text}, {SHM_MB} MB wanted', remedy)
    return ok('shared memory', text)


def check_stale_segments(machine: Machine) -> list[Finding]:
    """Look for segments of Fast DDS whose programs were killed; their locks are free."""
    locks = (machine.root / 'dev' / 'shm').glob('fast*_el')
    stale = [path.with_name(path.name.removesuffix('_el')) for path in locks if _is_free(path)]
    size = sum(path.stat().st_size for path in stale if path.exists()) / 1e6
    if size < STALE_MB:
        return []
    remedy = 'Programs that were killed left it behind: fastdds shm clean.'
    return [warn('shared memory', f'{size:.0f} MB belong to no program any more', remedy)]


def check_socket_buffers(machine: Machine) -> list[Finding]:
    """Look at the kernel's limit of socket buffers, for subscribers on other machines."""
    text = machine.text('proc/sys/net/core/rmem_max')
    if not text.isdigit():
        return []
    if int(text) >= BUFFER_BYTES:
        return [ok('socket buffers', f'{text} bytes')]
    note = (
        f'{text} bytes; images to other machines want sysctl -w net.core.rmem_max={BUFFER_BYTES}'
    )
    return [ok('socket buffers', note)]


def _is_free(lock: Path) -> bool:
    try:
        with lock.open('rb') as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sizes(place: Path) -> tuple[int, int]:
    state = os.statvfs(place)
    return (
        state.f_blocks * state.f_frsize // 1_000_000,
        state.f_bavail * state.f_frsize // 1_000_000,
    )
