"""``keras.ops``, ``keras.backend`` and TensorFlow's functions that compute: elementwise, reductions, products."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter import shapes
from lstmlint.interpreter.arrays import cast as cast_array
from lstmlint.interpreter.arrays import from_nested
from lstmlint.interpreter.dims import Dim, differ
from lstmlint.interpreter.dtypes import dtype_of
from lstmlint.interpreter.libraries.keras_ops import (
    dtype_in,
    first,
    integers,
    result,
    tensor_shape,
    tensors,
)
from lstmlint.interpreter.libraries.numpy_elementwise import SYMBOLS
from lstmlint.interpreter.library import Call
from lstmlint.interpreter.values import Array, Const, Sequence, Tensor, Value
from lstmlint.keras_model.graph import Shape

_HOMES = ("keras.ops", "keras.backend", "keras.activations", "tensorflow", "tensorflow.math", "tensorflow.nn")


def _everywhere(names: str, homes: tuple[str, ...] = _HOMES) -> str:
    return " ".join(f"{home}.{name}" for home in homes for name in names.split())


_ANY = "x=None, *args, input=None, tensor=None, a=None, features=None, logits=None, values=None, value=None, **kwargs"

# --- elementwise ------------------------------------------------------------------------------------------------------

_UNARY = (
    "abs absolute exp log log1p expm1 log2 sqrt rsqrt square sin cos tan tanh sigmoid hard_sigmoid relu relu6 elu selu "
    "gelu silu swish softplus softsign softmax log_softmax leaky_relu negative sign round floor ceil reciprocal erf "
    "nan_to_num l2_normalize normalize dropout clip clip_by_value clip_by_norm stop_gradient identity "
    "exponential linear mish hard_silu hard_tanh sort flip reverse roll triu tril arctan arcsin arccos sinh cosh copy "
    "bias_add lgamma digamma invert log_sigmoid softmax_v2 print_tensor"
)

_CUMULATED = "cumsum cumprod"


@tensors(_everywhere(_CUMULATED, ("keras.ops",)), "x, axis=None, dtype=None")
def cumulated(call: Call) -> Value:
    """Without an axis the tensor is flattened."""
    value, shape = call["x"], tensor_shape(call["x"])
    if shape is not None and call.is_none("axis"):
        shape = shapes.reshaped(shape, (Dim(-1),))
    return result(call, (value,), shape, None if call.is_none("axis") else dtype_in(value))


@tensors(_everywhere(_CUMULATED, ("keras.backend", "tensorflow", "tensorflow.math")), _ANY)
def cumulated_along(call: Call) -> Value:
    value = first(call)
    return result(call, (value,), tensor_shape(value), dtype_in(value))


_PREDICATES = "isnan isinf isfinite is_nan is_inf is_finite logical_not"


@tensors(_everywhere(_UNARY), _ANY)
def unary(call: Call) -> Value:
    """The shape stays."""
    value = first(call)
    shape, axis = tensor_shape(value), call.integer("axis")
    if shape is not None and axis is not None:
        shapes.axis_of(axis, len(shape))
    return result(call, (value,), shape, dtype_in(value))


@tensors(_everywhere(_PREDICATES), _ANY)
def predicate(call: Call) -> Value:
    value = first(call)
    return result(call, (value,), tensor_shape(value), "bool")


@tensors(_everywhere("argsort", ("keras.ops", "tensorflow")), _ANY)
def argsort(call: Call) -> Value:
    value = first(call)
    return result(call, (value,), tensor_shape(value), "int32")


_BINARY = (
    "add subtract multiply divide true_divide power pow maximum minimum mod floor_divide floormod truediv "
    "divide_no_nan squared_difference arctan2 multiply_no_nan floordiv"
)
_COMPARISONS = "equal not_equal greater greater_equal less less_equal logical_and logical_or logical_xor"
_TWO = "x1=None, x2=None, name=None, x=None, y=None, a=None"


def _pair(call: Call) -> tuple[Value, Value]:
    if call.is_none("x"):
        return call["x1"], call["x2"] if "x2" in call.given else call["y"]
    return call["x"], call["y"] if "y" in call.given else call["x1"]


def _broadcast(call: Call, left: Value, right: Value) -> Shape | None:
    a, b = tensor_shape(left), tensor_shape(right)
    return None if a is None or b is None else shapes.broadcast(a, b)


@tensors(_everywhere(_BINARY), _TWO)
def binary(call: Call) -> Value:
    left, right = _pair(call)
    kinds = dtype_in(left), dtype_in(right)
    tensor = kinds[0] if isinstance(left, (Tensor, Array)) else kinds[1]
    dtype = tensor if kinds[0] == kinds[1] or isinstance(right, Const) or isinstance(left, Const) else None
    return _named(result(call, (left, right), _broadcast(call, left, right), dtype), "arithmetic")


@tensors(_everywhere(_COMPARISONS), _TWO)
def comparison(call: Call) -> Value:
    left, right = _pair(call)
    return _named(result(call, (left, right), _broadcast(call, left, right), "bool"), "comparison")


def _named(value: Value, operation: str) -> Value:
    """What is computed at once is written down as the operator's work is, where there is one."""
    if not isinstance(value, Array) or value.made is None:
        return value
    symbol = SYMBOLS.get(value.made.operation.rpartition(".")[2])
    return replace(value, made=replace(value.made, operation=operation, operator=symbol)) if symbol else value


