# SPDX-License-Identifier: Apache-2.0
"""The figures of the benchmark as a page, docs/performance.md."""

from __future__ import annotations

import json
from pathlib import Path

from tools.bench.results import number
from tools.harness.driver import ROOT

PAGE = ROOT / 'docs' / 'performance.md'
HEAD = """\
# Performance

Written by `make bench ARGS=--page` from what it measured; nothing here is estimated. Repeat it
with `make bench`, which compares with your last run. Machine: {machine}.

*CPU ms/frame* is CPU time of the driver's process per captured frame, all its threads and the
middleware's included; *less source* leaves out what the source costs by itself (rendering by the
simulated camera, or reading the recording), measured in a process of its own. *median* and *p99*
are latencies from when a capture is there for the driver to the subscriber's callback: in a
recording from when the frame is due, with the simulated camera from the soonest that it delivers,
17 ms after the middle of the exposure (its jitter, up to 7 ms, is contained); they are of all
messages that belong to captures, *slowest topic* is the p99 of the topic with the highest. The
simulated tracker takes no time of its own here. *lost* are messages
missing between the first and the last that came, *lost %* the share of 30 Hz that did not come in
the time (a recording of 5 s that starts over has pauses of two or three frames, in which nothing
was recorded). *MB growth* is from the middle of the run to its end. *subscriber* is what receiving
costs the other process, in CPU ms per frame; both share the cores.
Driver and subscriber are two processes with the middleware's default settings, but for the
driver's own profile of Fast DDS (`config/fastdds.xml`).
"""


def write(figures: Path) -> None:
    """Write the page from the file of figures."""
    kept = json.loads(figures.read_text())
    lines = [HEAD.format(machine=kept['machine'])]
    for section, rows in kept['sections'].items():
        heads = list(next(iter(rows.values())))
        lines += [
            f'## {section[:1].upper()}{section[1:]}',
            '',
            f'| | {" | ".join(heads)} |',
            f'|---{"|---:" * len(heads)}|',
        ]
        for row, values in rows.items():
            cells = ' | '.join(number(values[head]) for head in heads)
            lines.append(f'| {row} | {cells} |')
        lines.append('')
    PAGE.write_text('\n'.join(lines))
