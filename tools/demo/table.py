# SPDX-License-Identifier: Apache-2.0
"""The table of a run: each topic against what is expected of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from tools.harness.run import Arrived, Run

ENOUGH = 0.9
"""Share of the expected rate under which a topic has failed."""

HEAD = ('topic', 'type', 'messages', 'rate', 'expected', 'MB/s', 'median', 'p99', '')
FORMAT = '{:36} {:16} {:>8} {:>9} {:>9} {:>7} {:>8} {:>8}  {}'


class Row(NamedTuple):
    """
    One topic; rates in Hz, latencies from capture to callback in milliseconds.

    ``expected`` is 0 for a latched topic, NaN for one of which nothing is expected.
    """

    topic: str
    kind: str
    messages: int
    rate: float
    expected: float
    megabytes: float
    median: float
    p99: float

    @property
    def verdict(self) -> str:
        """What is wrong; empty if nothing."""
        if np.isnan(self.expected):
            return ''
        if self.messages == 0:
            return 'SILENT'
        return '' if self.rate >= ENOUGH * self.expected else 'TOO SLOW'


def rows(run: Run, expected: Mapping[str, float]) -> Iterator[Row]:
    """Yield a row for each topic that arrived or was expected."""
    for topic in sorted({*run.topics, *expected}):
        arrived = run.topics.get(topic) or Arrived(topic, '?', [], [], 0)
        latencies = arrived.latencies_ms
        known = len(latencies) > 0 and expected.get(topic, 0) > 0
        yield Row(
            topic,
            arrived.kind.rpartition('/')[2],
            len(arrived.times),
            len(arrived.times) / run.seconds,
            expected.get(topic, np.nan),
            arrived.size / 1e6 / run.seconds,
            float(np.median(latencies)) if known else np.nan,
            float(np.percentile(latencies, 99)) if known else np.nan,
        )


def show(table: list[Row]) -> None:
    """Print the table."""
    print(FORMAT.format(*HEAD))
    for row in table:
        wanted = f'{row.expected:.0f} Hz' if row.expected else 'latched'
        rates = (
            f'{row.rate:.1f} Hz' if row.expected else '',
            wanted if np.isfinite(row.expected) else '',
            f'{row.megabytes:.1f}' if row.expected else '',
        )
        latencies = [
            f'{value:.1f} ms' if np.isfinite(value) else '' for value in (row.median, row.p99)
        ]
        print(
            FORMAT.format(
                row.topic, row.kind, row.messages, *rates, *latencies, row.verdict
            ).rstrip()
        )
    total = sum(row.megabytes for row in table)
    print(f'{len(table)} topics, {total:.0f} MB/s\n')


def show_costs(run: Run) -> None:
    """Print what the run cost, and what was left."""
    driver, subscriber = (
        cpu / run.seconds for cpu in (run.cpu_seconds, run.subscriber_cpu_seconds)
    )
    print(
        f'driver: {driver:.0%} of a core, {run.usage[-1].memory:.0f} MB resident; '
        f'subscriber: {subscriber:.0%} of a core; '
        f'{os.cpu_count()} processors: {run.processors.idle:.0%} idle, '
        f'{run.processors.stolen:.0%} taken by the host\n'
    )
