"""``LSTM(64, return_sequences=True)``: arguments bound to parameters, defaults filled in, checked as Keras does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lstmlint.interpreter.values import Const, Made, Unknown, Value
from lstmlint.interpreter.values import Sequence as SequenceValue
from lstmlint.keras_model.graph import Config, Layer, Problem
from lstmlint.keras_model.layers.checks import first, refuse
from lstmlint.keras_model.layers.table import LAYERS, LayerType, Parameter
from lstmlint.keras_model.oldest import RENAMED
from lstmlint.text.edits import CallSite

#: Keywords of ``keras.layers.Layer``, by Keras version.
BASE_KEYWORDS = {
    3: frozenset({"name", "dtype", "trainable", "autocast", "activity_regularizer", "input_shape", "input_dim"}),
    2: frozenset(
        {
            *("name", "dtype", "trainable", "autocast", "activity_regularizer", "input_shape", "input_dim", "dynamic"),
            *("batch_input_shape", "batch_size", "weights", "implementation"),
        }
    ),
}
_RECURRENT = ("LSTM", "GRU", "SimpleRNN")
#: Keywords that a constructor takes out of ``**kwargs`` for itself.
EXTRA_KEYWORDS: Mapping[tuple[int, str], frozenset[str]] = {
    **{(3, kind): frozenset({"implementation"}) for kind in ("LSTM", "GRU", "LSTMCell", "GRUCell")},
    **{(2, kind): frozenset({"input_length"}) for kind in (*_RECURRENT, "RNN", "CuDNNLSTM", "CuDNNGRU")},
    (3, "Embedding"): frozenset({"input_length"}),
    (3, "LeakyReLU"): frozenset({"alpha"}),
    (3, "InputLayer"): frozenset({"input_shape", "batch_input_shape"}),
    (2, "InputLayer"): frozenset({"batch_input_shape"}),
    (2, "BatchNormalization"): frozenset(
        {"renorm", "renorm_clipping", "renorm_momentum", "fused", "virtual_batch_size"}
    ),
}
#: Other names that Keras exports a layer under.
ALIASES = {
    **{f"MaxPool{rank}D": f"MaxPooling{rank}D" for rank in (1, 2, 3)},
    **{f"AvgPool{rank}D": f"AveragePooling{rank}D" for rank in (1, 2, 3)},
    **{f"GlobalMaxPool{rank}D": f"GlobalMaxPooling{rank}D" for rank in (1, 2, 3)},
    **{f"GlobalAvgPool{rank}D": f"GlobalAveragePooling{rank}D" for rank in (1, 2, 3)},
    **{f"Convolution{rank}D": f"Conv{rank}D" for rank in (1, 2, 3)},
    **{f"Convolution{rank}DTranspose": f"Conv{rank}DTranspose" for rank in (1, 2, 3)},
    **{f"SeparableConvolution{rank}D": f"SeparableConv{rank}D" for rank in (1, 2)},
}


def make_layer(
    kind: str,
    positional: Sequence[Value],
    keywords: Mapping[str, Value],
    *,
    keras: int,
    call: CallSite | None = None,
    made: Made | None = None,
) -> Layer:
    """The layer that Keras ``keras`` (2 or 3) makes of a constructor call, ``problem`` set where it raises.

    A keyword ``**`` stands for further arguments that are not known. A kind that is not in the table keeps its keywords
    unchecked.
    """
    kind = ALIASES.get(kind, kind)
    row = LAYERS.get(kind)
    if row is None:
        config = Config(dict(keywords), frozenset(keywords))
        return Layer(kind, config, call=call, name=_name(config), made=made, keras=keras)
    unsure = "**" in keywords or (call is not None and call.has_star)
    given = {name: value for name, value in keywords.items() if name != "**"}
    given |= {parameter.name: value for parameter, value in zip(_positional(row, keras), positional, strict=False)}
    config = _config(row, _renamed(kind, given), keras, "**" in keywords)
    layer = Layer(kind, config, call, _inner(config), _name(config), made=made, keras=keras)
    refused = first(_refused(row, positional, keywords, keras, unsure))
    return replace(layer, problem=refused or (row.validate(layer) if row.validate else None))


def _renamed(kind: str, given: Mapping[str, Value]) -> dict[str, Value]:
    """Arguments by their oldest names stand for the new ones: that one mistake is reported once."""
    names = RENAMED.get(kind, {})
    return {new if (new := names.get(name, name)) not in given else name: value for name, value in given.items()}


def _positional(row: LayerType, keras: int) -> list[Parameter]:
    return [parameter for parameter in row.parameters_for(keras) if not parameter.keyword_only]


def _config(row: LayerType, given: Mapping[str, Value], keras: int, unsure: bool) -> Config:
    values: dict[str, Value] = dict(given)
    for parameter in row.parameters_for(keras):
        missing = parameter.default is None or unsure
        default = Unknown(f"argument {parameter.name} not seen") if missing else parameter.default
        values.setdefault(parameter.name, default)
    return Config(values, frozenset(given))


def _refused(
    row: LayerType, positional: Sequence[Value], keywords: Mapping[str, Value], keras: int, unsure: bool
) -> Iterator[Problem | None]:
    """What Python's call and the base layer say to the argument names."""
    plain = _positional(row, keras)
    taken = {parameter.name for parameter in plain[: len(positional)]}
    if len(positional) > len(plain):
        expected, found = f"{len(plain)} arguments", f"{len(positional)} arguments"
        yield refuse(f"{row.name} takes {expected} by position, found {len(positional)}", expected, found)
    accepted = accepted_keywords(row.name, keras)
    for name in keywords:
        if name in taken:
            yield refuse(f"{row.name} got two values for {name}", "one value", "two values")
        elif name not in accepted and name != "**":
            yield refuse(f"{row.name} has no argument {name}", "", name)
    for parameter in row.parameters_for(keras):
        if parameter.required and parameter.name not in taken | set(keywords) and not unsure:
            yield refuse(f"{row.name} needs the argument {parameter.name}", parameter.name, "nothing")


def accepted_keywords(kind: str, keras: int) -> frozenset[str]:
    """Every keyword that the constructor of a layer takes without raising."""
    row = LAYERS[kind]
    own = frozenset(parameter.name for parameter in row.parameters_for(keras))
    base = BASE_KEYWORDS[keras] if row.takes_base_keywords or keras == 2 else frozenset()
    return own | base | EXTRA_KEYWORDS.get((keras, kind), frozenset())


def _inner(config: Config) -> tuple[Layer, ...]:
    """The layers that a wrapper wraps: ``layer`` and ``backward_layer``, an RNN's cell, stacked cells."""
    if "layer" in config.values and not isinstance(config.values["layer"], Layer):
        return ()
    values = (config.values.get(name) for name in ("layer", "backward_layer", "cell", "cells"))
    return tuple(layer for value in values for layer in _layers(value))


def _layers(value: Value | None) -> Iterator[Layer]:
    match value:
        case Layer():
            yield value
        case SequenceValue(items=tuple() as items):
            yield from (item for item in items if isinstance(item, Layer))


def _name(config: Config) -> str | None:
    match config.values.get("name"):
        case Const(value=str() as name):
            return name
        case _:
            return None
