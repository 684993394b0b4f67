"""Tensors made anew: filled, random, constants."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.arrays import cast as cast_array
from lstmlint.interpreter.arrays import from_nested
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.dtypes import dtype_of
from lstmlint.interpreter.libraries.keras_ops import (
    dims_in,
    dtype_in,
    first,
    result,
    tensor_shape,
    tensors,
)
from lstmlint.interpreter.library import Call, function
from lstmlint.interpreter.tensors import is_symbolic, operation
from lstmlint.interpreter.values import Array, Const, Tensor, Unknown, Value


def _filled(call: Call, shape: Value, dtype: str | None, low: float | None = None, high: float | None = None) -> Value:
    """A tensor of a written shape; what is only known when the model runs makes it symbolic."""
    dims, made = dims_in(shape), call.made(shape)
    if dims is None:
        return Unknown("a tensor of a shape that is not known", made)
    if None in dims and (call.machine.traced or is_symbolic(shape)):
        return operation(call.name, (), tuple(dims), dtype, made)
    return Array(tuple(d or unknown_dim() for d in dims), dtype, None, low, high, "tensor", made)


@function(
    "keras.ops.zeros keras.ops.ones keras.ops.empty keras.backend.zeros keras.backend.ones tensorflow.zeros "
    "tensorflow.ones",
    "shape, dtype='float32', name=None",
)
def zeros(call: Call) -> Value:
    number = 1.0 if call.name.endswith("ones") else 0.0
    bounds = (None, None) if call.name.endswith("empty") else (number, number)
    return _filled(call, call["shape"], dtype_of(call["dtype"]) or "float32", *bounds)


@function(
    "keras.ops.full tensorflow.fill keras.backend.constant",
    "shape=None, value=None, dtype=None, dims=None, name=None, fill_value=None",
)
def full(call: Call) -> Value:
    if call.name.endswith("constant"):
        return constant(replace(call, arguments={**call.arguments, "value": call["shape"], "shape": Const(None)}))
    value = next((call[name] for name in ("fill_value", "value") if name in call.given), Const(None))
    number = float(value.value) if isinstance(value, Const) and isinstance(value.value, (int, float)) else None
    shape = call["dims"] if "dims" in call.given else call["shape"]
    return _filled(call, shape, dtype_of(call["dtype"]) or dtype_in(value), number, number)


@tensors(
    "keras.ops.zeros_like keras.ops.ones_like keras.ops.full_like keras.backend.zeros_like keras.backend.ones_like "
    "tensorflow.zeros_like tensorflow.ones_like",
    "x=None, *args, input=None, tensor=None, **kwargs",
)
def like(call: Call) -> Value:
    value = first(call)
    return result(call, (value,), tensor_shape(value), dtype_in(value))


@function("keras.ops.eye tensorflow.eye keras.backend.eye", "N, M=None, *args, **kwargs")
def eye(call: Call) -> Value:
    rows = call.dim("N")
    return Array(
        None if rows is None else (rows, call.dim("M") or rows), "float32", None, 0.0, 1.0, "tensor", call.made()
    )


@function(
    "tensorflow.random.normal tensorflow.random.uniform tensorflow.random.truncated_normal tensorflow.random_normal "
    "tensorflow.random_uniform keras.backend.random_normal keras.backend.random_uniform keras.random.normal "
    "keras.random.uniform keras.random.truncated_normal tensorflow.truncated_normal keras.backend.truncated_normal",
    "shape, *args, dtype='float32', **kwargs",
)
def random_tensor(call: Call) -> Value:
    return _filled(call, call["shape"], dtype_of(call["dtype"]))


@function("tensorflow.random.categorical keras.random.categorical", "logits, num_samples, *args, **kwargs")
def categorical(call: Call) -> Value:
    shape = tensor_shape(call["logits"])
    after = (shape[0], call.dim("num_samples")) if shape else None
    return result(call, (call["logits"],), after, "int64" if call.name.startswith("tensorflow") else "int32")


@function(
    "tensorflow.constant tensorflow.convert_to_tensor tensorflow.Variable keras.ops.convert_to_tensor keras.Variable "
    "keras.ops.array keras.backend.variable",
    "value=None, dtype=None, shape=None, *args, initial_value=None, x=None, tensor=None, input=None, **kwargs",
)
def constant(call: Call) -> Value:
    """An eager tensor with the contents of what it is made from; Python's floats become float32."""
    names = ("initial_value", "x", "tensor", "input")
    value = next((call[name] for name in names if name in call.given), call["value"])
    if isinstance(value, Tensor):
        return result(call, (value,), value.shape, value.dtype)
    array, made = from_nested(value), call.made(value)
    if array is None:
        return Unknown(getattr(value, "why", "a tensor of what is not known"), made)
    asked = dtype_of(call["dtype"])
    plain = not isinstance(value, Array) and {"float64": "float32", "int64": "int32"}.get(array.dtype or "")
    found = cast_array(array, asked or plain or array.dtype)
    dims = dims_in(call["shape"]) if not call.is_none("shape") else None
    if dims and None not in dims and array.shape == ():
        return Array(tuple(d for d in dims if d), found.dtype, None, found.low, found.high, "tensor", made)
    return replace(found, flavour="tensor", made=made)


@function(
    "tensorflow.range keras.ops.arange keras.backend.arange",
    "start, stop=None, step=1, dtype=None, limit=None, delta=1, name=None",
)
def arange(call: Call) -> Value:
    from lstmlint.interpreter.loops import numbers

    stop = call.dim("limit") if "limit" in call.given else call.dim("stop")
    step = call.dim("delta") if "delta" in call.given else call.dim("step")
    start, made = call.dim("start"), call.made(call["start"])
    if call.is_none("stop") and call.is_none("limit"):
        start, stop = Dim(0), start
    if start is None or stop is None or step is None:
        return operation(call.name, (call["start"],), (None,), dtype_of(call["dtype"]) or "int32", made)
    return Array(
        (numbers(start, stop, step, made).length,), dtype_of(call["dtype"]) or "int32", flavour="tensor", made=made
    )
