"""What functions on tensors do to shapes, as ``keras.ops`` computes them: a dim of None stays None.

Each function raises ``Refused`` where Keras certainly does. Source: ``compute_output_spec`` of Keras 3.15.
"""

from __future__ import annotations

from collections.abc import Sequence

from lstmlint.interpreter.dims import (
    Comparison,
    Dim,
    compare,
    differ,
    exact_quotient,
    floor_divide,
    product,
    unknown_dim,
)
from lstmlint.interpreter.slices import slice_length
from lstmlint.interpreter.values import Const, Size, Slice, Value
from lstmlint.keras_model.graph import Shape, shape_text, unequal, unlike

ONE = Dim(1)


class Refused(Exception):
    """Keras raises: these shapes do not fit together."""


def axis_of(axis: int, rank: int) -> int:
    """An axis counted from the front."""
    if not -rank <= axis < rank:
        raise Refused(f"axis {axis} is out of range for {rank} axes")
    return axis % rank


def reduced(shape: Shape, axes: Sequence[int] | None, keepdims: bool) -> Shape:
    """``sum(x, axis, keepdims)``."""
    if axes is None:
        return (ONE,) * len(shape) if keepdims else ()
    gone = {axis_of(axis, len(shape)) for axis in axes}
    if keepdims:
        return tuple(ONE if i in gone else dim for i, dim in enumerate(shape))
    return tuple(dim for i, dim in enumerate(shape) if i not in gone)


def reshaped(shape: Shape | None, target: Shape) -> Shape:
    """``reshape(x, target)``: -1 is what remains, None where the input has a None."""
    rest = [i for i, dim in enumerate(target) if dim is not None and dim.value == -1]
    if len(rest) > 1:
        raise Refused("reshape takes one -1 at most")
    if shape is None:
        return tuple((None if i == 0 else unknown_dim()) if i in rest else dim for i, dim in enumerate(target))
    if None in shape or None in target:
        return tuple(None if i in rest else dim for i, dim in enumerate(target))
    total = product(dim for dim in shape if dim is not None)
    known = product(dim for i, dim in enumerate(target) if dim is not None and i not in rest)
    if not rest:
        if differ(total, known):
            raise Refused(f"reshape of {total} elements into {shape_text(target)}")
        return target
    left = exact_quotient(total, known)
    if left is None and total.known and known.known:
        raise Refused(f"reshape of {total} elements into {shape_text(target)}")
    left = floor_divide(total, known) if left is None else left
    return tuple(left if i in rest else dim for i, dim in enumerate(target))


def transposed(shape: Shape, order: Sequence[int] | None) -> Shape:
    if order is None:
        return shape[::-1]
    axes = [axis_of(axis, len(shape)) for axis in order]
    if sorted(axes) != list(range(len(shape))):
        raise Refused(f"the order {tuple(order)} does not name {len(shape)} axes")
    return tuple(shape[axis] for axis in axes)


def expanded(shape: Shape, axes: Sequence[int]) -> Shape:
    rank = len(shape) + len(axes)
    new = {axis_of(axis, rank) for axis in axes}
    old = iter(shape)
    return tuple(ONE if i in new else next(old) for i in range(rank))


def squeezed(shape: Shape, axes: Sequence[int] | None, *, strict: bool = True) -> Shape:
    """Axes of 1 left out; ``strict`` refuses an axis of None as ``keras.ops`` does."""
    if axes is None:
        return tuple(dim for dim in shape if dim != ONE)
    gone = {axis_of(axis, len(shape)) for axis in axes}
    for axis in gone:
        dim = shape[axis]
        if strict if dim is None else differ(dim, 1):
            raise Refused(f"axis {axis} has the size {dim}, not 1")
    return tuple(dim for i, dim in enumerate(shape) if i not in gone)


def concatenated(shapes: Sequence[Shape], axis: int) -> Shape:
    first = shapes[0]
    axis = axis_of(axis, len(first))
    for shape in shapes[1:]:
        if len(shape) != len(first):
            raise Refused(f"{shape_text(first)} and {shape_text(shape)} have different numbers of axes")
        if any(unequal(a, b) for i, (a, b) in enumerate(zip(first, shape, strict=True)) if i != axis):
            raise Refused(f"{shape_text(first)} and {shape_text(shape)} differ beside axis {axis}")
    sizes = [shape[axis] for shape in shapes]
    whole: Dim | None = Dim(0)
    for size in sizes:
        whole = None if whole is None or size is None else whole + size
    return (*first[:axis], whole, *first[axis + 1 :])


def stacked(shapes: Sequence[Shape], axis: int) -> Shape:
    first = shapes[0]
    for shape in shapes[1:]:
        if unlike(first, shape):
            raise Refused(f"{shape_text(first)} and {shape_text(shape)} cannot be stacked")
    axis = axis_of(axis, len(first) + 1)
    return (*first[:axis], Dim(len(shapes)), *first[axis:])


def broadcast(left: Shape, right: Shape) -> Shape:
    """The shape of ``left + right``."""
    rank = max(len(left), len(right))
    pairs = zip((ONE,) * (rank - len(left)) + left, (ONE,) * (rank - len(right)) + right, strict=True)
    return tuple(_broadcast_dim(a, b, left, right) for a, b in pairs)


