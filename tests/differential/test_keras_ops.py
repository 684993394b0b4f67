"""``keras.ops`` on symbolic tensors against what the interpreter says of the same calls.

``LSTMLINT_EXAMPLES`` sets how many calls are compared (default 600).
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lstmlint.interpreter.values import Sequence, Tensor, Unknown, Value
from tests.differential.data_compare import ours

keras = pytest.importorskip("keras")

EXAMPLES = int(os.environ.get("LSTMLINT_EXAMPLES", "200"))
HEAD = "from keras import Input, ops\n"
_AXIS = st.sampled_from([-3, -2, -1, 0, 1, 2, 3])
_SIZE = st.sampled_from([None, 1, 2, 3, 4, 6])


@st.composite
def inputs(draw: st.DrawFn) -> tuple[Any, ...]:
    return tuple(draw(_SIZE) for _ in range(draw(st.integers(1, 3))))


@st.composite
def calls(draw: st.DrawFn) -> str:
    """A call on ``x`` and, where it takes two, ``y``."""
    axis, other = draw(_AXIS), draw(_AXIS)
    axes = draw(st.sampled_from([f"{axis}", "None", "(0, 1)", "(1, 2)", "(-1, -2)"]))
    keep = draw(st.sampled_from(["", ", keepdims=True"]))
    reduced = draw(st.sampled_from(["sum", "mean", "max", "min", "prod", "std", "var", "any", "all"]))
    plain = draw(st.sampled_from(["exp", "tanh", "relu", "softmax", "square", "sigmoid", "abs", "cumsum", "softplus"]))
    two = draw(st.sampled_from(["add", "multiply", "maximum", "not_equal", "greater", "divide", "matmul", "dot"]))
    target = draw(st.lists(st.sampled_from([-1, 1, 2, 3, 4, 6, 12]), min_size=1, max_size=3))
    order = draw(st.permutations([0, 1, 2, 3]))[: draw(st.integers(1, 4))]
    index = draw(
        st.sampled_from([":, -1", ":, 0, :", "..., 0", ":, 1:", ":, :-1", "0", ":, None", ":, ::2", "..., :2"])
    )
    return draw(
        st.sampled_from(
            [
                f"ops.{reduced}(x, axis={axes}{keep})",
                f"ops.{plain}(x)",
                f"ops.{two}(x, y)",
                f"ops.{two}(x, x)",
                f"ops.reshape(x, {tuple(target)})",
                f"ops.transpose(x, {tuple(order)})",
                "ops.transpose(x)",
                f"ops.expand_dims(x, {axis})",
                f"ops.squeeze(x, {axis})",
                "ops.squeeze(x)",
                f"ops.concatenate([x, y], axis={axis})",
                f"ops.concatenate([x, x], axis={axis})",
                f"ops.stack([x, y], axis={axis})",
                f"ops.stack([x, x], axis={axis})",
                f"ops.split(x, 2, axis={axis})",
                f"ops.split(x, [1], axis={axis})",
                f"ops.unstack(x, axis={axis})",
                f"ops.repeat(x, 3, axis={axis})",
                "ops.repeat(x, 2)",
                f"ops.tile(x, {tuple(abs(t) for t in target)})",
                f"ops.argmax(x, axis={axis})",
                f"ops.swapaxes(x, {axis}, {other})",
                f"ops.moveaxis(x, {axis}, {other})",
                "ops.where(ops.greater(x, 0), x, y)",
                "ops.cast(x, 'int32')",
                "ops.one_hot(ops.cast(x, 'int32'), 5)",
                f"ops.take(x, [0, 0], axis={axis})",
                f"ops.flip(x, axis={axis})",
                "ops.zeros_like(x)",
                "ops.matmul(x, ops.swapaxes(y, -1, -2))",
                "ops.einsum('bij,bkj->bik', x, y)",
                f"x[{index}]",
                "x * y + 1",
                "x - ops.mean(x, axis=-1, keepdims=True)",
            ]
        )
    )


def real(call: str, x: tuple[Any, ...], y: tuple[Any, ...]) -> Any:
    """What Keras gives, or the error it raises."""
    names = {"ops": keras.ops, "x": keras.Input(batch_shape=x), "y": keras.Input(batch_shape=y)}
    try:
        return eval(call, names)
    except Exception as error:
        return error


def shape_of(value: Value) -> Any:
    """The shapes of tensors as Keras writes them."""
    match value:
        case Tensor(shape=None):
            return None
        case Tensor(shape=shape):
            return tuple(dim if dim is None else dim.value for dim in shape)
        case Sequence(items=tuple() as items):
            return [shape_of(item) for item in items]
        case _:
            return None


def plain(value: Any) -> Any:
    return [tuple(v.shape) for v in value] if isinstance(value, (list, tuple)) else tuple(value.shape)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
@given(call=calls(), x=inputs(), other=inputs(), alike=st.booleans())
def test_shapes_of_operations(call: str, x: tuple[Any, ...], other: tuple[Any, ...], alike: bool) -> None:
    """The exact shape, Keras's None kept; nothing is known where Keras raises."""
    y = x if alike else other
    said = ours(f"{HEAD}x = Input(batch_shape={x!r})\ny = Input(batch_shape={y!r})\nr = {call}\n")["r"]
    found = real(call, x, y)
    if isinstance(found, Exception):
        assert isinstance(said, Unknown) or shape_of(said) is None, f"{call} of {x}, {y}: {shape_of(said)}, {found}"
        return
    assert not isinstance(said, Unknown), f"{call} of {x}, {y} is {plain(found)}, not: {said.why}"
    assert shape_of(said) in (plain(found), None), f"{call} of {x}, {y}: {shape_of(said)} is {plain(found)}"
    if isinstance(said, Tensor) and said.dtype is not None:
        assert said.dtype == found.dtype, f"{call}: {said.dtype} is {found.dtype}"
