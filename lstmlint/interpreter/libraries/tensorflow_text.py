"""``tf.strings`` and ``tf.ragged``: texts and rows of different lengths, whose axes are known and whose sizes are not.

Source: TensorFlow 2.21. A ragged axis is one of unknown size.
"""

from __future__ import annotations

from lstmlint.interpreter.arrays import from_nested
from lstmlint.interpreter.dims import Dim, symbol_dim
from lstmlint.interpreter.dtypes import dtype_of
from lstmlint.interpreter.join import element_of
from lstmlint.interpreter.libraries.keras_ops import dtype_in, integers, result, tensor_shape, tensors
from lstmlint.interpreter.library import Call, method
from lstmlint.interpreter.shapes import broadcast, reduced
from lstmlint.interpreter.values import Array, Sequence, Unknown, Value

#: Functions that give one value for each text, and what it is.
_EACH = {
    "lower": "str",
    "upper": "str",
    "strip": "str",
    "regex_replace": "str",
    "substr": "str",
    "as_string": "str",
    "length": "int32",
    "to_number": "float32",
    "to_hash_bucket": "int64",
    "to_hash_bucket_fast": "int64",
    "regex_full_match": "bool",
}


@tensors(
    " ".join(f"tensorflow.strings.{name}" for name in _EACH) + " tensorflow_text.normalize_utf8",
    "input, *args, **kwargs",
)
def each_text(call: Call) -> Value:
    return result(call, (call["input"],), tensor_shape(call["input"]), _EACH.get(call.name.rpartition(".")[2], "str"))


@tensors(
    "tensorflow.strings.split tensorflow.strings.unicode_split tensorflow.strings.bytes_split "
    "tensorflow.strings.unicode_decode",
    "input, *args, **kwargs",
)
def split_texts(call: Call) -> Value:
    """Another axis, as long as each text has pieces."""
    shape = tensor_shape(call["input"])
    pieces = symbol_dim("pieces", key=("pieces", call["input"], call.name))
    dtype = "int32" if call.name.endswith("decode") else "str"
    return result(call, (call["input"],), None if shape is None else (*shape, pieces), dtype)


@tensors("tensorflow.strings.join", "inputs, separator='', name=None")
def join_texts(call: Call) -> Value:
    """Item by item, a lone text to every item."""
    given = call["inputs"]
    items = given.items if isinstance(given, Sequence) else None
    shapes = [tensor_shape(item) for item in items or ()]
    together = shapes[0] if shapes else None
    for shape in shapes[1:]:
        together = None if together is None or shape is None else broadcast(together, shape)
    return result(call, items or (given,), together, "str")


@tensors("tensorflow.strings.reduce_join", "inputs, axis=None, keepdims=False, separator='', name=None")
def reduce_join(call: Call) -> Value:
    shape, axes = tensor_shape(call["inputs"]), integers(call["axis"])
    if shape is None or (axes is None and not call.is_none("axis")):
        return result(call, (call["inputs"],), None, "str")
    return result(call, (call["inputs"],), reduced(shape, axes, bool(call.flag("keepdims"))), "str")


@tensors("tensorflow.ragged.constant", "pylist, dtype=None, ragged_rank=None, inner_shape=None, *args, **kwargs")
def ragged_constant(call: Call) -> Value:
    """As many axes as the list is deep; how long the inner lists are differs from one to another."""
    value = call["pylist"]
    if isinstance(value, Unknown) and not value.text:
        return result(call, (value,), None)
    depth = _depth(value)
    if depth is None or not call.is_none("inner_shape"):
        return Array(None, dtype_of(call["dtype"]), flavour="tensor", made=call.made(value))
    rows = value.length if isinstance(value, Sequence) else Dim(0)
    inner = tuple(symbol_dim("length", key=("ragged", value, axis)) for axis in range(1, depth))
    shape = (rows, *inner) if depth else ()
    return Array(shape, dtype_of(call["dtype"]) or _kind(value), flavour="tensor", made=call.made(value))


def _depth(value: Value | None) -> int | None:
    """How deep lists are nested; None where their items do not tell."""
    if not isinstance(value, Sequence):
        array = None if value is None else from_nested(value)
        return None if array is None or array.shape is None else len(array.shape)
    if value.length == Dim(0):
        return None
    depths = {_depth(item) for item in (value.items if value.items is not None else (value.element,))}
    inside = next(iter(depths)) if len(depths) == 1 else None
    return None if inside is None else inside + 1


def _kind(value: Value | None) -> str | None:
    while isinstance(value, Sequence):
        value = element_of(value)
    kind = None if value is None else dtype_in(value)
    return {"int64": "int32", "float64": "float32"}.get(kind or "", kind)


@method("EagerTensor", "to_tensor", "default_value=None, name=None, shape=None")
def to_tensor(call: Call) -> Value:
    """A ragged tensor filled up: every axis as long as its longest row."""
    ragged = call.receiver
    return Array(ragged.shape, ragged.dtype, flavour="tensor", made=call.made(ragged))


@method("EagerTensor", "to_list", "")
def to_list(call: Call) -> Value:
    element = Array(call.receiver.shape[1:], call.receiver.dtype) if call.receiver.shape else Unknown("a ragged row")
    rows = call.receiver.shape[0] if call.receiver.shape else symbol_dim("rows")
    return call.machine.new_list(Sequence("list", None, rows, element, call.made(call.receiver)))
