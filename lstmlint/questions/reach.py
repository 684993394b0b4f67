"""The values that activations can give, and targets that lie beyond them."""

from __future__ import annotations

from lstmlint.interpreter.values import Array

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
