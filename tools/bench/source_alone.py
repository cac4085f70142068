# SPDX-License-Identifier: Apache-2.0
"""What a source costs by itself: a process that reads captures and does nothing with them."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping

from azure_kinect_py.errors import CaptureTimeout, StreamEnded
from azure_kinect_py.sources import SourceOptions, open_source
from tools.harness.driver import ROOT

KNOWN = ('source', 'recording_file', 'recording_loop_enabled', 'simulated_people')


def cpu_per_capture(parameters: Mapping[str, object], seconds: float) -> float:
    """Return CPU seconds per capture of a source, in a process of its own."""
    options = {name: parameters[name] for name in KNOWN if name in parameters}
    done = subprocess.run(
        [sys.executable, '-m', 'tools.bench.source_alone', str(seconds),
         json.dumps(options, default=str)],
        cwd=ROOT, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return float(done.stdout)


def main() -> None:
    """Read captures and print the CPU seconds that each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('seconds', type=float)
    parser.add_argument('options', type=json.loads)
    args = parser.parse_args()
    with open_source(SourceOptions(**args.options)) as source:
        _read(source, 2.0)  # compiles, and fills what is allocated once
        busy, count = time.process_time(), _read(source, args.seconds)
        print((time.process_time() - busy) / max(1, count))


def _read(source: object, seconds: float) -> int:
    count = 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with source.capture():  # type: ignore[attr-defined]
                count += 1
        except CaptureTimeout:
            continue
        except StreamEnded:
            break
    return count


if __name__ == '__main__':
    main()
