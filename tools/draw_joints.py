# SPDX-License-Identifier: Apache-2.0
"""
Draws docs/joints.svg: the 32 joints, the bones, and the axes of each joint.

From the simulated person's anatomy, which follows the Body Tracking SDK. Run it when that changes:
``python tools/draw_joints.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from azure_kinect_py.geometry import rotations
from azure_kinect_py.joints import JOINT_NAMES, PARENTS, Joint
from azure_kinect_py.sources.simulated.anatomy import AXES, OFFSETS

SVG = Path(__file__).parents[1] / 'docs' / 'joints.svg'

WIDTH, HEIGHT = 1180, 1120
SCALE = 560.0  # pixels per metre
PELVIS = (0.5 * WIDTH, 515.0)
AXIS_M = 0.05
COLORS = ('#d03030', '#20a040', '#3060d0')
SPREAD = dict.fromkeys(('NOSE', 'EYE_LEFT', 'EYE_RIGHT', 'EAR_LEFT', 'EAR_RIGHT'), 2.0)
SPREAD |= {'HEAD': 2.0, 'CLAVICLE_LEFT': 1.8, 'CLAVICLE_RIGHT': 1.8, 'NECK': 1.25}
"""What is drawn larger than it is, so that its joints can be told apart."""

ARMS = [joint for joint in Joint if Joint.SHOULDER_LEFT <= joint <= Joint.THUMB_RIGHT]
ARMS.remove(Joint.CLAVICLE_RIGHT)
COLUMNS = {
    -170: (Joint.EAR_RIGHT, Joint.EYE_RIGHT, Joint.NOSE, Joint.CLAVICLE_RIGHT),
    170: (Joint.EAR_LEFT, Joint.EYE_LEFT, Joint.HEAD, Joint.CLAVICLE_LEFT, Joint.NECK),
}
"""Distance from the middle -> joints whose names are in a column there, from the top."""

COLUMN_TOP, COLUMN_STEP = 30.0, 24.0

# A person in a T-pose that faces the reader: x to the person's left is right on paper, y up, and
# z, to the front, comes out of the paper to the lower left.
PAPER = np.array([[1.0, 0.0, -0.3], [0.0, -1.0, 0.3]]) * SCALE


def positions() -> np.ndarray:
    """Return the joints of the T-pose, (32, 3) metres from the pelvis."""
    places = np.zeros((len(Joint), 3))
    for joint, parent in enumerate(PARENTS):
        if parent >= 0:
            spread = SPREAD.get(Joint(joint).name, 1.0)
            places[joint] = places[parent] + OFFSETS[joint] * spread
    return places


def on_paper(places: np.ndarray) -> np.ndarray:
    """Return pixels of points, (..., 2)."""
    return places @ PAPER.T + PELVIS


def line(begin: ArrayLike, end: ArrayLike, color: str, width: float) -> str:
    """Return a line."""
    (x1, y1), (x2, y2) = begin, end
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{color}" stroke-width="{width}" stroke-linecap="round"/>'
    )


def text(joint: Joint, x: float, y: float, anchor: str, turn: float = 0.0) -> str:
    """Return the number and the name of a joint."""
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    turned = f' transform="rotate({turn:g} {x:.1f} {y:.1f})"' if turn else ''
    return f'<text {place}{turned}>{joint.value} {JOINT_NAMES[joint]}</text>'


def labels(dots: np.ndarray) -> list[str]:
    """Return the names where they do not hide joints."""
    lines = []
    for shift, joints in COLUMNS.items():
        for row, joint in enumerate(joints):
            x, y = PELVIS[0] + shift, COLUMN_TOP + COLUMN_STEP * row
            lines.append(line(dots[joint], (x, y), '#909090', 0.7))
            sign = 1 if shift > 0 else -1
            lines.append(text(joint, x + 5 * sign, y + 4, 'start' if sign > 0 else 'end'))
    named = {joint for joints in COLUMNS.values() for joint in joints}
    for joint in sorted(set(Joint) - named):
        x, y = dots[joint]
        if joint not in ARMS:
            sign = -1 if 'RIGHT' in joint.name else 1
            lines.append(text(joint, x + 38 * sign, y - 6, 'end' if sign < 0 else 'start'))
        elif 'THUMB' in joint.name:
            lines.append(text(joint, x, y - 55, 'start', -50))
        else:
            lines.append(text(joint, x, y + 42, 'start', 50))
    return lines


def draw() -> str:
    """Return the picture."""
    places = positions()
    dots = on_paper(places)
    bones = [
        line(dots[joint], dots[parent], '#b0b0b0', 7)
        for joint, parent in enumerate(PARENTS)
        if parent >= 0
    ]
    axes = []
    for joint in Joint:
        columns = rotations.to_matrix(AXES[joint]).T
        tips = on_paper(places[joint] + AXIS_M * columns)
        axes += [line(dots[joint], tip, c, 3) for tip, c in zip(tips, COLORS, strict=True)]
    circles = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#202020"/>' for x, y in dots]
    legend = [
        f'<text x="30" y="{HEIGHT - 110 + 24 * row}" fill="{color}" font-size="18">{axis}</text>'
        for row, (color, axis) in enumerate(zip(COLORS, 'xyz', strict=True))
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13" fill="#202020">'
    )
    paper = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return '\n'.join([head, paper, *bones, *axes, *circles, *labels(dots), *legend, '</svg>', ''])


if __name__ == '__main__':
    SVG.write_text(draw())
    print(f'wrote {SVG}')
