# SPDX-License-Identifier: Apache-2.0
"""
The Fast DDS profile that large messages need, for this process.

It must be in the environment before the node is made. Whoever has set a profile, or uses another
RMW, is left alone; so is who has too little shared memory for it, with a word of advice.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import shutil
from collections.abc import MutableMapping

from ament_index_python.packages import PackageNotFoundError, get_package_share_directory

VARIABLES = ('FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE')
TRANSPORTS = 'FASTDDS_BUILTIN_TRANSPORTS'
PROFILES = ('fastdds.xml', 'fastdds2.xml')
"""For each of the variables; Fast DDS 2 rejects a file with settings of Fast DDS 3."""

OLD_DISTROS = ('humble', 'iron', 'jazzy')
"""Where Fast DDS 2 reads the second variable; newer ones warn of it."""

SHARED_MEMORY = '/dev/shm'  # noqa: S108 (where POSIX shared memory is)
MARGIN = 32 * 1024 * 1024
_LOCK = re.compile(SHARED_MEMORY + '/fast(?:dds|rtps)_[0-9a-f]{16}_el')
"""A file that the owner of a segment, and nobody else, holds open; fastrtps in Fast DDS 2."""


def settings_path(name: str) -> pathlib.Path | None:
    """Return a file of this package's ``config`` folder, or None where it is not installed."""
    source = pathlib.Path(__file__).parents[2] / 'config' / name
    if source.is_file():
        return source
    try:
        installed = get_package_share_directory('azure_kinect_py')
    except PackageNotFoundError:
        return None
    path = pathlib.Path(installed) / 'config' / name
    return path if path.is_file() else None


def segment_size(path: pathlib.Path) -> int:
    """Return the bytes of shared memory that a profile asks for."""
    found = re.search(r'<segment_size>(\d+)</segment_size>', path.read_text())
    return int(found[1]) if found else 0


def use_profile(environment: MutableMapping[str, str] = os.environ) -> str:
    """Set the profile unless the user has; return advice if there is too little memory for it."""
    rmw = environment.get('RMW_IMPLEMENTATION', '')
    is_old = environment.get('ROS_DISTRO', '') in OLD_DISTROS
    path = settings_path(PROFILES[is_old])
    if path is None or (rmw and 'fastrtps' not in rmw):
        return ''
    if any(environment.get(variable) for variable in (*VARIABLES, TRANSPORTS)):
        return ''
    needed = segment_size(path) + MARGIN
    free = shutil.disk_usage(SHARED_MEMORY).free if pathlib.Path(SHARED_MEMORY).is_dir() else 0
    if free < needed:
        return (
            f'{SHARED_MEMORY} has {free // 2**20} MB free, {needed // 2**20} MB are needed for '
            'large messages to arrive reliably; in a container, give it --shm-size=512m or more, '
            'elsewhere fastdds shm clean removes what killed programs left'
        )
    environment[VARIABLES[is_old]] = str(path)
    return ''


def remove_segments() -> None:
    """Remove this process's segments, which is about to end without DDS: 140 MB would stay."""
    with contextlib.suppress(OSError):  # where there is no /proc
        for opened in pathlib.Path('/proc/self/fd').iterdir():
            with contextlib.suppress(OSError):
                lock = opened.readlink()
                if _LOCK.fullmatch(str(lock)):
                    lock.with_name(lock.name.removesuffix('_el')).unlink()
                    lock.unlink()
