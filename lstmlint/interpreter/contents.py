"""Contents of small arrays moved around: everything a reshape, transpose or repeat does to known elements.

Arrays beyond ``MOST_ELEMENTS`` have no known contents, so nothing here is ever large.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Scalar

#: Contents are kept for arrays of at most this many elements.
MOST_ELEMENTS = 2048

Index = tuple[int, ...]


def sizes_of(shape: tuple[Dim, ...] | None) -> Index | None:
    """The shape as numbers, where it is known and small enough to keep contents."""
    if shape is None or not all(dim.known and dim.constant >= 0 for dim in shape):
        return None
    sizes = tuple(dim.constant for dim in shape)
    return sizes if math.prod(sizes) <= MOST_ELEMENTS else None


def positions(sizes: Index) -> Iterator[Index]:
    """Every index of an array of those sizes, in row-major order."""
    return iter(()) if 0 in sizes else itertools.product(*map(range, sizes))


def strides(sizes: Index) -> Index:
    steps = [1] * len(sizes)
    for axis in range(len(sizes) - 2, -1, -1):
        steps[axis] = steps[axis + 1] * sizes[axis + 1]
    return tuple(steps)


def moved(array: Array, shape: tuple[Dim, ...] | None, source: Callable[[Index], Index]) -> tuple[Scalar, ...] | None:
    """The contents of a result of ``shape`` whose element at an index is the array's at ``source(index)``."""
    sizes, own = sizes_of(shape), sizes_of(array.shape)
    if sizes is None or own is None or array.elements is None:
        return None
    steps, elements = strides(own), array.elements
    return tuple(elements[sum(map(int.__mul__, source(index), steps))] for index in positions(sizes))


def lines(array: Array, axis: int) -> list[tuple[Scalar, ...]] | None:
    """The contents along an axis: one line for each index of the other axes, in row-major order of those."""
    own = sizes_of(array.shape)
    if own is None or array.elements is None:
        return None
    others = own[:axis] + own[axis + 1 :]
    if math.prod(others) > MOST_ELEMENTS:
        return None
    steps = strides(own)
    found = []
    for index in positions(others):
        start = sum(map(int.__mul__, (*index[:axis], 0, *index[axis:]), steps))
        found.append(tuple(array.elements[start + i * steps[axis]] for i in range(own[axis])))
    return found


def from_lines(rows: Iterable[tuple[Scalar, ...]], sizes: Index, axis: int) -> tuple[Scalar, ...]:
    """The inverse of ``lines``: row-major contents of an array of ``sizes`` from its lines along ``axis``."""
    kept = list(rows)
    others = strides(sizes[:axis] + sizes[axis + 1 :])
    return tuple(
        kept[sum(map(int.__mul__, index[:axis] + index[axis + 1 :], others))][index[axis]] for index in positions(sizes)
    )
