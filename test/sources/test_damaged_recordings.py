# SPDX-License-Identifier: Apache-2.0
"""Damaged recordings are played or refused; they never take the process with them."""

import dataclasses
import os
import pathlib
import subprocess
import sys

import pytest
from helpers import damage, recordings

BATCH = 100


@pytest.fixture(scope='module', params=['depth', 'color and imu', 'imu'])
def recording(request, tmp_path_factory):
    small = recordings.SMALL
    off = {'color_resolution': recordings.ColorResolution.OFF}
    config, imu = {
        'depth': (dataclasses.replace(small, **off), False),
        'color and imu': (dataclasses.replace(small, depth_mode=recordings.DepthMode.OFF), True),
        'imu': (dataclasses.replace(small, depth_mode=recordings.DepthMode.OFF, **off), True),
    }[request.param]
    path = tmp_path_factory.mktemp('damaged') / 'whole.mkv'
    return recordings.record(path, config, count=3, imu=imu)


@pytest.mark.parametrize('first', range(0, 3 * BATCH, BATCH))
def test_damage_never_crashes(tmp_path, recording, first):
    scratch = tmp_path / 'damaged.mkv'
    done = subprocess.run(
        [sys.executable, damage.__file__, recording.path, str(scratch), str(first), str(BATCH)],
        env=os.environ | {'PYTHONPATH': os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, (lines[-1:], done.stderr[-2000:])
    assert len(lines) == BATCH
    outcomes = [line.split(' ', 3)[2:] for line in lines]
    assert {outcome for outcome, _ in outcomes} == {'played', 'refused'}
    for outcome, text in outcomes:
        assert outcome == 'played' or text.startswith(f'{scratch}: ')
    assert done.stderr == ''


def test_the_whole_recording_plays(recording):
    assert damage.play(recording.path) == len(recording.captures) + len(recording.imu)


def test_each_damage_is_one(recording):
    content = pathlib.Path(recording.path).read_bytes()
    elements = damage.Elements(content)
    changed = [damage.damaged(content, elements, seed)[0] != content for seed in range(BATCH)]
    assert sum(changed) > 0.8 * BATCH
