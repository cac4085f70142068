# SPDX-License-Identifier: Apache-2.0
"""The people at a moment: where their joints are, and the ids that the tracker gives them."""

from __future__ import annotations

import dataclasses
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import numpy.typing as npt

from azure_kinect_py.sources.simulated.bodies import Wardrobe, looks_of
from azure_kinect_py.sources.simulated.legs import Leg, doing
from azure_kinect_py.sources.simulated.motion import Doing, Poses, poses
from azure_kinect_py.sources.simulated.paths import STEP, STRETCH, Paths
from azure_kinect_py.sources.simulated.shapes import NOTHING, Solids

Array = npt.NDArray[np.float64]
Count = Callable[[Array], npt.NDArray[np.intp]]

_ENTERS = 12  # joints in view from which the tracker knows a body
_LEAVES = 5  # joints in view under which it loses it
_BEHIND = -0.2  # metres: people this far behind the camera are not drawn
_SAMPLES = round(STRETCH / STEP)
_REMEMBERED = 8
_KEPT = 30  # stretches: five minutes, in which captures may still be looked at


@dataclasses.dataclass(frozen=True, eq=False)
class Moment:
    """
    The people who may be in view at a moment.

    :ivar poses: Of N people in the room.
    :ivar solids: What they are made of.
    :ivar owners: (K,) row in ``poses`` that each solid belongs to.
    :ivar ids: (N,) the tracker's ids, 0 for those it does not see.
    """

    poses: Poses
    solids: Solids
    owners: npt.NDArray[np.intp]
    ids: npt.NDArray[np.intp]


class Crowd:
    """
    All people, at any time from 0 on.

    An id belongs to a visit: it is kept while a body is in view, and a new one, counted from 1, is
    given when it comes into view again. It depends on the seed and the time alone.

    :param in_view: Returns how many joints of (M, 32, 3) positions in the room the depth camera
        has in view, (M,); None if no tracker can follow.
    """

    def __init__(self, people: int, seed: int, in_view: Count | None) -> None:
        self._anew = partial(Crowd, people, seed, in_view)
        looks = [looks_of(number, seed) for number in range(people)]
        self._paths = Paths(people, seed)
        self._heights = np.array([look.height for look in looks])
        self._wardrobe = Wardrobe(looks) if looks else None
        self._in_view = in_view
        self._visits: dict[int, npt.NDArray[np.intp]] = {}  # stretch -> (people, samples) ids
        self._stretches = 0
        self._ids = np.zeros(people, np.intp)
        self._last_id = 0
        self._lock = threading.Lock()
        self._recent: dict[float, Moment] = {}
        self._planning = self._plan()

    def at(self, seconds: float) -> Moment:
        """Return the people at a time; one that was long ago takes long."""
        with self._lock:
            if seconds not in self._recent:
                self._plan_until(seconds)
                is_forgotten = seconds < self._planned - _KEPT * STRETCH
                moment = self._anew().at(seconds) if is_forgotten else self._moment(seconds)
                if len(self._recent) == _REMEMBERED:
                    del self._recent[next(iter(self._recent))]
                self._recent[seconds] = moment
            return self._recent[seconds]

    def prepare(self, seconds: float) -> None:
        """Keep up with the time while nobody looks: a night at once would take half a minute."""
        with self._lock:
            self._plan_until(seconds)

    def _plan_until(self, seconds: float) -> None:
        while self._planned <= seconds:
            next(self._planning)
        if self._planned <= seconds + STRETCH:
            next(self._planning)  # in good time, so that no moment takes long

    @property
    def _planned(self) -> float:
        """Seconds until which it is known who does what, and with which id."""
        return self._stretches * STRETCH

    def _moment(self, seconds: float) -> Moment:
        nobody = Poses(np.empty((0, 32, 3)), np.empty((0, 32, 4)))
        if self._wardrobe is None:
            return Moment(nobody, NOTHING, np.empty(0, np.intp), np.empty(0, np.intp))
        legs = [_leg_at(way, seconds) for way in self._paths.legs]
        everybody = doing(legs, [np.array([seconds])] * len(legs), self._heights)
        present = np.flatnonzero(everybody.z > _BEHIND)
        if not len(present):
            return Moment(nobody, NOTHING, np.empty(0, np.intp), np.empty(0, np.intp))
        pose = poses(everybody.of(present))
        solids, owners = self._wardrobe.worn(pose, present)
        stretch, sample = divmod(seconds, STRETCH)
        ids = self._visits[int(stretch)][present, int(sample / STEP)]
        return Moment(pose, solids, owners, ids)

    def _plan(self) -> Iterator[None]:
        """Plan one stretch after the other, a little with each step."""
        while True:
            begin = self._planned
            legs = yield from self._paths.plan()
            counts = np.zeros((len(legs), _SAMPLES), np.intp)
            if self._in_view is not None:
                times: Array = begin + STEP * np.arange(_SAMPLES, dtype=np.float64)
                for number, way in enumerate(legs):
                    pose = poses(_way(way, times, self._heights[number]))
                    counts[number] = self._in_view(pose.positions)
                    yield
            self._visits[self._stretches] = self._identified(counts)
            self._stretches += 1
            self._visits.pop(self._stretches - _KEPT - 1, None)
            self._paths.forget(self._planned - _KEPT * STRETCH)
            yield

    def _identified(self, counts: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """Return the ids of people with so many joints in view, (people, samples)."""
        visits = np.zeros_like(counts)
        for sample in range(_SAMPLES):
            for number in range(len(counts)):
                seen = counts[number, sample]
                if seen < _LEAVES:
                    self._ids[number] = 0
                elif seen >= _ENTERS and self._ids[number] == 0:
                    self._last_id += 1
                    self._ids[number] = self._last_id
            visits[:, sample] = self._ids
        return visits


def _leg_at(way: list[Leg], seconds: float) -> Leg:
    return way[bisect_right(way, seconds, key=lambda leg: leg.start) - 1]


def _way(way: list[Leg], times: Array, height: float) -> Doing:
    starts = np.array([leg.start for leg in way])
    number = np.maximum(np.searchsorted(starts, times, side='right') - 1, 0)
    used = [i for i in range(len(way)) if (number == i).any()]
    moments = [times[number == i] for i in used]
    return doing([way[i] for i in used], moments, np.full(len(used), height))
