"""Operators and functions between tensors by the names of the closed list. Runs in the worker."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from lstmlint.verify.backend import LEGACY, keras, tf
from lstmlint.verify.schema import JOINED, PAIRED

_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "==": lambda left, right: _function("equal")(left, right),
    "!=": lambda left, right: _function("not_equal")(left, right),
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
#: Where TensorFlow's own functions, which Keras 2 takes, have other names than Keras 3's.
_IN_TENSORFLOW = {
    **{name: f"reduce_{name}" for name in ("max", "mean", "min", "sum")},
    "clip": "clip_by_value",
    "concatenate": "concat",
    "relu": "nn.relu",
    "softmax": "nn.softmax",
    "softplus": "nn.softplus",
    "log": "math.log",
}


def called(name: str, values: Sequence[Any], tensors: Sequence[Any]) -> Any:
    """The result of an operation on tensors; raises what Keras raises."""
    if name == "[...]":
        keys = tuple(_key(value) for value in values)
        return tensors[0][keys if len(keys) > 1 else keys[0]]
    if name in PAIRED:
        sides = [tensors[value[0]] if isinstance(value, (list, tuple)) else value for value in values]
        return _function(name)(*sides)
    return _function(name)(list(tensors) if name in JOINED else tensors[0], *values)


def _function(name: str) -> Callable[..., Any]:
    if name in _OPERATORS:
        return _OPERATORS[name]
    if not LEGACY:
        return getattr(keras.ops, name)  # type: ignore[no-any-return]
    return operator.attrgetter(_IN_TENSORFLOW.get(name, name))(tf)  # type: ignore[no-any-return]


def _key(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return slice(*value)
    return ... if value == "..." else value
