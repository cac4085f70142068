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

from tools.harness.driver import (
    DIAGNOSTICS,
    ROOT,
    DriverProcess,
    Usage,
    ros_environment,
    start_process,
)
from tools.harness.processors import Processors, processors

SLACK = 0.2
"""Share of a period by which stamps are off at most."""

EDGE_NS = 1_000_000_000
"""At either end of the time: what belongs to captures there may have come before it, or after."""

LEAST_SECONDS = 4.0
"""Of a run that is judged."""


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


def captures(topics: Iterable[Arrived]) -> np.ndarray:  # type: ignore[type-arg]
    """Return the stamps of which any topic has a message, in order."""
    stamps = np.unique(np.concatenate([np.zeros(1, np.int64), *(a.stamps for a in topics)]))
    return stamps[stamps > 0].astype(np.int64)


def lost(topics: Sequence[Arrived], hz: float, seam_ns: int = 0) -> int:
    """
    Return how many messages did not come, of captures in the middle of the time.

    Captures are those of which any topic has a message, and those missing between them.

    :param topics: Which have a message of each capture.
    :param seam_ns: From a recording's last capture to the first when it starts over.
    """
    seen = captures(topics)
    if not len(seen):
        return 0
    seen = seen[(seen >= seen[0] + EDGE_NS) & (seen <= seen[-1] - EDGE_NS)]
    periods = np.diff(seen) * 1e-9 * hz
    is_seam = np.abs(periods - seam_ns * 1e-9 * hz) < SLACK
    nowhere = int(np.sum(np.round(periods[~is_seam]) - 1))
    return sum(nowhere + len(np.setdiff1d(seen, a.stamps)) for a in topics)


@dataclasses.dataclass(frozen=True)
class Run:
    """
    What one run measured.

    :ivar seconds: How long was counted.
    :ivar usage: Of the driver at moments in that time, about ten a run.
    :ivar capture: Topic -> type and serialised message, of one capture; empty if none was kept.
    :ivar subscriber_cpu_seconds: CPU time of the subscriber in that time.
    :ivar processors: Shares of the machine's processors in that time.
    :ivar diagnostics: What the driver last said on /diagnostics: name without the node's -> key
        -> value.
    """

    seconds: float
    topics: dict[str, Arrived]
    usage: list[Usage]
    capture: dict[str, tuple[str, bytes]]
    subscriber_cpu_seconds: float
    processors: Processors
    diagnostics: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)

    @property
    def cpu_seconds(self) -> float:
        """CPU time of the driver in the time that was counted."""
        return self.usage[-1].cpu - self.usage[0].cpu

    def check_arrived(self, topics: Iterable[str]) -> None:
        """Raise RunFailed where nothing that has a stamp came on one of the topics."""
        spoke = {name for name, arrived in self.topics.items() if any(arrived.stamps)}
        silent = [name for name in topics if name not in spoke]
        if silent:
            raise RunFailed(f'nothing came on {", ".join(silent)}')


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

    :param topics: What to wait for, besides /diagnostics; the subscriber subscribes to everything
        there is.
    :param only: Subscribe to nothing else.
    :param keep: Keep the messages of one capture, which costs the subscriber time and memory.
    :param say: Told what goes on.
    :raises RunFailed: when one of the two ended early; with its last words.
    """
    environment = ros_environment()
    folder = ROOT / 'build' / 'runs' / name
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / 'driver.log'
    options = (
        [f'--topic={topic}' for topic in {*topics, DIAGNOSTICS}]
        + ['--only'] * only
        + ['--keep'] * keep
    )
    with (
        DriverProcess(parameters, environment, log) as driver,
        start_process(
            [
                *(sys.executable, '-m', 'tools.harness.watcher', folder),
                *(f'--seconds={seconds}', *options),
            ],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
        ) as watcher,
    ):
        try:
            usage, begin, end = _follow(driver, watcher, say)
        except BaseException:
            watcher.kill()  # whoever interrupts does not want to wait for it
            raise
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
        results['diagnostics'],
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
