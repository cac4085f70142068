# SPDX-License-Identifier: Apache-2.0
"""
The Fast DDS profile that large messages need, for this process.

It must be in the environment before the node is made. Whoever has set a profile, or uses another
RMW, is left alone.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import MutableMapping

from ament_index_python.packages import PackageNotFoundError, get_package_share_directory

VARIABLES = ('FASTDDS_DEFAULT_PROFILES_FILE', 'FASTRTPS_DEFAULT_PROFILES_FILE')
OLD_DISTROS = ('humble', 'iron', 'jazzy')
"""Where Fast DDS 2 reads the second variable; newer ones warn of it."""


def profile_path() -> pathlib.Path | None:
    """Return the profile that comes with this package, or None where it is not installed."""
    source = pathlib.Path(__file__).parents[2] / 'config' / 'fastdds.xml'
    if source.is_file():
        return source
    try:
        installed = get_package_share_directory('azure_kinect_py')
    except PackageNotFoundError:
        return None
    path = pathlib.Path(installed) / 'config' / 'fastdds.xml'
    return path if path.is_file() else None


def use_profile(environment: MutableMapping[str, str] = os.environ) -> pathlib.Path | None:
    """Set the profile unless the user has; return it if it was set."""
    rmw = environment.get('RMW_IMPLEMENTATION', '')
    path = profile_path()
    if path is None or (rmw and 'fastrtps' not in rmw):
        return None
    if any(environment.get(variable) for variable in VARIABLES):
        return None
    is_old = environment.get('ROS_DISTRO', '') in OLD_DISTROS
    environment[VARIABLES[is_old]] = str(path)
    return path
