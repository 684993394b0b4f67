"""The names that Keras knows its activations, initializers and the like by."""

from __future__ import annotations

from lstmlint.keras_model.graph import Layer, Problem
from lstmlint.keras_model.layers.checks import argument, refuse, shown

#: ``keras.activations.ALL_OBJECTS_DICT`` of Keras 3.
ACTIVATIONS = frozenset(
    {
        *("celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish"),
        *(
            "hard_tanh",
            "leaky_relu",
            "linear",
            "log_sigmoid",
            "log_softmax",
            "mish",
            "relu",
            "relu6",
            "selu",
            "sigmoid",
        ),
        *("silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax"),
        *("squareplus", "swish", "tanh", "tanh_shrink", "threshold"),
    }
)


def known_names(layer: Layer) -> Problem | None:
    """An activation by a name that Keras 3 does not have.

    Keras 2 also looks among the objects that the program registers, so nothing is sure there.
    """
    if layer.keras == 2:
        return None
    for name in ("activation", "recurrent_activation"):
        value = argument(layer, name)
        wrong = isinstance(value, bool | int | float) or (isinstance(value, str) and value not in ACTIVATIONS)
        if wrong:
            return refuse(f"{name} {shown(value)} is not an activation of Keras", "an activation", shown(value))
    return None
