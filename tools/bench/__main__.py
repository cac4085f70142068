# SPDX-License-Identifier: Apache-2.0
"""
Measures kernels, body outputs, start and whole path; tables, JSON, change since the last run.

Parts by name: ``make bench ARGS='kernels'``.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import math
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.bench import bodies, body_latency, kernels, page, start, whole_path
from tools.bench.results import Results
from tools.harness.driver import ROOT
from tools.harness.run import LEAST_SECONDS, RunFailed

LOCK = ROOT / 'build' / 'bench.lock'


def main() -> int:
    """Run the benchmark."""
    parts: dict[str, Callable[[Results], None]] = {
        'kernels': kernels.measure,
        'bodies': bodies.measure,
        'start': start.measure,
        'latency': lambda results: body_latency.measure(results, args.seconds),
        'path': lambda results: whole_path.measure(
            results, args.seconds, args.folder / 'recording.mkv'
        ),
    }
    parser = argparse.ArgumentParser(prog='make bench', description=__doc__)
    parser.add_argument('parts', nargs='*', metavar='PART', help=', '.join(parts))
    parser.add_argument('--seconds', type=_seconds, default=10.0, help='of each run of the driver')
    parser.add_argument('--folder', type=Path, default=ROOT / 'bench', help='for the figures')
    parser.add_argument(
        '--page', action='store_true', help='write docs/performance.md too, of all parts'
    )
    args = parser.parse_args()
    unknown = [part for part in args.parts if part not in parts]
    if unknown:
        parser.error(f'there is no part {unknown[0]}; there are {", ".join(parts)}')
    if args.page and args.parts:
        parser.error('--page needs all parts')
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)  # also where a script's background ignores Ctrl-C
    file = args.folder / 'last.json'
    try:
        with _alone():
            args.folder.mkdir(parents=True, exist_ok=True)
            file.with_suffix('.new').touch()
            results = Results(file, args.seconds)
            for name, part in parts.items():
                if name in (args.parts or parts):
                    with results.part():
                        part(results)
            if args.page:
                page.write(results.sections)
    except (RunFailed, OSError) as error:
        print(f'bench: {error}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f'bench: interrupted; figures so far: {file}', file=sys.stderr)
        return 130
    print(f'\nfigures: {file}; in brackets: change since the last run')
    return 0


def _seconds(text: str) -> float:
    with contextlib.suppress(ValueError):
        if LEAST_SECONDS <= float(text) < math.inf:
            return float(text)
    raise argparse.ArgumentTypeError(f'{text} is not possible; allowed are {LEAST_SECONDS:g} up')


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Keep others from measuring at the same time: they would measure each other."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open('w') as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunFailed('another benchmark is running') from None
        yield


if __name__ == '__main__':
    sys.exit(main())
