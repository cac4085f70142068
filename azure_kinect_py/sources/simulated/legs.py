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

    def at(self, times: Array) -> tuple[Array, ...]:
        """Return x, z, heading, gait, stride and effort at times inside the leg."""
        elapsed = np.clip(np.asarray(times) - self.start, 0.0, self.duration)
        turn = (self.heading - self.before + np.pi) % (2.0 * np.pi) - np.pi
        heading = self.before + turn * _smooth(elapsed / _TURNING)
        if not self.walks:
            return self._standing(elapsed, heading, turn)
        ramp = np.minimum(1.0, np.minimum(elapsed, self.duration - elapsed) / _RAMP)
        share = self._share(elapsed)
        x, z = (a + (b - a) * share for a, b in zip(self.origin, self.target, strict=True))
        return x, z, heading, STEP_RATE * elapsed, np.maximum(ramp, 0.0), np.zeros_like(elapsed)

    def _standing(self, elapsed: Array, heading: Array, turn: float) -> tuple[Array, ...]:
        steps = 0.3 * min(1.0, abs(turn)) * np.sin(np.pi * np.clip(elapsed / _TURNING, 0, 1))
        effort = _smooth((elapsed - _TURNING) / 0.5) * _smooth((self.duration - elapsed) / 0.5)
        ones = np.ones_like(elapsed)
        return (
            self.origin[0] * ones,
            self.origin[1] * ones,
            heading,
            1.6 * STEP_RATE * elapsed,
            steps,
            effort,
        )

    def _share(self, elapsed: Array) -> Array:
        """Return the share of the way: speeding up, steady, slowing down."""
        steady = self.duration - _RAMP
        rest = self.duration - elapsed
        share = np.where(elapsed < _RAMP, elapsed**2 / (2.0 * _RAMP), elapsed - _RAMP / 2.0)
        share = np.where(rest < _RAMP, steady - rest**2 / (2.0 * _RAMP), share)
        result: Array = share / steady
        return result


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
    rows = [np.stack(leg.at(moments)) for leg, moments in zip(legs, times, strict=True)]
    counts = [len(moments) for moments in times]
    x, z, heading, gait, stride, effort = np.concatenate(rows, axis=1)
    gestures = np.array([leg.gesture for leg in legs], np.intp)
    seconds = np.concatenate(times)
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
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)
