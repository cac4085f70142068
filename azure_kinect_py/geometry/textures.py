# SPDX-License-Identifier: Apache-2.0
"""
What surfaces look like, as kernels: procedural textures of the simulated camera's scene.

A texture takes a point of a surface and answers with its reflectance in red, green, blue and
infrared, each 0 to 1; color values are as a display shows them (not linear).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from azure_kinect_py.geometry.compiled import fast_kernel

Floats = npt.NDArray[np.float32]
Vector = tuple[float, float, float]
Texel = tuple[float, float, float, float]

PLAIN = 0
FABRIC = 1
STRIPES = 2
HEAD = 3
SHELL = 4  # floor, walls and ceiling of a room
WOOD = 5
RUG = 6
PICTURE = 7
WINDOW = 8
LEAF = 9
CURTAIN = 10
LAMP = 11

_FLOOR_RED, _FLOOR_GREEN, _FLOOR_BLUE = 0.66, 0.50, 0.36


@fast_kernel
def _lattice(x: int, y: int) -> float:
    """Return a fixed random number 0 to 1 for a point of the integer lattice."""
    n = (x * 374761393 + y * 668265263) & 0xFFFFFFFF
    n = ((n ^ (n >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((n ^ (n >> 16)) & 0xFFFF) / 65535.0


@fast_kernel
def _clouds(x: float, y: float) -> float:
    """Return smooth noise 0 to 1 with a grain of one unit."""
    left, top = int(np.floor(x)), int(np.floor(y))
    u, v = x - left, y - top
    u, v = u * u * (3.0 - 2.0 * u), v * v * (3.0 - 2.0 * v)
    above = _lattice(left, top) * (1.0 - u) + _lattice(left + 1, top) * u
    below = _lattice(left, top + 1) * (1.0 - u) + _lattice(left + 1, top + 1) * u
    return above * (1.0 - v) + below * v


@fast_kernel
def _grain(along: float, across: float) -> float:
    """Return the brightness of wood, about 1, its fibres running ``along``; metres."""
    rings = _clouds(along * 3.0, across * 60.0)
    fibres = _clouds(along * 14.0, across * 420.0)
    return 0.86 + 0.20 * rings + 0.08 * fibres


@fast_kernel
def _planks(x: float, z: float) -> Texel:
    """Return a floor of boards, 0.14 m wide and 1.6 m long."""
    board = int(np.floor(x / 0.14))
    across = x / 0.14 - board
    shifted = z + 1.6 * _lattice(board, 7)
    piece = int(np.floor(shifted / 1.6))
    along = shifted / 1.6 - piece
    shade = _grain(z, x) * (0.86 + 0.22 * _lattice(board, piece))
    if across < 0.025 or along < 0.002:
        shade *= 0.55
    return _FLOOR_RED * shade, _FLOOR_GREEN * shade, _FLOOR_BLUE * shade, 0.42 * shade


@fast_kernel
def _shell(c: Floats, k: int, p: Vector, n: Vector, floor: float) -> Texel:
    if n[1] < -0.5:
        return _planks(p[0], p[2])
    if n[1] > 0.5:
        return 0.93, 0.93, 0.92, 0.80
    if p[1] > floor - 0.09:  # skirting board
        edge = 0.72 if p[1] < floor - 0.08 else 0.90
        return edge, edge, edge * 0.98, 0.75
    along = p[0] + p[2]
    shade = 0.985 + 0.03 * _clouds(along * 45.0, p[1] * 45.0)
    return c[k, 0] * shade, c[k, 1] * shade, c[k, 2] * shade, c[k, 6] * shade


@fast_kernel
def _rug(c: Floats, k: int, q: Vector) -> Texel:
    """Return a woven rug with a border and a lattice of diamonds; q from -1 to 1."""
    weave = 0.90 + 0.14 * _clouds(q[0] * 260.0, q[2] * 260.0)
    edge = max(abs(q[0]), abs(q[2]))
    u, v = q[0] * 4.0, q[2] * 3.0
    diamond = abs(u - np.floor(u + 0.5)) + abs(v - np.floor(v + 0.5))
    second = 0.86 < edge < 0.93 or (edge < 0.8 and 0.30 < diamond < 0.42)
    i = 3 if second else 0
    return c[k, i] * weave, c[k, i + 1] * weave, c[k, i + 2] * weave, c[k, 6] * weave


@fast_kernel
def _painting(q: Vector) -> Texel:
    """Return hills under an evening sky with a low sun; q from -1 to 1, y down."""
    x, y = q[0], q[1]
    if (x - 0.35) ** 2 + (y + 0.12) ** 2 < 0.03:
        return 0.98, 0.86, 0.55, 0.6
    ridge = 0.15 + 0.25 * np.sin(x * 2.3 + 0.8) * (0.6 + 0.4 * _clouds(x * 3.0, 2.0))
    near = 0.55 + 0.15 * np.sin(x * 3.1 + 2.0)
    stroke = 0.9 + 0.2 * _clouds(x * 22.0 + y * 9.0, y * 30.0)
    if y > near:
        return 0.20 * stroke, 0.36 * stroke, 0.25 * stroke, 0.5
    if y > ridge:
        return 0.30 * stroke, 0.42 * stroke, 0.46 * stroke, 0.5
    glow = min(max((y + 1.0) / 1.3, 0.0), 1.0)
    return (0.36 + 0.56 * glow) * stroke, (0.46 + 0.22 * glow) * stroke, 0.62 * stroke, 0.55


@fast_kernel
def _view(q: Vector) -> Texel:
    """Return what is outside a window: sky, clouds, tree tops; q from -1 to 1, y down."""
    if abs(q[2]) < 0.03 or abs(q[1] + 0.35) < 0.02 or max(abs(q[2]), abs(q[1])) > 0.95:
        return 0.93, 0.93, 0.92, 0.7
    clouds = _clouds(q[2] * 2.0 + 5.0, q[1] * 3.5) * 0.6 + _clouds(q[2] * 5.0, q[1] * 8.0) * 0.4
    trees = 0.45 + 0.35 * _clouds(q[2] * 3.0 + 1.0, 3.0) + 0.12 * _clouds(q[2] * 17.0, 4.0)
    if q[1] > trees:
        leaf = 0.5 + 0.3 * _clouds(q[2] * 30.0, q[1] * 30.0)
        return 0.55 * leaf, 0.75 * leaf, 0.45 * leaf, 0.02
    white = min(max(clouds * 2.2 - 0.8, 0.0), 1.0)
    return 0.62 + 0.36 * white, 0.78 + 0.2 * white, 0.97, 0.01


@fast_kernel
def _tinted(c: Floats, k: int, shade: float) -> Texel:
    return c[k, 0] * shade, c[k, 1] * shade, c[k, 2] * shade, c[k, 6]


@fast_kernel
def texel(pattern: int, c: Floats, k: int, q: Vector, p: Vector, n: Vector, floor: float) -> Texel:
    """
    Return red, green, blue and infrared reflectance of a texture that is neither cloth nor head.

    :param c: (N, 7) main colors, second colors, infrared reflectances of all solids.
    :param k: Number of the solid.
    :param q: The point in the solid's own frame.
    :param p: The point in the room, metres.
    :param n: The unit normal in the room.
    :param floor: Height of the floor in the room (y points down).
    """
    if pattern == SHELL:
        return _shell(c, k, p, n, floor)
    if pattern == RUG:
        return _rug(c, k, q)
    if pattern == WINDOW:
        return _view(q)
    if pattern == PICTURE and abs(q[0]) < 0.93 and abs(q[1]) < 0.90:
        return _painting(q)
    shade = 1.0
    if pattern == WOOD:
        shade = _grain(p[1] if abs(n[1]) < 0.5 else p[0], p[0] + p[2])
    elif pattern == CURTAIN:
        shade = 0.86 + 0.14 * np.sin(p[2] * 75.0 + 2.0 * np.sin(p[2] * 13.0))
    elif pattern == LEAF:
        shade = 0.75 + 0.4 * _clouds(q[0] * 5.0, q[1] * 2.0)
    return _tinted(c, k, shade)
