# SPDX-License-Identifier: Apache-2.0
"""What the driver counts, as one snapshot, and the rates between two of them."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Mapping

from azure_kinect_py.data import DeviceInfo

WINDOW_S = 5.0
"""Rates are those of this time."""

LEAST_WINDOW_S = 3.0


@dataclasses.dataclass(frozen=True)
class StreamCount:
    """
    One topic.

    :ivar sent: Messages so far.
    :ivar wanted: Whether anybody subscribes.
    :ivar expected_hz: 0 where no rate is promised.
    :ivar lost: Messages so far that the middleware did not take.
    :ivar steady: Whether it never pauses, whatever its rate.
    """

    name: str
    sent: int
    wanted: bool
    expected_hz: float = 0.0
    lost: int = 0
    steady: bool = False


@dataclasses.dataclass(frozen=True)
class DeviceCount:
    """
    The camera.

    :ivar state: Lifecycle state of the node.
    :ivar problem: Why there is no camera at present, or nothing.
    :ivar captures: Captures so far, at ``expected_hz`` while active.
    :ivar idle: Whether nobody wants captures, so that they are only looked at once in a while.
    :ivar dropped: Captures that were too old by the time they could be published.
    :ivar age_s: How old captures are when they arrive, by their stamps; NaN where there are none.
    :ivar recording: The file that is being written, or nothing.
    :ivar recording_problem: Why the latest recording ended by itself, or nothing.
    :ivar temperature_c: Of the depth sensor; NaN where it is not known.
    """

    info: DeviceInfo
    state: str
    problem: str = ''
    expected_hz: float = 0.0
    captures: int = 0
    idle: bool = False
    dropped: int = 0
    age_s: float = float('nan')
    reconnects: int = 0
    recording: str = ''
    recording_problem: str = ''
    temperature_c: float = float('nan')
    sync_in: bool = False
    sync_out: bool = False


@dataclasses.dataclass
class TrackingCounts:
    """
    What goes through the body tracker, counted while it happens.

    :ivar fed: Captures that went in so far.
    :ivar tracked: Results so far.
    :ivar dropped: Captures that were offered and have no result.
    :ivar latency_s: Of the latest result.
    :ivar bodies: In view at the latest result.
    """

    fed: int = 0
    tracked: int = 0
    dropped: int = 0
    latency_s: float = 0.0
    bodies: int = 0


@dataclasses.dataclass(frozen=True)
class TrackerCount:
    """
    The body tracker.

    :ivar mode: Name and processing mode of the tracker that runs.
    :ivar ready: Whether it runs; while enabled and not ready, it starts.
    :ivar fed: Whether captures go in, which they only do while somebody wants bodies.
    :ivar tracked: Results so far.
    :ivar latency_s: Of the latest result.
    :ivar bodies: In view at the latest result.
    """

    enabled: bool
    ready: bool = False
    fed: bool = False
    mode: str = ''
    problem: str = ''
    tracked: int = 0
    dropped: int = 0
    latency_s: float = 0.0
    bodies: int = 0


@dataclasses.dataclass(frozen=True)
class Statistics:
    """
    Everything at one moment.

    :ivar rest: Why nothing is expected although the node is active, or nothing.
    :ivar libraries: Names and versions.
    """

    device: DeviceCount
    streams: tuple[StreamCount, ...] = ()
    tracker: TrackerCount | None = None
    libraries: Mapping[str, str] = dataclasses.field(default_factory=dict)
    rest: str = ''


class RateMeter:
    """
    Turns counts into rates over the last few seconds.

    Over less, slow streams would seem to stumble: 5 images a second are 4 or 6 in many a second.
    """

    def __init__(self) -> None:
        self._looks: dict[str, collections.deque[tuple[float, int]]] = {}

    def __call__(self, counts: Mapping[str, int], now: float) -> dict[str, float]:
        """
        Return the rates in Hz.

        A name is left out until it was seen for a while, and again when it was missing in between
        or when its count began again.

        :param now: Seconds of a clock that does not step.
        """
        self._looks = {name: self._looks.get(name, collections.deque()) for name in counts}
        rates = {}
        for name, count in counts.items():
            looks = self._looks[name]
            if looks and count < looks[-1][1]:
                looks.clear()
            looks.append((now, count))
            while len(looks) > 1 and now - looks[1][0] >= WINDOW_S:
                looks.popleft()
            begin, first = looks[0]
            if now - begin >= LEAST_WINDOW_S:
                rates[name] = (count - first) / (now - begin)
        return rates
