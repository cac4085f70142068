# SPDX-License-Identifier: Apache-2.0
"""Made-up runs of the driver, of which demo and bench tell something."""

import dataclasses

BEGIN_NS = 1000 * 10**9


def arrived(hz, seconds=10.0, latency=0.02, topic='/x'):
    """Return what arrived of a topic that lost nothing."""
    from tools.harness.run import Arrived

    stamps = [int(BEGIN_NS + i / hz * 1e9) for i in range(int(hz * seconds))]
    return Arrived(topic, 'a/msg/B', [s + int(latency * 1e9) for s in stamps], stamps, 100)


def without(whole, numbers):
    """Return a topic of which some messages did not come."""
    kept = [i for i in range(len(whole.stamps)) if i not in numbers]
    return dataclasses.replace(
        whole, times=[whole.times[i] for i in kept], stamps=[whole.stamps[i] for i in kept]
    )


def whole_run(topics, stolen=0.0, **details):
    """Return a run of ten seconds in which these topics arrived."""
    from tools.harness.driver import Usage
    from tools.harness.processors import Processors
    from tools.harness.run import Run

    run = Run(10.0, topics, [Usage(0, 0)], {}, 0.0, Processors(1, 0.3, stolen))
    return dataclasses.replace(run, **details)
