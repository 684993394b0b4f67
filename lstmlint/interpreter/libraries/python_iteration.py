"""Python's functions over iterables: zip, enumerate, map and their kin."""

from __future__ import annotations

from lstmlint.interpreter.calls import call_with
from lstmlint.interpreter.dims import Dim, symbol_dim, unknown_dim
from lstmlint.interpreter.join import element_of
from lstmlint.interpreter.library import Call, function
from lstmlint.interpreter.machine import ITEMS_FOR_A_STEP
from lstmlint.interpreter.operators import from_dim
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.unordered import are_texts
from lstmlint.interpreter.values import Reference, Sequence, Size, Unknown, Value


@function("builtins.enumerate", "value, start=0")
def make_enumerate(call: Call) -> Value:
    """Numbers of texts, and of what a dict has under them, remember where they come from."""
    found, start = spread(call.machine, call["value"], call.site.span), call.dim("start") or Dim(0)
    counted = are_texts(found) or (found.made is not None and found.made.operation == "dict.items")
    made = call.made(call["value"], call["start"]) if counted else None
    if found.items is not None:
        numbers = (from_dim(start + i, made) for i in range(len(found.items)))
        items = tuple(Sequence("tuple", pair, Dim(2)) for pair in zip(numbers, found.items, strict=True))
        return Sequence("list", items, found.length)
    index: Value = Size(symbol_dim("i", high=found.length - 1) + start, made)
    return Sequence(
        "list", None, found.length, Sequence("tuple", (index, element_of(found) or Unknown("an item")), Dim(2))
    )


@function("builtins.zip", "*args, **kwargs")
def make_zip(call: Call) -> Value:
    found = [spread(call.machine, value, call.site.span) for value in call.items("args") or ()]
    if "**" in call.arguments:
        return _transposed(found, call["**"])
    if found and all(part.items is not None for part in found):
        call.machine.step(sum(len(part.items or ()) for part in found) // ITEMS_FOR_A_STEP)
        rows = zip(*[part.items or () for part in found], strict=False)
        items = tuple(Sequence("tuple", tuple(row), Dim(len(row))) for row in rows)
        return Sequence("list", items, Dim(len(items)))
    elements = tuple(element_of(part) or Unknown("an item") for part in found)
    return Sequence("list", None, _shortest(found), Sequence("tuple", elements, Dim(len(elements))))


def _transposed(found: list[Sequence], rest: Value) -> Sequence:
    """``zip(*pairs)`` of pairs that are not counted: all first items, and all second ones."""
    if len(found) == 1 and found[0].items is not None:
        columns = tuple(Sequence("tuple", None, unknown_dim(), item) for item in found[0].items)
        return Sequence("list", columns, Dim(len(columns)))
    item = element_of(found[0]) if len(found) == 1 else None
    row = Sequence("tuple", None, unknown_dim(), item or Unknown("an item", getattr(rest, "made", None)))
    return Sequence("list", None, found[0].length if len(found) == 1 else unknown_dim(), row)


def _shortest(found: list[Sequence]) -> Dim:
    lengths = [part.length for part in found]
    if not lengths:
        return Dim(0)
    if all(size == lengths[0] for size in lengths):
        return lengths[0]
    if all(size.known for size in lengths):
        return Dim(min(size.constant for size in lengths))
    return unknown_dim()


@function("builtins.map", "function, *args", raw=True)
def make_map(call: Call) -> Value:
    machine, callee = call.machine, call["function"]
    found = [spread(machine, value, call.site.span) for value in call.items("args") or ()]
    first = found[0] if found else Sequence("list", (), Dim(0))
    if len(found) == 1 and first.items is not None and len(first.items) <= 256:
        items = tuple(call_with(machine, callee, (item,), call.site.span) for item in first.items)
        return Sequence("list", items, first.length)
    elements = tuple(element_of(part) or Unknown("an item") for part in found)
    return Sequence("list", None, _shortest(found), call_with(machine, callee, elements, call.site.span))


@function("builtins.reversed", "value")
def make_reversed(call: Call) -> Value:
    found = spread(call.machine, call["value"])
    items = None if found.items is None else found.items[::-1]
    return Sequence("list", items, found.length, found.element, call.made(call["value"]))


@function("builtins.next", "iterator, default=None")
def take_next(call: Call) -> Value:
    iterator = call["iterator"]
    if isinstance(iterator, Reference) and "element" in iterator.fields and iterator.kind != "Dataset":
        found: Value = iterator.fields["element"]
        return found
    return element_of(spread(call.machine, iterator, call.site.span)) or call.unknown("an item")


@function("builtins.iter", "value", raw=True)
def make_iter(call: Call) -> Value:
    return call["value"]
