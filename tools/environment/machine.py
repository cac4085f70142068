# SPDX-License-Identifier: Apache-2.0
"""What the set-up needs of a machine, and the command that installs what is missing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import sysconfig
from pathlib import Path

VERSION = f'{sys.version_info[0]}.{sys.version_info[1]}'
PYTHON = f'python{VERSION}'
INSTALLERS = {
    'apt-get': ('sudo apt install', f'{PYTHON}-venv', 'build-essential', f'{PYTHON}-dev'),
    'dnf': ('sudo dnf install', 'python3-pip', 'gcc gcc-c++', 'python3-devel'),
    'pacman': ('sudo pacman -S', 'python', 'base-devel', 'python'),
    'zypper': ('sudo zypper install', 'python3-pip', 'gcc gcc-c++', 'python3-devel'),
}
"""Package manager -> its command, and its packages of venv, the compilers and Python's headers."""


def missing() -> list[str]:
    """Return one line for each thing that is missing, with the command that installs it."""
    name = next((n for n in INSTALLERS if shutil.which(n)), 'apt-get')
    command, venv, compilers, headers = INSTALLERS[name]
    checks = [
        (_has_venv(), 'the Python module venv (with ensurepip)', venv),
        (_has_compiler('CC', 'cc', 'gcc', 'clang'), 'a C compiler', compilers),
        (_has_compiler('CXX', 'c++', 'g++', 'clang++'), 'a C++ compiler', compilers),
        (_has_headers(), f'Python.h, the headers of Python {VERSION},', headers),
    ]
    return [f'{what} is missing; {command} {package}' for ok, what, package in checks if not ok]


def _has_venv() -> bool:
    return all(importlib.util.find_spec(name) for name in ('venv', 'ensurepip'))


def _has_compiler(variable: str, *names: str) -> bool:
    wanted = os.environ.get(variable, '').split()[:1] or names
    return any(shutil.which(name) for name in wanted)


def _has_headers() -> bool:
    return (Path(sysconfig.get_path('include')) / 'Python.h').exists()
