# SPDX-License-Identifier: Apache-2.0
"""What a check finds, where it looks, and how findings are printed."""

from __future__ import annotations

import dataclasses
import enum
import functools
import os
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path

from azure_kinect_py.sources import usb


class Status(enum.Enum):
    OK = 'OK'
    WARN = 'WARN'  # something will not work, or not well
    FAIL = 'FAIL'  # the driver cannot do what this machine is set up for


@dataclasses.dataclass(frozen=True)
class Finding:
    """
    One line of the report.

    :ivar what: The thing that was looked at.
    :ivar text: What it is like.
    :ivar remedy: How to mend it; empty when it is fine.
    """

    status: Status
    what: str
    text: str
    remedy: str = ''


@dataclasses.dataclass(frozen=True)
class Machine:
    """
    Where the checks look.

    :ivar root: The file system, ``/`` but in tests.
    :ivar environ: The environment variables.
    :ivar library_path: The user's ``sdk_library_path``.
    """

    root: Path = Path('/')
    environ: Mapping[str, str] = dataclasses.field(default_factory=lambda: os.environ)
    library_path: str = ''

    @functools.cached_property
    def devices(self) -> list[usb.UsbDevice]:
        """The cameras' devices on the USB bus."""
        return usb.devices(self.root / 'sys', self.root / 'dev')

    @property
    def has_camera(self) -> bool:
        """Whether a camera is connected."""
        return any(device.is_camera for device in self.devices)

    @property
    def trouble(self) -> Status:
        """How bad it is when something is missing that only a live camera needs."""
        return Status.FAIL if self.has_camera else Status.WARN

    def text(self, path: str) -> str:
        """Return what a file holds, without surrounding blanks; empty when it cannot be read."""
        try:
            return (self.root / path).read_text(errors='replace').strip()
        except OSError:
            return ''

    def library(self, name: str) -> Path | None:
        """Return a shared library of the system by its file name, as the loader would find it."""
        listed = self.environ.get('LD_LIBRARY_PATH', '').split(':')
        folders = [Path(folder) for folder in listed if folder]
        for folder in ('usr/local/lib', 'usr/lib', 'usr/lib64', 'lib'):
            folders += [self.root / folder, *sorted((self.root / folder).glob('*-linux-gnu'))]
        folders += sorted((self.root / 'usr' / 'local').glob('cuda*/lib64'))
        return next((folder / name for folder in folders if (folder / name).exists()), None)


def ok(what: str, text: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(Status.OK, what, text)


def warn(what: str, text: str, remedy: str) -> Finding:
    """Return a finding that something will not work, or not well."""
    return Finding(Status.WARN, what, text, remedy)


def fail(what: str, text: str, remedy: str) -> Finding:
    """Return a finding that the driver cannot do what this machine is set up for."""
    return Finding(Status.FAIL, what, text, remedy)


def show(findings: Iterable[Finding]) -> None:
    """Print one line for each finding, with the remedy under it."""
    for finding in findings:
        print(f'{finding.status.value:4}  {finding.what:24} {finding.text}')
        for line in textwrap.wrap(finding.remedy, 90, break_on_hyphens=False):
            print(f'      {line}')


def summary(findings: list[Finding]) -> str:
    """Return how many findings there are of each kind."""
    counts = {status: sum(f.status is status for f in findings) for status in Status}
    return ', '.join(f'{count} {status.value}' for status, count in counts.items())
