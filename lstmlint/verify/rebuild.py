"""A model as the facts have it, as plain data from which the worker builds it again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Const, Sequence, Size, Tensor, Value
from lstmlint.keras_model.graph import Layer, Model
from lstmlint.questions.connected import inputs_left_out
from lstmlint.text.source import Span
from lstmlint.verify.flatten import Flattened
from lstmlint.verify.known import known_layers, parameters_of
from lstmlint.verify.schema import DTYPES, InputPlan, LayerPlan, ModelPlan, Plain
from lstmlint.verify.sizes import Sizes, Unplannable

#: Arguments that say what goes in: Keras 3 takes them from an Input, so that is where they are put.
INPUT_ARGUMENTS = frozenset({"input_shape", "batch_input_shape", "input_dim", "input_length", "batch_size"})
#: Arguments without which a model makes the same mistake: left out where they are not known, and said so.
OPTIONAL = frozenset(
    {
        *("name", "dtype", "trainable", "weights"),
        *("seed", "activity_regularizer", "kernel_regularizer", "recurrent_regularizer"),
        *("bias_regularizer", "embeddings_regularizer", "kernel_constraint", "recurrent_constraint"),
        *("bias_constraint", "embeddings_constraint", "kernel_initializer", "recurrent_initializer"),
        *("bias_initializer", "embeddings_initializer", "dropout", "recurrent_dropout"),
        *("rate", "implementation", "unroll"),
    }
)
#: Wrapped layers travel as ``inner``.
_WRAPPED = frozenset({"layer", "backward_layer", "cell", "cells"})
#: Layers of Keras 2 that Keras 3 has under another name.
_RENAMED = {"CuDNNLSTM": "LSTM", "CuDNNGRU": "GRU", "Input": "InputLayer"}


@dataclass(slots=True)
class Rebuilder:
    """Turns layers and models into plans. ``notes`` collects what was left out, ``raw`` names arguments kept as
    written."""

    sizes: Sizes
    raw: frozenset[str] = frozenset()
    notes: list[str] = field(default_factory=list)

    def model(self, model: Model) -> ModelPlan:
        """Raises Unplannable where the model is not known whole."""
        if not model.complete or model.opaque:
            raise Unplannable(f"the model is not known whole: {model.reason or 'it comes from elsewhere'}")
        match model.kind:
            case "sequential" if all(map(_in_a_row, model.layers)):
                return self._sequential(model)
            case "functional" | "sequential":
                return self._functional(model)
            case kind:
                self.notes.append(f"the calls of the {kind} model as a functional one")
                return self._functional(model)

    def _sequential(self, model: Model) -> ModelPlan:
        layers = [layer for layer in model.layers if layer.kind not in ("InputLayer", "Input")]
        as_written = bool(self.raw & INPUT_ARGUMENTS)
        inputs = [self.input(tensor) for tensor in model.inputs] if model.declared and not as_written else []
        return {
            "kind": "sequential",
            "inputs": inputs,
            "layers": [self.layer(layer) for layer in layers],
            "nodes": [],
            "outputs": [],
            "left_out": 0,
        }

    def _functional(self, model: Model) -> ModelPlan:
        flat, left = Flattened(self), tuple(inputs_left_out(model))
        inputs = (*model.inputs, *left)
        outputs = flat.calls(inputs, model.outputs)
        return {
            "kind": "functional",
            "inputs": [self.input(tensor) for tensor in inputs],
            "layers": flat.layers,
            "nodes": flat.nodes,
            "outputs": outputs,
            "left_out": len(left),
        }

    def input(self, tensor: Tensor) -> InputPlan:
        if tensor.shape is None:
            raise Unplannable("the shape of an input is not known")
        batch, *rest = (None if dim is None else self.sizes.number(dim) for dim in tensor.shape)
        dtype = tensor.dtype if tensor.dtype in DTYPES else "float32"
        return {"shape": rest, "batch_size": batch, "dtype": dtype, "name": tensor.name or ""}

    def layer(self, layer: Layer) -> LayerPlan:
        if layer.own is not None:
            raise Unplannable(f"{layer.text} is a layer of the program's own")
        if layer.model is not None:
            return self._nested(layer, layer.model)
        kind = _RENAMED.get(layer.kind, layer.kind)
        if kind not in known_layers():
            raise Unplannable(f"{layer.text} is not a layer that is built here")
        return {
            "kind": kind,
            "arguments": dict(self._arguments(layer)),
            "inner": [self.layer(inner) for inner in layer.inner],
            "at": place(layer.call.span if layer.call else None),
        }

    def _nested(self, layer: Layer, model: Model) -> LayerPlan:
        """A Sequential inside a model, with the input that it declares as its first layer."""
        if model.kind != "sequential" or not model.complete or model.opaque:
            raise Unplannable(f"{layer.text} is a model used as a layer")
        plan = self._sequential(model)
        entries = [self._entry(entry) for entry in plan["inputs"]]
        at = place(layer.call.span if layer.call else None)
        return {"kind": "Sequential", "arguments": {}, "inner": [*entries, *plan["layers"]], "at": at}

    @staticmethod
    def _entry(entry: InputPlan) -> LayerPlan:
        arguments: dict[str, Plain] = {"shape": entry["shape"], "batch_size": entry["batch_size"]}
        return {"kind": "InputLayer", "arguments": {**arguments, "dtype": entry["dtype"]}, "inner": [], "at": []}

    def _arguments(self, layer: Layer) -> Iterator[tuple[str, Plain]]:
        moved = INPUT_ARGUMENTS - self.raw - parameters_of(_RENAMED.get(layer.kind, layer.kind))
        for name in sorted(layer.config.given - _WRAPPED - moved):
            try:
                yield name, self.plain(name, layer.config[name])
            except Unplannable:
                if name not in OPTIONAL:
                    raise
                self.notes.append(f"{name} of {layer.text} left out")

    def plain(self, name: str, value: Value) -> Plain:
        """A value as JSON has it; raises Unplannable where it is not known."""
        match value:
            case Const(value=None | bool() | int() | str() as scalar):
                return scalar
            case Const(value=float() as number) if math.isfinite(number):
                return number
            case Size(dim=dim):
                return self.sizes.number(dim)
            case Const(value=float() as number) if name == "mask_value" and math.isnan(number):
                return "nan"
            case Sequence(items=tuple() as items):
                return [self.plain(name, item) for item in items]
            case Array(shape=(), elements=(bool() | int() | float() as scalar,)):
                return scalar
            case _:
                raise Unplannable(f"the argument {name} is not known")


def _in_a_row(layer: Layer) -> bool:
    """Whether a layer stands in a Sequential as it is; other models and layers of the program's own are taken apart."""
    return layer.own is None and (layer.model is None or layer.model.kind == "sequential")


def place(span: Span | None) -> list[int]:
    return [] if span is None else [span.start.row, span.start.column, span.end.row, span.end.column]


def dims_of(model: Model) -> Iterator[Dim]:
    """Every size in the model's shapes and layer arguments."""
    for tensor in (*model.inputs, *inputs_left_out(model)):
        yield from (dim for dim in tensor.shape or () if dim is not None)
    for layer in model.layers:
        yield from _dims_in(layer.config.values, layer.config.given)


def _dims_in(values: Mapping[str, Value], given: Iterable[str]) -> Iterator[Dim]:
    for name in sorted(given):
        match values.get(name):
            case Size(dim=dim):
                yield dim
            case Sequence(items=tuple() as items):
                yield from (item.dim for item in items if isinstance(item, Size))
