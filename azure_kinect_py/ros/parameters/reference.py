# SPDX-License-Identifier: Apache-2.0
"""The table of parameters as a page, and as YAML; documentation is checked against it."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Mapping

import yaml

from azure_kinect_py.ros.parameters.rows import Parameter, Value
from azure_kinect_py.ros.parameters.settings import TABLE


def markdown() -> str:
    """Return the reference of all parameters, one table per group."""
    lines: list[str] = []
    for group, rows in itertools.groupby(TABLE, key=lambda row: row.group):
        lines += [f'## {group}', '', '| name | type | default | allowed | live | meaning |']
        lines += ['|---|---|---|---|---|---|']
        lines += [_line(row) for row in rows]
        lines.append('')
    return '\n'.join(lines)


def _line(row: Parameter) -> str:
    live = 'yes' if row.live else 'no'
    return (
        f'| `{row.name}` | {row.type} | `{written(row.default)}` | {row.allowed} | {live} '
        f'| {row.text} |'
    )


def written(value: Value) -> str:
    """Return a value as YAML has it: ``true``, ``1.0``, ``'16UC1'`` only quoted where needed."""
    text: str = yaml.safe_dump(value)
    return text.removesuffix('\n').removesuffix('\n...')


def parameter_file(title: str, values: Mapping[str, Value] | None = None) -> str:
    """
    Return a parameter file with a comment on each line.

    :param title: What the file is for.
    :param values: What it sets to other values; without it, all parameters at their defaults.
    """
    lines = [f'# {title}', '', '/**:', '  ros__parameters:']
    table = [row for row in TABLE if not values or row.name in values]
    for group, rows in itertools.groupby(table, key=lambda row: row.group):
        lines += ['', f'    # ---- {group} ' + '-' * max(0, 78 - len(group))]
        for row in rows:
            comment = f'{row.text} Allowed: {row.allowed}.'
            lines += [
                '',
                *textwrap.wrap(comment, 95, initial_indent='    # ', subsequent_indent='    # '),
            ]
            value = (values or {}).get(row.name, row.default)
            is_open = row.by_modes and row.name not in (values or {})
            lines.append(f'    {"# " * is_open}{row.name}: {written(value)}')
    return '\n'.join(lines) + '\n'
