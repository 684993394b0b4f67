"""Whether a model of several inputs is asked with two of them in each other's place: where their data come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from lstmlint.facts import Assigned, Facts
from lstmlint.interpreter.dims import differ
from lstmlint.interpreter.values import Array, Const, Reference, Sequence, Table, Value
from lstmlint.keras_model.training import Run
from lstmlint.questions.provenance import alike, ancestors, key_of

#: How deep a dataset's arrays stand in what a name is bound to.
_DEEP = 4


@dataclass(frozen=True, slots=True, eq=False)
class Exchanged:
    """The data of the inputs ``first`` and ``second``, counted from 0, are exchanged in one run, unlike in training."""

    run: Run
    trained: Run
    first: int
    second: int


def exchanged_inputs(run: Run, facts: Facts) -> Exchanged | None:
    """None where the model is trained or asked in both orders, or treats its inputs alike."""
    if run.trains or len(run.x) < 2 or run.model.opaque or _shares_layers(run):
        return None
    others = [one for one in facts.runs_of(run.model) if len(one.x) == len(run.x)]
    trainings = [one for one in others if one.trains and facts.together(one.order, run.order)]
    for first, second in combinations(range(len(run.x)), 2) if trainings else ():
        both_ways = any(_turned(one, run, first, second) for one in others)
        if not both_ways and all(_crossed(one, run, first, second) for one in trainings):
            return Exchanged(run, trainings[0], first, second)
    return None


def _shares_layers(run: Run) -> bool:
    """Whether a layer with weights reads several inputs in turn: then their order may not matter."""
    called = [node.layer for node in run.model.nodes if node.layer.kind not in {"InputLayer", "Input"}]
    return len(set(map(id, called))) < len(called) or run.model.kind != "functional"


def _turned(one: Run, run: Run, first: int, second: int) -> bool:
    """Whether the very same data are given in the other order as well, to compare the answers."""
    return _same_piece(one.x[first], run.x[second]) and _same_piece(one.x[second], run.x[first])


def _same_piece(one: Value, two: Value) -> bool:
    """Whether two values are the same, or cut from the same by the same numbers."""
    made, other = getattr(one, "made", None), getattr(two, "made", None)
    if one is two or made is None or other is None or made.operation != "index":
        return one is two
    return made.sources[0] is other.sources[0] and alike(key_of(one), key_of(two)) if other.sources else False


def _crossed(trained: Run, run: Run, first: int, second: int) -> bool:
    pair = trained.x[first], trained.x[second], run.x[first], run.x[second]
    if not all(isinstance(one, Array) for one in pair) or _unlike(pair[0], pair[2]) or _unlike(pair[1], pair[3]):
        return False
    before, after, now, then = (frozenset(_origins(one)) for one in pair)
    own, other = before - after, after - before
    return bool(now & other and then & own) and not (now & own or then & other)


def _unlike(one: Value, two: Value) -> bool:
    """Whether the shapes tell them apart, so that another rule speaks."""
    shapes = [value.shape[1:] for value in (one, two) if isinstance(value, Array) and value.shape is not None]
    if len(shapes) < 2:
        return False
    return len(shapes[0]) != len(shapes[1]) or any(differ(left, right) for left, right in zip(*shapes, strict=True))


def _origins(value: Value) -> Iterator[int | str]:
    """The arrays and tables that data come from, and the columns of tables by their names."""
    for one in ancestors(value):
        if isinstance(one, (Array, Table)) and not (isinstance(one, Array) and one.shape == ()):
            yield id(one)
            key = key_of(one)
            if isinstance(key, Const) and isinstance(key.value, str):
                yield key.value


def bound_to(run: Run, facts: Facts) -> Assigned | None:
    """The name of the dataset that a run is given, where one stands for it."""
    wanted = set(map(id, run.x))
    for one in reversed(facts.assigned):
        if one.order < run.order and isinstance(one.value, Reference) and wanted <= set(_held(one.value)):
            return one if one.span.path == facts.source.path else None
    return None


def _held(value: Value, depth: int = _DEEP) -> Iterator[int]:
    if isinstance(value, Array):
        yield id(value)
    fields = value.fields.values() if isinstance(value, Reference) and value.kind != "object" else ()
    items = (value.items or ())[:8] if isinstance(value, Sequence) else ()
    for part in (*fields, *items) if depth else ():
        yield from _held(part, depth - 1)
