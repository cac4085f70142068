# SPDX-License-Identifier: Apache-2.0
"""The figures of the whole path are those of the captures that came."""

import dataclasses
import math

import pytest
from helpers.advertised import advertised
from helpers.runs import arrived, whole_run, without

rclpy = pytest.importorskip('rclpy')


def run_of(topics, **details):
    from tools.harness.driver import Usage

    usage = [Usage(1.0, 100.0), Usage(2.0, 130.0), Usage(4.0, 140.0)]
    said = {'device': {'Age at arrival (ms)': '15.0'}, 'body tracking': {'Bodies in view': '6'}}
    details = {'usage': usage, 'diagnostics': said, 'subscriber_cpu_seconds': 1.5} | details
    return whole_run({each.topic: each for each in topics}, **details)


def figures(*topics, alone=0.004, **details):
    from tools.bench import whole_path

    return whole_path.figures(run_of(topics, **details), alone, 0)


def test_costs_are_per_capture_that_came():
    half = without(arrived(30), set(range(0, 300, 2)))
    for topics, captures in (((arrived(30),), 300), ((half,), 150), ((), 300)):
        told = figures(*topics)
        assert told['CPU ms/frame'] == pytest.approx(3000 / captures)
        assert told['less source'] == pytest.approx(3000 / captures - 4)
        assert told['subscriber'] == pytest.approx(1500 / captures)
    assert told['% of a core'] == pytest.approx(30)
    assert math.isnan(figures(alone=math.nan)['less source'])


def test_latency_is_from_when_a_capture_is_there_for_the_driver():
    slow = arrived(30, latency=0.1, topic='/slow')
    one_late = arrived(30)
    one_late.times[150] += 10**9
    told = figures(one_late, slow, slow)
    assert told['median ms'] == pytest.approx(85)
    assert told['p99 ms'] == pytest.approx(85)
    assert told['slowest topic'] == pytest.approx(85)
    assert figures(one_late)['median ms'] == pytest.approx(5)
    assert figures(one_late)['p99 ms'] == pytest.approx(5, abs=0.1)
    assert math.isnan(figures()['median ms'])


def test_lost_are_messages_and_their_share_of_the_rate():
    told = figures(without(arrived(30), {100, 101, 102}), arrived(30, topic='/y'))
    assert told['lost'] == 3
    assert told['lost %'] == pytest.approx(100 * 2 / 600)  # one may be at the edge
    unframed = dataclasses.replace(without(arrived(30), {100}), topic='/k4a/imu')
    assert figures(unframed)['lost'] == 0


def test_memory_is_that_of_the_end_and_grows_from_the_middle():
    told = figures()
    assert (told['MB resident'], told['MB growth']) == (140.0, 10.0)
    assert (told['idle %'], told['stolen %']) == (30.0, 0.0)


def test_bodies_are_counted_where_they_are_wanted():
    table = arrived(30, topic='/k4a/body_tracking/joints')
    assert figures(table)['bodies'] == 6
    assert math.isnan(figures(arrived(30))['bodies'])


def test_everything_is_what_the_driver_advertises():
    from tools.bench.whole_path import EVERYTHING, LIVE

    images = {name for name in advertised() if not name.startswith('body_index_map')}
    maps = {name for name in advertised() if name.startswith('body_index_map')}
    wanted = set(EVERYTHING + LIVE)
    assert images <= wanted
    assert maps - wanted == {name for name in maps if name.endswith('camera_info')}


def test_six_bodies_are_in_view_as_long_as_a_run_lasts():
    from azure_kinect_py.sources import SourceOptions, open_source
    from tools.bench.whole_path import ALL_IN_VIEW, PEOPLE, WITH_BODIES

    people = WITH_BODIES['simulated_people']
    options = SourceOptions('simulated', simulated_people=people, **ALL_IN_VIEW)
    with open_source(options) as source:
        for seconds in range(0, 30, 3):
            assert (source._scene._crowd.at(float(seconds)).ids > 0).sum() == PEOPLE
