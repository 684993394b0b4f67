"""Losses and metrics of the program's own that read tensors of the model's graph: these are symbols, and no values."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts
from lstmlint.interpreter.attributes import class_member
from lstmlint.interpreter.values import Function, Reference, Sequence, Tensor, Value
from lstmlint.keras_model.graph import Node
from lstmlint.keras_model.training import Run
from lstmlint.questions.own_losses import nodes_behind
from lstmlint.questions.symbolic import reaches_an_input
from lstmlint.text.source import Span


def closed_over(run: Run, facts: Facts) -> Iterator[tuple[Span, Tensor, str]]:
    """Where a loss or metric of a run takes in a tensor of the graph, that tensor, and ``loss`` or ``metric``."""
    compiled = run.model.compiled
    if compiled is None:
        return
    for name, results in (("loss", (run.loss,)), ("metrics", run.metrics)):
        functions = tuple(_functions(compiled.arguments.get(name)))
        for result in results:
            found = next(_taken(result, functions), None) if functions else None
            if found is not None and found[0].path == facts.source.path:
                yield *found, name.removesuffix("s") if name == "metrics" else name


def _functions(given: Value | None) -> Iterator[Span]:
    match given:
        case Function(span=span):
            yield span
        case Reference(kind="object", type=owner):
            method = class_member(owner, "call")
            yield from (method.span,) if isinstance(method, Function) else ()
        case Reference(kind="list", fields={"content": content}):
            yield from _functions(content)
        case Sequence(items=tuple() as items):
            for item in items:
                yield from _functions(item)


def _taken(result: Tensor | None, functions: tuple[Span, ...]) -> Iterator[tuple[Span, Tensor]]:
    """Operations inside the functions that take what stands outside of them and comes from an ``Input``."""

    def inside(node: Node | None) -> bool:
        return node is not None and node.span is not None and any(node.span in span for span in functions)

    for node in nodes_behind(result, past=inside):
        if inside(node) and node.span is not None:
            outer = (one for one in node.inputs if not inside(one.node) and reaches_an_input(one))
            yield from ((node.span, tensor) for tensor in outer)
