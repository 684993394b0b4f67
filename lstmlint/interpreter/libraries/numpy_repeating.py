"""numpy's functions that repeat, turn, shift, pad and cut windows from arrays."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.arrays import refused, shape_text, total
from lstmlint.interpreter.contents import Index, moved, sizes_of
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.libraries.numpy_shaping import like, permuted
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.requests import argument, axes_of, given, shape_of_value
from lstmlint.interpreter.values import Array, Made, Sequence, Unknown, Value
from lstmlint.keras_model.graph import dim_of


@function("numpy.tile", "A, reps")
def tile(call: Call) -> Value:
    array, reps, made = argument(call, "A"), shape_of_value(call["reps"]), call.made(call["A"])
    if isinstance(reps, Unknown):
        return replace(reps, made=made)
    if array.shape is None or reps is None:
        return like(array, None, None, made)
    rank, one = max(len(reps), len(array.shape)), Dim(1)
    own = (one,) * (rank - len(array.shape)) + array.shape
    times = (one,) * (rank - len(reps)) + reps
    if any(dim.known and dim.constant < 0 and size != Dim(0) for size, dim in zip(own, times, strict=True)):
        return refused(f"tile by {shape_text(reps)}", made)
    shape, known = (
        tuple(size if size == Dim(0) else size * by for size, by in zip(own, times, strict=True)),
        sizes_of(own),
    )

    def source(index: Index) -> Index:
        return tuple(i % size for i, size in zip(index, known or (), strict=True))

    return like(array, shape, moved(replace(array, shape=own), shape, source), made)


@function("numpy.repeat", "a, repeats, axis=None")
def repeat(call: Call) -> Value:
    return _repeated(call, argument(call, "a"), call.made(call["a"]))


@method("Array", "repeat", "repeats, axis=None")
def repeat_method(call: Call) -> Value:
    return _repeated(call, call.receiver, call.made(call.receiver))


def _repeated(call: Call, array: Array, made: Made) -> Value:
    if call.is_none("axis"):
        count = total(array)
        array = replace(array, shape=(unknown_dim() if count is None else count,))
    if array.shape is None:
        return like(array, None, None, made)
    array = replace(array, shape=array.shape or (Dim(1),))
    assert array.shape is not None
    axes = (0,) if call.is_none("axis") else axes_of(call["axis"], len(array.shape))
    if isinstance(axes, Unknown):
        return replace(axes, made=made)
    if axes is None:
        return like(array, tuple(unknown_dim() for _ in array.shape), None, made)
    times = dim_of(call["repeats"])
    if times is not None and times.known and times.constant < 0:
        return refused("a negative number of repeats", made)
    shape = list(array.shape)
    shape[axes[0]] = _after_repeats(call, shape[axes[0]], times)
    each = None if times is None else times.value

    def source(index: Index) -> Index:
        return tuple(i // (each or 1) if axis == axes[0] else i for axis, i in enumerate(index))

    return like(array, tuple(shape), None if each is None else moved(array, tuple(shape), source), made)


def _after_repeats(call: Call, size: Dim, times: Dim | None) -> Dim:
    if times is not None:
        return size * times
    counts = argument(call, "repeats")
    if counts.shape is None or counts.elements is None or counts.shape == (Dim(1),):
        return unknown_dim()
    return Dim(sum(e for e in counts.elements if isinstance(e, int)))


# --- turning and shifting ---------------------------------------------------------------------------------------------


def _flipped(array: Array, axes: tuple[int, ...], made: Made) -> Array:
    own = sizes_of(array.shape)

    def source(index: Index) -> Index:
        return tuple(
            size - 1 - i if axis in axes else i for axis, (i, size) in enumerate(zip(index, own or (), strict=True))
        )

    return like(array, array.shape, moved(array, array.shape, source), made)


@function("numpy.flip", "m, axis=None")
def flip(call: Call) -> Value:
    array, made = argument(call, "m"), call.made(call["m"])
    if array.shape is None:
        return like(array, None, None, made)
    axes = tuple(range(len(array.shape))) if not given(call, "axis") else axes_of(call["axis"], len(array.shape))
    if isinstance(axes, Unknown):
        return replace(axes, made=made)
    return like(array, array.shape, None, made) if axes is None else _flipped(array, axes, made)


@function("numpy.fliplr numpy.flipud", "m")
def flip_side(call: Call) -> Value:
    array, made = argument(call, "m"), call.made(call["m"])
    axis = 1 if call.name.endswith("lr") else 0
    if array.shape is None:
        return like(array, None, None, made)
    if len(array.shape) <= axis:
        return refused(f"an array of shape {shape_text(array.shape)} has no axis {axis}", made)
    return _flipped(array, (axis,), made)


@function("numpy.rot90", "m, k=1, axes=(0, 1)")
def rot90(call: Call) -> Value:
    array, made, turns = argument(call, "m"), call.made(call["m"]), call.integer("k")
    if array.shape is None or turns is None:
        return like(array, None if array.shape is None else tuple(unknown_dim() for _ in array.shape), None, made)
    axes = axes_of(call["axes"], len(array.shape))
    if isinstance(axes, Unknown) or (axes is not None and len(axes) != 2) or len(array.shape) < 2:
        return refused(f"rot90 of {shape_text(array.shape)}", made)
    if axes is None:
        return like(array, tuple(unknown_dim() for _ in array.shape), None, made)
    order = list(range(len(array.shape)))
    order[axes[0]], order[axes[1]] = order[axes[1]], order[axes[0]]
    match turns % 4:
        case 0:
            return replace(array, made=made)
        case 1:
            return permuted(_flipped(array, (axes[1],), made), tuple(order), made)
        case 2:
            return _flipped(array, axes, made)
        case _:
            return _flipped(permuted(array, tuple(order), made), (axes[1],), made)


@function("numpy.roll", "a, shift, axis=None")
def roll(call: Call) -> Value:
    array, made = argument(call, "a"), call.made(call["a"], call["shift"])
    if array.shape is None:
        return like(array, None, None, made)
    shifts = shape_of_value(call["shift"])
    axes = None if not given(call, "axis") else axes_of(call["axis"], len(array.shape))
    if isinstance(axes, Unknown):
        return replace(axes, made=made)
    known = isinstance(shifts, tuple) and len(shifts) == 1 and shifts[0].known
    if not known or (given(call, "axis") and (axes is None or len(axes) != 1)):
        return like(array, array.shape, None, made)
    shift = shifts[0].constant  # type: ignore[index]
    return _rolled(array, shift, None if axes is None else axes[0], made)


def _rolled(array: Array, shift: int, axis: int | None, made: Made) -> Array:
    if axis is None:
        elements, count = array.elements, len(array.elements or ())
        rolled = elements if not elements else tuple(elements[(i - shift) % count] for i in range(count))
        return like(array, array.shape, rolled, made)
    own = sizes_of(array.shape)

    def source(index: Index) -> Index:
        return tuple(
            (i - shift) % size if at == axis else i for at, (i, size) in enumerate(zip(index, own or (), strict=True))
        )

    return like(array, array.shape, moved(array, array.shape, source), made)


# --- padding ----------------------------------------------------------------------------------------------------------


@function("numpy.pad", "array, pad_width, mode='constant', constant_values=0, **kwargs")
def pad(call: Call) -> Value:
    array, made = argument(call, "array"), call.made(call["array"])
    if array.shape is None:
        return like(array, None, None, made)
    widths = _widths(call["pad_width"], len(array.shape))
    if isinstance(widths, Unknown):
        return replace(widths, made=made)
    if any(dim.known and dim.constant < 0 for pair in widths for dim in pair):
        return refused("a negative width of padding", made)
    if Dim(0) in array.shape and call.text("mode") not in ("constant", "empty", None):
        return Array(tuple(unknown_dim() for _ in array.shape), array.dtype, made=made)
    shape = tuple(size + before + after for size, (before, after) in zip(array.shape, widths, strict=True))
    zero = call.text("mode") == "constant" and call.number("constant_values") == 0
    low = array.low if array.low is None or array.low < 0 else 0.0
    high = array.high if array.high is None or array.high > 0 else 0.0
    return Array(shape, array.dtype, None, low if zero else None, high if zero else None, made=made)


def _widths(value: Value, rank: int) -> list[tuple[Dim, Dim]] | Unknown:
    """``pad_width`` as a pair for each axis: one number, one pair, or a pair for each."""
    if isinstance(value, Sequence) and value.items == ():
        return refused("no widths of padding")
    single = dim_of(value)
    if single is not None:
        return [(single, single)] * rank
    if not isinstance(value, Sequence) or value.items is None:
        return [(unknown_dim(), unknown_dim())] * rank
    rows = [shape_of_value(item) for item in value.items]
    if all(isinstance(item, Sequence) for item in value.items):
        pairs = [
            (row[0], row[-1]) if isinstance(row, tuple) and row else (unknown_dim(), unknown_dim()) for row in rows
        ]
        if len(pairs) == 1:
            return pairs * rank
        return pairs if len(pairs) == rank else refused(f"{len(pairs)} pairs of widths for {rank} axes")
    numbers = [dim_of(item) or unknown_dim() for item in value.items]
    if len(numbers) in (1, 2):
        return [(numbers[0], numbers[-1])] * rank
    return refused(f"{len(numbers)} widths for {rank} axes")


# --- windows ----------------------------------------------------------------------------------------------------------


@function("numpy.lib.stride_tricks.sliding_window_view", "x, window_shape, axis=None, *, subok=False, writeable=False")
def sliding_window_view(call: Call) -> Value:
    array, windows, made = argument(call, "x"), shape_of_value(call["window_shape"]), call.made(call["x"])
    if isinstance(windows, Unknown):
        return replace(windows, made=made)
    if array.shape is None or windows is None:
        return like(array, None, None, made)
    axes = tuple(range(len(array.shape))) if not given(call, "axis") else axes_of(call["axis"], len(array.shape))
    if isinstance(axes, Unknown):
        return replace(axes, made=made)
    if axes is None:
        return like(array, None, None, made)
    if len(axes) != len(windows):
        return refused(f"windows of {shape_text(windows)} for {len(axes)} axes", made)
    shape = list(array.shape)
    for axis, window in zip(axes, windows, strict=True):
        shape[axis] = shape[axis] - window + 1
        if (shape[axis].known and shape[axis].constant < 1) or (window.known and window.constant < 0):
            return refused(f"windows of {shape_text(windows)} in {shape_text(array.shape)}", made)
    return _windowed(array, (*shape, *windows), axes, made)


def _windowed(array: Array, shape: tuple[Dim, ...], axes: tuple[int, ...], made: Made) -> Array:
    rank = len(array.shape or ())

    def source(index: Index) -> Index:
        found = list(index[:rank])
        for axis, offset in zip(axes, index[rank:], strict=True):
            found[axis] += offset
        return tuple(found)

    return like(array, shape, moved(array, shape, source), made)


@function("numpy.lib.stride_tricks.as_strided", "x, shape=None, strides=None, **kwargs")
def as_strided(call: Call) -> Value:
    array, shape = argument(call, "x"), shape_of_value(call["shape"]) if given(call, "shape") else None
    return like(array, shape if isinstance(shape, tuple) else None, None, call.made(call["x"]))
