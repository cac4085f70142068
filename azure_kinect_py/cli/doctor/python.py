# SPDX-License-Identifier: Apache-2.0
"""Checks of Python, the packages that the driver computes with, and the cache of kernels."""

from __future__ import annotations

import importlib
import os
import sys
from importlib import metadata
from pathlib import Path

from azure_kinect_py import geometry
from azure_kinect_py.cli.doctor.report import Finding, Machine, fail, ok, warn

MODULES = {
    'numpy': ('python3-numpy', 'numpy'),
    'numba': ('python3-numba', 'numba'),
    'cv2': ('python3-opencv', 'opencv-python-headless'),
    'yaml': ('python3-yaml', 'PyYAML'),
}
"""Module -> its apt and its PyPI package."""

KERNELS = Path(geometry.__file__).parent


def check_python(_machine: Machine) -> list[Finding]:
    """Look at the interpreter."""
    return [ok('Python', f'{sys.version.split()[0]} ({sys.executable})')]


def check_modules(_machine: Machine) -> list[Finding]:
    """Look whether each package imports; that one is installed says little."""
    findings = []
    for name, (apt, pypi) in MODULES.items():
        try:
            version = importlib.import_module(name).__version__
            findings.append(ok(name, version))
        except ImportError as error:
            findings.append(
                fail(name, f'does not import: {error}',
                     f'Install it: sudo apt install {apt}, or pip install {pypi}.')
            )  # fmt: skip
    return findings


def check_kernel_cache(machine: Machine, package: Path = KERNELS) -> list[Finding]:
    """Look whether compiled kernels can be kept, so that the next start is quick."""
    home = machine.environ.get('HOME', '')
    places = [
        Path(chosen)
        for chosen in (
            machine.environ.get('NUMBA_CACHE_DIR', ''),
            str(package / '__pycache__'),
            machine.environ.get('XDG_CACHE_HOME', '') or (home and f'{home}/.cache'),
        )
        if chosen
    ]
    for place in places:
        if _writable(place):
            return [ok('kernel cache', str(place))]
    return [
        warn(
            'kernel cache',
            f'nowhere to write it ({", ".join(map(str, places))})',
            'The kernels are compiled anew at each start, which takes some ten seconds. Name a '
            'folder that the driver may write: export NUMBA_CACHE_DIR=/var/tmp/azure_kinect.',
        )
    ]


def check_version(_machine: Machine) -> list[Finding]:
    """Look at the driver's own version."""
    try:
        version = metadata.version('azure_kinect_py')
    except metadata.PackageNotFoundError:
        version = 'not installed, used from its source folder'
    return [ok('azure_kinect_py', version)]


def _writable(place: Path) -> bool:
    existing = next(folder for folder in (place, *place.parents) if folder.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
