"""numpy's functions and methods that give the same elements another shape or order of axes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lstmlint.interpreter.arrays import MOST_AXES, bounds, refused, shape_text, total
from lstmlint.interpreter.contents import Index, moved, sizes_of
from lstmlint.interpreter.dims import Dim, differ, exact_quotient, floor_divide, product, unknown_dim
from lstmlint.interpreter.library import Call, attribute, function, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.requests import argument, array_of, axes_of, axis_in, given, shape_of_value
from lstmlint.interpreter.values import Array, Const, Made, Scalar, Sequence, Unknown, Value

_AUTOMATIC = Dim(-1)


def like(array: Array, shape: tuple[Dim, ...] | None, elements: Iterable[Scalar] | None, made: Made) -> Array:
    """An array of the same type, and of the same bounds where its elements are not known."""
    if elements is None:
        return Array(shape, array.dtype, None, array.low, array.high, made=made)
    contents = tuple(elements)
    return Array(shape, array.dtype, contents, *bounds(contents), made=made)


def listed(call: Call, name: str) -> Value:
    """``*args`` that may also be one tuple: ``x.reshape(2, 3)`` and ``x.reshape((2, 3))``."""
    items = call.items(name) or ()
    if len(items) == 1:
        return items[0]
    return Sequence("tuple", items, Dim(len(items)))


# --- reshape ----------------------------------------------------------------------------------------------------------


@function("numpy.reshape", "a, shape=None, order='C', *, newshape=None, copy=None")
def reshape(call: Call) -> Value:
    asked = call["shape"] if given(call, "shape") else call["newshape"]
    return _reshape(call, argument(call, "a"), asked, call.made(call["a"]))


@method("Array", "reshape", "*shape, order='C', copy=None")
def reshape_method(call: Call) -> Value:
    asked = call.arguments.get("newshape") or listed(call, "shape")
    return _reshape(call, call.receiver, asked, call.made(call.receiver))


def _reshape(call: Call, array: Array, asked: Value, made: Made) -> Value:
    shape = shape_of_value(asked)
    if isinstance(shape, Unknown):
        return replace(shape, made=made)
    if shape is None:
        return like(array, None, None, made)
    found = reshaped(array, shape, made)
    in_order = call.text("order") == "C" or array.rank == 1 == len(shape)
    return found if in_order or isinstance(found, Unknown) else replace(found, elements=None)


def reshaped(array: Array, asked: tuple[Dim, ...], made: Made) -> Array | Unknown:
    """An array of the shape asked for. Where it cannot keep the number of elements, ``made.refused`` says so."""
    if asked.count(_AUTOMATIC) > 1 or len(asked) > MOST_AXES:
        return refused(f"the shape {shape_text(asked)} leaves more than one size open", made)
    if any(dim.known and dim.constant < -1 for dim in asked):
        return refused(f"negative dimensions in {shape_text(asked)}", made)
    count = total(array)
    if count is None:
        return like(array, tuple(unknown_dim() if dim == _AUTOMATIC else dim for dim in asked), None, made)
    shape, why = fitted(count, asked)
    if why:
        why = f"cannot reshape {shape_text(array.shape)} into {shape_text(asked)}: {why}"
        return like(array, shape, None, replace(made, refused=why))
    return like(array, shape, array.elements if sizes_of(shape) is not None else None, made)


def fitted(count: Dim, asked: tuple[Dim, ...]) -> tuple[tuple[Dim, ...], str]:
    """The shape that ``count`` elements take when ``asked`` for, its -1 filled in; and why it cannot be, or nothing."""
    rest = product(dim for dim in asked if dim != _AUTOMATIC)
    if _AUTOMATIC not in asked:
        return asked, f"{count} elements into {rest}" if differ(count, rest) or _multiple(count, rest) else ""
    open_size, why = _open_size(count, rest)
    return tuple(open_size if dim == _AUTOMATIC else dim for dim in asked), why


def _multiple(count: Dim, wanted: Dim) -> bool:
    """Whether one is several times the other, whatever the sizes are; both could only be 0 without any elements."""
    times = exact_quotient(wanted, count) or exact_quotient(count, wanted)
    return times is not None and times.known and times != Dim(1) and not count.known


def _open_size(count: Dim, rest: Dim) -> tuple[Dim, str]:
    exact = exact_quotient(count, rest)
    if exact is not None:
        return exact, ""
    if count.known and rest.known:
        return unknown_dim(), f"{count} elements do not divide into {rest}"
    # Where numpy does not raise the division is exact.
    return floor_divide(count, rest), ""


@function("numpy.ravel", "a, order='C'")
def ravel(call: Call) -> Value:
    return _flat(call, argument(call, "a"), call.made(call["a"]))


@method("Array", "ravel flatten", "order='C'")
def flatten(call: Call) -> Value:
    return _flat(call, call.receiver, call.made(call.receiver))


def _flat(call: Call, array: Array, made: Made) -> Value:
    count = total(array)
    shape = (unknown_dim() if count is None else count,)
    return like(array, shape, array.elements if call.text("order") == "C" or array.rank == 1 else None, made)


@attribute("Array", "flat")
def flat(machine: Machine, value: Array) -> Value:
    count = total(value)
    return replace(value, shape=(unknown_dim() if count is None else count,))


@function("numpy.resize", "a, new_shape")
def resize(call: Call) -> Value:
    array, shape, made = argument(call, "a"), shape_of_value(call["new_shape"]), call.made(call["a"])
    if isinstance(shape, Unknown):
        return replace(shape, made=made)
    if shape is not None and any(dim.known and dim.constant < 0 for dim in shape):
        return refused("negative dimensions", made)
    sizes = sizes_of(shape)
    if not array.elements or sizes is None:
        return replace(like(array, shape, None, made), low=None, high=None)
    count = product(Dim(size) for size in sizes).constant
    return like(array, shape, (array.elements[i % len(array.elements)] for i in range(count)), made)


# --- axes -------------------------------------------------------------------------------------------------------------


def permuted(array: Array, order: tuple[int, ...], made: Made) -> Array:
    """The axes in another order: axis ``i`` of the result is axis ``order[i]`` of the array."""
    assert array.shape is not None
    shape = tuple(array.shape[axis] for axis in order)
    back = sorted(range(len(order)), key=order.__getitem__)

    def source(index: Index) -> Index:
        return tuple(index[at] for at in back)

    return like(array, shape, moved(array, shape, source), made)


def transposed(array: Array, axes: Value | None, made: Made) -> Value:
    if array.shape is None:
        return like(array, _open_shape(axes), None, made)
    rank = len(array.shape)
    if axes is None:
        return permuted(array, tuple(range(rank))[::-1], made)
    order = axes_of(axes, rank)
    if order is None:
        return like(array, tuple(unknown_dim() for _ in range(rank)), None, made)
    if isinstance(order, Unknown):
        return replace(order, made=made)
    if len(order) != rank:
        return refused(f"{len(order)} axes named for an array of shape {shape_text(array.shape)}", made)
    return permuted(array, order, made)


def _open_shape(axes: Value | None) -> tuple[Dim, ...] | None:
    if isinstance(axes, Sequence) and axes.items is not None and len(axes.items) <= MOST_AXES:
        return tuple(unknown_dim() for _ in axes.items)
    return None


@function("numpy.transpose numpy.permute_dims", "a, axes=None")
def transpose(call: Call) -> Value:
    return transposed(argument(call, "a"), call["axes"] if given(call, "axes") else None, call.made(call["a"]))


@method("Array", "transpose", "*axes")
def transpose_method(call: Call) -> Value:
    items = call.items("axes") or ()
    none = not items or (len(items) == 1 and isinstance(items[0], Const) and items[0].value is None)
    return transposed(call.receiver, None if none else listed(call, "axes"), call.made(call.receiver))


@attribute("Array", "T mT")
def transpose_attribute(machine: Machine, value: Array) -> Value:
    made = value.made
    step = Made("numpy.transpose", made.span, (value,)) if made is not None else Made("attribute", None, (value,))  # type: ignore[arg-type]
    return transposed(value, None, step)


@function("numpy.swapaxes", "a, axis1, axis2")
def swapaxes(call: Call) -> Value:
    return _swapped(call, argument(call, "a"), call.made(call["a"]))


@method("Array", "swapaxes", "axis1, axis2")
def swapaxes_method(call: Call) -> Value:
    return _swapped(call, call.receiver, call.made(call.receiver))


def _swapped(call: Call, array: Array, made: Made) -> Value:
    if array.shape is None:
        return like(array, None, None, made)
    rank = len(array.shape)
    axes = call.integer("axis1"), call.integer("axis2")
    if axes[0] is None or axes[1] is None:
        return like(array, tuple(unknown_dim() for _ in range(rank)), None, made)
    first, second = axis_in(axes[0], rank), axis_in(axes[1], rank)
    if first is None or second is None:
        return refused(f"an axis out of range for {shape_text(array.shape)}", made)
    order = list(range(rank))
    order[first], order[second] = second, first
    return permuted(array, tuple(order), made)


@function("numpy.moveaxis", "a, source, destination")
def moveaxis(call: Call) -> Value:
    array, made = argument(call, "a"), call.made(call["a"])
    if array.shape is None:
        return like(array, None, None, made)
    rank = len(array.shape)
    sources, targets = axes_of(call["source"], rank), axes_of(call["destination"], rank)
    for axes in (sources, targets):
        if isinstance(axes, Unknown):
            return replace(axes, made=made)
    if sources is None or targets is None:
        return like(array, tuple(unknown_dim() for _ in range(rank)), None, made)
    if len(sources) != len(targets):  # type: ignore[arg-type]
        return refused("as many sources as destinations are needed", made)
    order = [axis for axis in range(rank) if axis not in sources]  # type: ignore[operator]
    for target, origin in sorted(zip(targets, sources, strict=True)):  # type: ignore[arg-type]
        order.insert(target, origin)
    return permuted(array, tuple(order), made)


@function("numpy.rollaxis", "a, axis, start=0")
def rollaxis(call: Call) -> Value:
    array, made = argument(call, "a"), call.made(call["a"])
    axis, start = call.integer("axis"), call.integer("start")
    if array.shape is None or axis is None or start is None:
        return like(array, None if array.shape is None else tuple(unknown_dim() for _ in array.shape), None, made)
    rank = len(array.shape)
    found, target = axis_in(axis, rank), start + rank if start < 0 else start
    if found is None or not 0 <= target <= rank:
        return refused(f"an axis out of range for {shape_text(array.shape)}", made)
    order = [other for other in range(rank) if other != found]
    order.insert(target - 1 if found < target else target, found)
    return permuted(array, tuple(order), made)


@function("numpy.expand_dims", "a, axis")
def expand_dims(call: Call) -> Value:
    array, made, axis = argument(call, "a"), call.made(call["a"]), call["axis"]
    count = len(axis.items) if isinstance(axis, Sequence) and axis.items is not None else 1
    if array.shape is None:
        return like(array, None, None, made)
    rank = len(array.shape) + count
    axes = axes_of(axis, rank)
    if isinstance(axes, Unknown):
        return replace(axes, made=made)
    if axes is None:
        return like(array, tuple(unknown_dim() for _ in range(rank)), None, made)
    rest = iter(array.shape)
    return like(array, tuple(Dim(1) if i in axes else next(rest) for i in range(rank)), array.elements, made)


@function("numpy.squeeze", "a, axis=None")
def squeeze(call: Call) -> Value:
    return _squeezed(call, argument(call, "a"), call.made(call["a"]))


@method("Array", "squeeze", "axis=None")
def squeeze_method(call: Call) -> Value:
    return _squeezed(call, call.receiver, call.made(call.receiver))


def _squeezed(call: Call, array: Array, made: Made) -> Value:
    """Sizes that are symbols are taken not to be 1."""
    if array.shape is None:
        return like(array, None, None, made)
    if call.is_none("axis"):
        return like(array, tuple(dim for dim in array.shape if dim != Dim(1)), array.elements, made)
    axes = axes_of(call["axis"], len(array.shape), lenient=True)
    if isinstance(axes, Unknown):
        return replace(axes, made=made)
    if axes is None:
        return like(array, None, None, made)
    if any(differ(array.shape[axis], Dim(1)) for axis in axes):
        return refused(f"an axis of {shape_text(array.shape)} that is to be squeezed is not of size 1", made)
    return like(array, tuple(dim for i, dim in enumerate(array.shape) if i not in axes), array.elements, made)


@function("numpy.atleast_1d numpy.atleast_2d numpy.atleast_3d", "*arys")
def atleast(call: Call) -> Value:
    values = call.items("arys") or ()
    rank = int(call.name[-2])
    found = tuple(_at_least(array_of(value), rank, call.made(value)) for value in values)
    return found[0] if len(found) == 1 else Sequence("tuple", found, Dim(len(found)), None, call.made(*values))


def _at_least(array: Array, rank: int, made: Made) -> Array:
    if array.shape is None:
        return like(array, None, None, made)
    one, shape = Dim(1), array.shape
    match len(shape):
        case 0:
            shape = (one,) * rank
        case 1 if rank > 1:
            shape = (one, *shape, one)[:rank]
        case 2 if rank > 2:
            shape = (*shape, one)
    return like(array, shape, array.elements, made)


@function("numpy.broadcast_to", "array, shape, subok=False")
def broadcast_to(call: Call) -> Value:
    from lstmlint.interpreter.arrays import broadcast, spread_out

    array, shape, made = argument(call, "array"), shape_of_value(call["shape"]), call.made(call["array"])
    if isinstance(shape, Unknown):
        return replace(shape, made=made)
    together = broadcast(array.shape, shape)
    if shape is None or together is None:
        return like(array, shape, None, made)
    if isinstance(together, Unknown) or len(together) > len(shape) or any(map(differ, together, shape)):
        return refused(f"{shape_text(array.shape)} does not broadcast to {shape_text(shape)}", made)
    return like(array, shape, spread_out(array, shape) if sizes_of(shape) is not None else None, made)
