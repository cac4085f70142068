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
from llvmlite import ir
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


def plain_merge4(out: U16, offset: int, keys: U32, index: int) -> int:
    """
    Put 4 depths into 4 neighbouring pixels where they are nearer than what is there.

    :param out: Depth, C-contiguous uint16, 0 for none; ``offset`` counts its pixels.
    :param keys: (N,) uint32, two to a number, lower half first: depth less 1, 65535 for none.
    :returns: Where they were nearer, a bit for each pixel, the first one's the lowest.
    """
    return _merge_plain(out, offset, _pairs(keys, index))


def plain_merge8(out: U16, offset: int, left: U32, right: U32, index: int) -> int:
    """Do as :func:`plain_merge4` with 8 pixels, four from either array of keys."""
    return _merge_plain(out, offset, np.append(_pairs(left, index), _pairs(right, index)))


def plain_put4(image: Any, offset: int, chosen: int, start: int, values: U32, index: int) -> None:
    """
    Put 4 values into those of 4 neighbouring pixels that are chosen.

    :param image: C-contiguous uint16 or int32; ``offset`` counts its pixels.
    :param chosen: A bit for each pixel.
    :param start: What is added to the values.
    :param values: (N,) uint32, two to a number, lower half first.
    """
    _put_plain(image, offset, chosen, start + _pairs(values, index).astype(np.int64))


def plain_put8(
    image: Any, offset: int, chosen: int, start: int, left: U32, right: U32, index: int
) -> None:
    """Do as :func:`plain_put4` with 8 pixels, four from either array of values."""
    values = np.append(_pairs(left, index), _pairs(right, index))
    _put_plain(image, offset, chosen, start + values.astype(np.int64))


def _pairs(numbers: U32, index: int) -> U16:
    return numbers[index : index + 2].view(np.uint16)


def _merge_plain(out: U16, offset: int, new: U16) -> int:
    pixels = out.reshape(-1)[offset : offset + len(new)]
    nearer = new < pixels - np.uint16(1)
    pixels[nearer] = new[nearer] + np.uint16(1)
    return int(np.packbits(nearer, bitorder='little')[0])


def _put_plain(image: Any, offset: int, chosen: int, values: npt.NDArray[np.int64]) -> None:
    for i, value in enumerate(values):
        if chosen >> i & 1:
            image.reshape(-1)[offset + i] = value


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
    """
    Ask for the memory at an index of a C-contiguous image long before it is needed.

    It is brought into the second-level cache, which can wait for more lines at a time than the
    first.
    """


@_instead_of(plain_prefetch)
def prefetch(_context: Any, image: Any, _index: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pointer = _Array(context, builder, signature, args, 0).pointer(args[1], _I8, 1)
        pointer = builder.bitcast(pointer, _I8.as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, _I32, _I32, _I32])
        function = builder.module.declare_intrinsic('llvm.prefetch', [pointer.type], kind)
        read, keep, data = (ir.Constant(_I32, value) for value in (0, 2, 1))
        builder.call(function, [pointer, read, keep, data])
        return context.get_dummy_value()

    return types.void(image, types.intp), build


