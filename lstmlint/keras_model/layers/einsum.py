"""EinsumDense: ``keras/src/layers/core/einsum_dense.py``."""

from __future__ import annotations

import re

from lstmlint.interpreter.dims import Dim
from lstmlint.keras_model.graph import Layer, Problem, Shape, Why, dim_of, shape_text, unequal
from lstmlint.keras_model.layers.checks import argument, every, one_input, one_is_none, refuse, shown
from lstmlint.keras_model.layers.declared import declared_shape
from lstmlint.keras_model.layers.names import known_names
from lstmlint.keras_model.layers.table import Given, LayerInput, layer

_LETTERS = "[a-zA-Z]+"
_PLAIN = re.compile(f"({_LETTERS}),({_LETTERS})->({_LETTERS})")
_LEFT = re.compile(rf"\.\.\.({_LETTERS}),({_LETTERS})->\.\.\.({_LETTERS})")
_RIGHT = re.compile(rf"([a-zA-Z]{{2,}})\.\.\.,({_LETTERS})->({_LETTERS})\.\.\.")


def _specs(layer: Layer) -> tuple[str, str, str, bool] | None:
    """The letters of input, weights and output, and whether axes are left out on the left."""
    text = layer.config.text("equation")
    if text is None:
        return None
    match = _PLAIN.match(text) or _LEFT.match(text) or _RIGHT.match(text)
    return (match[1], match[2], match[3], text.startswith("...")) if match else None


def _target(layer: Layer) -> tuple[Dim | None, ...] | None:
    single = dim_of(layer.config["output_shape"])
    return (single,) if single is not None else declared_shape(layer.config["output_shape"])


def _iterable(layer: Layer) -> Problem | None:
    value = argument(layer, "output_shape")
    if value is None or isinstance(value, float):
        return refuse(f"output_shape must be an integer or a tuple, found {shown(value)}", "a tuple", shown(value))
    return None


def _full(shape: Shape, letters: str, target: tuple[Dim | None, ...], left: bool) -> Shape:
    """The axes that the letters leave out, put where they belong."""
    elided = len(shape) - len(letters)
    if elided <= 0:
        return (shape[0], *target)
    if left:
        return (shape[0], *reversed(shape[1:elided]), *target)
    return (shape[0], *target, *shape[len(shape) - elided :])


def _fits(layer: Layer, given: LayerInput) -> Problem | None:
    """The equation can be read, shared axes agree, and the axes of the weights are known."""
    if layer.config.text("equation") is None:
        return one_input(layer, given)
    specs, shape, target = _specs(layer), given.shape, _target(layer)
    if specs is None:
        message = f"cannot read the equation {layer.config.text('equation')!r}"
        return Problem(Why.ARGUMENT, message, "ab,bc->ac", str(layer.config.text("equation")))
    if shape is None or target is None:
        return one_input(layer, given)
    return one_input(layer, given) or _axes_fit(specs, shape, _full(shape, specs[0], target, specs[3]))


def _axes_fit(specs: tuple[str, str, str, bool], shape: Shape, full: Shape) -> Problem | None:
    letters, weights, out, left = specs
    elided = len(shape) - len(letters)
    inputs = {letter: place - len(letters) if left else place for place, letter in enumerate(letters)}
    outputs = {letter: place + elided if left else place for place, letter in enumerate(out)}
    lost = any(not -len(shape) <= place < len(shape) for place in inputs.values())
    if lost or any(
        not -len(full) <= outputs[letter] < len(full) for letter in (*letters, *weights) if letter in outputs
    ):
        return Problem(
            Why.RANK, f"{letters} does not fit {shape_text(shape)}", f"ndim={len(letters)}", f"ndim={len(shape)}"
        )
    for letter in letters:
        wanted = full[outputs[letter]] if letter in outputs else None
        size = shape[inputs[letter]]
        if wanted is not None and (one_is_none(wanted, size) or unequal(wanted, size)):
            message = f"axis {letter} is {size} in the input and {wanted} in the output: {shape_text(shape)}"
            return Problem(Why.AXIS, message, str(wanted), str(size))
    return _weights_known(specs, shape, full, inputs, outputs)


def _weights_known(
    specs: tuple[str, str, str, bool], shape: Shape, full: Shape, inputs: dict[str, int], outputs: dict[str, int]
) -> Problem | None:
    letters, weights, out, _ = specs
    stray = next((letter for letter in out if letter not in letters + weights), None) or next(
        (letter for letter in weights if letter not in letters + out), None
    )
    if stray:
        return Problem(Why.ARGUMENT, f"letter {stray} of the equation has no counterpart", "", stray)
    for letter in weights:
        size = full[outputs[letter]] if letter in outputs else shape[inputs[letter]]
        if size is None:
            return Problem(Why.AXIS, f"axis {letter} must be known: {shape_text(shape)}", "a size", "None")
    return None


@layer(
    "EinsumDense",
    "equation, output_shape, activation=None, bias_axes=None, kernel_initializer='glorot_uniform', "
    "bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, kernel_constraint=None, "
    "bias_constraint=None, lora_rank=None, lora_alpha=None, gptq_unpacked_column_size=None, quantization_config=None",
    requires=_fits,
    validate=every(_iterable, known_names),
    keras2="equation, output_shape, activation=None, bias_axes=None, kernel_initializer='glorot_uniform', "
    "bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, "
    "kernel_constraint=None, bias_constraint=None",
)
def einsum_dense(layer: Layer, given: LayerInput) -> Given:
    """The batch axis, ``output_shape``, and the axes that ``...`` stands for."""
    specs, shape, target = _specs(layer), given.shape, _target(layer)
    if specs is None or not shape or target is None:
        return None
    return _full(shape, specs[0], target, specs[3])
