# SPDX-License-Identifier: Apache-2.0
"""What people look like: the solids that hang on the joints, and what they wear."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.kinematics import hang
from azure_kinect_py.geometry.solids import BALL_CONE
from azure_kinect_py.geometry.textures import FABRIC, HEAD, STRIPES
from azure_kinect_py.joints import Joint
from azure_kinect_py.sources.simulated.motion import Poses
from azure_kinect_py.sources.simulated.shapes import Builder, Look, Solids, joined

Array = npt.NDArray[np.float64]
Rgb = tuple[float, float, float]
Rows = npt.NDArray[np.intp]

_SKINS: tuple[Rgb, ...] = (
    (0.91, 0.73, 0.61),
    (0.55, 0.36, 0.25),
    (0.84, 0.64, 0.49),
    (0.95, 0.79, 0.69),
    (0.70, 0.49, 0.35),
)
_HAIRS: tuple[Rgb, ...] = (
    (0.30, 0.19, 0.11),
    (0.09, 0.07, 0.06),
    (0.62, 0.44, 0.22),
    (0.16, 0.12, 0.10),
    (0.55, 0.26, 0.13),
    (0.62, 0.60, 0.58),
)
_TOPS: tuple[tuple[int, Rgb, Rgb, bool], ...] = (  # texture, colors, long sleeves
    (FABRIC, (0.80, 0.30, 0.26), (0, 0, 0), False),
    (STRIPES, (0.90, 0.89, 0.85), (0.20, 0.29, 0.46), True),
    (FABRIC, (0.93, 0.74, 0.28), (0, 0, 0), True),
    (FABRIC, (0.36, 0.60, 0.52), (0, 0, 0), False),
    (STRIPES, (0.85, 0.55, 0.45), (0.93, 0.90, 0.86), False),
    (FABRIC, (0.52, 0.42, 0.66), (0, 0, 0), True),
)
_BOTTOMS: tuple[Rgb, ...] = (
    (0.24, 0.32, 0.46),
    (0.30, 0.29, 0.28),
    (0.56, 0.48, 0.38),
    (0.20, 0.22, 0.30),
    (0.42, 0.46, 0.50),
)
_SHOES: tuple[Rgb, ...] = ((0.90, 0.90, 0.88), (0.20, 0.17, 0.16), (0.70, 0.24, 0.22))

_LEFT, _UP, _FRONT = np.eye(3)


@dataclasses.dataclass(frozen=True)
class Looks:
    """Appearance of one person; ``height`` is relative to the average."""

    height: float
    skin: Rgb
    hair: Rgb
    long_hair: bool
    top: tuple[int, Rgb, Rgb, bool]
    bottom: Rgb
    skirt: bool
    shoes: Rgb


def looks_of(number: int, seed: int) -> Looks:
    """Return the appearance of person ``number``; neighbours in number wear different things."""
    random = np.random.default_rng([seed, 2, number])
    pick = number + int(np.random.default_rng([seed, 3]).integers(6))
    woman = number % 2 == 1
    return Looks(
        height=float(random.normal(0.955 if woman else 1.02, 0.025)),
        skin=_SKINS[pick % len(_SKINS)],
        hair=_HAIRS[(pick * 5 + 1) % len(_HAIRS)],
        long_hair=woman,
        top=_TOPS[pick % len(_TOPS)],
        bottom=_BOTTOMS[pick % len(_BOTTOMS)],
        skirt=number % 4 == 3,
        shoes=_SHOES[pick % len(_SHOES)],
    )


class Wardrobe:
    """
    The solids of several people, on their joints in the T-pose.

    :ivar owners: (K,) which person each solid belongs to.
    """

    def __init__(self, people: list[Looks]) -> None:
        parts = [_dressed(looks) for looks in people]
        counts = [len(joints) for joints, _ in parts]
        self.owners = np.repeat(np.arange(len(people)), counts)
        self._joints = np.concatenate([joints for joints, _ in parts])
        self._rest = joined([solids for _, solids in parts])
        heights = np.array([looks.height for looks in people])[self.owners]
        self._centers = self._rest.centers * heights[:, None]
        self._stretches = self._rest.stretches * heights[:, None]

    def worn(self, poses: Poses, present: Rows) -> tuple[Solids, Rows]:
        """
        Return the solids of the people with these numbers, and the owner of each.

        :param poses: Of the people in ``present``, in that order.
        """
        row = np.full(self.owners.max() + 1, -1)
        row[present] = np.arange(len(present))
        chosen = np.flatnonzero(row[self.owners] >= 0)
        people, joints = row[self.owners[chosen]], self._joints[chosen]
        rest = self._rest
        centers, turns = hang(
            poses.positions,
            poses.turns,
            people,
            joints,
            self._centers[chosen],
            rest.turns[chosen],
        )
        solids = Solids(
            rest.kinds[chosen],
            centers,
            turns,
            self._stretches[chosen],
            rest.shapes[chosen],
            rest.patterns[chosen],
            rest.colors[chosen],
        )
        return solids, people


class _Tailor:
    """Collects the solids of one person."""

    def __init__(self) -> None:
        self.joints: list[Joint] = []
        self.builder = Builder()

    def tube(
        self,
        joint: Joint,
        start: npt.ArrayLike,
        end: npt.ArrayLike,
        radii: tuple[float, float],
        look: Look,
        flat: tuple[float, float] = (1.0, 1.0),
    ) -> None:
        """Add a rounded cone; ``flat`` stretches it from side to side, and from front to back."""
        along = np.subtract(end, start)
        length = float(np.linalg.norm(along))
        axis = along / length
        front = _FRONT if abs(axis @ _FRONT) < 0.8 else _UP
        across = np.cross(axis, front)
        across /= np.linalg.norm(across)
        turn = np.stack([across, axis, np.cross(across, axis)], axis=-1)
        shape = (*radii, length)
        self.joints.append(joint)
        self.builder.add(
            BALL_CONE, start, look, turn=turn, stretch=(flat[0], 1.0, flat[1]), shape=shape
        )

    def ball(self, joint: Joint, center: npt.ArrayLike, axes: npt.ArrayLike, look: Look) -> None:
        """Add an ellipsoid."""
        self.joints.append(joint)
        self.builder.add(BALL_CONE, center, look, stretch=axes)


def _dressed(looks: Looks) -> tuple[npt.NDArray[np.intp], Solids]:
    tailor = _Tailor()
    texture, top, second, sleeves = looks.top
    shirt = Look(top, second, texture, infrared=0.55)
    skin = Look(looks.skin, infrared=0.58)
    trousers = Look(looks.bottom, pattern=FABRIC, infrared=0.45)
    shoes = Look(looks.shoes, infrared=0.4)
    _trunk(tailor, shirt, trousers, skirt=looks.skirt)
    _head(tailor, looks, skin)
    for side, sign in (('LEFT', 1.0), ('RIGHT', -1.0)):
        _arm(tailor, side, sign, shirt, skin, sleeves=sleeves)
        _hand(tailor, side, sign, skin)
        _leg(tailor, side, skin if looks.skirt else trousers, shoes, bare=looks.skirt)
    return np.array(tailor.joints, np.intp), tailor.builder.build()


def _trunk(tailor: _Tailor, shirt: Look, trousers: Look, *, skirt: bool) -> None:
    hips, belly, chest = Joint.PELVIS, Joint.SPINE_NAVAL, Joint.SPINE_CHEST
    flat = (1.30, 0.92)
    tailor.tube(hips, (0, -0.05, 0), (0, 0.06, 0), (0.123, 0.117), trousers, flat)
    if skirt:
        tailor.tube(hips, (0, 0.04, 0), (0, -0.42, 0), (0.122, 0.185), trousers, flat)
    tailor.tube(belly, (0, -0.09, 0), (0, 0.13, -0.008), (0.1185, 0.120), shirt, flat)
    tailor.tube(chest, (0, -0.09, 0), (0, 0.095, 0), (0.120, 0.115), shirt, flat)
    tailor.tube(chest, (-0.13, 0.145, -0.012), (0.13, 0.145, -0.012), (0.062, 0.062), shirt)


def _head(tailor: _Tailor, looks: Looks, skin: Look) -> None:
    neck, head = Joint.NECK, Joint.HEAD
    tailor.tube(neck, (0, -0.045, -0.005), (0, 0.08, 0.012), (0.058, 0.052), skin)
    face = Look(looks.skin, looks.hair, HEAD, infrared=0.58)
    tailor.ball(head, (0, 0.038, 0.015), (0.077, 0.117, 0.098), face)
    hair = Look(looks.hair, pattern=FABRIC, infrared=0.22)
    tailor.ball(head, (0, 0.070, -0.012), (0.084, 0.104, 0.098), hair)
    if looks.long_hair:
        fall = (0, 0.05, -0.045), (0, -0.13, -0.060)
        tailor.tube(head, *fall, (0.080, 0.055), hair, (1.05, 0.62))
        for side in (-1, 1):
            lock = (side * 0.068, 0.06, 0.005), (side * 0.075, -0.11, -0.015)
            tailor.tube(head, *lock, (0.024, 0.016), hair)
    tailor.tube(head, (0, 0.045, 0.108), (0, 0.012, 0.122), (0.009, 0.015), skin)
    for joint in (Joint.EAR_LEFT, Joint.EAR_RIGHT):
        tailor.ball(joint, (0, 0, 0.010), (0.012, 0.030, 0.020), skin)


def _arm(
    tailor: _Tailor, side: str, sign: float, shirt: Look, skin: Look, *, sleeves: bool
) -> None:
    shoulder, elbow = Joint[f'SHOULDER_{side}'], Joint[f'ELBOW_{side}']
    joint, whole = (0, 0, 0), (sign * 0.280, 0, 0)
    # Skin begins under the sleeve, where it is as thin as the bare arm is there.
    if sleeves:
        tailor.tube(shoulder, joint, whole, (0.060, 0.047), shirt)
        tailor.tube(elbow, joint, (sign * 0.225, 0, 0), (0.047, 0.036), shirt)
        tailor.tube(elbow, (sign * 0.200, 0, 0), (sign * 0.245, 0, 0), (0.0296, 0.027), skin)
    else:
        tailor.tube(shoulder, joint, (sign * 0.175, 0, 0), (0.062, 0.059), shirt)
        tailor.tube(shoulder, (sign * 0.150, 0, 0), whole, (0.0452, 0.041), skin)
        tailor.tube(elbow, joint, (sign * 0.245, 0, 0), (0.041, 0.027), skin)


def _hand(tailor: _Tailor, side: str, sign: float, skin: Look) -> None:
    wrist, hand = Joint[f'WRIST_{side}'], Joint[f'HAND_{side}']
    tailor.ball(wrist, (sign * 0.052, 0, 0.003), (0.056, 0.017, 0.041), skin)
    for across, length in ((-0.029, 0.055), (-0.010, 0.075), (0.009, 0.082), (0.028, 0.072)):
        start = (sign * 0.018, -0.002, across)
        end = (sign * (0.018 + length), -0.010, across * 1.1)
        tailor.tube(hand, start, end, (0.0095, 0.0075), skin)
    thumb = (sign * 0.018, -0.004, 0.026), (sign * 0.072, -0.010, 0.062)
    tailor.tube(wrist, *thumb, (0.014, 0.009), skin)


def _leg(tailor: _Tailor, side: str, cloth: Look, shoes: Look, *, bare: bool) -> None:
    hip, knee, ankle = (Joint[f'{name}_{side}'] for name in ('HIP', 'KNEE', 'ANKLE'))
    thin = 0.85 if bare else 1.0
    tailor.tube(hip, (0, -0.01, 0), (0, -0.425, 0), (0.086 * thin, 0.061 * thin), cloth)
    calf = (0, 0, -0.004), (0, -0.385, -0.006)
    tailor.tube(knee, *calf, (0.060 * thin, 0.050 * thin * thin), cloth)
    tailor.tube(ankle, (0, -0.042, -0.042), (0, -0.054, 0.130), (0.041, 0.030), shoes)