@_instead_of(plain_merge4)
def merge4(_context: Any, out: Any, _offset: Any, keys: Any, _index: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pixels, new = (_Array(context, builder, signature, args, k) for k in (0, 2))
        return _build_merge(builder, pixels, args[1], new.load(args[3], _I16, 4))

    return types.uint8(out, types.intp, keys, types.intp), build


@_instead_of(plain_merge8)
def merge8(_context: Any, out: Any, _offset: Any, left: Any, right: Any, _index: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pixels, *halves = (_Array(context, builder, signature, args, k) for k in (0, 2, 3))
        return _build_merge(builder, pixels, args[1], _join(builder, halves, args[4]))

    return types.uint8(out, types.intp, left, right, types.intp), build


@_instead_of(plain_put4)
def put4(
    _context: Any, image: Any, _offset: Any, _chosen: Any, _start: Any, values: Any, _index: Any
) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pixels, new = (_Array(context, builder, signature, args, k) for k in (0, 4))
        _build_put(builder, pixels, args[1:4], new.load(args[5], _I16, 4))
        return context.get_dummy_value()

    integers = (types.intp, types.uint8, types.intp)
    return types.void(image, *integers, values, types.intp), build


@_instead_of(plain_put8)
def put8(
    _context: Any,
    image: Any,
    _offset: Any,
    _chosen: Any,
    _start: Any,
    left: Any,
    right: Any,
    _index: Any,
) -> Any:
    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pixels, *halves = (_Array(context, builder, signature, args, k) for k in (0, 4, 5))
        _build_put(builder, pixels, args[1:4], _join(builder, halves, args[6]))
        return context.get_dummy_value()

    integers = (types.intp, types.uint8, types.intp)
    return types.void(image, *integers, left, right, types.intp), build


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
    """
    An array argument of a function under construction.

    :ivar element: The type of its elements.
    """

    def __init__(self, context: Any, builder: Any, signature: Any, args: Any, which: int) -> None:
        self._builder = builder
        self._array = context.make_array(signature.args[which])(context, builder, args[which])
        self.element = self._array.data.type.pointee

    def pointer(self, index: Any, element: Any, count: int) -> Any:
        start = self._builder.gep(self._array.data, [index])
        return self._builder.bitcast(start, ir.VectorType(element, count).as_pointer())

    def load(self, index: Any, element: Any, count: int) -> Any:
        """Return ``count`` elements from an index (in elements of the array) on."""
        return self._builder.load(self.pointer(index, element, count), align=1)


def _join(builder: Any, halves: list[_Array], index: Any) -> Any:
    return builder.shuffle_vector(
        *(half.load(index, _I16, 4) for half in halves), _integers(range(8))
    )


def _build_merge(builder: Any, pixels: _Array, offset: Any, new: Any) -> Any:
    """Store the nearer of new depths and those of pixels; return where the new ones were."""
    count = new.type.count
    pointer = pixels.pointer(offset, _I16, count)
    one = ir.Constant(new.type, [1] * count)
    old = builder.sub(builder.load(pointer, align=1), one)  # 0, for none, becomes the farthest
    nearer = builder.icmp_unsigned('<', new, old)
    builder.store(builder.add(builder.select(nearer, new, old), one), pointer, align=1)
    bits = builder.bitcast(nearer, ir.IntType(count))
    return builder.zext(bits, _I8) if count < _I8.width else bits


def _build_put(builder: Any, pixels: _Array, integers: Any, values: Any) -> None:
    offset, chosen, start = integers
    count, element = values.type.count, pixels.element
    if element.width > _I16.width:
        values = builder.zext(values, ir.VectorType(element, count))
    values = builder.add(values, _spread(builder, builder.trunc(start, element), count))
    bits = builder.trunc(chosen, ir.IntType(count)) if count < _I8.width else chosen
    mask = builder.sext(builder.bitcast(bits, ir.VectorType(ir.IntType(1), count)), values.type)
    # In halves, for which there is no masked store: AMD's Zen takes 40 steps for one.
    halves = ir.VectorType(_I16, count * element.width // _I16.width)
    pointer = pixels.pointer(offset, _I16, halves.count)
    old = builder.load(pointer, align=1)
    change = builder.xor(builder.bitcast(values, halves), old)
    change = builder.and_(change, builder.bitcast(mask, halves))
    builder.store(builder.xor(old, change), pointer, align=1)


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
    shares = _spread(builder, share, first.type.count)
    change = builder.fmul(builder.fsub(second, first), shares, flags=('contract',))
    return builder.fadd(first, change, flags=('contract',))


def _spread(builder: Any, number: Any, count: int) -> Any:
    """Return a vector of a number ``count`` times."""
    single = ir.Constant(ir.VectorType(number.type, count), ir.Undefined)
    single = builder.insert_element(single, number, ir.Constant(_I32, 0))
    return builder.shuffle_vector(single, single, _integers([0] * count))


def _integers(values: Any) -> Any:
    values = list(values)
    return ir.Constant(ir.VectorType(_I32, len(values)), values)