def _broadcast_dim(a: Dim | None, b: Dim | None, left: Shape, right: Shape) -> Dim | None:
    if a == ONE:
        return b
    if a is None:
        return None if b == ONE else b
    if b is None or b == ONE:
        return a
    if compare(a, b) is Comparison.DIFFERENT and a.known and b.known:
        raise Refused(f"{shape_text(left)} and {shape_text(right)} do not broadcast")
    return a if a.known or not b.known else b


def multiplied(left: Shape, right: Shape) -> Shape:
    """``matmul(left, right)``."""
    if not left or not right:
        raise Refused("matmul of a scalar")
    a = (ONE, *left) if len(left) == 1 else left
    b = (*right, ONE) if len(right) == 1 else right
    if unequal(a[-1], b[-2]):
        raise Refused(f"the inner axes of {shape_text(left)} and {shape_text(right)} differ")
    result = [*broadcast(a[:-2], b[:-2]), a[-2], b[-1]]
    if len(left) == 1:
        del result[-2]
    if len(right) == 1:
        del result[-1]
    return tuple(result)


def dotted(left: Shape, right: Shape) -> Shape:
    """``dot(left, right)``: the last axis of one against the last but one of the other."""
    if not left or not right:
        return broadcast(left, right)
    if len(left) == 1 and len(right) == 1:
        return ()
    inner = right[0] if len(right) == 1 else right[-2]
    # Against a vector Keras compares the two sizes as they stand, None included.
    uneven = len(right) == 1 and (left[-1] is None) != (inner is None)
    if uneven or unequal(left[-1], inner):
        raise Refused(f"the inner axes of {shape_text(left)} and {shape_text(right)} differ")
    return left[:-1] if len(right) == 1 else (*left[:-1], *right[:-2], right[-1])


def tiled(shape: Shape, repeats: Sequence[Dim | None]) -> Shape:
    times = (*[ONE] * (len(shape) - len(repeats)), *repeats)
    sizes = (*[ONE] * (len(repeats) - len(shape)), *shape)
    return tuple(None if a is None or b is None else a * b for a, b in zip(sizes, times, strict=True))


def repeated(shape: Shape, times: Dim | None, axis: int | None) -> Shape:
    if axis is None:
        if None in shape or times is None:
            return (None,)
        return (product(dim for dim in shape if dim is not None) * times,)
    axis = axis_of(axis, len(shape))
    size = shape[axis]
    return (*shape[:axis], None if size is None or times is None else size * times, *shape[axis + 1 :])


def indexed(shape: Shape, keys: Sequence[Value]) -> Shape:
    """``x[keys]``: integers drop an axis, slices shorten it, a slice of None is None."""
    taken = sum(not _is(key, None) and not _is(key, Ellipsis) for key in keys)
    if taken > len(shape):
        raise Refused(f"{taken} indices for {len(shape)} axes")
    result: list[Dim | None] = []
    rest = list(shape)
    for place, key in enumerate(keys):
        if _is(key, Ellipsis):
            needed = sum(not _is(later, None) for later in keys[place + 1 :])
            count = len(rest) - needed
            result, rest = result + rest[:count], rest[count:]
        elif _is(key, None):
            result.append(ONE)
        else:
            result += _taken(rest.pop(0), key)
    return (*result, *rest)


def _is(key: Value, constant: object) -> bool:
    return isinstance(key, Const) and key.value is constant


def _taken(size: Dim | None, key: Value) -> list[Dim | None]:
    match key:
        case Slice():
            return [None if size is None else slice_length(size, key)]
        case Const(value=int() as index) if size is not None and size.known:
            if not -size.constant <= index < size.constant:
                raise Refused(f"index {index} of an axis of {size}")
            return []
        case Const() | Size():
            return []
        case _:
            shape = getattr(key, "shape", None)
            return list(shape) if shape is not None else []


def gathered(shape: Shape, indices: Shape, axis: int) -> Shape:
    axis = axis_of(axis, len(shape))
    return (*shape[:axis], *indices, *shape[axis + 1 :])


def split_sizes(shape: Shape, parts: int, axis: int) -> Shape:
    """One of ``parts`` equal pieces."""
    axis = axis_of(axis, len(shape))
    size = shape[axis]
    if size is not None and size.known and size.constant % parts:
        raise Refused(f"axis {axis} of {size} cannot be split into {parts}")
    piece = None if size is None else floor_divide(size, Dim(parts))
    return (*shape[:axis], piece, *shape[axis + 1 :])


def batch_dotted(left: Shape, right: Shape, axes: tuple[int, int] | None) -> Shape:
    """``K.batch_dot``: the batch axis is shared, one axis of each is summed over."""
    if len(left) < 2 or len(right) < 2:
        raise Refused("batch_dot wants at least two axes")
    first, second = axes or (len(left) - 1, max(len(right) - 2, 1))
    first, second = axis_of(first, len(left)), axis_of(second, len(right))
    if unequal(left[first], right[second]):
        raise Refused(f"batch_dot of {shape_text(left)} and {shape_text(right)} over axes {first} and {second}")
    result = tuple(d for i, d in enumerate(left) if i != first)
    result += tuple(d for i, d in enumerate(right) if i not in (0, second))
    return (*result, ONE) if len(result) == 1 else result
