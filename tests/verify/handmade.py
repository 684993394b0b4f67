"""Facts made by hand: models, runs and arrays as the interpreter writes them down."""

from __future__ import annotations

import itertools
from collections.abc import Sequence as Items
from typing import Any

from lstmlint.api import Claim, Confidence, Cure, Experiment, Facts, Finding, Rule, Severity
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Const, Sequence, Size, Tensor, Value
from lstmlint.keras_model.graph import Layer, Model, Node
from lstmlint.keras_model.layers.binding import make_layer
from lstmlint.keras_model.layers.calling import call_layer
from lstmlint.keras_model.layers.table import LayerInput
from lstmlint.keras_model.training import Compile, Reset, Run
from lstmlint.text.edits import CallSite
from lstmlint.text.source import Position, SourceFile, Span

rows = itertools.count(1)


def call(text: str = "call()") -> CallSite:
    row = next(rows)
    span = Span("train.py", Position(row, 1), Position(row, 1 + len(text)))
    return CallSite(span, span, text.split("(")[0], text, (), span.end)


def value(python: Any) -> Value:
    match python:
        case Layer() | Dim():
            return Size(python) if isinstance(python, Dim) else python
        case tuple() | list():
            return Sequence("tuple", tuple(value(item) for item in python), Dim(len(python)))
        case _:
            return Const(python)


def layer(kind: str, *positional: Any, **keywords: Any) -> Layer:
    given = {name: value(item) for name, item in keywords.items()}
    return make_layer(kind, [value(item) for item in positional], given, keras=3, call=call(f"{kind}(...)"))


def array(nested: Any, dtype: str = "float64") -> Array:
    """An array of known contents."""
    shape: list[int] = []
    level = nested
    while isinstance(level, list):
        shape.append(len(level))
        level = level[0]
    flat = nested
    for _ in shape[1:]:
        flat = [item for row in flat for item in row]
    return Array(tuple(map(Dim, shape)), dtype, tuple(flat))


def shaped(*shape: int | Dim, dtype: str = "float64", **bounds: Any) -> Array:
    return Array(tuple(d if isinstance(d, Dim) else Dim(d) for d in shape), dtype, **bounds)


def sequential(shape: Items[int | Dim | None] | None, *layers: Layer, compiled: Compile | None = None) -> Model:
    """``shape`` with the batch axis; None for a model that waits for its data."""
    dims = None if shape is None else tuple(Dim(d) if isinstance(d, int) else d for d in shape)
    tensor = Tensor(dims, "float32")
    inputs, nodes = (tensor,), []
    for item in layers:
        called = call_layer(item, LayerInput((tensor,)))
        node = Node(item, (tensor,), called.outputs, called.problem or item.problem)
        nodes.append(node)
        tensor = Tensor(called.outputs[0].shape, called.outputs[0].dtype, node)
    return Model(
        "sequential",
        next(rows),
        None,
        call(),
        call().span,
        layers,
        tuple(nodes),
        inputs if shape is not None else (),
        (tensor,),
        complete=True,
        declared=shape is not None,
        compiled=compiled,
    )


def compiled(loss: str | None, optimizer: str = "adam", from_logits: bool = False) -> Compile:
    return Compile(call(), {}, (loss,), from_logits, optimizer)


def run(model: Model, x: Value, y: Value | None = None, method: str = "fit", **more: Any) -> Run:
    for name in ("batch_size", "epochs"):
        if isinstance(more.get(name), int):
            more[name] = Dim(more[name])
    return Run(method, model, call(), {}, (x,), () if y is None else (y,), **more)


def facts(model: Model, *events: Compile | Run | Reset) -> Facts:
    return Facts(SourceFile("train.py", ""), 3, models=(model,), nodes=model.nodes, events=events)


RULE = Rule("LST201", "contradictory-samples", Severity.WARNING, "0.1.0")


def finding(experiment: Experiment | None) -> Finding:
    return Finding(call().span, "a claim", Confidence.HIGH, experiment=experiment)


def case(
    claim: Claim, model: Model, ran: Run | None, *cures: Cure, events: Items[Any] = (), **more: Any
) -> tuple[Finding, Rule, Facts]:
    """What ``verify_findings`` takes."""
    experiment = Experiment(claim, model, ran, cures, **more)
    return finding(experiment), RULE, facts(model, *([ran] if ran else []), *events)
