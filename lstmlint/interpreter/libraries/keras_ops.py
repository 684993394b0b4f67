"""``keras.ops``, ``keras.backend`` and TensorFlow's functions that move, cut and join axes.

On symbolic tensors each gives a node of the graph, on arrays an eager tensor. On Keras 3 TensorFlow's own functions
raise on symbolic tensors: the call is written down, and what was meant is returned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any

from lstmlint.interpreter import shapes
from lstmlint.interpreter.arrays import from_nested
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.library import Behaviour, Call, attribute, function, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.models import shape_value
from lstmlint.interpreter.operators import from_dim
from lstmlint.interpreter.shapes import Refused
from lstmlint.interpreter.tensors import is_symbolic, operation, packed_shape, refused_operation
from lstmlint.interpreter.values import Array, Const, Size, Slice, Tensor, Unknown, Value, keys_in
from lstmlint.interpreter.values import Sequence as SequenceValue
from lstmlint.keras_model.graph import Shape, dim_of

#: The names of the first tensor argument in the three libraries.
_FIRST = ("x", "input", "tensor", "a", "features", "logits", "inputs", "input_tensor", "value", "values", "params")


def first(call: Call) -> Value:
    """The tensor that a function works on, whatever its library calls it."""
    for name in _FIRST:
        value = call.arguments.get(name)
        if value is not None and not (isinstance(value, Const) and value.value is None):
            return value
    return call.unknown("no tensor is given")


def tensor_shape(value: Value) -> Shape | None:
    """The shape of a tensor, an array, a list of numbers or a number."""
    match value:
        case Tensor(shape=shape) | Array(shape=shape):
            return shape
        case Unknown(text=False):
            return None
        case SequenceValue(items=(Tensor(), *_) as items):
            return packed_shape(items)
        case _:
            array = from_nested(value)
            return None if array is None else array.shape


def dtype_in(value: Value) -> str | None:
    if isinstance(value, (Tensor, Array)):
        return value.dtype
    array = from_nested(value)
    return None if array is None else array.dtype


def result(call: Call, given: Sequence[Value], shape: Shape | None, dtype: str | None = None) -> Value:
    """A node of the graph where any operand is symbolic, else an eager tensor; Unknown from what is not known."""
    made, written = call.made(*given), {name: call[name] for name in call.given}
    if any(is_symbolic(value) for value in given):
        return operation(call.name, tuple(given), shape, dtype, made, written)
    for value in given:
        if isinstance(value, Unknown) and not value.text:
            return Unknown(value.why, made)
    if shape is not None and any(isinstance(value, Array) for value in given):
        shape = tuple(unknown_dim() if dim is None else dim for dim in shape)
    if shape is not None and None in shape:
        return operation(call.name, tuple(given), shape, dtype, made, written)
    return Array(shape, dtype, flavour="tensor", made=made)  # type: ignore[arg-type]


def refusing(behave: Behaviour) -> Behaviour:
    """Where Keras raises nothing is known of the result, but why."""

    @wraps(behave)
    def guarded(call: Call) -> Value:
        try:
            return behave(call)
        except Refused as error:
            given = tuple(value for value in call.arguments.values() if is_symbolic(value))
            if not given:
                made = replace(call.made(*call.arguments.values()), refused=str(error))
                return Unknown(f"{call.name} refuses: {error}", made)
            return refused_operation(call.machine, call.name, given, error, call.made(*given))

    return guarded


def tensors(names: str, parameters: str) -> Callable[[Behaviour], Behaviour]:
    """Register a function on tensors under all its names."""

    def register(behave: Behaviour) -> Behaviour:
        return function(names, parameters)(refusing(behave))

    return register


def integers(value: Value | None) -> list[int] | None:
    """A known axis or list of axes."""
    match value:
        case SequenceValue(items=tuple() as items):
            found = [dim_of(item) for item in items]
        case Array(elements=tuple() as elements):
            found = [Dim(e) if isinstance(e, int) else None for e in elements]
        case _:
            found = [dim_of(value)]
    known = [dim.value for dim in found if dim is not None and dim.value is not None]
    return known if len(known) == len(found) else None


def dims_in(value: Value | None) -> list[Dim | None] | None:
    """The sizes of a shape argument; what is only known when the model runs is None."""
    match value:
        case SequenceValue(items=tuple() as items):
            return [_size_in(item) for item in items]
        case Array(shape=(count,), elements=tuple() as elements) if count.known:
            return [Dim(e) if isinstance(e, int) else None for e in elements]
        case Const() | Size():
            return [dim_of(value)]
        case _:
            return None


def _size_in(item: Value) -> Dim | None:
    dim = None if isinstance(item, Const) and item.value is None else dim_of(item)
    return unknown_dim() if dim is None and isinstance(item, Unknown) else dim


# --- shape ------------------------------------------------------------------------------------------------------------


@function("keras.ops.shape keras.backend.int_shape", "x")
def static_shape(call: Call) -> Value:
    """The shape as a tuple, None where any size may come."""
    return shape_value(tensor_shape(call["x"]))


@function("keras.backend.shape tensorflow.shape tensorflow.shape_n", "x=None, input=None, out_type=None, name=None")
def running_shape(call: Call) -> Value:
    """The shape when the model runs: a scalar tensor stands for each None."""
    value = first(call)
    shape = tensor_shape(value)
    made = call.made(value)
    if shape is None:
        return Unknown("a shape that is not known", made)
    items = tuple(
        operation(call.name, (value,), (), "int32", made) if dim is None else from_dim(dim, made) for dim in shape
    )
    return SequenceValue("tuple", items, Dim(len(items)), None, made)


@function("keras.backend.ndim tensorflow.rank keras.ops.ndim", "x=None, input=None, name=None")
def rank(call: Call) -> Value:
    shape = tensor_shape(first(call))
    return call.unknown("the number of axes") if shape is None else Const(len(shape), call.made(first(call)))


@function("keras.backend.dtype", "x")
def dtype(call: Call) -> Value:
    name = dtype_in(call["x"])
    return call.unknown("a dtype") if name is None else Const(name)


@attribute("EagerTensor", "shape")
def eager_shape(machine: Machine, value: Any) -> Value:
    return shape_value(value.shape)


@attribute("Tensor", "ndim")
def tensor_rank(machine: Machine, value: Any) -> Value:
    return Unknown("the number of axes") if value.shape is None else Const(len(value.shape))


@tensors(
    "keras.ops.reshape keras.backend.reshape tensorflow.reshape",
    "x=None, newshape=None, name=None, tensor=None, shape=None",
)
def reshape(call: Call) -> Value:
    value = first(call)
    target = call["shape"] if "shape" in call.given else call["newshape"]
    dims = dims_in(target)
    shape = None if dims is None else shapes.reshaped(tensor_shape(value), tuple(dims))
    return result(call, (value,), shape, dtype_in(value))


@tensors("keras.ops.transpose", "x, axes=None")
def transpose(call: Call) -> Value:
    return _transposed(call, call["x"], call["axes"])


@tensors("tensorflow.transpose", "a, perm=None, conjugate=False, name=None")
def tensorflow_transpose(call: Call) -> Value:
    return _transposed(call, call["a"], call["perm"])


@tensors("keras.backend.permute_dimensions", "x, pattern")
def permute(call: Call) -> Value:
    return _transposed(call, call["x"], call["pattern"])


@tensors("keras.backend.transpose", "x")
def plain_transpose(call: Call) -> Value:
    return _transposed(call, call["x"], Const(None))


def _transposed(call: Call, value: Value, order: Value) -> Value:
    shape, axes = tensor_shape(value), integers(order)
    none = isinstance(order, Const) and order.value is None
    if shape is not None and (none or axes is not None):
        shape = shapes.transposed(shape, None if none else axes)
    else:
        shape = None
    return result(call, (value,), shape, dtype_in(value))


@tensors("keras.ops.swapaxes", "x, axis1, axis2")
def swap_axes(call: Call) -> Value:
    value, shape = call["x"], tensor_shape(call["x"])
    a, b = call.integer("axis1"), call.integer("axis2")
    if shape is not None and a is not None and b is not None:
        order = list(range(len(shape)))
        a, b = shapes.axis_of(a, len(shape)), shapes.axis_of(b, len(shape))
        order[a], order[b] = b, a
        shape = shapes.transposed(shape, order)
    return result(call, (value,), shape if a is not None and b is not None else None, dtype_in(value))


@tensors("keras.ops.moveaxis", "x, source, destination")
def move_axis(call: Call) -> Value:
    value, shape = call["x"], tensor_shape(call["x"])
    source, target = integers(call["source"]), integers(call["destination"])
    if shape is None or source is None or target is None or len(source) != len(target):
        return result(call, (value,), None, dtype_in(value))
    size = len(shape)
    pairs = sorted((shapes.axis_of(t, size), shapes.axis_of(s, size)) for s, t in zip(source, target, strict=True))
    order = [axis for axis in range(size) if axis not in {s for _, s in pairs}]
    for place, axis in pairs:
        order.insert(place, axis)
    return result(call, (value,), shapes.transposed(shape, order), dtype_in(value))


@tensors(
    "keras.ops.expand_dims keras.backend.expand_dims tensorflow.expand_dims",
    "x=None, axis=-1, name=None, input=None, dim=None",
)
def expand_dims(call: Call) -> Value:
    value, axes = first(call), integers(call["axis"])
    shape = tensor_shape(value)
    after = None if shape is None or axes is None else shapes.expanded(shape, axes)
    return result(call, (value,), after, dtype_in(value))


@tensors("keras.ops.squeeze keras.backend.squeeze tensorflow.squeeze", "x=None, axis=None, name=None, input=None")
def squeeze(call: Call) -> Value:
    value, shape = first(call), tensor_shape(first(call))
    axes = integers(call["axis"])
    if shape is None or (axes is None and not call.is_none("axis")):
        return result(call, (value,), None, dtype_in(value))
    return result(
        call, (value,), shapes.squeezed(shape, axes, strict=call.name.startswith("keras.ops.")), dtype_in(value)
    )


@tensors("keras.backend.flatten keras.ops.ravel keras.backend.batch_flatten", "x")
def flatten(call: Call) -> Value:
    value, shape = call["x"], tensor_shape(call["x"])
    if shape is None:
        return result(call, (value,), None, dtype_in(value))
    if call.name.endswith("batch_flatten"):
        rest = shapes.reshaped(shape[1:], (Dim(-1),))
        return result(call, (value,), (shape[0], *rest) if shape else None, dtype_in(value))
    return result(call, (value,), shapes.reshaped(shape, (Dim(-1),)), dtype_in(value))


# --- indexing ---------------------------------------------------------------------------------------------------------


@method("Tensor", "__getitem__", "key")
def get_item(call: Call) -> Value:
    """``x[:, -1, :]`` on a symbolic tensor."""
    tensor, key = call.receiver, call["key"]
    keys = keys_in(key)
    made = call.made(tensor)
    if tensor.shape is None or not all(isinstance(k, Const | Size | Slice | Array | Tensor) for k in keys):
        return operation("GetItem", (tensor,), None, tensor.dtype, made)
    try:
        shape = shapes.indexed(tensor.shape, keys)
    except Refused as error:
        return refused_operation(call.machine, "GetItem", (tensor,), error, made)
    return operation("GetItem", (tensor,), shape, tensor.dtype, made, {"key": key})


@method("EagerTensor", "numpy", "")
def to_numpy(call: Call) -> Value:
    from dataclasses import replace

    return replace(call.receiver, flavour="numpy", made=call.made(call.receiver))


@method("EagerTensor", "assign assign_add assign_sub", "value, *args, **kwargs")
def assign(call: Call) -> Value:
    return call.receiver


@function("keras.ops.convert_to_numpy keras.backend.get_value keras.backend.eval", "x")
def convert_to_numpy(call: Call) -> Value:
    from dataclasses import replace

    array = call.array("x")
    return call.unknown("the contents of a tensor") if array is None else replace(array, made=call.made(call["x"]))
