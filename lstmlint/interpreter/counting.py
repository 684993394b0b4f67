"""What a loop gathers by a counter of the program's own: ``series[at : at + n]``, with ``at += step`` at each turn."""

from __future__ import annotations

from collections.abc import Sequence as Several
from dataclasses import dataclass, field, replace
from operator import add, mul, sub
from typing import Any

from lstmlint.interpreter.dims import Dim, same, symbol_dim
from lstmlint.interpreter.join import join
from lstmlint.interpreter.memory import Changes
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Size, Slice, Unknown, Value
from lstmlint.keras_model.graph import dim_of

#: How many steps back from an item to the counter.
_DEEPEST = 12


def counters_of(after_one: Changes, after_two: Changes) -> Counters:
    """What moves evenly in the first two turns of a loop."""
    found = Counters()
    for cell, (_, _, before, second) in after_two.items():
        if cell in after_one:
            found.add(before, after_one[cell][3], second)
    return found


@dataclass(slots=True, eq=False)
class Counters:
    """The counters of one loop: the values they have in its first two turns, and what stands for them in any turn.

    Counters that move by the same step are the same symbol, so that what they index stays side by side.
    """

    places: dict[tuple[int, int], Dim] = field(default_factory=dict)
    symbols: dict[int, Dim] = field(default_factory=dict)

    def add(self, before: Any, first: Any, second: Any) -> None:
        """A cell that has these values before a loop, after one turn, and after two."""
        dims = dim_of(before), dim_of(first), dim_of(second)
        if dims[0] is None or dims[1] is None or dims[2] is None:
            return
        step = (dims[1] - dims[0]).value
        if not step or step < 0 or not same(dims[2] - dims[1], step):
            return
        moved = self.symbols.setdefault(step, symbol_dim("i", 0, step=step))
        # What is read before the counter moves on, and after.
        self.places[id(before), id(first)] = dims[0] + moved
        self.places[id(first), id(second)] = dims[1] + moved

    def gathered(self, before: Any, second: Any, widened: Any) -> Any:
        """A list after a loop that appends an item to it at each turn, whose items are what they are in any turn."""
        began = isinstance(before, Sequence) and before.items == ()
        two = second.items if isinstance(second, Sequence) else None
        if not self.places or not began or two is None or len(two) != 2 or not isinstance(widened, Sequence):
            return widened
        item = self._moved(*two, _DEEPEST) if widened.items is None else None
        # Two numbers of the list would be taken for the same one.
        numbers = item is None or dim_of(item) is not None
        return widened if numbers or item is two[0] else replace(widened, element=item)

    def _moved(self, one: Value, other: Value, depth: int) -> Value | None:
        place = self.places.get((id(one), id(other)))
        if one is other or depth == 0:
            return one if one is other else None
        if place is not None:
            return Size(place, getattr(one, "made", None))
        if isinstance(one, Slice) and isinstance(other, Slice):
            given = (one.start, one.stop, one.step)
            ends = self._all(given, (other.start, other.stop, other.step), depth)
            return ends if ends is None else one if _unmoved(ends, given) else Slice(*ends)
        if isinstance(one, Sequence) and isinstance(other, Sequence) and one.items is not None:
            items = self._all(one.items, other.items or (), depth)
            return items if items is None else one if _unmoved(items, one.items) else replace(one, items=items)
        made, twin = getattr(one, "made", None), getattr(other, "made", None)
        if made is None or twin is None or (made.operation, made.span) != (twin.operation, twin.span):
            return one if _equal(one, other) else None
        sources = self._all(made.sources, twin.sources, depth)
        if sources is None or _unmoved(sources, made.sources):
            return one if sources is not None and _equal(one, other) else None
        return _made_of(one, other, replace(made, sources=sources), twin, made)

    def _all(self, mine: Several[Value], others: Several[Value], depth: int) -> tuple[Value, ...] | None:
        pairs = zip(mine, others, strict=True) if len(mine) == len(others) else ()
        found = [self._moved(one, other, depth - 1) for one, other in pairs]
        known = tuple(value for value in found if value is not None)
        return known if len(known) == len(mine) else None


def _unmoved(found: Several[Value], given: Several[Value]) -> bool:
    return all(one is other for one, other in zip(found, given, strict=True))


def _equal(one: Value, other: Value) -> bool:
    if isinstance(one, Const) and isinstance(other, Const):
        return type(one.value) is type(other.value) and bool(one.value == other.value)
    first, second = dim_of(one), dim_of(other)
    return first is not None and second is not None and same(first, second)


def _made_of(one: Value, other: Value, made: Made, twin: Made, old: Made) -> Value | None:
    """What an operation gives in any turn, where it gave these in the first two."""
    if made.operation == "arithmetic" and dim_of(one) is not None:
        dim = _number(one, other, made, twin, old)
        return Size(dim, made) if dim is not None else None
    found = join(one, other)
    return replace(found, made=made) if isinstance(found, Array | Sequence | Size | Unknown) else None


def _number(one: Value, other: Value, made: Made, twin: Made, old: Made) -> Dim | None:
    """The sum, difference or product that a number is, told by the numbers of both turns."""
    here, there, anywhere = (_pair(step) for step in (old, twin, made))
    first, second = dim_of(one), dim_of(other)
    if here is None or there is None or anywhere is None or first is None or second is None:
        return None
    for operator in (add, sub, mul):
        # A counter times a counter does not move evenly.
        if operator is mul and all(value.symbols for value in anywhere):
            continue
        if same(operator(*here), first) and same(operator(*there), second):
            return operator(*anywhere)  # type: ignore[no-any-return]
    return None


def _pair(made: Made) -> tuple[Dim, Dim] | None:
    left, right = map(dim_of, made.sources) if len(made.sources) == 2 else (None, None)
    return (left, right) if left is not None and right is not None else None
