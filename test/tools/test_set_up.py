# SPDX-License-Identifier: Apache-2.0
"""The set-up does what is needed, once, and says in one line what a machine lacks."""

import subprocess
import sys

import pytest


@pytest.fixture
def tools(request, monkeypatch):
    monkeypatch.syspath_prepend(request.config.rootpath / 'tools' / 'environment')


@pytest.fixture
def create(tools, tmp_path, monkeypatch):
    import create

    monkeypatch.setattr(create, 'ROOT', tmp_path)
    venv = tmp_path / '.venv'
    for name, path in {
        'VENV': venv,
        'STATE': venv / 'setup.json',
        'SCRATCH': venv / 'tmp',
    }.items():
        monkeypatch.setattr(create, name, path)
    monkeypatch.setattr(create, 'LOG', venv / 'setup.log')
    return create


@pytest.fixture
def done(create, tmp_path, monkeypatch):
    """Two steps with inputs that a test can change, and the list of those that ran."""
    ran = []
    inputs = [tmp_path / 'a', tmp_path / 'b']
    for path in inputs:
        path.write_text('1')

    def steps():
        return [
            create.Step(name, name, [path], lambda name=name: ran.append(name))
            for name, path in zip(('venv', 'packages'), inputs, strict=True)
        ]

    monkeypatch.setattr(create, 'steps', steps)
    return ran


def test_a_second_set_up_has_nothing_to_do(create, done):
    assert create.main() == 0
    assert done == ['venv', 'packages']
    assert create.main() == 0
    assert done == ['venv', 'packages']


def test_changed_requirements_are_installed_again(create, done, tmp_path):
    create.main()
    (tmp_path / 'b').write_text('2')
    create.main()
    assert done == ['venv', 'packages', 'packages']


def test_another_python_begins_anew(create, done, tmp_path):
    create.main()
    left = create.VENV / 'left over'
    left.touch()
    (tmp_path / 'a').write_text('2')
    create.main()
    assert done == ['venv', 'packages'] * 2
    assert not left.exists()


def test_an_interrupted_step_begins_anew(create, done, monkeypatch, capsys):
    class Interrupted(BaseException):
        pass

    steps = create.steps

    def interrupted():
        raise Interrupted

    monkeypatch.setattr(
        create, 'steps', lambda: [steps()[0], steps()[1]._replace(run=interrupted)]
    )
    with pytest.raises(Interrupted):
        create.main()
    monkeypatch.setattr(create, 'steps', steps)
    assert create.main() == 0
    assert 'interrupted' in capsys.readouterr().out
    assert done == ['venv', 'venv', 'packages']


def test_a_failed_step_is_tried_again_and_its_output_shown(create, done, monkeypatch, capsys):
    steps = create.steps
    command = [sys.executable, '-c', 'print("no network"); raise SystemExit(3)']
    failing = steps()[1]._replace(run=lambda: create.run(*command))
    monkeypatch.setattr(create, 'steps', lambda: [steps()[0], failing])
    assert create.main() == 1
    assert 'no network' in capsys.readouterr().err
    monkeypatch.setattr(create, 'steps', steps)
    assert create.main() == 0
    assert done == ['venv', 'packages']


@pytest.mark.parametrize(
    ('what', 'broken'),
    [
        ('venv', {'_has_venv': lambda: False}),
        ('C compiler', {'_has_compiler': lambda *names: 'cc' not in names}),
        ('C++ compiler', {'_has_compiler': lambda *names: 'c++' not in names}),
        ('Python.h', {'_has_headers': lambda: False}),
    ],
)
def test_what_a_machine_lacks_is_one_line_with_its_command(tools, monkeypatch, what, broken):
    import machine

    for name, replacement in broken.items():
        monkeypatch.setattr(machine, name, replacement)
    (line,) = machine.missing()
    assert what in line
    assert ' is missing; sudo ' in line


def test_this_machine_lacks_nothing(tools):
    import machine

    assert machine.missing() == []


def test_an_unsuitable_python_is_named(request):
    script = request.config.rootpath / 'tools' / 'environment' / 'setup.sh'
    done = subprocess.run(
        [script], env={'PYTHON': '/bin/false', 'PATH': '/usr/bin:/bin'}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert 'PYTHON=/bin/false is not a Python 3.10' in done.stderr
