"""Activation and the activation layers: ``keras/src/layers/activations``."""

from __future__ import annotations

from lstmlint.keras_model.graph import Layer, Problem
from lstmlint.keras_model.layers.checks import argument, every, one_input, refuse, shown
from lstmlint.keras_model.layers.core import same_shape
from lstmlint.keras_model.layers.names import known_names
from lstmlint.keras_model.layers.table import Validate, layer


def not_negative(*names: str, none: bool = False) -> Validate:
    """Numbers that cannot be negative; None only where ``none``."""

    def check(layer: Layer) -> Problem | None:
        for name in names:
            value = argument(layer, name)
            wrong = (value is None and not none) or (isinstance(value, int | float) and value < 0)
            if wrong or isinstance(value, str):
                return refuse(f"{name} cannot be {shown(value)}", "a number from 0", shown(value))
        return None

    return check


_relu = every(not_negative("max_value", none=True), not_negative("negative_slope", "threshold"))


def _slope(layer: Layer) -> Problem | None:
    return not_negative("negative_slope" if layer.keras == 3 else "alpha")(layer)


layer("Activation", "activation", requires=one_input, validate=known_names)(same_shape)
layer("ReLU", "max_value=None, negative_slope=0.0, threshold=0.0", requires=one_input, validate=_relu)(same_shape)
layer(
    "LeakyReLU",
    "negative_slope=0.3",
    requires=one_input,
    validate=_slope,
    keras2="alpha=0.3",
)(same_shape)
layer("ELU", "alpha=1.0", requires=one_input)(same_shape)
layer("Softmax", "axis=-1", requires=one_input, keras2="axis=-1, robust_masking=False")(same_shape)
layer("ThresholdedReLU", "theta=1.0", requires=one_input, keras=frozenset({2}))(same_shape)
