# SPDX-License-Identifier: Apache-2.0
"""The driver as its own process, started as a user starts it, and what it costs."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
NAMESPACE = '/k4a'
DIAGNOSTICS = '/diagnostics'
TICKS = os.sysconf('SC_CLK_TCK')

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def start_process(command: Sequence[object], **options: Any) -> subprocess.Popen[str]:
    """Start a process that ends with this one, however this one ends; as ``Popen``."""
    parent = os.getpid()

    def prepare() -> None:  # calls the kernel only, as it must between fork and exec
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it has ended already
            os._exit(1)

    return subprocess.Popen(
        [str(argument) for argument in command],
        stdin=subprocess.DEVNULL,
        text=True,
        preexec_fn=prepare,  # noqa: PLW1509
        **options,
    )


class Usage(NamedTuple):
    """CPU time in seconds and resident memory in MB."""

    cpu: float
    memory: float


def ros_environment() -> dict[str, str]:
    """Return the environment of a ROS graph of our own on this machine."""
    domain = 1 + os.getpid() % 100
    return {
        **os.environ,
        'ROS_DOMAIN_ID': str(domain),
        'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
        'ROS_LOG_DIR': str(ROOT / 'build' / 'ros' / 'log'),
    }


class DriverProcess:
    """
    ``azure_kinect_node`` with parameters; ``with`` stops it.

    :param log: Where what it says goes.
    """

    def __init__(
        self, parameters: Mapping[str, object], environment: Mapping[str, str], log: Path
    ) -> None:
        arguments = ['--ros-args', '-r', f'__ns:={NAMESPACE}']
        for name, value in parameters.items():
            text = str(value).lower() if isinstance(value, bool) else value
            arguments += ['-p', f'{name}:={text}']
        program = Path(sys.executable).with_name('azure_kinect_node')
        self.log = log
        with log.open('w') as output:
            self._process = start_process(
                [program, *arguments], env=environment, stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def is_running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def usage(self) -> Usage:
        """Return what it has used until now."""
        folder = Path('/proc') / str(self._process.pid)
        fields = (folder / 'stat').read_text().rpartition(')')[2].split()
        pages = int((folder / 'statm').read_text().split()[1])
        return Usage(
            (int(fields[11]) + int(fields[12])) / TICKS, pages * os.sysconf('SC_PAGE_SIZE') / 1e6
        )

    def stop(self) -> int:
        """Stop it as Ctrl-C does, and return its exit code."""
        if self.is_running:
            self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def last_words(self, count: int = 15) -> str:
        """Return the end of what it said."""
        return '\n'.join(self.log.read_text(errors='replace').splitlines()[-count:])

    def __enter__(self) -> DriverProcess:
        """Return self."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()
