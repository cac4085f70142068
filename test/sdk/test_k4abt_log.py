# SPDX-License-Identifier: Apache-2.0
"""The log of libk4abt: a file that the library opens once, and nobody else sees."""

import os
import pathlib

import pytest

from azure_kinect_py.sdk import k4abt_log

FILE = 'K4ABT_ENABLE_LOG_TO_A_FILE'
LINES = [
    '[2024-05-01 10:00:00.123] [info] [t=7] loading',
    '[2024-05-01 10:00:01.123] [error] [t=7] tracker.cpp (80): no CUDA device',
    '[2024-05-01 10:00:02.123] [critical] k4abt failed',
]


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.delenv(FILE, raising=False)
    monkeypatch.setattr(k4abt_log, '_log', None)
    yield
    if k4abt_log._log is not None:
        k4abt_log._log.close()


def write(lines):
    with pathlib.Path(os.environ[FILE]).open('a') as file:
        file.writelines(f'{line}\n' for line in lines)


def test_warnings_and_errors_are_taken_once():
    with k4abt_log.listening():
        path = pathlib.Path(os.environ[FILE])
        assert path.suffix == '.log'
        write(LINES)
    assert FILE not in os.environ
    assert not path.exists()
    assert k4abt_log.take() == ['tracker.cpp (80): no CUDA device', 'k4abt failed']
    assert k4abt_log.take() == []


def test_what_the_library_writes_later_is_seen():
    with k4abt_log.listening():
        kept = pathlib.Path(os.environ[FILE]).open('a')  # noqa: SIM115  as the library does
    with kept:
        assert k4abt_log.take() == []
        with k4abt_log.listening():
            assert FILE not in os.environ  # it has its file
        kept.write(f'{LINES[1]}\n')
        kept.flush()
        assert k4abt_log.take() == ['tracker.cpp (80): no CUDA device']


def test_without_a_folder_to_write_to_there_is_no_log(monkeypatch):
    def refuse(**_):
        raise FileNotFoundError('No usable temporary directory')

    monkeypatch.setattr(k4abt_log.tempfile, 'TemporaryDirectory', refuse)
    with k4abt_log.listening():
        assert FILE not in os.environ
    assert k4abt_log.take() == []


def test_many_lines_are_cut_to_the_newest():
    with k4abt_log.listening():
        write(f'[error] line {number}' for number in range(100))
    taken = k4abt_log.take()
    assert len(taken) < 20
    assert taken[-1] == 'line 99'


def test_a_library_that_says_nothing():
    with k4abt_log.listening():
        pass
    assert k4abt_log.take() == []


def test_a_log_that_the_user_directed_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setenv(FILE, str(tmp_path / 'own.log'))
    with k4abt_log.listening():
        assert os.environ[FILE] == str(tmp_path / 'own.log')
        write(LINES)
    assert k4abt_log.take() == []
    assert (tmp_path / 'own.log').exists()
