"""Edits that several rules make: a name in a call, a statement on its own line, an `Input` before a layer."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts, Import
from lstmlint.keras_model.training import LibraryCall
from lstmlint.text.edits import CallSite, Edit
from lstmlint.text.source import Position, SourceFile, Span


def renamed_keyword(call: CallSite, old: str, new: str) -> Edit | None:
    """``lr=0.1`` -> ``learning_rate=0.1``; None where the new name is there already."""
    argument = call.keyword(old)
    if argument is None or call.keyword(new) is not None:
        return None
    return Edit(argument.span, f"{new}={argument.text}")


def renamed_method(call: CallSite, new: str) -> Edit:
    """``model.fit_generator`` -> ``model.fit``: what stands before the parenthesis, its last word replaced."""
    receiver, dot, _ = call.callee_text.rpartition(".")
    return Edit(call.callee, f"{receiver}{dot}{new}")


def statement(source: SourceFile, span: Span) -> str | None:
    """The indent of a statement that stands alone on one line; None for anything else."""
    line = source.line(span.start.row)
    if span.path != source.path or span.end.row != span.start.row or line.strip() != source.slice(span):
        return None
    return line[: span.start.column - 1]


def input_before(facts: Facts, made: LibraryCall, arguments: str) -> tuple[Edit, ...]:
    """The edits that put ``Input(arguments)`` before a layer, where it is clear how; else none.

    The layer is added by a statement ``model.add(...)`` on a line of its own, or is an item of a list of layers.
    """
    name, imports = _input_name(facts, made)
    if name is None or made.call.span.path != facts.source.path:
        return ()
    added = next((call for call in facts.calls_to("Model.add") if call.arguments.get("layer") is made.result), None)
    if added is not None:
        indent = statement(facts.source, _first_line(added.call.span, facts.source))
        start = added.call.span.start
        alone = indent is not None or facts.source.line(start.row)[: start.column - 1].strip() == ""
        text = f"{added.call.callee_text}({name}({arguments}))\n{' ' * (start.column - 1)}"
        return (*imports, Edit(Span(start_path(added), start, start), text)) if alone else ()
    if not _in_a_list(facts, made):
        return ()
    start = made.call.span.start
    fresh = facts.source.line(start.row)[: start.column - 1].strip() == ""
    between = f",\n{' ' * (start.column - 1)}" if fresh else ", "
    return (*imports, Edit(Span(made.call.span.path, start, start), f"{name}({arguments}){between}"))


def start_path(call: LibraryCall) -> str:
    return call.call.span.path


def _first_line(span: Span, source: SourceFile) -> Span:
    return Span(span.path, span.start, Position(span.start.row, len(source.line(span.start.row)) + 1))


def _in_a_list(facts: Facts, made: LibraryCall) -> bool:
    """Whether the layer is written inside a call of Sequential."""
    return any(made.call.span in call.call.span for call in facts.calls_to("keras.Sequential"))


def _input_name(facts: Facts, made: LibraryCall) -> tuple[str | None, tuple[Edit, ...]]:
    """How the program can say ``Input``, and the edits that bring it in."""
    module, dot, kind = made.call.callee_text.rpartition(".")
    if dot:
        return f"{module}.Input", ()
    bound = next((one.bound for one in facts.imports if one.name == "keras.Input"), None)
    if bound is not None:
        return bound, ()
    place = next((one for one in _plain_layers(facts) if one.bound == kind), None)
    if place is None:
        return None, ()
    return "Input", (Edit(Span(place.span.path, place.span.start, place.span.start), "Input, "),)


def _plain_layers(facts: Facts) -> Iterator[Import]:
    """Names imported from ``keras.layers`` itself."""
    for one in facts.imports:
        if one.written.rpartition(".")[0] in ("keras.layers", "tensorflow.keras.layers"):
            yield one