@tensors("keras.ops.where tensorflow.where", "condition, x=None, y=None, x1=None, x2=None, name=None")
def where(call: Call) -> Value:
    left = call["x"] if not call.is_none("x") else call["x1"]
    right = call["y"] if not call.is_none("y") else call["x2"]
    condition = tensor_shape(call["condition"])
    if isinstance(left, Const) and left.value is None:
        return result(call, (call["condition"],), None, "int64")
    both = _broadcast(call, left, right)
    shape = None if both is None or condition is None else shapes.broadcast(condition, both)
    kinds = dtype_in(left), dtype_in(right)
    return result(call, (call["condition"], left, right), shape, kinds[0] if kinds[0] == kinds[1] else None)


@tensors("keras.backend.switch keras.backend.in_train_phase", "condition, then_expression, else_expression=None")
def switch(call: Call) -> Value:
    """One of two of the same shape."""
    value = call["condition"] if call.name.endswith("phase") else call["then_expression"]
    return result(call, (value,), tensor_shape(value), dtype_in(value))


@tensors("keras.ops.cast keras.backend.cast tensorflow.cast", "x, dtype, name=None")
def cast(call: Call) -> Value:
    value, dtype = call["x"], dtype_of(call["dtype"])
    if isinstance(value, (Array, Sequence, Const)):
        array = from_nested(value)
        if array is not None:
            return replace(cast_array(array, dtype), flavour="tensor", made=call.made(value))
    return result(call, (value,), tensor_shape(value), dtype)


# --- reductions -------------------------------------------------------------------------------------------------------

_REDUCED = "x=None, axis=None, keepdims=False, name=None, input_tensor=None, keep_dims=False, initial=None, input=None"
_KEEP = "sum mean max min prod std var logsumexp any all amax amin median average count_nonzero"


def _reduced(call: Call, axis: Value, dtype: str | None) -> Value:
    value = first(call)
    shape, axes = tensor_shape(value), integers(axis)
    keep = bool(call.flag("keepdims") or call.flag("keep_dims"))
    whole = isinstance(axis, Const) and axis.value is None
    known = shape is not None and (whole or axes is not None)
    after = shapes.reduced(shape, None if whole else axes, keep) if known and shape is not None else None
    return result(call, (value,), after, dtype)


@tensors(
    _everywhere(_KEEP, ("keras.ops", "keras.backend"))
    + " "
    + " ".join(
        f"{home}.reduce_{name}"
        for home in ("tensorflow", "tensorflow.math")
        for name in ("sum", "mean", "max", "min", "prod", "std", "variance", "logsumexp", "any", "all")
    )
    + " tensorflow.norm keras.ops.norm",
    _REDUCED,
)
def reduction(call: Call) -> Value:
    name = call.name.rsplit(".", 1)[1].removeprefix("reduce_")
    value = first(call)
    kind = dtype_in(value)
    dtype = "bool" if name in ("any", "all") else kind if kind and kind.startswith("float") else None
    return _reduced(call, call["axis"], dtype)


@tensors("keras.ops.argmax keras.ops.argmin", "x, axis=None, keepdims=False")
def argmax(call: Call) -> Value:
    return _reduced(call, call["axis"], "int32")


@tensors("keras.backend.argmax keras.backend.argmin", "x, axis=-1")
def backend_argmax(call: Call) -> Value:
    return _reduced(call, call["axis"], "int64")


@tensors(
    "tensorflow.argmax tensorflow.argmin tensorflow.math.argmax tensorflow.math.argmin",
    "input=None, axis=None, output_type=None, name=None, x=None, dimension=None",
)
def tensorflow_argmax(call: Call) -> Value:
    """The first axis where none is given."""
    axis = call["dimension"] if "dimension" in call.given else call["axis"]
    whole = isinstance(axis, Const) and axis.value is None
    return _reduced(call, Const(0) if whole else axis, "int64")


@tensors("keras.ops.top_k tensorflow.nn.top_k tensorflow.math.top_k", "x=None, k=1, sorted=True, name=None, input=None")
def top_k(call: Call) -> Value:
    value, shape = first(call), tensor_shape(first(call))
    after = None if not shape else (*shape[:-1], call.dim("k"))
    pair = (result(call, (value,), after, dtype_in(value)), result(call, (value,), after, "int32"))
    return Sequence("tuple", pair, Dim(2), None, call.made(value))


