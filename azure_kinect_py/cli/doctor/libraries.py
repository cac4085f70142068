# SPDX-License-Identifier: Apache-2.0
"""Checks of the vendor's libraries: found where, which version, and what reads what."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from azure_kinect_py.cli.doctor.report import Finding, Machine, Status, ok
from azure_kinect_py.errors import LibraryNotFound
from azure_kinect_py.sdk import k4a, k4arecord
from azure_kinect_py.sdk.loader import WHEEL_FOLDER, Library


def check_libraries(machine: Machine) -> list[Finding]:
    """Look for the libraries of cameras and of recordings."""
    return [
        _library(machine, 'libk4a', k4a.load, machine.trouble, 'live cameras and recordings'),
        _library(machine, 'libk4arecord', k4arecord.load, Status.WARN, 'recordings'),
    ]


def describe(path: str) -> str:
    """Return a library's file, its version, and whose it is."""
    file = Path(path).resolve()
    version = re.search(r'\.so\.([0-9.]+)$', file.name)
    notes = [version[1]] if version else []
    if file.parent.name == WHEEL_FOLDER:
        notes.append('of the pyk4a-bundle wheel')
    if (file.parent / 'libOrbbecSDK.so').exists():
        notes.append("Orbbec's wrapper: Femto cameras only")
    return f'{path} ({", ".join(notes)})' if notes else path


def _library(
    machine: Machine, name: str, load: Callable[[str], Library], status: Status, purpose: str
) -> Finding:
    try:
        library = load(machine.library_path)
    except LibraryNotFound as error:
        text = (
            f'{error.message.splitlines()[0]} ({purpose} need it; the simulated camera does not)'
        )
        return Finding(status, name, text, error.hint)
    return ok(name, describe(library.path))
