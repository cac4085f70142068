# SPDX-License-Identifier: Apache-2.0
"""
Where people walk: planned from a seed, free of furniture and of each other.

Plans are made for one stretch of time after the other. Within a stretch people plan in turn; each
draws legs at random that keep clear of everybody who planned before. Where that leads nowhere,
the stretch is drawn again, and in the end everybody stays where they are, which is always free.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import numpy.typing as npt

from azure_kinect_py.sources.simulated.legs import Leg, stay, walk
from azure_kinect_py.sources.simulated.motion import Gesture
from azure_kinect_py.sources.simulated.room import FURNITURE, HIGH, LOW

Array = npt.NDArray[np.float64]
Place = tuple[float, float]

STRETCH = 10.0
"""Seconds that are planned at once."""

STEP = 0.1
"""Seconds between the moments at which plans are compared."""

MOST_PEOPLE = 6

_APART = 0.66  # metres between the middles of two people
_CLEARANCE = 0.34  # metres to furniture and walls
_LOWEST, _HIGHEST = LOW[[0, 2]] + _CLEARANCE, HIGH[[0, 2]] - _CLEARANCE
_TRIES = 8
_CHOICES = 6
_MOMENTS = round(STRETCH / STEP) + 1
_PATIENCE = 35  # moments for which those who have not planned yet are given way
_OUTSIDE = [(x, z) for z in (-0.5, -1.2) for x in (1.4, 2.1, 0.7)]
_GATES = {1: (1.45, 0.95), -1: (-1.45, 0.95)}  # beside the camera, out of its view
_GESTURES = (
    Gesture.WAVE_RIGHT,
    Gesture.WAVE_LEFT,
    Gesture.ARMS_UP,
    Gesture.HANDS_ON_HIPS,
    Gesture.PHONE,
    Gesture.ARMS_OUT,
    Gesture.NONE,
    Gesture.NONE,
)


class Paths:
    """
    The ways of N people, planned as far as somebody asked.

    :ivar legs: Each person's legs, seamless from 0 seconds on, or from what was forgotten.
    """

    def __init__(self, people: int, seed: int) -> None:
        self._random = np.random.default_rng([seed, 4])
        self._seed = seed
        self._people = people
        self._stretches = 0
        self.legs: list[list[Leg]] = [[] for _ in range(people)]
        self._places = self._begin()
        self._headings = [np.pi] * people

    @property
    def planned(self) -> float:
        """Seconds until which there is a plan."""
        return self._stretches * STRETCH

    def plan(self) -> Generator[None, None, list[list[Leg]]]:
        """Plan one more stretch, a little with each step; return everybody's legs in it."""
        fresh = yield from self._plan()
        for number, legs in enumerate(fresh):
            self.legs[number].extend(legs)
            self._places[number] = legs[-1].target
            self._headings[number] = legs[-1].heading
        self._stretches += 1
        return fresh

    def forget(self, before: float) -> None:
        """Drop the legs that are over before a time."""
        for way in self.legs:
            del way[: sum(1 for leg in way if leg.end <= before)]

    def _begin(self) -> list[Place]:
        places: list[Place] = []
        for number in range(self._people):
            for _ in range(40):
                place = _somewhere(self._random)
                if all(_distance(place, other) > _APART + 0.15 for other in places):
                    break
            else:
                place = _outside(number)
            places.append(place)
        return places

    def _plan(self) -> Generator[None, None, list[list[Leg]]]:
        for attempt in range(_TRIES):
            random = np.random.default_rng([self._seed, 5, self._stretches, attempt])
            plans = yield from self._attempt(random)
            if plans is not None:
                return plans
        return [self._rest(number, self.planned) for number in range(self._people)]

    def _attempt(
        self, random: np.random.Generator
    ) -> Generator[None, None, list[list[Leg]] | None]:
        plans: dict[int, list[Leg]] = {}
        tracks: list[Array] = []
        order = random.permutation(self._people)
        for turn, number in enumerate(order):
            waiting = [self._places[other] for other in order[turn + 1 :]]
            for _ in range(_TRIES):
                yield
                legs = self._person(int(number), random, tracks, waiting)
                if legs is not None:
                    break
            else:
                return None
            plans[int(number)] = legs
            tracks.append(_track(legs, self.planned))
        return [plans[number] for number in range(self._people)]

    def _person(
        self,
        number: int,
        random: np.random.Generator,
        tracks: list[Array],
        waiting: list[Place],
    ) -> list[Leg] | None:
        """Return legs to the end of the stretch, or None where they lead nowhere."""
        begin, end = self.planned, self.planned + STRETCH
        legs: list[Leg] = []
        time, place, heading = begin, self._places[number], self._headings[number]
        while time < end - 1e-9:
            for choice in range(_CHOICES + 1):
                more = (
                    self._idea(number, random, time, place, heading)
                    if choice < _CHOICES and end - time > 2.0
                    else [_linger(random, time, end - time, place, heading)]
                )
                if more and more[-1].end <= end + 1e-9 and _free(more, begin, tracks, waiting):
                    break
            else:
                return None
            legs += more
            time, place, heading = more[-1].end, more[-1].target, more[-1].heading
        return legs

    def _idea(
        self,
        number: int,
        random: np.random.Generator,
        time: float,
        place: Place,
        heading: float,
    ) -> list[Leg]:
        """Return what somebody may do next: walk, stay, leave the view or come back."""
        outside = place[1] < 0.0
        gate = _GATES[1 if _outside(number)[0] > 0 else -1]
        dice = random.random()
        if dice < 0.35:
            return [_linger(random, time, random.uniform(1.5, 4.0), place, heading)]
        ways = [_somewhere(random)]
        if outside:
            ways = [gate, *ways]
        elif dice > 0.86 and time >= STRETCH:  # everybody is here for a while first
            ways = [gate, _outside(number)]
        legs: list[Leg] = []
        for target in ways:
            if _distance(place, target) < 0.5 or not _clear(place, target):
                return []
            legs.append(walk(time, place, target, heading))
            time, place, heading = legs[-1].end, target, legs[-1].heading
        return legs

    def _rest(self, number: int, time: float) -> list[Leg]:
        place, heading = self._places[number], self._headings[number]
        return [stay(time, STRETCH, place, heading, heading, Gesture.NONE)]