# --- products ---------------------------------------------------------------------------------------------------------


@tensors("keras.ops.matmul", "x1, x2")
def matmul(call: Call) -> Value:
    return _multiplied(call, call["x1"], call["x2"])


@tensors("tensorflow.matmul tensorflow.linalg.matmul", "a, b, transpose_a=False, transpose_b=False, *args, **kwargs")
def tensorflow_matmul(call: Call) -> Value:
    left, right = tensor_shape(call["a"]), tensor_shape(call["b"])
    if left is not None and call.flag("transpose_a") and len(left) > 1:
        left = (*left[:-2], left[-1], left[-2])
    if right is not None and call.flag("transpose_b") and len(right) > 1:
        right = (*right[:-2], right[-1], right[-2])
    shape = None if left is None or right is None else shapes.multiplied(left, right)
    return result(call, (call["a"], call["b"]), shape, dtype_in(call["a"]))


def _multiplied(call: Call, left: Value, right: Value) -> Value:
    a, b = tensor_shape(left), tensor_shape(right)
    shape = None if a is None or b is None else shapes.multiplied(a, b)
    kinds = dtype_in(left), dtype_in(right)
    return result(call, (left, right), shape, kinds[0] if kinds[0] == kinds[1] else None)


@tensors("keras.ops.dot", "x1, x2")
def dot(call: Call) -> Value:
    return _dotted(call, call["x1"], call["x2"])


@tensors("keras.backend.dot", "x, y")
def backend_dot(call: Call) -> Value:
    return _dotted(call, call["x"], call["y"])


def _dotted(call: Call, left: Value, right: Value) -> Value:
    a, b = tensor_shape(left), tensor_shape(right)
    kinds = dtype_in(left), dtype_in(right)
    shape = None if a is None or b is None else shapes.dotted(a, b)
    return result(call, (left, right), shape, kinds[0] if kinds[0] == kinds[1] else None)


@tensors("keras.backend.batch_dot", "x, y, axes=None")
def batch_dot(call: Call) -> Value:
    left, right = tensor_shape(call["x"]), tensor_shape(call["y"])
    axes = integers(call["axes"])
    if left is None or right is None or (axes is None and not call.is_none("axes")):
        return result(call, (call["x"], call["y"]), None, dtype_in(call["x"]))
    pair = None if axes is None else (axes[0], axes[-1])
    return result(call, (call["x"], call["y"]), shapes.batch_dotted(left, right, pair), dtype_in(call["x"]))


@tensors("keras.ops.einsum tensorflow.einsum", "subscripts, *operands, **kwargs")
def einsum(call: Call) -> Value:
    """Letters of plain equations (``'bij,bjk->bik'``) take the sizes they stand for."""
    text, operands = call.text("subscripts"), call.items("operands") or ()
    shape = None if text is None else _einsum_shape(text.replace(" ", ""), [tensor_shape(o) for o in operands])
    return result(call, operands, shape, dtype_in(operands[0]) if operands else None)


def _einsum_shape(text: str, found: list[Shape | None]) -> Shape | None:
    left, arrow, right = text.partition("->")
    terms = left.split(",")
    if not arrow or "." in text or len(terms) != len(found):
        return None
    sizes: dict[str, list[Dim | None]] = {}
    for term, shape in zip(terms, found, strict=True):
        if shape is None or len(shape) != len(term):
            return None
        for letter, dim in zip(term, shape, strict=True):
            sizes.setdefault(letter, []).append(dim)
    # What differs is refused, but that 1 goes with every size: an open one beside it stays open.
    long = {letter: [dim for dim in dims if dim is not None and dim != Dim(1)] for letter, dims in sizes.items()}
    if any(differ(dims[0], dim) for dims in long.values() for dim in dims[1:]):
        return None
    ends = {letter: dims[0] if dims else None if None in sizes[letter] else Dim(1) for letter, dims in long.items()}
    return tuple(ends.get(letter) for letter in right)


@tensors("tensorflow.tensordot keras.ops.tensordot", "x1=None, x2=None, axes=2, name=None, a=None, b=None")
def tensordot(call: Call) -> Value:
    left = call["a"] if "a" in call.given else call["x1"]
    right = call["b"] if "b" in call.given else call["x2"]
    a, b, count = tensor_shape(left), tensor_shape(right), call.integer("axes")
    if a is None or b is None:
        return result(call, (left, right), None, dtype_in(left))
    if count is not None:
        return result(call, (left, right), (*a[: len(a) - count], *b[count:]), dtype_in(left))
    pairs = call.items("axes")
    sides = [integers(side) for side in pairs] if pairs and len(pairs) == 2 else [None, None]
    if sides[0] is None or sides[1] is None:
        return result(call, (left, right), None, dtype_in(left))
    shape = (*shapes.reduced(a, sides[0], False), *shapes.reduced(b, sides[1], False))
    return result(call, (left, right), shape, dtype_in(left))
