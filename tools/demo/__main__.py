# SPDX-License-Identifier: Apache-2.0
"""
Shows the driver at work: on the simulated camera, then on a recording made of it.

The driver is one process, a subscriber to everything another. Prints a table for each, writes
pictures, and ends with 1 when a topic is silent or under 90 % of its rate.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tools.demo import table
from tools.demo.expectations import BODIES, COLORED, expected
from tools.demo.messages import Capture
from tools.demo.pictures import write_pictures
from tools.harness.driver import NAMESPACE, ROOT
from tools.harness.recording import record
from tools.harness.run import Run, RunFailed, watch

RECORDED_SECONDS = 5
COUNTED_SECONDS = 12.0
"""So long that one message less, at the edge of the time, leaves a topic of 1 Hz above 90 %."""
IMU_HZ = 1600.0
FPS = 15
"""Everything at once, 350 MB/s, is to fit on two cores that are shared; 30 Hz often does not."""

TOO_MUCH_STOLEN = 0.1
"""Share of the processors without which a topic may be too slow through no fault of ours."""


def main() -> int:
    """Run the demo, and return its exit code."""
    parser = argparse.ArgumentParser(prog='make demo', description=__doc__)
    parser.add_argument(
        '--seconds', type=float, default=COUNTED_SECONDS, help='how long each run is counted'
    )
    parser.add_argument('--folder', type=Path, default=ROOT / 'demo', help='for the pictures')
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    recording = args.folder / 'recording.mkv'
    try:
        say(
            f'the simulated camera: NFOV_UNBINNED, 720P, {FPS} Hz, bodies, '
            'colored cloud; everything subscribed'
        )
        simulated = {'source': 'simulated', 'simulated_people': 3, 'fps': FPS}
        good = run(args, 'simulated', {**simulated, **BODIES, **COLORED}, FPS)
        say(f'recording {RECORDED_SECONDS} s of the simulated camera through libk4arecord')
        record(recording, seconds=RECORDED_SECONDS, fps=FPS, say=say)
        say(f'the recording, {FPS} Hz, played in a loop; everything subscribed')
        playback = {'recording_file': recording, 'recording_loop_enabled': True}
        good &= run(args, 'playback', playback, FPS)
    except RunFailed as error:
        print(f'demo: {error}', file=sys.stderr)
        return 1
    print(
        'demo: every topic is there at its rate'
        if good
        else 'demo: see the topics marked above; build/runs/*/driver.log is what the driver said'
    )
    return 0 if good else 1


def run(args: argparse.Namespace, name: str, parameters: dict[str, object], fps: int) -> bool:
    """
    Start the driver, subscribe to everything, print the table; return whether all is well.

    What was counted while the host of a virtual machine took the processors away tells nothing
    of the driver: it is counted once more.
    """
    live = name == 'simulated'
    wanted = expected(IMU_HZ, fps, live=live, bodies=live)
    result, good = count(args, name, parameters, wanted, keep=live)
    if not good and result.processors.stolen > TOO_MUCH_STOLEN:
        say(
            f'the host of this machine took {result.processors.stolen:.0%} of its processors '
            'while that was counted: once more'
        )
        result, good = count(args, name, parameters, wanted, keep=live)
    if live:
        written = write_pictures(Capture(result.capture, NAMESPACE), args.folder)
        print(f'pictures: {args.folder}/')
        print(*(f'  {path.name}' for path in written), '', sep='\n')
    return good


def count(
    args: argparse.Namespace,
    name: str,
    parameters: dict[str, object],
    wanted: dict[str, float],
    *,
    keep: bool,
) -> tuple[Run, bool]:
    """Count what arrives and print it; return it, and whether all that is wanted is there."""
    result = watch(parameters, name=name, seconds=args.seconds, topics=wanted, keep=keep, say=say)
    rows = list(table.rows(result, wanted))
    table.show(rows)
    table.show_costs(result)
    return result, not any(row.verdict for row in rows)


def say(text: str) -> None:
    """Print what comes now."""
    print(f'[{time.strftime("%H:%M:%S")}] {text}', flush=True)


if __name__ == '__main__':
    sys.exit(main())
