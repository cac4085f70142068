# SPDX-License-Identifier: Apache-2.0
"""What the driver counts, as one snapshot, and the rates between two of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from azure_kinect_py.data import DeviceInfo


@dataclasses.dataclass(frozen=True)
class StreamCount:
    """
    One topic.

    :ivar sent: Messages so far.
    :ivar wanted: Whether anybody subscribes.
    :ivar expected_hz: 0 where no rate is promised.
    """

    name: str
    sent: int
    wanted: bool
    expected_hz: float = 0.0


@dataclasses.dataclass(frozen=True)
class DeviceCount:
    """
    The camera.

    :ivar state: Lifecycle state of the node.
    :ivar problem: Why there is no camera at present, or nothing.
    :ivar captures: Captures so far, at ``expected_hz`` while active.
    :ivar dropped: Captures that were too old by the time they could be published.
    :ivar temperature_c: Of the depth sensor; NaN where it is not known.
    """

    info: DeviceInfo
    state: str
    problem: str = ''
    expected_hz: float = 0.0
    captures: int = 0
    dropped: int = 0
    reconnects: int = 0
    temperature_c: float = float('nan')
    sync_in: bool = False
    sync_out: bool = False


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
    """Everything at one moment; ``libraries`` are names and versions."""

    device: DeviceCount
    streams: tuple[StreamCount, ...] = ()
    tracker: TrackerCount | None = None
    libraries: Mapping[str, str] = dataclasses.field(default_factory=dict)


class RateMeter:
    """Turns counts into rates, from one look to the next."""

    def __init__(self) -> None:
        self._counts: Mapping[str, int] = {}
        self._time = 0.0

    def __call__(self, counts: Mapping[str, int], now: float) -> dict[str, float]:
        """
        Return the rates in Hz since the last look.

        A name that is new, or whose count began again, is left out.

        :param now: Seconds of a clock that does not step.
        """
        elapsed, last = now - self._time, self._counts
        self._counts, self._time = dict(counts), now
        if elapsed <= 0:
            return {}
        return {
            name: (count - last[name]) / elapsed
            for name, count in counts.items()
            if name in last and count >= last[name]
        }
