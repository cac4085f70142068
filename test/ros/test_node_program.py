# SPDX-License-Identifier: Apache-2.0
"""The program around the node goes on when a callback fails, and ends when it is told to."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import types

import pytest
from helpers.ros_graph import Graph
from rclpy.impl.implementation_singleton import rclpy_implementation

from azure_kinect_py.ros import program

PROGRAM = """
import sys, time, types
from rclpy.lifecycle import LifecycleNode
from azure_kinect_py.ros import program
class Node(LifecycleNode):
    settings = types.SimpleNamespace(autostart=False)
    def __init__(self):
        super().__init__('test')
        self.state = 'finalized'
        self.count = 0
        self.create_timer(0.01, getattr(self, sys.argv[1]))
    def hang(self):
        print('hanging', flush=True)
        time.sleep(60)
    def fail(self):
        self.count += 1
        if self.count == 1:
            raise RuntimeError('as planned')
        if self.count == 2:
            print('went on', flush=True)
program.LAST_WORK_S = float(sys.argv[2])
sys.exit(program.run(Node))
"""


@pytest.fixture
def run():
    with Graph() as graph:

        def run(what, last_work_s=0.2):
            return subprocess.Popen(
                [sys.executable, '-c', PROGRAM, what, str(last_work_s)],
                env=graph.environment | {'PYTHONPATH': os.pathsep.join(sys.path)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )

        yield run


@pytest.mark.parametrize('is_patient', [True, False], ids=['asked once', 'asked twice'])
def test_work_that_does_not_end_is_left(run, is_patient):
    """Whoever asks twice does not wait: launch does so after five seconds."""
    before = set(pathlib.Path('/dev/shm').iterdir())
    with run('hang', 0.2 if is_patient else 60.0) as process:
        assert process.stdout.readline() == 'hanging\n'
        maps = pathlib.Path(f'/proc/{process.pid}/maps').read_text()
        process.terminate()
        while not is_patient and process.poll() is None:
            time.sleep(0.5)
            process.terminate()
        _, errors = process.communicate(timeout=30)
    assert process.returncode == (1 if is_patient else 128 + signal.SIGTERM)
    assert errors == 'azure_kinect_node: ended in the middle of what it was doing\n'
    mapped = re.findall(r'/dev/shm/fastdds_[0-9a-f]{16}', maps)
    segments = {pathlib.Path(name) for name in mapped} - before
    assert segments
    assert not any(segment.exists() for segment in segments)


def test_a_callback_that_fails_ends_nothing(run):
    with run('fail') as process:
        assert process.stdout.readline() == 'went on\n'
        process.terminate()
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert errors.count('RuntimeError: as planned') == 1


@pytest.mark.parametrize('parameters', [{'autostart': False}, {'color_enabled': True}])
def test_no_shared_memory_is_left_behind(parameters):
    """Each start would keep 140 MB of memory until the machine restarts."""
    with Graph() as graph, graph.driver(source='simulated', **parameters) as driver:
        assert graph.spin_until(lambda: segments(driver.process.pid))
        if 'autostart' not in parameters:
            driver.wait_for('opened')
        own = segments(driver.process.pid)
        driver.process.send_signal(signal.SIGINT)
        assert driver.process.wait(30) == 0
        assert not [segment for segment in own if segment.exists()]


def segments(pid):
    """Return the large pieces of shared memory that a process has open."""
    found = re.findall(r'(/dev/shm/\S+)', pathlib.Path(f'/proc/{pid}/maps').read_text())
    paths = {pathlib.Path(name) for name in found}
    return [path for path in paths if path.exists() and path.stat().st_size > 100_000_000]


@pytest.mark.parametrize(('ending', 'said'), [(True, 0), (False, 1)])
def test_only_the_end_takes_away_what_the_executor_waits_for(ending, said):
    """Shut down in the moment in which it begins to wait, it raises that its guard is gone."""
    done, errors = threading.Event(), []

    class Executor:
        calls = 0

        def spin(self):
            self.calls += 1
            if self.calls == 2:
                return
            if ending:
                done.set()
            raise rclpy_implementation.InvalidHandle('destruction was requested')

    logger = types.SimpleNamespace(error=errors.append)
    program._serve(Executor(), types.SimpleNamespace(get_logger=lambda: logger), done)
    assert len(errors) == said
