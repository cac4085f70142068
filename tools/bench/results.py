# SPDX-License-Identifier: Apache-2.0
"""Results of a benchmark: printed as tables, kept as JSON, compared with the last run."""

from __future__ import annotations

import json
import math
import os
import platform
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CHANGED = 0.15
"""Share by which a figure must differ from the last run's to be pointed at."""

Figures = dict[str, dict[str, float]]
"""Row -> column -> figure."""


class Results:
    """
    The figures of one run of the benchmark.

    :param file: Where they are kept; what it holds is what they are compared with.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._last = _read(file)
        self._sections: dict[str, Figures] = {}

    def add(self, section: str, row: str, figures: Mapping[str, float]) -> None:
        """Keep the figures of a row, and print it; the first of a section prints the heads."""
        if section not in self._sections:
            self._sections[section] = {}
            heads = ''.join(f'{head:>14}' for head in figures)
            print(f'\n{section}\n{"":40}{heads}', flush=True)
        self._sections[section][row] = dict(figures)
        cells = ''.join(
            f'{number(value) + self._mark(section, row, head, value):>14}'
            for head, value in figures.items()
        )
        print(f'{row:40}{cells}', flush=True)

    def _mark(self, section: str, row: str, head: str, value: float) -> str:
        last = self._last.get('sections', {}).get(section, {}).get(row, {}).get(head)
        if not last or not abs(value / last - 1) >= CHANGED:  # or not a number
            return ''
        return f' ({value / last - 1:+.0%})'

    def save(self) -> None:
        """Write the figures, with the machine that they are from."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        # A part of the benchmark that was not run keeps its last figures.
        sections = {**self._last.get('sections', {}), **self._sections}
        new = self._file.with_suffix('.new')
        new.write_text(json.dumps({'machine': machine(), 'sections': sections}, indent=1))
        new.replace(self._file)
        print(f'\n{machine()}\nfigures: {self._file}; in brackets: change since the last run')


def _read(file: Path) -> dict[str, Any]:
    """Return the figures of the last run; nothing when there are none that can be read."""
    if not file.exists():
        return {}
    try:
        last: dict[str, Any] = json.loads(file.read_text())
    except ValueError as error:
        print(f'{file} cannot be read and is not compared with: {error}')
        return {}
    return last


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


def number(value: float) -> str:
    """Return a figure as tables have it; NaN, where there is none, is empty."""
    if math.isnan(value):
        return ''
    return f'{value:.2f}' if abs(value) < 100 else f'{value:.0f}'
