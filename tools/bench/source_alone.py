# SPDX-License-Identifier: Apache-2.0
"""What a source costs by itself: a process that reads captures and does nothing with them."""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from azure_kinect_py.cli.node import tune
from azure_kinect_py.errors import CaptureTimeout, StreamEnded
from azure_kinect_py.sources import Source, SourceOptions, open_source
from tools.harness.driver import ROOT
from tools.harness.run import RunFailed

KNOWN = (
    'source', 'recording_file', 'recording_loop_enabled', 'simulated_people', 'simulated_seed',
)  # fmt: skip


def cpu_per_capture(
    parameters: Mapping[str, object], images: Sequence[str], seconds: float
) -> float:
    """
    Return CPU seconds per capture of a source, in a process of its own.

    :param images: Which images are looked at: ``depth``, ``ir``, ``color``; the simulated camera
        renders no others.
    :raises RunFailed: when it failed; it has said why.
    """
    options = {name: parameters[name] for name in KNOWN if name in parameters}
    done = subprocess.run(
        [sys.executable, '-m', 'tools.bench.source_alone', str(seconds),
         json.dumps(options, default=str), *images],
        cwd=ROOT, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RunFailed('the source by itself failed')
    return float(done.stdout)


def main() -> None:
    """Read captures and print the CPU seconds that each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('seconds', type=float)
    parser.add_argument('options', type=json.loads)
    parser.add_argument('images', nargs='*')
    args = parser.parse_args()
    tune()
    with open_source(SourceOptions(**args.options)) as source:
        _read(source, args.images, 2.0)  # compiles, and fills what is allocated once
        busy, count = time.process_time(), _read(source, args.images, args.seconds)
        print((time.process_time() - busy) / max(1, count))


def _read(source: Source, images: Sequence[str], seconds: float) -> int:
    count = 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with source.capture() as capture:
                for name in images:
                    getattr(capture, name)
                count += 1
        except CaptureTimeout:
            continue
        except StreamEnded:
            break
    return count


if __name__ == '__main__':
    with contextlib.suppress(KeyboardInterrupt):  # whoever started it tells
        main()
