"""Dense, Embedding and the layers of ``keras/src/layers/core``."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, as_dim, differ, unknown_dim
from lstmlint.interpreter.values import Array, Const, Sequence, Unknown
from lstmlint.keras_model.graph import Layer, Problem, Why
from lstmlint.keras_model.layers.checks import (
    all_required,
    argument,
    every,
    min_ndim,
    not_positive,
    one_input,
    positive,
    refuse,
    shown,
    unit_dim,
)
from lstmlint.keras_model.layers.names import known_names
from lstmlint.keras_model.layers.recurrent import known_features
from lstmlint.keras_model.layers.table import Given, LayerInput, layer

_DENSE = (
    "units, activation=None, use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros', "
    "kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, "
    "bias_constraint=None"
)


def same_shape(layer: Layer, given: LayerInput) -> Given:
    """The input's own shape."""
    return given.shape


def _units(layer: Layer) -> Problem | None:
    """Keras 2 makes an integer of whatever it is given."""
    if layer.keras == 2 and isinstance(argument(layer, "units"), float | str):
        return None
    return positive("units")(layer)


@layer(
    "Dense",
    f"{_DENSE}, lora_rank=None, lora_alpha=None, quantization_config=None",
    requires=all_required(min_ndim(2), known_features),
    validate=every(_units, known_names),
    keras2=_DENSE,
)
def dense(layer: Layer, given: LayerInput) -> Given:
    """The last axis becomes ``units``, at any rank."""
    shape, units = given.shape, unit_dim(layer, "units")
    written = argument(layer, "units")
    if isinstance(written, float):
        units = as_dim(int(written))
    if shape is None:
        return None
    return (*shape[:-1], units) if len(shape) > 1 else (*shape, units)


def _whole_numbers(layer: Layer) -> Problem | None:
    for name in ("input_dim", "output_dim"):
        value = argument(layer, name)
        whole = not isinstance(value, bool | float | str | tuple | None)
        if layer.keras == 2 and isinstance(value, float) and name == "output_dim" and value > 0:
            message = f"{name} must be a positive integer, found {shown(value)}"
            return Problem(Why.ARGUMENT, message, "a positive integer", shown(value))
        if (layer.keras == 3 and not whole) or not_positive(value) or isinstance(value, str | tuple | None):
            return refuse(
                f"{name} must be a positive integer, found {shown(value)}", "a positive integer", shown(value)
            )
    return _other_table(layer)


def _other_table(layer: Layer) -> Problem | None:
    """``weights=[table]`` is one row of ``output_dim`` numbers for each of ``input_dim`` ids."""
    match layer.config["weights"]:
        case Sequence(items=(Array(shape=(Dim() as rows, Dim() as width) as found),)):
            wanted = (layer.config.dim("input_dim"), layer.config.dim("output_dim"))
        case _:
            return None
    if not any(one is not None and differ(one, other) for one, other in zip(wanted, (rows, width), strict=True)):
        return None
    asked, given = (f"({', '.join('?' if dim is None else str(dim) for dim in dims)})" for dims in (wanted, found))
    missing = wanted[0] - rows if wanted[0] is not None else unknown_dim()
    if asked == given and missing.known:
        asked, given = (
            "as many rows as input_dim",
            f"{abs(missing.constant)} {'fewer' if missing.constant > 0 else 'more'}",
        )
        return refuse(f"weights hold a table of {given} rows than input_dim asks for", asked, f"{given} rows")
    return refuse(f"weights hold a table of {given}, and input_dim and output_dim ask for {asked}", asked, given)


@layer(
    "Embedding",
    "input_dim, output_dim, embeddings_initializer='uniform', embeddings_regularizer=None, embeddings_constraint=None, "
    "mask_zero=False, weights=None, lora_rank=None, lora_alpha=None, quantization_config=None",
    requires=one_input,
    validate=_whole_numbers,
    keras2="input_dim, output_dim, embeddings_initializer='uniform', embeddings_regularizer=None, "
    "activity_regularizer=None, embeddings_constraint=None, mask_zero=False, input_length=None, sparse=False",
)
def embedding(layer: Layer, given: LayerInput) -> Given:
    """One axis more: ``output_dim`` numbers for each index."""
    return None if given.shape is None else (*given.shape, unit_dim(layer, "output_dim"))


@layer("Masking", "mask_value=0.0", requires=one_input)
def masking(layer: Layer, given: LayerInput) -> Given:
    return given.shape


layer("Identity", requires=one_input, dtype=None)(same_shape)
layer("ActivityRegularization", "l1=0.0, l2=0.0", requires=one_input)(same_shape)


@layer("Lambda", "function, output_shape=None, mask=None, arguments=None")
def lambda_(layer: Layer, given: LayerInput) -> Given:
    """Known where ``output_shape`` is a tuple: the batch axis comes before it. The function is read elsewhere."""
    value = layer.config["output_shape"]
    if isinstance(value, Unknown | Const) or given.shape is None:
        return None
    target = layer.config.shape("output_shape")
    return None if target is None else (given.shape[0] if given.shape else None, *target)
