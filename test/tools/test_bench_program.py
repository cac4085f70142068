# SPDX-License-Identifier: Apache-2.0
"""The benchmark refuses what makes no sense before it measures, and leaves nothing running."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

rclpy = pytest.importorskip('rclpy')

ROOT = Path(__file__).parents[2]


def bench(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, '-m', 'tools.bench', *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (('--seconds', '0'), '0 is not possible; allowed are 4 up'),
        (('--seconds', 'nan'), 'nan is not possible'),
        (('--seconds', 'inf'), 'inf is not possible'),
        (('kernel',), 'there is no part kernel; there are kernels, bodies'),
        (('kernels', '--page'), '--page needs all parts'),
        (('kernels', '--folder', '/proc/nowhere'), '/proc/nowhere'),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, words):
    with bench(*arguments) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode in (1, 2)
    assert words in errors
    assert 'Traceback' not in errors


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
def test_it_is_interrupted_cleanly(tmp_path, number):
    with bench('latency', '--folder', tmp_path, start_new_session=True) as process:
        while len(driver_and_subscriber := children(process.pid)) < 2:
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert 'bench: interrupted; figures so far: ' in errors
    assert 'Traceback' not in errors
    wait_gone(driver_and_subscriber)


def test_the_driver_ends_with_it_even_if_it_is_killed(tmp_path):
    with bench('latency', '--folder', tmp_path) as process:
        while not (drivers := children(process.pid)):
            assert process.poll() is None
            time.sleep(0.05)
        process.kill()
    wait_gone(drivers)


def wait_gone(pids):
    deadline = time.monotonic() + 30
    while any(Path(f'/proc/{pid}').exists() for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def children(pid):
    found = Path(f'/proc/{pid}/task/{pid}/children').read_text().split()
    return [int(child) for child in found]
