"""Tensors joined, cut, repeated, gathered and padded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lstmlint.interpreter import shapes
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.dtypes import dtype_of
from lstmlint.interpreter.libraries.keras_ops import dims_in, dtype_in, first, integers, result, tensor_shape, tensors
from lstmlint.interpreter.library import Call
from lstmlint.interpreter.values import Array, Const, Slice, Value
from lstmlint.interpreter.values import Sequence as SequenceValue
from lstmlint.keras_model.graph import Shape


def _joined(call: Call, value: Value, axis: int | None, join: Callable[[Sequence[Shape], int], Shape]) -> Value:
    items = value.items if isinstance(value, SequenceValue) else None
    found = [tensor_shape(item) for item in items or ()]
    known = [shape for shape in found if shape is not None]
    shape = join(known, axis) if axis is not None and known and len(known) == len(found) else None
    given = items if items is not None else (value,)
    kinds = {dtype_in(item) for item in given}
    return result(call, given, shape, next(iter(kinds)) if len(kinds) == 1 else None)


@tensors("keras.ops.concatenate", "xs, axis=0")
def concatenate(call: Call) -> Value:
    return _joined(call, call["xs"], call.integer("axis"), shapes.concatenated)


@tensors("keras.backend.concatenate", "tensors, axis=-1")
def backend_concatenate(call: Call) -> Value:
    return _joined(call, call["tensors"], call.integer("axis"), shapes.concatenated)


@tensors("tensorflow.concat", "values, axis=None, name=None, concat_dim=None")
def concat(call: Call) -> Value:
    axis = call.integer("axis") if not call.is_none("axis") else call.integer("concat_dim")
    return _joined(call, call["values"], axis, shapes.concatenated)


@tensors("keras.ops.stack keras.backend.stack tensorflow.stack", "x=None, axis=0, name=None, values=None")
def stack(call: Call) -> Value:
    return _joined(call, first(call), call.integer("axis"), shapes.stacked)


@tensors("keras.ops.hstack keras.ops.vstack", "xs")
def stack_beside(call: Call) -> Value:
    return result(call, (call["xs"],), None)


def _list_of(call: Call, value: Value, found: Sequence[Shape | None]) -> Value:
    parts = tuple(result(call, (value,), shape, dtype_in(value)) for shape in found)
    return SequenceValue("list", parts, Dim(len(parts)), None, call.made(value))


@tensors("keras.ops.split", "x, indices_or_sections, axis=0")
def split(call: Call) -> Value:
    """Equal parts, or cut before the given places."""
    value, shape, axis = call["x"], tensor_shape(call["x"]), call.integer("axis")
    where = call["indices_or_sections"]
    places = integers(where)
    if places is None or axis is None:
        return call.unknown("parts of a tensor, how many is not known")
    if not isinstance(where, (SequenceValue, Array)):
        piece = None if shape is None else shapes.split_sizes(shape, places[0], axis)
        return _list_of(call, value, [piece] * places[0])
    return _list_of(
        call, value, [_between(shape, axis, a, b) for a, b in zip([0, *places], [*places, None], strict=True)]
    )


def _between(shape: Shape | None, axis: int, start: int, stop: int | None) -> Shape | None:
    if shape is None:
        return None
    axis = shapes.axis_of(axis, len(shape))
    if shape[axis] is None:
        return (*shape[:axis], None if stop is None else Dim(stop - start), *shape[axis + 1 :])
    whole = Slice(Const(None), Const(None), Const(None))
    return shapes.indexed(shape, [*[whole] * axis, Slice(Const(start), Const(stop), Const(None))])


@tensors("tensorflow.split", "value, num_or_size_splits, axis=0, num=None, name=None")
def tensorflow_split(call: Call) -> Value:
    """Equal parts, or parts of the given sizes."""
    value, shape, axis = call["value"], tensor_shape(call["value"]), call.integer("axis")
    sizes = integers(call["num_or_size_splits"])
    if sizes is None or axis is None:
        return call.unknown("parts of a tensor, how many is not known")
    if not isinstance(call["num_or_size_splits"], (SequenceValue, Array)):
        piece = None if shape is None else shapes.split_sizes(shape, sizes[0], axis)
        return _list_of(call, value, [piece] * sizes[0])
    return _list_of(call, value, [_sized(shape, axis, size) for size in sizes])


def _sized(shape: Shape | None, axis: int, size: int) -> Shape | None:
    if shape is None:
        return None
    axis = shapes.axis_of(axis, len(shape))
    return (*shape[:axis], None if size < 0 else Dim(size), *shape[axis + 1 :])


@tensors("keras.ops.unstack tensorflow.unstack", "x=None, num=None, axis=0, name=None, value=None")
def unstack(call: Call) -> Value:
    value, axis = first(call), call.integer("axis")
    shape = tensor_shape(value)
    if shape is None or axis is None:
        return call.unknown("the parts of a tensor of unknown rank")
    size = shape[shapes.axis_of(axis, len(shape))]
    count = call.integer("num") or (size.value if size is not None else None)
    if count is None or count > 256:
        return call.unknown("the parts of a tensor, how many is not known")
    return _list_of(call, value, [shapes.reduced(shape, [axis], False)] * count)


@tensors(
    "keras.ops.tile keras.backend.tile tensorflow.tile",
    "x=None, repeats=None, name=None, input=None, multiples=None, n=None",
)
def tile(call: Call) -> Value:
    value, shape = first(call), tensor_shape(first(call))
    given = next((call[name] for name in ("multiples", "n", "repeats") if name in call.given), None)
    times = dims_in(given)
    return result(
        call, (value,), None if shape is None or times is None else shapes.tiled(shape, times), dtype_in(value)
    )


@tensors("keras.ops.repeat tensorflow.repeat", "x=None, repeats=None, axis=None, name=None, input=None")
def repeat(call: Call) -> Value:
    value, shape = first(call), tensor_shape(first(call))
    axis = call.integer("axis")
    if shape is None or (axis is None and not call.is_none("axis")):
        return result(call, (value,), None, dtype_in(value))
    return result(call, (value,), shapes.repeated(shape, call.dim("repeats"), axis), dtype_in(value))


@tensors("keras.backend.repeat", "x, n")
def backend_repeat(call: Call) -> Value:
    """``(batch, features)`` -> ``(batch, n, features)``."""
    value, shape = call["x"], tensor_shape(call["x"])
    after = (shape[0], call.dim("n"), shape[1]) if shape is not None and len(shape) == 2 else None
    return result(call, (value,), after, dtype_in(value))


@tensors("keras.backend.repeat_elements", "x, rep, axis")
def repeat_elements(call: Call) -> Value:
    value, shape, axis = call["x"], tensor_shape(call["x"]), call.integer("axis")
    after = None if shape is None or axis is None else shapes.repeated(shape, call.dim("rep"), axis)
    return result(call, (value,), after, dtype_in(value))


@tensors(
    "tensorflow.gather keras.backend.gather",
    "params=None, indices=None, axis=0, batch_dims=0, name=None, reference=None",
)
def gather(call: Call) -> Value:
    source = call["reference"] if "reference" in call.given else call["params"]
    return _gathered(call, source, call.integer("axis") if not call.integer("batch_dims") else None)


@tensors("keras.ops.take", "x, indices, axis=None")
def take(call: Call) -> Value:
    indices = tensor_shape(call["indices"])
    if call.is_none("axis"):
        return result(call, (call["x"], call["indices"]), indices, dtype_in(call["x"]))
    return _gathered(call, call["x"], call.integer("axis"))


def _gathered(call: Call, source: Value, axis: int | None) -> Value:
    shape, indices = tensor_shape(source), tensor_shape(call["indices"])
    known = shape is not None and indices is not None and axis is not None
    after = shapes.gathered(shape, indices, axis) if known else None  # type: ignore[arg-type]
    return result(call, (source, call["indices"]), after, dtype_in(source))


@tensors(
    "tensorflow.slice keras.ops.slice keras.backend.slice",
    "x=None, start=None, size=None, shape=None, input_=None, begin=None, inputs=None, start_indices=None",
)
def cut(call: Call) -> Value:
    value = call["input_"] if "input_" in call.given else first(call)
    sizes = dims_in(next((call[n] for n in ("size", "shape") if n in call.given), None))
    known = None if sizes is None else tuple(None if d is not None and d.value == -1 else d for d in sizes)
    return result(call, (value,), known, dtype_in(value))


@tensors(
    "tensorflow.pad keras.ops.pad",
    "x=None, pad_width=None, mode='constant', constant_values=None, name=None, tensor=None, paddings=None",
)
def pad(call: Call) -> Value:
    value, shape = first(call), tensor_shape(first(call))
    given = call["paddings"] if "paddings" in call.given else call["pad_width"]
    rows = given.items if isinstance(given, SequenceValue) else None
    pairs = [dims_in(row) for row in rows or ()]
    if shape is None or len(pairs) != len(shape) or any(pair is None or len(pair) != 2 for pair in pairs):
        return result(call, (value,), None, dtype_in(value))
    after = tuple(_padded(dim, pair or []) for dim, pair in zip(shape, pairs, strict=True))
    return result(call, (value,), after, dtype_in(value))


def _padded(dim: Dim | None, pair: list[Dim | None]) -> Dim | None:
    for more in pair:
        dim = None if dim is None or more is None else dim + more
    return dim


@tensors("keras.backend.temporal_padding", "x, padding=(1, 1)")
def temporal_padding(call: Call) -> Value:
    value, shape, pair = call["x"], tensor_shape(call["x"]), dims_in(call["padding"])
    after = (shape[0], _padded(shape[1], pair), *shape[2:]) if shape and len(shape) > 1 and pair else None
    return result(call, (value,), after, dtype_in(value))


@tensors(
    "keras.ops.one_hot keras.backend.one_hot tensorflow.one_hot",
    "x=None, num_classes=None, axis=-1, dtype=None, indices=None, depth=None, on_value=None, off_value=None, "
    "name=None, sparse=False",
)
def one_hot(call: Call) -> Value:
    """``x.shape + (num_classes,)``."""
    value = call["indices"] if "indices" in call.given else call["x"]
    classes = call.dim("depth") if "depth" in call.given else call.dim("num_classes")
    shape, axis = tensor_shape(value), call.integer("axis")
    after = None
    if shape is not None and (axis == -1 or call.name.startswith("tensorflow.")):
        after = (*shape, classes)
    return result(call, (value,), after, dtype_of(call["dtype"]) or "float32")
