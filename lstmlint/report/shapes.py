"""Models and runs as people and programs read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from lstmlint.api import (
    Array,
    Facts,
    Model,
    Node,
    Reference,
    Run,
    Table,
    Tensor,
    array_shape_text,
    history,
    shape_text,
)
from lstmlint.engine import Studied
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Unknown
from lstmlint.keras_model.layers.weights import model_parameters, node_parameters
from lstmlint.report.line import Line, plain, text_of
from lstmlint.report.snippet import width
from lstmlint.report.ways import Step, way_of
from lstmlint.text.source import Position, Span
from lstmlint.text.sources import Place, Sources

_BREAK = "bold red"
#: Between the model on the left and its runs on the right.
_GAP = 4
#: Shapes alike that are counted, not told one by one.
_COUNTED = 3


def shape_lines(studied: Iterable[Studied]) -> Iterator[Line]:
    """For each model its layers on the left, its runs on the right."""
    found = False
    for one in studied:
        if one.facts is None:
            yield ((one.path, "bold"), (f"  {one.problem}", "yellow"))
            continue
        for model in one.facts.models:
            found = True
            yield from _beside(list(model_lines(model, one.facts)), list(_run_lines(model, one.facts)))
            yield from _way_lines(model, one.facts)
            yield ()
    if not found:
        yield plain("No models found.")


def _beside(left: list[Line], right: list[Line]) -> Iterator[Line]:
    wide = max((width(text_of(line)) for line in left), default=0) + _GAP
    for index in range(max(len(left), len(right))):
        line = left[index] if index < len(left) else ()
        if index >= len(right):
            yield line
            continue
        yield (*line, (" " * (wide - width(text_of(line))), ""), *right[index])


def model_lines(model: Model, facts: Facts) -> Iterator[Line]:
    """The heading, then a row for each input and layer call: what it is, and the shape that it gives."""
    sources = Sources([facts.source])
    name = model_name(model, facts)
    yield ((f"{_place(model.span, sources)} ", "dim"), (name, "bold"), (f" ({_kind(model)})", ""))
    rows = list(_rows(model))
    wide, middle = (max((width(row[column]) for row in rows), default=0) for column in (0, 1))
    for text, shape, style, count in rows:
        number = ((" " * (middle - width(shape) + 2) + count, "dim"),) if count else ()
        yield (("  ", ""), (f"{text}{' ' * (wide - width(text))}  ", ""), (shape, style), *number)
    total = model_parameters(model)
    if total is not None and model.nodes:
        yield ((f"  {_number(total)} parameters", "dim"),)
    if not model.complete:
        yield ((f"  incomplete: {model.reason or 'a part of it is not known'}", "yellow"),)


def _rows(model: Model) -> Iterator[tuple[str, str, str, str]]:
    """What it is, the shape it takes and the one it gives, their style, the number of parameters."""
    for tensor in model.inputs:
        yield "Input", shape_text(tensor.shape), "cyan", ""
    before = shapes_text(model.inputs)
    for node in model.nodes:
        if node.problem is not None:
            yield node.layer.text, f"✗ {_short_problem(node)}", _BREAK, ""
            continue
        taken = shapes_text(node.inputs)
        given = shapes_text(node.outputs) or "unknown"
        # The input is told only where it is not the row above.
        yield node.layer.text, given if taken == before else f"{taken} -> {given}", "cyan", _parameters(node)
        before = given


def _parameters(node: Node) -> str:
    count = node_parameters(node)
    return "" if count is None or count == Dim(0) else _number(count)


def _number(count: Dim) -> str:
    return str(count) if count.value is None else f"{count.value:,}"


def _way_lines(model: Model, facts: Facts) -> Iterator[Line]:
    """Of each array that trains the model: where it comes from, and what was done to it on the way."""
    sources, told = Sources([facts.source]), set[str]()
    for run in facts.runs_of(model):
        for value, name in _data(run, facts) if run.trains else ():
            steps = way_of(value)
            way = " -> ".join(_step_text(step, sources) for step in steps)
            if f"{name} {way}" in told or len(steps) < 2:
                continue
            told.add(f"{name} {way}")
            yield ((f"  {name}  ", "bold"), (way, ""))


def _step_text(step: Step, sources: Sources) -> str:
    return f"{step.operation} {array_shape_text(step.shape)}{_row_text(step.span, sources)}"


def _row_text(span: Span | None, sources: Sources) -> str:
    return "" if span is None else f" :{sources.start(span).row}"


def _short_problem(node: Node) -> str:
    problem = node.problem
    if problem is None:
        return ""
    if problem.expected and problem.found:
        return f"needs {problem.expected}, got {problem.found}"
    return problem.message


def _kind(model: Model) -> str:
    return {"sequential": "Sequential", "functional": "functional Model", "subclassed": "subclassed Model"}.get(
        model.kind, model.kind
    )


def model_name(model: Model, facts: Facts) -> str:
    """The program's own name for a model, else Keras's, else ``model``."""
    for assigned in reversed(facts.assigned):
        if _is_model(assigned.value, model):
            return assigned.name
    return model.name or "model"


def _is_model(value: Any, model: Model) -> bool:
    match value:
        case Model():
            return value.identity == model.identity
        case Reference(kind="model"):
            return id(value) == model.identity or any(
                isinstance(field, Model) and field.identity == model.identity for field in value.fields.values()
            )
        case _:
            return False


def _place(span: Span, sources: Sources) -> str:
    place = sources.start(span)
    return f"{span.path}:{place.row}" if place.cell is None else f"{span.path}:cell {place.cell}:{place.row}"


def _run_lines(model: Model, facts: Facts) -> Iterator[Line]:
    """Each different run of a model once, with its data and where they come from."""
    sources, seen = Sources([facts.source]), set[tuple[str, Span]]()
    for run in facts.runs_of(model):
        if (run.method, run.call.span) in seen:
            continue
        seen.add((run.method, run.call.span))
        batch = f"  batch {run.batch_size}" if run.batch_size is not None else ""
        yield ((f"{_place(run.call.span, sources)} ", "dim"), (_called(run), "bold"), (batch, "dim"))
        data = ((name, value_shape_text(value), _origin(value, sources)) for value, name in _data(run, facts))
        for (name, shape, origin), alike in groupby(data):
            count = len(list(alike))
            times = f"{count} × " if count > 1 else ""
            yield (("  ", ""), (f"{name} ", ""), (f"{times}{shape}", "cyan"), (origin, "dim"))
        if run.y and model.output_shape is not None:
            yield (("  the model gives ", ""), (shape_text(model.output_shape), "cyan"))


def _called(run: Run) -> str:
    names = [argument.text for argument in run.call.arguments if argument.name in {None, "x", "y"}]
    text = ", ".join(names)
    return f"{run.method}({text if len(text) <= 40 else '…'})"


def _data(run: Run, facts: Facts) -> Iterator[tuple[Any, str]]:
    for role, values in (("x", run.x), ("y", run.y)):
        for value in values:
            yield value, facts.name_of(value) or role


def shapes_text(tensors: Iterable[Tensor]) -> str:
    """``(batch, 5), (batch, 5)``; of many alike how many there are: ``12 × (batch, 5)``."""
    groups = ((text, len(list(alike))) for text, alike in groupby(shape_text(tensor.shape) for tensor in tensors))
    return ", ".join(", ".join([text] * count) if count < _COUNTED else f"{count} × {text}" for text, count in groups)


def value_shape_text(value: Any) -> str:
    match value:
        case Array(shape=shape):
            return array_shape_text(shape)
        case Table(rows=rows, width=wide):
            return array_shape_text((rows, wide))
        case _:
            return f"unknown: {value.why}" if isinstance(value, Unknown) else "unknown"


def _origin(value: Any, sources: Sources) -> str:
    made = next(history(value, 1), None)
    if made is None:
        return ""
    return f"   from {made.operation.removeprefix('numpy.')}, {_place(made.span, sources)}"


def shape_object(studied: Sequence[Studied]) -> dict[str, Any]:
    return {"version": 1, "files": [_file(one) for one in studied]}


def _file(one: Studied) -> dict[str, Any]:
    if one.facts is None:
        return {"filename": one.path, "problem": one.problem, "models": [], "events": []}
    facts, sources = one.facts, Sources([one.facts.source])
    return {
        "filename": one.path,
        "keras": facts.keras,
        "models": [_model(model, facts, sources) for model in facts.models],
        "events": [_event(run, facts, sources) for run in facts.runs],
    }


def _model(model: Model, facts: Facts, sources: Sources) -> dict[str, Any]:
    return {
        "name": model_name(model, facts),
        "kind": model.kind,
        "location": _location(model.span, sources),
        "complete": model.complete,
        "reason": model.reason,
        "input_shape": [json_shape(tensor.shape) for tensor in model.inputs],
        "output_shape": [json_shape(tensor.shape) for tensor in model.outputs],
        "parameters": _known_number(model_parameters(model)),
        "layers": [_layer(node, sources) for node in model.nodes],
    }


def _layer(node: Node, sources: Sources) -> dict[str, Any]:
    span = node.layer.call.span if node.layer.call else node.span
    layer = {
        "kind": node.layer.kind,
        "name": node.layer.name,
        "location": None if span is None else _location(span, sources),
        "input_shape": _one_or_all([tensor.shape for tensor in node.inputs]),
        "output_shape": None if node.problem else _one_or_all([tensor.shape for tensor in node.outputs]),
        "parameters": _known_number(node_parameters(node)),
    }
    reason = node.problem.message if node.problem else None
    if layer["output_shape"] is None:
        layer["reason"] = reason or "not even the number of axes is known"
    return layer


def _one_or_all(shapes: Sequence[Any]) -> Any:
    """The shape, or a list of shapes where there are several tensors."""
    if not shapes:
        return None
    return json_shape(shapes[0]) if len(shapes) == 1 else [json_shape(shape) for shape in shapes]


def _event(run: Run, facts: Facts, sources: Sources) -> dict[str, Any]:
    event = {
        "kind": run.method,
        "model": model_name(run.model, facts),
        "location": _location(run.call.span, sources),
        "x_shape": _one_or_all([_value_shape(value) for value in run.x]),
        "y_shape": _one_or_all([_value_shape(value) for value in run.y]),
        "batch_size": None if run.batch_size is None else _json_dim(run.batch_size),
        "x_way": [_way(value, sources) for value in run.x],
        "y_way": [_way(value, sources) for value in run.y],
    }
    reason = next((value.why for value in (*run.x, *run.y) if isinstance(value, Unknown)), None)
    if reason is not None:
        event["reason"] = reason
    return event


def _way(value: Any, sources: Sources) -> list[dict[str, Any]]:
    return [
        {
            "operation": step.operation,
            "shape": json_shape(step.shape),
            "location": None if step.span is None else _location(step.span, sources),
        }
        for step in way_of(value)
    ]


def _known_number(count: Dim | None) -> int | str | None:
    return None if count is None else _json_dim(count)


def _value_shape(value: Any) -> tuple[Dim | None, ...] | None:
    match value:
        case Array(shape=shape):
            return shape
        case Table(rows=rows, width=wide):
            return (rows, wide)
        case _:
            return None


def json_shape(shape: Sequence[Dim | None] | None) -> list[int | str | None] | None:
    """A number, null for the batch or any size, a text for a symbolic size; None where nothing is known."""
    return None if shape is None else [None if dim is None else _json_dim(dim) for dim in shape]


def _json_dim(dim: Dim) -> int | str | None:
    if dim.value is not None:
        return dim.value
    return None if dim.anonymous else str(dim)


def _location(span: Span, sources: Sources) -> dict[str, int]:
    place: Place = sources.place(span.path, Position(span.start.row, span.start.column))
    cell = {} if place.cell is None else {"cell": place.cell}
    return {**cell, "row": place.row, "column": place.column}
