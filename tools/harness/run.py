# SPDX-License-Identifier: Apache-2.0
"""One run: a driver and a subscriber, each in its own process, and what was measured."""

from __future__ import annotations

import dataclasses
import json
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tools.harness.driver import ROOT, DriverProcess, Usage, ros_environment
from tools.harness.processors import Processors, processors

SLACK = 0.2
"""Share of a period by which stamps are off at most."""


class RunFailed(Exception):
    """Raised when the driver or the subscriber ended before its time."""


@dataclasses.dataclass(frozen=True)
class Arrived:
    """What arrived on one topic; times and stamps in nanoseconds, size in bytes."""

    topic: str
    kind: str
    times: Sequence[int]
    stamps: Sequence[int]
    size: int

    @property
    def latencies_ms(self) -> np.ndarray:  # type: ignore[type-arg]
        """From the stamp to the callback, in milliseconds; of messages that have a stamp."""
        stamps = np.array(self.stamps, dtype=np.int64)
        return ((np.array(self.times, dtype=np.int64) - stamps) / 1e6)[stamps > 0]

    def lost(self, hz: float) -> int:
        """
        Return how many messages are missing between the first and the last.

        Where a recording starts over, the gap is not a whole number of periods: nothing is lost.
        """
        periods = np.diff(sorted(set(self.stamps))) / 1e9 * hz
        whole = np.abs(periods - np.round(periods)) < SLACK
        return int(np.sum(np.round(periods[whole]) - 1))


@dataclasses.dataclass(frozen=True)
class Run:
    """
    What one run measured.

    :ivar seconds: How long was counted.
    :ivar usage: Of the driver at moments in that time, about ten a run.
    :ivar capture: Topic -> type and serialised message, of one capture; empty if none was kept.
    :ivar subscriber_cpu_seconds: CPU time of the subscriber in that time.
    :ivar processors: Shares of the machine's processors in that time.
    """

    seconds: float
    topics: dict[str, Arrived]
    usage: list[Usage]
    capture: dict[str, tuple[str, bytes]]
    subscriber_cpu_seconds: float
    processors: Processors

    @property
    def cpu_seconds(self) -> float:
        """CPU time of the driver in the time that was counted."""
        return self.usage[-1].cpu - self.usage[0].cpu


def watch(
    parameters: Mapping[str, object],
    *,
    name: str,
    seconds: float,
    topics: Iterable[str],
    only: bool = False,
    keep: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Run:
    """
    Start the driver and a subscriber, wait for both, and return what was measured.

    :param topics: What to wait for; the subscriber subscribes to everything there is.
    :param only: Subscribe to nothing else.
    :param keep: Keep the messages of one capture, which costs the subscriber time and memory.
    :param say: Told what goes on.
    :raises RunFailed: when one of the two ended early; with its last words.
    """
    environment = ros_environment()
    folder = ROOT / 'build' / 'runs' / name
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / 'driver.log'
    options = [f'--topic={topic}' for topic in topics] + ['--only'] * only + ['--keep'] * keep
    with (
        DriverProcess(parameters, environment, log) as driver,
        subprocess.Popen(
            [
                sys.executable,
                '-m',
                'tools.harness.watcher',
                folder,
                f'--seconds={seconds}',
                *options,
            ],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        ) as watcher,
    ):
        usage, begin, end = _follow(driver, watcher, say)
        if watcher.wait() != 0:
            raise RunFailed(f'the subscriber failed; {log} has what the driver said')
    results = json.loads((folder / 'results.json').read_text())
    capture: dict[str, Any] = {}
    if keep:
        capture = pickle.loads((folder / 'capture.pickle').read_bytes())
    topics_seen = {row['topic']: Arrived(**row) for row in results['topics']}
    return Run(
        end.seconds - begin.seconds,
        topics_seen,
        usage,
        capture,
        results['cpu_seconds'],
        end.processors.since(begin.processors),
    )


class _Moment(NamedTuple):
    seconds: float
    processors: Processors


def _follow(
    driver: DriverProcess, watcher: subprocess.Popen[str], say: Callable[[str], None]
) -> tuple[list[Usage], _Moment, _Moment]:
    """Sample the driver from ``begin`` to ``end``; return its usage, and the two."""
    moments: list[_Moment] = []
    reader = threading.Thread(target=_read_moments, args=(watcher, moments, say), daemon=True)
    reader.start()
    usage: list[Usage] = []
    while reader.is_alive():
        if not driver.is_running:
            watcher.kill()
            raise RunFailed(f'the driver ended:\n{driver.last_words()}')
        if moments:
            usage.append(driver.usage())
        reader.join(0.5 if moments else 0.02)
    if len(moments) < 2:
        raise RunFailed('the subscriber ended early')
    usage.append(driver.usage())
    return usage, moments[0], moments[1]


def _read_moments(
    watcher: subprocess.Popen[str], moments: list[_Moment], say: Callable[[str], None]
) -> None:
    assert watcher.stdout is not None
    for line in watcher.stdout:
        if line.startswith('topics'):
            say(f'subscribed to {line.split()[1]} topics, waiting for all of them')
            continue
        moments.append(_Moment(time.monotonic(), processors()))
        if len(moments) == 2:
            return
        say('counting')
