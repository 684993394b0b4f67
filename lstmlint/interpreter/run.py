"""One file to facts: run the module on shapes, then what nobody called, and gather what was written down."""

from __future__ import annotations

from lstmlint.facts import Facts
from lstmlint.interpreter import libraries
from lstmlint.interpreter.execute import execute_block
from lstmlint.interpreter.functions import run_uncalled
from lstmlint.interpreter.machine import Machine, OutOfSteps
from lstmlint.interpreter.memory import Scope
from lstmlint.interpreter.models import settled
from lstmlint.interpreter.projects import Siblings
from lstmlint.interpreter.values import Const, Reference
from lstmlint.keras_model.graph import Model, Node
from lstmlint.syntax import Parsed

libraries.load()


def interpret(parsed: Parsed, *, keras: int, siblings: Siblings | None = None) -> Facts:
    """The facts of one file, for Keras 2 or 3. Never raises for what the file holds; bounded in steps and depth."""
    return follow(Machine(parsed, keras, siblings))


def follow(machine: Machine) -> Facts:
    """The facts of the file that a new machine stands before."""
    parsed, keras = machine.parsed, machine.keras
    scope = Scope("module", parsed.source.path, parsed=parsed)
    scope.names["__name__"] = Const("__main__")
    machine.stack.append(scope)
    for part in (lambda: execute_block(machine, parsed.module.body, scope), lambda: run_uncalled(machine, scope)):
        try:
            part()
        except (OutOfSteps, RecursionError) as error:
            reason = "steps" if isinstance(error, OutOfSteps) else "depth"
            machine.note(f"the file needs more {reason} than lstmlint follows; what was found until then is reported")
        machine.depth = 0
    return _facts(machine, keras)


def _facts(machine: Machine, keras: int) -> Facts:
    record = machine.record
    try:
        models = _models(machine)
    except (OutOfSteps, RecursionError):
        models = ()
    return Facts(
        source=machine.parsed.source,
        keras=keras,
        imports=tuple(record.imports),
        models=models,
        nodes=_nodes(record.nodes, models),
        events=tuple(record.events),
        calls=tuple(record.calls),
        assigned=tuple(record.assigned),
        notes=tuple(record.notes),
        unpacked=tuple(record.unpacked),
        cell_steps=tuple(record.cell_steps),
        stepped=tuple(record.stepped),
        alone=tuple(record.alone),
        uncalled=tuple(record.uncalled),
        asked=tuple(asked for asked in record.asked.values() if asked is not None),
        handled=tuple(record.handled.values()),
        missed=tuple(record.missed),
    )


def _models(machine: Machine) -> tuple[Model, ...]:
    """The last snapshot of each model; of those alike that a loop or guesses made, the first."""
    names = {id(a.value): a.name for a in machine.record.assigned if isinstance(a.value, Reference)}
    found: list[Model] = []
    for reference, stands in zip(machine.record.models, settled(machine, machine.record.models), strict=True):
        finished = machine.finished.get(id(reference), ())
        # A model that a function nobody calls has built is empty again outside; one of the module stays.
        last = () if finished and not _stands(reference) else (stands,)
        for model in (*finished, *last):
            if finished and model.kind == "sequential" and not model.layers and not model.opaque:
                continue  # another method, which nobody calls either, would have filled it
            again = finished or reference.fields.get("turn", 1) > 1
            if not (again and any(_same_model(model, known) for known in found)):
                found.append(_named(model, names.get(id(reference))))
    return tuple(found)


def _stands(model: Reference) -> bool:
    return bool(model.fields.get("layers")) or "outputs" in model.fields


def _same_model(model: Model, known: Model) -> bool:
    """Made by one call, in several turns of a loop or by several callers, and nothing else is known of it."""
    if model.span == known.span and not model.complete and not known.complete:
        return model.reason == known.reason
    shapes = [[tensor.shape for node in m.nodes for tensor in node.outputs] for m in (model, known)]
    return model.span == known.span and shapes[0] == shapes[1] and model.complete == known.complete


def _named(model: Model, name: str | None) -> Model:
    from dataclasses import replace

    return replace(model, name=model.name or name)


def _nodes(recorded: list[Node], models: tuple[Model, ...]) -> tuple[Node, ...]:
    """Every layer call once: those of the functional style as recorded, and those of the Sequential models."""
    nodes = {id(node): node for node in recorded}
    for model in models:
        nodes.update((id(node), node) for node in model.nodes)
    return tuple(nodes.values())
