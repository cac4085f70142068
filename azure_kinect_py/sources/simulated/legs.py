# SPDX-License-Identifier: Apache-2.0
"""The legs of a person's way through the room: walks in a straight line, and stays."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from azure_kinect_py.sources.simulated.motion import STEP_RATE, WALKING_SPEED, Doing, Gesture

Array = npt.NDArray[np.float64]

_RAMP = 0.6  # seconds to get going, and to stop
_TURNING = 0.8  # seconds to turn to the new direction
_ON_THE_SPOT = 1.6  # times the rate of steps


@dataclasses.dataclass(frozen=True)
class Leg:
    """
    Something that a person does from ``start`` on for ``duration`` seconds.

    :ivar origin: x and z where it begins.
    :ivar target: x and z where it ends; the same for a stay.
    :ivar before: Heading at the start, radians.
    :ivar heading: Heading that is turned to.
    :ivar gesture: Of the arms, while standing.
    """

    start: float
    duration: float
    origin: tuple[float, float]
    target: tuple[float, float]
    before: float
    heading: float
    gesture: Gesture = Gesture.NONE

    @property
    def end(self) -> float:
        """When it is over, seconds."""
        return self.start + self.duration

    @property
    def walks(self) -> bool:
        """Whether it goes anywhere."""
        return self.origin != self.target

    @property
    def numbers(self) -> tuple[float, ...]:
        """Start, duration, x and z of origin and target, headings before and after."""
        return (self.start, self.duration, *self.origin, *self.target, self.before, self.heading)

    def places(self, times: Array) -> Array:
        """Return x and z at times (N,) inside the leg, (N, 2)."""
        elapsed = np.minimum(np.maximum(times - self.start, 0.0), self.duration)
        share = _share(elapsed, self.duration)[:, None] if self.walks else 0.0
        places = np.empty((len(times), 2))
        places[:] = self.origin + share * np.subtract(self.target, self.origin)
        return places


def _share(elapsed: Array, duration: Array | float) -> Array:
    """Return the share of a walk's way: speeding up, steady, slowing down."""
    rest = duration - elapsed
    steady = duration - _RAMP
    way = np.where(elapsed < _RAMP, elapsed**2 / (2.0 * _RAMP), elapsed - _RAMP / 2.0)
    way = np.where(rest < _RAMP, steady - rest**2 / (2.0 * _RAMP), way)
    share: Array = way / steady
    return share


def _states(legs: Array, times: Array) -> tuple[Array, ...]:
    """
    Return x, z, heading, gait, stride and effort at times (N,).

    :param legs: (8, N) numbers of the legs that the times are in.
    """
    start, duration, x, z, target_x, target_z, before, heading = legs
    elapsed = np.minimum(np.maximum(times - start, 0.0), duration)
    rest = duration - elapsed
    turn = (heading - before + np.pi) % (2.0 * np.pi) - np.pi
    walks = (x != target_x) | (z != target_z)
    share = np.where(walks, _share(elapsed, np.where(walks, duration, 2.0 * _RAMP)), 0.0)
    ramp = np.maximum(np.minimum(1.0, np.minimum(elapsed, rest) / _RAMP), 0.0)
    # Who stands makes small steps while turning, then a gesture.
    turned = np.minimum(elapsed / _TURNING, 1.0)
    steps = 0.3 * np.minimum(1.0, np.abs(turn)) * np.sin(np.pi * turned)
    effort = _smooth((elapsed - _TURNING) / 0.5) * _smooth(rest / 0.5)
    return (
        x + (target_x - x) * share,
        z + (target_z - z) * share,
        before + turn * _smooth(turned),
        np.where(walks, 1.0, _ON_THE_SPOT) * STEP_RATE * elapsed,
        np.where(walks, ramp, steps),
        np.where(walks, 0.0, effort),
    )


def walk(
    start: float, origin: tuple[float, float], target: tuple[float, float], before: float
) -> Leg:
    """Return the walk to a place at least a step away."""
    dx, dz = target[0] - origin[0], target[1] - origin[1]
    duration = float(np.hypot(dx, dz)) / WALKING_SPEED + _RAMP
    return Leg(start, duration, origin, target, before, float(np.arctan2(dx, dz)))


def stay(
    start: float,
    duration: float,
    place: tuple[float, float],
    before: float,
    heading: float,
    gesture: Gesture,
) -> Leg:
    """Return a stay at a place."""
    return Leg(start, duration, place, place, before, heading, gesture)


def doing(legs: list[Leg], times: list[Array], heights: Array) -> Doing:
    """
    Return what people do: for each leg the moments that fall into it, one after the other.

    :param legs: One per entry of ``times``.
    :param heights: Of the legs' people, relative to the average.
    """
    counts = [len(moments) for moments in times]
    numbers = np.repeat(np.array([leg.numbers for leg in legs]).T, counts, axis=1)
    gestures = np.array([leg.gesture for leg in legs], np.intp)
    seconds = np.concatenate(times)
    x, z, heading, gait, stride, effort = _states(numbers, seconds)
    return Doing(
        x=x,
        z=z,
        heading=heading,
        gait=gait,
        stride=stride,
        gesture=np.repeat(gestures, counts),
        effort=effort,
        time=seconds,
        height=np.repeat(heights, counts),
    )


def _smooth(x: Array) -> Array:
    x = np.minimum(np.maximum(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)
