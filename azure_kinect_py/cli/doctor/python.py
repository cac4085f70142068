# SPDX-License-Identifier: Apache-2.0
"""Checks of Python, the packages that the driver computes with, and the cache of kernels."""

from __future__ import annotations

import importlib
import sys
from importlib import metadata

from azure_kinect_py.cli.doctor.report import Finding, Machine, fail, ok, warn

MODULES = {
    'numpy': ('python3-numpy', 'numpy'),
    'numba': ('python3-numba', 'numba'),
    'cv2': ('python3-opencv', 'opencv-python-headless'),
    'yaml': ('python3-yaml', 'PyYAML'),
}
"""Module -> its apt and its PyPI package."""


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


def check_jpeg(_machine: Machine) -> list[Finding]:
    """Look which package decodes the JPEGs of the color camera."""
    try:
        return [ok('simplejpeg', importlib.import_module('simplejpeg').__version__)]
    except (ImportError, ValueError):
        text = 'not there, so OpenCV decodes JPEGs, a third slower; pip install simplejpeg'
        return [ok('simplejpeg', text)]


def check_kernel_cache(_machine: Machine) -> list[Finding]:
    """Look whether compiled kernels can be kept, so that the next start is quick."""
    try:
        folder = importlib.import_module('azure_kinect_py.geometry.compiled').cache_folder()
    except ImportError:
        return []  # the check of modules says so
    return [judge_kernel_cache(folder)]


def judge_kernel_cache(folder: str) -> Finding:
    """Return what is to be thought of the folder of compiled kernels; empty for none."""
    if folder:
        return ok('kernel cache', folder)
    remedy = (
        'The kernels are compiled anew at each start, which takes a minute. Name a folder that '
        'the driver may write: export NUMBA_CACHE_DIR=/var/tmp/azure_kinect.'
    )
    return warn('kernel cache', 'there is no folder in which it can be kept', remedy)


def check_version(_machine: Machine) -> list[Finding]:
    """Look at the driver's own version."""
    try:
        version = metadata.version('azure_kinect_py')
    except metadata.PackageNotFoundError:
        version = 'not installed, used from its source folder'
    return [ok('azure_kinect_py', version)]
