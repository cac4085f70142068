# SPDX-License-Identifier: Apache-2.0
"""The crowd is the same whenever it is looked at, and takes no more memory with time."""

import numpy as np
import pytest
from helpers import recordings

from azure_kinect_py.sources.simulated import crowd as crowd_module
from azure_kinect_py.sources.simulated.clock import Clock
from azure_kinect_py.sources.simulated.crowd import Crowd
from azure_kinect_py.sources.simulated.paths import STRETCH
from azure_kinect_py.sources.simulated.scene import Scene


def in_view(positions):
    return (positions[..., 2] > 0).sum(axis=-1)


@pytest.fixture
def forgetful(monkeypatch):
    monkeypatch.setattr(crowd_module, '_KEPT', 3)
    return Crowd(3, 5, in_view)


def same(one, other):
    return (
        np.array_equal(one.poses.positions, other.poses.positions)
        and np.array_equal(one.ids, other.ids)
        and np.array_equal(one.owners, other.owners)
    )


def test_what_was_long_ago_is_the_same_when_it_is_looked_at_again(forgetful):
    times = (0.0, 4.5, 31.7, 88.1, 130.0)
    first = [forgetful.at(seconds) for seconds in times]
    forgetful.at(200.0)
    for number in range(10):
        forgetful.at(200.0 + number)  # so that no moment is remembered
    assert len(forgetful._paths.legs[0]) > 0
    assert min(leg.start for leg in forgetful._paths.legs[0]) > 130.0
    for seconds, moment in zip(times, first, strict=True):
        assert same(forgetful.at(seconds), moment)


def test_memory_does_not_grow(forgetful):
    sizes = []
    for seconds in (100.0, 200.0, 1000.0):
        forgetful.at(seconds)
        legs = max(len(way) for way in forgetful._paths.legs)
        sizes.append((len(forgetful._visits), legs < 60))
    assert sizes == [(3, True)] * 3


def test_captures_that_nobody_looks_at_keep_up_with_the_time():
    """Else the first look after a night plans all of it."""
    config = recordings.SMALL
    scene = Scene(recordings.calibration(config), config, people=2, seed=0)
    clock = Clock(config, 0, 0)
    for frame in range(0, 60 * config.fps.hz, config.fps.hz):
        scene.capture(frame, clock)
        assert scene._crowd._planned > clock.depth_usec(frame) * 1e-6
    assert scene._crowd._planned < 60 + 3 * STRETCH
