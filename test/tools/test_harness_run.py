# SPDX-License-Identifier: Apache-2.0
"""What was lost, and what never came, is told of a run."""

import dataclasses

import pytest
from helpers.runs import arrived, whole_run, without

rclpy = pytest.importorskip('rclpy')


def test_lost_is_what_others_have_and_what_nobody_has():
    from tools.harness.run import lost

    whole = arrived(30)
    assert lost([whole, whole], 30) == 0
    assert lost([without(whole, {70, 71, 200})], 30) == 3
    assert lost([without(whole, {70, 71, 200}), whole], 30) == 3
    assert lost([without(whole, {70}), without(whole, {70, 99})], 30) == 3
    half = without(whole, set(range(150, 300)))
    assert lost([half, whole], 30) == 120, 'it fell silent in the middle'


def test_what_is_at_the_edges_of_the_time_is_not_judged():
    from tools.harness.run import lost

    assert lost([without(arrived(30), {0, 1, 25, 280, 299}), arrived(30)], 30) == 0


def test_messages_without_a_stamp_belong_to_no_capture():
    from tools.harness.run import lost

    whole = arrived(30)
    empty = dataclasses.replace(whole, stamps=[0, *whole.stamps[1:]])
    assert lost([empty, whole], 30) == 0


@pytest.mark.parametrize('periods', [3.44, 7.0])
def test_where_a_recording_starts_over_nothing_is_lost(periods):
    from tools.harness.run import lost

    seam_ns = int(periods / 30 * 1e9)
    whole = arrived(30)
    shift = seam_ns - int(1e9 / 30)
    stamps = [*whole.stamps[:150], *(stamp + shift for stamp in whole.stamps[150:])]
    looped = dataclasses.replace(whole, stamps=stamps)
    assert lost([looped], 30, seam_ns) == 0
    assert lost([without(looped, {40, 200})], 30, seam_ns) == 2


def test_silent_topics_are_named():
    from tools.harness.run import RunFailed

    run = whole_run({'/x': arrived(30), '/y': arrived(30, seconds=0)})
    run.check_arrived(['/x'])
    for name in ('/y', '/z'):
        with pytest.raises(RunFailed, match=f'nothing came on {name}'):
            run.check_arrived(['/x', name])
