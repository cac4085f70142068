# SPDX-License-Identifier: Apache-2.0
"""Results of a benchmark: printed as tables, kept as JSON, compared with the last run."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import platform
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.harness.driver import ROOT
from tools.harness.processors import processors

CHANGED = 0.15
"""Share by which a figure must differ from the last run's to be pointed at."""

LEAST_CHANGE = 0.1
"""By which it must, where it was 0."""

Figures = dict[str, dict[str, float]]
"""Row -> column -> figure."""


@dataclasses.dataclass
class Section:
    """
    A table, and what it is from.

    :ivar seconds: Of each run of the driver.
    :ivar stolen: Share of the processors that the host of a virtual machine took meanwhile.
    :ivar goals: As ``rows``, of those figures that have one; they are to be no more than it.
    """

    machine: str
    commit: str
    date: str
    seconds: float
    stolen: float = math.nan
    rows: Figures = dataclasses.field(default_factory=dict)
    goals: Figures = dataclasses.field(default_factory=dict)

    def is_over(self, row: str, head: str) -> bool:
        """Return whether a figure misses its goal."""
        goal = self.goals.get(row, {}).get(head, math.nan)
        return self.rows[row][head] > goal  # never where either is NaN


class Results:
    """
    The figures of one run of the benchmark.

    :param file: Where they are kept; what it holds is what they are compared with.
    :param seconds: Of each run of the driver.
    :ivar sections: Title -> table, of this run.
    """

    def __init__(self, file: Path, seconds: float) -> None:
        self._file = file
        self._last = _read(file)
        self._new = dataclasses.asdict(
            Section(machine(), commit(), time.strftime('%Y-%m-%d'), seconds)
        )
        self.sections: dict[str, Section] = {}

    @contextlib.contextmanager
    def part(self) -> Iterator[None]:
        """Measure a part, whose tables are kept at its end, also if it ends early."""
        before, earlier = processors(), set(self.sections)
        try:
            yield
        finally:
            shares = processors().since(before)
            for title in self.sections.keys() - earlier:
                self.sections[title].stolen = shares.stolen
            print(f'meanwhile {shares.stolen:.1%} of the processors were stolen', flush=True)
            self._save()

    def add(
        self,
        title: str,
        row: str,
        figures: Mapping[str, float],
        goals: Mapping[str, float] | None = None,
    ) -> None:
        """Keep the figures of a row, and print it; the first of a table prints the heads."""
        if title not in self.sections:
            self.sections[title] = Section(**self._new | {'rows': {}, 'goals': {}})
            heads = ''.join(f'{head:>14}' for head in figures)
            print(f'\n{title}\n{self._compared(title):40}{heads}', flush=True)
        section = self.sections[title]
        section.rows[row] = dict(figures)
        section.goals[row] = dict(goals or {})
        cells = ''.join(
            f'{number(value) + self._mark(title, row, head, value):>14}'
            for head, value in figures.items()
        )
        print(f'{row:40}{cells}', flush=True)

    def _compared(self, title: str) -> str:
        """Say what the figures of a table are not compared with, and why."""
        last, new = self._last.get(title), self.sections[title]
        if last is None or _alike(last, new):
            return ''
        return f'(not compared with {last.seconds:g} s on {last.machine})'

    def _mark(self, title: str, row: str, head: str, value: float) -> str:
        """Return how much a figure changed, if it did; in units where it was 0 or less."""
        last = self._last.get(title)
        if last is None or not _alike(last, self.sections[title]):
            return ''
        before = last.rows.get(row, {}).get(head, math.nan)
        if not abs(value - before) >= (CHANGED * abs(before) or LEAST_CHANGE):  # or not a number
            return ''
        return f' ({value / before - 1:+.0%})' if before > 0 else f' ({value - before:+.1f})'

    def _save(self) -> None:
        """Write the figures; a part of the benchmark that was not run keeps its last ones."""
        sections = {**self._last, **self.sections}
        text = json.dumps(
            {title: _without_nan(dataclasses.asdict(each)) for title, each in sections.items()},
            indent=1,
            allow_nan=False,
        )
        new = self._file.with_suffix('.new')
        new.write_text(text)
        new.replace(self._file)


def _alike(one: Section, other: Section) -> bool:
    return (one.machine, one.seconds) == (other.machine, other.seconds)


def _read(file: Path) -> dict[str, Section]:
    """Return the tables of the last run; nothing when there are none that can be read."""
    if not file.exists():
        return {}
    try:
        return {title: _section(each) for title, each in json.loads(file.read_text()).items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        print(f'{file} cannot be read and is not compared with: {error}')
        return {}


def _section(kept: dict[str, Any]) -> Section:
    section = Section(**_with_nan(kept))
    for figures in (*section.rows.values(), *section.goals.values()):
        for value in figures.values():
            float(value)
    return section


def _without_nan(value: Any) -> Any:
    """Return what JSON can hold, which has no NaN: null is where there is no figure."""
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value


def _with_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_nan(each) for key, each in value.items()}
    return math.nan if value is None else value


def machine() -> str:
    """Return what the figures are from."""
    text, _, _ = Path('/proc/cpuinfo').read_text().partition('\n\n')
    first = dict(re.findall(r'^(.*?)\s*: (.*)$', text, re.MULTILINE))
    name = first.get('model name', platform.machine())
    if 'model' in first:
        name += f' (family {first.get("cpu family")}, model {first["model"]})'
    virtual = ', virtual' if 'hypervisor' in first.get('flags', '') else ''
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30
    python = platform.python_version()
    return f'{os.cpu_count()} x {name}{virtual}, {memory:.0f} GB, Python {python}'


def commit() -> str:
    """Return the commit that is measured; nothing where that is not known."""
    done = subprocess.run(
        ['git', 'describe', '--always', '--dirty', '--exclude=*'],
        check=False,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def number(value: float) -> str:
    """Return a figure as tables have it; NaN, where there is none, is empty."""
    if math.isnan(value):
        return ''
    return f'{value:.2f}' if abs(value) < 100 else f'{value:.0f}'
