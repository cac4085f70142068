# SPDX-License-Identifier: Apache-2.0
"""Figures are kept, compared with those of the last run where that says something, and shown."""

import contextlib
import json
import math

import pytest

rclpy = pytest.importorskip('rclpy')

NAN = math.nan


@pytest.fixture
def measure(tmp_path, capsys):
    """Return a maker of runs of the benchmark; each returns what it printed."""
    from tools.bench.results import Results

    def run(figures, goals=None, *, title='Kernels', seconds=10.0):
        results = Results(tmp_path / 'last.json', seconds)
        with results.part():
            results.add(title, 'a row', figures, goals)
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    ('before', 'now', 'mark'),
    [
        (10.0, 11.0, ''),
        (10.0, 12.0, '(+20%)'),
        (10.0, 8.0, '(-20%)'),
        (0.0, 0.0, ''),
        (0.0, 810.0, '(+810.0)'),
        (0.0, 0.02, ''),
        (-2.0, 1.0, '(+3.0)'),
        (-2.0, -4.0, '(-2.0)'),
        (NAN, 1.0, ''),
        (1.0, NAN, ''),
    ],
)
def test_a_figure_that_changed_is_marked(measure, before, now, mark):
    assert '(' not in measure({'ms': before})
    printed = measure({'ms': now})
    assert mark in printed
    assert printed.count('(') == (mark != '')


def test_figures_of_another_machine_or_time_are_not_compared(measure, tmp_path, monkeypatch):
    from tools.bench import results

    measure({'ms': 1.0})
    printed = measure({'ms': 2.0}, seconds=5.0)
    assert '%)' not in printed
    assert '(not compared with 10 s on ' in printed
    monkeypatch.setattr(results, 'machine', lambda: '64 x other')
    printed = measure({'ms': 4.0}, seconds=5.0)
    assert '%)' not in printed
    kept = json.loads((tmp_path / 'last.json').read_text())
    assert kept['Kernels']['machine'] == '64 x other'


def test_parts_that_are_not_run_keep_their_figures_and_where_they_are_from(measure, tmp_path):
    measure({'ms': 1.0}, seconds=5.0)
    measure({'s': 2.0}, title='Start')
    kept = json.loads((tmp_path / 'last.json').read_text())
    assert {title: each['seconds'] for title, each in kept.items()} == {'Kernels': 5, 'Start': 10}


def test_what_was_measured_is_kept_when_the_rest_fails(tmp_path):
    from tools.bench.results import Results

    results = Results(tmp_path / 'last.json', 10.0)
    with contextlib.suppress(KeyboardInterrupt), results.part():
        results.add('Kernels', 'a row', {'ms': 1.5, 'goal': NAN})
        raise KeyboardInterrupt
    kept = json.loads((tmp_path / 'last.json').read_text(), parse_constant=pytest.fail)
    assert kept['Kernels']['rows'] == {'a row': {'ms': 1.5, 'goal': None}}
    assert 0 <= kept['Kernels']['stolen'] <= 1


@pytest.mark.parametrize(
    'kept',
    ['', '{', '[]', 'null', '"x"', '{"sections": []}', '{"Kernels": null}', '{"Kernels": {}}'],
)
def test_what_cannot_be_read_is_told_and_replaced(measure, tmp_path, kept):
    (tmp_path / 'last.json').write_text(kept)
    assert 'last.json cannot be read and is not compared with' in measure({'ms': 1.0})
    assert '%)' in measure({'ms': 2.0})


def test_a_text_is_no_figure(measure, tmp_path):
    measure({'ms': 1.0})
    file = tmp_path / 'last.json'
    file.write_text(file.read_text().replace('1.0', '"fast"', 1).replace('"ms": 1.0', '"ms": "x"'))
    assert 'cannot be read' in measure({'ms': 1.0})


def test_the_page_shows_figures_and_which_miss_their_goal(tmp_path, monkeypatch):
    from tools.bench import page
    from tools.bench.results import Results

    results = Results(tmp_path / 'last.json', 10.0)
    with results.part():
        results.add('kernels', 'slow', {'ms': 3.0, 'goal': 2.0}, {'ms': 2.0})
        results.add('kernels', 'quick', {'ms': 2.0, 'goal': 2.0}, {'ms': 2.0})
        results.add('kernels', 'free', {'ms': 250.0, 'goal': NAN}, {'ms': NAN})
        results.add('kernels', 'more', {'ms': 1.0, 'extra': 7.0})
    monkeypatch.setattr(page, 'PAGE', tmp_path / 'page.md')
    page.write(results.sections)
    written = (tmp_path / 'page.md').read_text()
    assert '## Kernels' in written
    for line in (
        '| | ms | goal | extra |',
        '| slow | **3.00** | 2.00 |  |',
        '| quick | 2.00 | 2.00 |  |',
        '| free | 250 |  |  |',
        '| more | 1.00 |  | 7.00 |',
    ):
        assert line in written.splitlines()
    assert results.sections['kernels'].machine in written
    assert "Beside Microsoft's programs" in written
