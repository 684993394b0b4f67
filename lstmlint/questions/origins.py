"""Whether data are known to belong to different series, since they were drawn apart from one another."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.interpreter.values import Array, Reference, Sequence, Table, Unknown, Value
from lstmlint.keras_model.training import Loop
from lstmlint.questions.provenance import ancestors


def drawn_apart(left: Value, right: Value) -> bool:
    """Whether two values come from random numbers alone, and from different ones: neither continues the other."""
    a, b = draws(left), draws(right)
    return bool(a) and bool(b) and a.isdisjoint(b)


def draws(value: Value) -> set[int]:
    """The random arrays that a value was made from; empty where it was made from anything else as well."""
    leaves = list(sources(value))
    return set(map(id, leaves)) if all(is_draw(leaf) for leaf in leaves) else set()


def sources(value: Value) -> Iterator[Value]:
    """The arrays and tables that a value was made from, and that were made from no others."""
    for one in ancestors(value):
        made = getattr(one, "made", None)
        held = isinstance(one, Array | Table | Unknown) or (isinstance(one, Reference) and one.kind == "object")
        if held and getattr(one, "shape", None) != () and (made is None or not any(map(is_data, made.sources))):
            yield one


def is_data(value: Value) -> bool:
    return isinstance(value, Array | Table | Unknown | Sequence)


def is_draw(value: Value) -> bool:
    made = getattr(value, "made", None)
    return isinstance(value, Array) and made is not None and made.operation.startswith("numpy.random.")


def other_series(loop: Loop) -> bool:
    """Whether a loop runs over series that were drawn apart, one at each turn."""
    items = loop.over.items if isinstance(loop.over, Sequence) else None
    return items is not None and len(items) > 1 and drawn_apart(items[0], items[1])
