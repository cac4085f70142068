# SPDX-License-Identifier: Apache-2.0
"""
Vector instructions that the compiler does not find by itself, as functions for kernels.

Each is written twice: in numpy, which says what it does and runs where numba is switched off, and
as the instructions that take its place in a kernel.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
F32 = np.float32

_I8, _I16, _I32, _F32 = ir.IntType(8), ir.IntType(16), ir.IntType(32), ir.FloatType()


def _instead_of(plain: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def choose(built: Callable[..., Any]) -> Callable[..., Any]:
        config: Any = numba.config
        chosen: Callable[..., Any] = plain if config.DISABLE_JIT else intrinsic(built)
        return chosen

    return choose


def plain_merge4(out: U16, offset: int, keys: U32, index: int) -> None:
    """
    Put 4 depths into 4 neighbouring pixels where they are nearer than what is there.

    :param out: Depth, C-contiguous uint16, 0 for none; ``offset`` counts its pixels.
    :param keys: (N,) uint32, two to a number, lower half first: depth less 1, 65535 for none.
    """
    new = keys[index : index + 2].view(np.uint16)
    pixels = out.reshape(-1)[offset : offset + len(new)]
    pixels[:] = np.minimum(pixels - np.uint16(1), new) + np.uint16(1)


def plain_merge8(out: U16, offset: int, left: U32, right: U32, index: int) -> None:
    """Do as :func:`plain_merge4` with 8 pixels, four from either array of keys."""
    plain_merge4(out, offset, left, index)
    plain_merge4(out, offset + 4, right, index)


def plain_merge4_values(
    out: U16, values_out: Any, offset: int, keys: U32, values: U32, index: int
) -> None:
    """
    Do as :func:`plain_merge4`, with another image's values beside depth.

    :param values_out: Like ``out``, uint8 or uint16.
    :param values: Like ``keys``: the values that come with them.
    """
    new = keys[index : index + 2].view(np.uint16)
    nearer = new < out.reshape(-1)[offset : offset + 4] - np.uint16(1)
    brought = values[index : index + 2].view(np.uint16)
    values_out.reshape(-1)[offset : offset + 4][nearer] = brought[nearer]
    plain_merge4(out, offset, keys, index)


def plain_sample4(image: U8, upper: int, lower: int, fx: F32, fy: F32) -> int:
    """
    Return a mix of four pixels of a BGRA image, as four bytes in one number.

    :param image: C-contiguous uint8.
    :param upper: Index of the upper left pixel's first byte; ``lower`` of that of the one beneath.
    :param fx: Share of the right pixels; ``fy`` of the lower ones.
    """
    return _mix_plain(image, (upper, lower), (fx, fy), 4)


def plain_sample3(image: U8, upper: int, lower: int, fx: F32, fy: F32) -> int:
    """Do as :func:`plain_sample4` with a BGR image; the result is opaque."""
    return _mix_plain(image, (upper, lower), (fx, fy), 3) | 0xFF000000


def _mix_plain(image: U8, rows: tuple[int, int], shares: tuple[F32, F32], channels: int) -> int:
    flat = image.reshape(-1)
    upper, lower = (flat[row : row + 2 * channels].astype(np.float32) for row in rows)
    columns = upper + (lower - upper) * shares[1]
    mixed = columns[:channels] + (columns[channels:] - columns[:channels]) * shares[0]
    return int.from_bytes((mixed + F32(0.5)).astype(np.uint8).tobytes(), 'little')


def plain_prefetch(image: U8, index: int) -> None:
    """Ask for the memory at an index of a C-contiguous image before it is needed."""


@_instead_of(plain_prefetch)
def prefetch(_context: Any, image: Any, _index: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _Array(context, builder, signature, args, 0).pointer(args[1], _I8, 1)
        pointer = builder.bitcast(pointer, _I8.as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, _I32, _I32, _I32])
        function = builder.module.declare_intrinsic('llvm.prefetch', [pointer.type], kind)
        read, keep, data = (ir.Constant(_I32, value) for value in (0, 3, 1))
        builder.call(function, [pointer, read, keep, data])
        return context.get_dummy_value()

    return types.void(image, types.intp), build


@_instead_of(plain_merge4)
def merge4(_context: Any, out: Any, _offset: Any, keys: Any, _index: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        keys = _Array(context, builder, signature, args, 2)
        return _build_merge(context, builder, signature, args, keys.load(args[3], _I16, 4))

    return types.void(out, types.intp, keys, types.intp), build


@_instead_of(plain_merge8)
def merge8(_context: Any, out: Any, _offset: Any, left: Any, right: Any, _index: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        halves = [
            _Array(context, builder, signature, args, k).load(args[4], _I16, 4) for k in (2, 3)
        ]
        new = builder.shuffle_vector(*halves, _integers(range(8)))
        return _build_merge(context, builder, signature, args, new)

    return types.void(out, types.intp, left, right, types.intp), build


@_instead_of(plain_merge4_values)
def merge4_values(
    _context: Any, out: Any, values_out: Any, _offset: Any, keys: Any, values: Any, _index: Any
) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        depth, images, new, brought = (
            _Array(context, builder, signature, args, k) for k in (0, 1, 3, 4)
        )
        offset, index = args[2], args[5]
        pointer = depth.pointer(offset, _I16, 4)
        nearer = _build_nearer(builder, pointer, new.load(index, _I16, 4))
        element = ir.IntType(signature.args[1].dtype.bitwidth)
        target = images.pointer(offset, element, 4)
        value = brought.load(index, _I16, 4)
        if element.width < _I16.width:
            value = builder.trunc(value, ir.VectorType(element, 4))
        chosen = builder.select(nearer, value, builder.load(target, align=1))
        builder.store(chosen, target, align=1)
        return context.get_dummy_value()

    offsets = (types.intp, keys, values, types.intp)
    return types.void(out, values_out, *offsets), build


@_instead_of(plain_sample4)
def sample4(_context: Any, image: Any, _upper: Any, _lower: Any, _fx: Any, _fy: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pixels = _Array(context, builder, signature, args, 0)
        rows = [pixels.load(start, _I8, 8) for start in args[1:3]]
        return _build_sample(builder, rows, args[3], args[4])

    return types.uint32(image, types.intp, types.intp, types.float32, types.float32), build


@_instead_of(plain_sample3)
def sample3(_context: Any, image: Any, _upper: Any, _lower: Any, _fx: Any, _fy: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pixels = _Array(context, builder, signature, args, 0)
        rows = []
        for start in args[1:3]:
            # The right pixel's bytes and the one before: the one after may lie outside the image.
            before = builder.add(start, ir.Constant(start.type, 2))
            pair = pixels.load(start, _I8, 4), pixels.load(before, _I8, 4)
            rows.append(builder.shuffle_vector(*pair, _integers([0, 1, 2, 3, 5, 6, 7, 7])))
        mixed = _build_sample(builder, rows, args[3], args[4])
        return builder.or_(mixed, ir.Constant(_I32, 0xFF000000))

    return types.uint32(image, types.intp, types.intp, types.float32, types.float32), build


class _Array:
    """An array argument of a function under construction."""

    def __init__(self, context: Any, builder: Any, signature: Any, args: Any, which: int) -> None:
        self._builder = builder
        self._array = context.make_array(signature.args[which])(context, builder, args[which])

    def pointer(self, index: Any, element: Any, count: int) -> Any:
        start = self._builder.gep(self._array.data, [index])
        return self._builder.bitcast(start, ir.VectorType(element, count).as_pointer())

    def load(self, index: Any, element: Any, count: int) -> Any:
        """Return ``count`` elements from an index (in elements of the array) on."""
        return self._builder.load(self.pointer(index, element, count), align=1)


def _build_merge(context: Any, builder: Any, signature: Any, args: Any, new: Any) -> Any:
    pointer = _Array(context, builder, signature, args, 0).pointer(args[1], _I16, new.type.count)
    _build_nearer(builder, pointer, new)
    return context.get_dummy_value()


def _build_nearer(builder: Any, pointer: Any, new: Any) -> Any:
    """Store the nearer of new depths and those at a pointer; return where the new ones were."""
    one = ir.Constant(new.type, [1] * new.type.count)
    old = builder.sub(builder.load(pointer, align=1), one)  # 0, for none, becomes the farthest
    nearer = builder.icmp_unsigned('<', new, old)
    builder.store(builder.add(builder.select(nearer, new, old), one), pointer, align=1)
    return nearer


def _build_sample(builder: Any, rows: list[Any], fx: Any, fy: Any) -> Any:
    """Mix two rows of two pixels, 8 bytes each."""
    floats = ir.VectorType(_F32, 8)
    upper, lower = (builder.uitofp(row, floats) for row in rows)
    columns = _build_mix(builder, upper, lower, fy)
    left, right = (
        builder.shuffle_vector(columns, columns, _integers(range(k, k + 4))) for k in (0, 4)
    )
    mixed = _build_mix(builder, left, right, fx)
    rounded = builder.fadd(mixed, ir.Constant(mixed.type, [0.5] * 4))
    whole = builder.fptosi(rounded, ir.VectorType(_I32, 4))
    return builder.bitcast(builder.trunc(whole, ir.VectorType(_I8, 4)), _I32)


def _build_mix(builder: Any, first: Any, second: Any, share: Any) -> Any:
    single = ir.Constant(first.type, ir.Undefined)
    single = builder.insert_element(single, share, ir.Constant(_I32, 0))
    shares = builder.shuffle_vector(single, single, _integers([0] * first.type.count))
    change = builder.fmul(builder.fsub(second, first), shares, flags=('contract',))
    return builder.fadd(first, change, flags=('contract',))


def _integers(values: Any) -> Any:
    values = list(values)
    return ir.Constant(ir.VectorType(_I32, len(values)), values)
