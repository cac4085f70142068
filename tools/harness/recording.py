# SPDX-License-Identifier: Apache-2.0
"""A recording of the simulated camera, made as users make one."""

from __future__ import annotations

import dataclasses
import itertools
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from azure_kinect_py.sources import SourceOptions, open_source
from tools.harness.run import RunFailed

PROGRAM = Path(sys.executable).with_name('azure_kinect')
TRIES = 5
MISSING = ' are missing)'
"""What the program says of captures that it did not get in time."""


def record(
    file: Path,
    *,
    seconds: int,
    fps: int,
    say: Callable[[str], None] = lambda _: None,
    program: Path = PROGRAM,
) -> bool:
    """
    Write a recording, anew while captures are missing: who plays it would seem to lose them.

    :param say: Told what was recorded, each time.
    :param program: ``azure_kinect``.
    :returns: Whether it is whole; a machine that is too slow or too busy gets none that is.
    :raises RunFailed: when the program fails; it has said why.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    options = ['--source=simulated', f'--seconds={seconds}', f'--fps={fps}', '--overwrite']
    for _ in range(TRIES):
        made = subprocess.run(
            [program, 'record', file, *options],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        if made.returncode:
            raise RunFailed(f'{file} was not recorded')
        recorded = made.stdout.splitlines()[-1]
        say(recorded)
        found = re.search(r': (\d+) captures', recorded)
        if MISSING not in recorded and found and int(found[1]) >= seconds * fps:
            return True
    return False


def seam_ns(file: Path) -> int:
    """Return how long it is from a recording's last capture to the first when it starts over."""
    options = SourceOptions('playback', recording_file=str(file), playback_rate=0.0)
    with open_source(options) as source:
        count = sum(1 for _ in source)
    with open_source(dataclasses.replace(options, recording_loop_enabled=True)) as source:
        times = [capture.device_time_usec for capture in itertools.islice(source, count + 1)]
    return (times[-1] - times[-2]) * 1000