def _somewhere(random: np.random.Generator) -> Place:
    """Return a free place in the view of the depth camera."""
    while True:
        z = float(random.uniform(1.45, 3.25))
        x = float(random.uniform(-0.52, 0.52) * z)
        if _clear((x, z), (x, z)):
            return x, z


def _outside(number: int) -> Place:
    """Return the person's own place behind the camera."""
    x, z = _OUTSIDE[number // 2 % len(_OUTSIDE)]
    return (x, z) if number % 2 else (-x, z)


def _linger(
    random: np.random.Generator, time: float, duration: float, place: Place, heading: float
) -> Leg:
    facing = float(np.arctan2(-place[0], -place[1]) + random.normal(0.0, 0.35))
    gesture = _GESTURES[random.integers(len(_GESTURES))] if duration > 2.0 else Gesture.NONE
    if place[1] < 0.0 or duration < 1.0:
        facing = heading
    return stay(time, duration, place, heading, facing, gesture)


def _distance(a: Place, b: Place) -> float:
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))


def _clear(origin: Place, target: Place) -> bool:
    """Return whether a straight way keeps clear of furniture and walls."""
    steps = 1 + int(_distance(origin, target) / 0.1)
    share = np.arange(steps + 1)[:, None] / steps
    way = np.asarray(origin) + share * np.subtract(target, origin)
    if (way < _LOWEST).any() or (way > _HIGHEST).any():
        return False
    nearest = np.minimum(np.maximum(way[:, None], FURNITURE[:, :2]), FURNITURE[:, 2:])
    return bool((_squared(way[:, None] - nearest) > _CLEARANCE**2).all())


def _squared(ways: Array) -> Array:
    """Return the squares of lengths in x and z, (..., 2)."""
    squares: Array = ways[..., 0] ** 2 + ways[..., 1] ** 2
    return squares


def _track(legs: list[Leg], begin: float) -> Array:
    """Return x and z at every moment of the stretch, NaN where there is no leg."""
    times: Array = begin + STEP * np.arange(_MOMENTS, dtype=np.float64)
    track = np.full((_MOMENTS, 2), np.nan)
    for leg in legs:
        during = (times >= leg.start - 1e-9) & (times <= leg.end + 1e-9)
        track[during] = leg.places(times[during])
    return track


def _free(legs: list[Leg], begin: float, tracks: list[Array], waiting: list[Place]) -> bool:
    """Return whether legs keep clear of those who planned, and of those who wait to."""
    track = _track(legs, begin)
    near = _APART**2
    if any((_squared(track - other) < near).any() for other in tracks):  # NaN is not near
        return False
    soon = track[:_PATIENCE]
    return not any((_squared(soon - place) < near).any() for place in waiting)
