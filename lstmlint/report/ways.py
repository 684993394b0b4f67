"""The way of data from where they come to where they are given to a model: each step with the shape after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lstmlint.api import Array, Dim, Reference, Table
from lstmlint.interpreter.values import Made, Sequence, Slice
from lstmlint.text.source import Span

#: Steps looked at; a loop of a thousand changes is not a way anybody reads.
MOST_STEPS = 40
#: What changes neither shape nor meaning is left out, unless the way begins with it.
_PLAIN = frozenset(
    {"array", "asarray", "literal", "values", "to_numpy", "astype", "copy", "float32", "list", "filled", "attribute"}
)


@dataclass(frozen=True, slots=True)
class Step:
    """``operation`` is the function's short name; ``shape`` what it gives, None where not even the rank is known."""

    operation: str
    shape: tuple[Dim, ...] | None
    span: Span | None


def way_of(value: Any) -> tuple[Step, ...]:
    """The steps of a value's way, the first first."""
    steps = list(_back(value))[::-1]
    return tuple(step for index, step in enumerate(steps) if not index or not _says_nothing(step, steps[index - 1]))


def _says_nothing(step: Step, before: Step) -> bool:
    return step.operation in _PLAIN and step.shape == before.shape


def _back(value: Any) -> Iterator[Step]:
    current = value
    for _ in range(MOST_STEPS):
        if isinstance(current, Reference) and current.kind == "list":
            current = current.fields.get("content")
        if isinstance(current, Sequence):
            yield from _windows(current)
            current = _cut_from(current)
            continue
        made = getattr(current, "made", None)
        if not isinstance(made, Made) or data_shape(current) is None:
            return
        yield Step(_short(made), data_shape(current), made.span)
        current = next((source for source in made.sources if _is_data(source)), None)


def _windows(collected: Sequence) -> Iterator[Step]:
    """A list of pieces cut from a series: one step."""
    element = _item(collected)
    inside = data_shape(element)
    made = getattr(element, "made", None)
    if isinstance(made, Made) and inside is not None:
        cut = len(made.sources) > 1 and any(isinstance(source, Slice) for source in _keys(made))
        each = "each turn" if _short(made) == "part" else _short(made)
        yield Step("windows" if cut else each, (collected.length, *inside), made.span)


def _keys(made: Made) -> Iterator[Any]:
    for source in made.sources[1:]:
        yield from source.items or () if isinstance(source, Sequence) else (source,)


def _item(collected: Sequence) -> Any:
    return collected.element if collected.items is None else next(iter(collected.items), None)


def _cut_from(collected: Sequence) -> Any:
    made = getattr(_item(collected), "made", None)
    return next((source for source in made.sources if _is_data(source)), None) if isinstance(made, Made) else None


def _is_data(value: Any) -> bool:
    return isinstance(value, (Array, Table, Sequence)) or (isinstance(value, Reference) and value.kind == "list")


def data_shape(value: Any) -> tuple[Dim, ...] | None:
    """Of an array or a table; None for what else it may be."""
    match value:
        case Array(shape=shape):
            return shape
        case Table(rows=rows, width=width):
            return (rows, width)
        case _:
            return None


def _short(made: Made) -> str:
    """``numpy.reshape`` -> ``reshape``; an index is a part."""
    name = made.operation.rpartition(".")[2]
    return {"index": "part", "__getitem__": "part"}.get(name, name)
