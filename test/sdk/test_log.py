# SPDX-License-Identifier: Apache-2.0
"""What the vendor's libraries print, log, and leave behind; in processes of their own."""

import os
import subprocess
import sys

FAIL = """
import ctypes, logging, os, sys
from azure_kinect_py.errors import KinectError
from azure_kinect_py.sdk import k4a, k4arecord
before = dict(os.environ)
libraries = k4a.load(), k4arecord.load()
for call in (libraries[0].k4a_device_open, ):
    try:
        call(0, ctypes.c_void_p())
    except KinectError as error:
        print('open:', len(error.log) > 0)
try:
    libraries[1].k4a_playback_open(b'/nowhere/at.all', ctypes.c_void_p())
except KinectError as error:
    print('playback:', *error.log[:1])
changed = {name for name in os.environ if before.get(name) != os.environ[name]}
print('changed:', changed | (before.keys() - os.environ.keys()))
"""


def _run(code, **environment):
    names = ('K4A_ENABLE_LOG_TO_STDOUT', 'K4A_LOG_LEVEL', 'K4A_RECORD_ENABLE_LOG_TO_A_FILE')
    clean = {name: value for name, value in os.environ.items() if name not in names}
    return subprocess.run(
        [sys.executable, '-c', code],
        env=clean | {'PYTHONPATH': os.pathsep.join(sys.path)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_errors_are_raised_and_not_printed():
    done = _run(FAIL)
    lines = done.stdout.splitlines()
    assert lines[0] == 'open: True'
    assert lines[1].startswith(
        "playback: k4a_playback_open(). Unable to open file '/nowhere/at.all'"
    )
    assert lines[2] == "changed: {'K4A_ENABLE_LOG_TO_STDOUT'}"
    assert len(lines) == 3
    assert done.stderr == ''
    assert done.returncode == 0


def test_the_user_may_have_them_printed():
    done = _run(FAIL, K4A_ENABLE_LOG_TO_STDOUT='1')
    assert 'Unable to open file' in done.stdout
    assert '[error]' in done.stdout
    assert done.returncode == 0


def test_the_user_may_have_a_file(tmp_path):
    done = _run(FAIL, K4A_RECORD_ENABLE_LOG_TO_A_FILE=str(tmp_path / 'mine.log'))
    assert 'Unable to open file' in (tmp_path / 'mine.log').read_text()
    assert done.returncode == 0


def test_nothing_is_left_in_the_temporary_folder(tmp_path):
    _run(FAIL, TMPDIR=str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_the_python_logger_gets_every_line():
    setup = (
        "import logging; logging.basicConfig(level=1, format='%(name)s %(levelname)s', force=True)"
    )
    done = _run(setup + FAIL)
    assert 'azure_kinect_py.sdk ERROR' in done.stderr


def test_a_talkative_library_may_be_unloaded():
    done = _run(FAIL, K4A_LOG_LEVEL='t')
    assert done.returncode == 0, done.stderr
