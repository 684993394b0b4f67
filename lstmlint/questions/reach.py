"""The values that activations can give, and targets that lie beyond them."""

from __future__ import annotations

from lstmlint.interpreter.values import Array
from lstmlint.keras_model.graph import Layer, Model, Node
from lstmlint.questions.outputs import activated, activation_of, named_activation

#: The values an activation can give, from and to.
REACH: dict[str, tuple[float, float]] = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "relu": (0.0, float("inf")),
    "softplus": (0.0, float("inf")),
    "relu6": (0.0, 6.0),
}


#: Their results are their activation's, gated by numbers from 0 to 1, or mixed with those of the step before.
_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN"})


def last_activation(layer: Layer) -> str | None:
    """The function in whose reach the results of a layer lie, a recurrent one's among them."""
    return named_activation(layer) if layer.kind in _RECURRENT else activation_of(layer)


def ranged(model: Model) -> tuple[Node | None, ...]:
    """For each output, the layer call in whose reach its values lie; None where that cannot be told."""
    nodes = (output.node for output in model.outputs)
    ends = (node if node is not None and node.layer.kind in _RECURRENT else None for node in nodes)
    return tuple(end if end is not None else known for end, known in zip(ends, activated(model), strict=True))


def beyond(value: Array, activation: str) -> tuple[float, float] | None:
    """Bounds that need not be met, where all between them is out of reach.

    What softmax gives adds up to 1, so that it is enough if so many of the least number come to more.
    """
    reach = REACH[activation]
    if value.low is None or value.high is None:
        return None
    width = value.shape[-1].value if value.shape is not None and len(value.shape) > 1 else None
    too_much = activation == "softmax" and width is not None and width * value.low > reach[1]
    return (value.low, value.high) if value.low > reach[1] or value.high < reach[0] or too_much else None


def outside(found: tuple[float, float], reach: tuple[float, float]) -> bool:
    """A little over the edge is rounding, or a scaler that was fitted on other rows."""
    slack = 0.05 * (min(reach[1], 1.0) - reach[0])
    return found[0] < reach[0] - slack or found[1] > reach[1] + slack
