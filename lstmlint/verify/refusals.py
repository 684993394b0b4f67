"""What Keras is said to refuse, called on values made for it: one way of a closed list each. In the worker.

A way makes all that its call needs and gives the call back: what making it raises is no evidence.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

from lstmlint.verify.backend import keras, tf
from lstmlint.verify.of_tensorflow import FUNCTIONS, OF_ONE, OF_SEVERAL, OF_TWO
from lstmlint.verify.schema import ProgramPlan

Call = Callable[[], Any]


def prepared(program: ProgramPlan) -> Call:
    """The call of a program; raises KeyError for a word that its way does not know."""
    way, *arguments = program["tags"]
    call: Call = CALLS[way](*arguments)
    return call


def _function(name: str, place: str, shape: list[int]) -> Call:
    """A function of TensorFlow on a Keras tensor of ``shape``, 0 for an open size: by itself, or inside a layer."""
    if name not in FUNCTIONS:
        raise KeyError(name)
    tensor = keras.Input(tuple(size or None for size in shape))
    function = partial(_on_tensor, operator.attrgetter(name)(tf), name)
    return {"alone": partial(function, tensor), "in a layer": partial(keras.layers.Lambda(function), tensor)}[place]


def _on_tensor(function: Callable[..., Any], name: str, tensor: Any) -> Any:
    if name in OF_TWO:
        return function(tensor, tensor, transpose_b=True)
    if name in OF_SEVERAL:
        return function([tensor, tensor], *OF_SEVERAL[name])
    return function(tensor, *OF_ONE[name])


CALLS: dict[str, Callable[..., Call]] = {
    "function": _function,
}
