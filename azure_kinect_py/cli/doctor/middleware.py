# SPDX-License-Identifier: Apache-2.0
"""Checks of ROS and its middleware: what large messages need to arrive."""

from __future__ import annotations

import fcntl
import importlib
import os
import subprocess
import sys
from pathlib import Path

from azure_kinect_py.cli.doctor.report import Finding, Machine, fail, ok, warn

GUIDE = 'See docs/middleware.md.'
PROFILES = ('FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE')
SHM_MB = 168
"""What the driver needs before it uses its profile: the segment, and room for others."""

STALE_MB = 10
BUFFER_BYTES = 33_554_432
ASK_ROS = 'import rclpy.utilities as u; print(u.get_rmw_implementation_identifier())'
ZENOH_OVERRIDE = 'transport/shared_memory/enabled=true'


def check_ros(machine: Machine) -> list[Finding]:
    """Look whether rclpy works, and with which middleware."""
    # A middleware that is not installed ends the process that asks for it.
    done = subprocess.run(  # noqa: S603 (this Python)
        [sys.executable, '-c', ASK_ROS],
        env={**os.environ, **machine.environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    rmw = done.stdout.strip()
    if done.returncode != 0 or not rmw:
        chosen = machine.environ.get('RMW_IMPLEMENTATION')
        setting = f' with RMW_IMPLEMENTATION={chosen}' if chosen else ''
        remedy = (
            'Source one ROS install (source /opt/ros/<distro>/setup.bash) in a fresh terminal, or '
            'none and run `make setup`; unset RMW_IMPLEMENTATION, or install what it names.'
        )
        said = [line for line in done.stderr.splitlines() if line.strip()]
        text = f'rclpy does not work{setting}: {said[-1].strip() if said else "it says nothing"}'
        return [fail('ROS', text, remedy)]
    distro = machine.environ.get('ROS_DISTRO', 'wheels of PyPI')
    return [ok('ROS', f'{distro}, {rmw}'), *check_profile(machine, rmw)]


def check_profile(machine: Machine, rmw: str) -> list[Finding]:
    """Look at the settings of the middleware that decide whether images arrive."""
    if rmw.startswith('rmw_fastrtps'):
        return [_fast_profile(machine)]
    if rmw.startswith('rmw_cyclonedds'):
        found = _settings(machine, 'Cyclone DDS', 'CYCLONEDDS_URI', 'cyclonedds.xml')
        return [found, *check_receive_buffers(machine)]
    if rmw.startswith('rmw_zenoh'):
        if ZENOH_OVERRIDE in machine.environ.get('ZENOH_CONFIG_OVERRIDE', ''):
            return [ok('Zenoh', 'shared memory is on by ZENOH_CONFIG_OVERRIDE')]
        return [_settings(machine, 'Zenoh', 'ZENOH_SESSION_CONFIG_URI', 'zenoh.json5')]
    return []


def _fast_profile(machine: Machine) -> Finding:
    what = 'Fast DDS profile'
    for variable in (*PROFILES, 'FASTDDS_BUILTIN_TRANSPORTS'):
        value = machine.environ.get(variable)
        if value and variable in PROFILES and not Path(value).exists():
            remedy = f'Correct it, or unset {variable}: the driver then brings its own.'
            return fail(what, f'{variable}={value} does not exist', remedy)
        if value:
            return ok(what, f"{variable}={value}, yours instead of the driver's")
    return ok(what, "the driver's own, with a large shared-memory segment")


def _settings(machine: Machine, what: str, variable: str, name: str) -> Finding:
    """Return whether settings are named, and exist; ``name`` is this package's file of them."""
    value = machine.environ.get(variable, '')
    scheme = 'file://' if variable == 'CYCLONEDDS_URI' else ''
    remedy = f'export {variable}={scheme}{_own_file(name)}, for the subscribers too. {GUIDE}'
    if not value:
        return warn(what, f'{variable} is not set: large messages are lost or late', remedy)
    for part in value.split(','):  # Cyclone DDS takes several, and XML itself
        file = part.removeprefix('file://')
        if file.startswith('/') and not Path(file).exists():
            return fail(what, f'{variable}={value} does not exist', remedy)
    return ok(what, f'{variable}={value}')


def _own_file(name: str) -> str:
    dds = importlib.import_module('azure_kinect_py.ros.dds')
    return str(dds.settings_path(name) or f'config/{name} of this package')


def check_receive_buffers(machine: Machine) -> list[Finding]:
    """Look at the limit of receive buffers, through which everything of Cyclone DDS goes."""
    text = machine.text('proc/sys/net/core/rmem_max')
    if not text.isdigit() or int(text) >= BUFFER_BYTES:
        return []
    remedy = f'sudo sysctl -w net.core.rmem_max={BUFFER_BYTES}. {GUIDE}'
    return [warn('Cyclone DDS', f'receive buffers may have {text} bytes only', remedy)]


def check_shared_memory(machine: Machine) -> list[Finding]:
    """Look at /dev/shm, through which images go to subscribers on the same machine."""
    place = machine.root / 'dev' / 'shm'
    remedy = (
        'Images then go by UDP and get lost. In a container pass --ipc=host, or --shm-size=512m; '
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
