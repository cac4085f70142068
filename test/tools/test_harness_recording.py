# SPDX-License-Identifier: Apache-2.0
"""A recording that demo and bench play is whole, or they are told that it is not."""

import pytest

rclpy = pytest.importorskip('rclpy')


@pytest.fixture
def recorder(tmp_path):
    """Return a maker of programs that miss captures so many times; their folder misleads."""
    folder = tmp_path / 'captures are missing'
    folder.mkdir()

    def made(misses, code=0):
        program = folder / 'azure_kinect'
        program.write_text(
            '#!/bin/sh\n'
            'echo "$@" >> "$0.calls"\n'
            'echo "1 s  30 captures"\n'
            f'if [ $(wc -l < "$0.calls") -le {misses} ]; then lost=" (3 are missing)"; fi\n'
            'echo "$2: 150 captures$lost, 8000 IMU samples, 1.0 MB"\n'
            f'exit {code}\n'
        )
        program.chmod(0o755)
        return program

    return made


def calls(program):
    return program.with_name('azure_kinect.calls').read_text().splitlines()


@pytest.mark.parametrize('misses', [0, 1, 3])
def test_it_is_made_anew_until_nothing_is_missing(recorder, misses):
    from tools.harness.recording import record

    program, said = recorder(misses), []
    file = program.parent / 'new' / 'x.mkv'
    assert record(file, seconds=5, fps=15, say=said.append, program=program)
    wanted = f'record {file} --source=simulated --seconds=5 --fps=15 --overwrite'
    assert calls(program) == [wanted] * (misses + 1)
    assert [' (3 are missing)' in line for line in said] == [True] * misses + [False]


def test_a_machine_that_is_too_busy_is_given_up_and_told(recorder):
    from tools.harness.recording import TRIES, record

    program = recorder(misses=1000)
    assert not record(program.parent / 'x.mkv', seconds=5, fps=30, program=program)
    assert len(calls(program)) == TRIES


def test_a_program_that_fails_is_not_tried_again(recorder):
    from tools.harness.recording import record
    from tools.harness.run import RunFailed

    program = recorder(misses=0, code=1)
    with pytest.raises(RunFailed, match=r'x\.mkv was not recorded'):
        record(program.parent / 'x.mkv', seconds=5, fps=30, program=program)
    assert len(calls(program)) == 1


def test_the_words_are_those_of_the_real_program(tmp_path, monkeypatch, capsys):
    from azure_kinect_py.cli import record as command
    from azure_kinect_py.sources import SourceOptions
    from azure_kinect_py.sources.recorder import Recorder
    from tools.harness.recording import MISSING

    def note_missing(recorder, device_time_usec):
        recorder.missing += 1

    monkeypatch.setattr(Recorder, '_note_missing', note_missing)
    assert command.record(SourceOptions('simulated'), str(tmp_path / 'x.mkv'), 0.1) == 0
    assert MISSING in capsys.readouterr().out.splitlines()[-1]
