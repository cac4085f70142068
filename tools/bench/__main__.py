# SPDX-License-Identifier: Apache-2.0
"""
Measures kernels, body outputs, start and whole path; tables, JSON, change since the last run.

Parts by name: ``make bench ARGS='kernels'``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tools.bench import bodies, body_latency, kernels, page, start, whole_path
from tools.bench.results import Results
from tools.harness.driver import ROOT
from tools.harness.run import RunFailed


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
    parser.add_argument('--seconds', type=float, default=10.0, help='of each run of the driver')
    parser.add_argument('--folder', type=Path, default=ROOT / 'bench', help='for the figures')
    parser.add_argument('--page', action='store_true', help='write docs/performance.md too')
    args = parser.parse_args()
    unknown = [part for part in args.parts if part not in parts]
    if unknown:
        parser.error(f'there is no part {unknown[0]}; there are {", ".join(parts)}')
    results = Results(args.folder / 'last.json')
    try:
        for name, part in parts.items():
            if name in (args.parts or parts):
                part(results)
    except RunFailed as error:
        print(f'bench: {error}', file=sys.stderr)
        return 1
    results.save()
    if args.page:
        page.write(args.folder / 'last.json')
    return 0


if __name__ == '__main__':
    sys.exit(main())
