"""Windows that were put in random order before a part of them was held out, or of which some were left out."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, differ, same
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Slice, Table, Value, rows_of
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.provenance import (
    MOST_VALUES,
    SPLIT,
    Window,
    ancestors,
    call_at,
    comes_from,
    cuts,
    few,
    is_none,
    key_of,
    random_order,
    shuffles,
)

#: What keeps rows in their order, whatever it does to them.
_ROWWISE = frozenset(
    {
        *("attribute", "Table.to_numpy", "Series.to_numpy", "Table.reset_index", "Series.reset_index", "Table.copy"),
        *("Array.astype", "Table.astype", "Series.astype", "numpy.array", "numpy.asarray", "Array.reshape"),
    }
)
#: What leaves samples as they are, and what makes arrays of lists of them as well.
_SAME = frozenset({"Array.astype", SPLIT})
_GATHERED = _SAME | {"Array.copy", "keras.utils.pad_sequences", "numpy.array", "numpy.asarray", "numpy.stack"}
#: What puts the rows of a table in an order that is not followed.
_BY_LABEL = frozenset({"join", "merge", "reindex", "sample", "sort_index", "sort_values", "take"})


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """Windows in random order, the step that put them there, and where that order was drawn."""

    windows: Value
    made: Made
    drawn: Made


def mixed_and_held_out(run: Run, x: Array, window: Window, facts: Facts) -> Iterator[Mixed]:
    """The random orders between the windows and a training of which a part is kept to ask the model about.

    ``train_test_split``, which does both at once, is left out.
    """
    for value in ancestors(x):
        made = getattr(value, "made", None)
        if made is None or not made.sources or made.operation == SPLIT or not shuffles(made, facts):
            continue
        drawn = random_order(made.sources[1], facts) if made.operation == "index" else made
        if drawn is None or not comes_from(made.sources[0], window.cut):
            continue
        mixed = Mixed(value, made, drawn)
        if _held_out(run, mixed, facts):
            yield mixed


def _held_out(run: Run, mixed: Mixed, facts: Facts) -> bool:
    """``validation_split`` counts where the model is asked about nothing else: else the answers tell in time."""
    asked = [value for one in facts.runs_of(run.model) if not one.trains for value in one.x]
    if run.validation_split and not asked:
        return True
    for value in (*asked, *(run.validation_data or ())):
        if any(not cut.first for cut in cuts(value, mixed.windows)):
            return True
        made = getattr(value, "made", None)
        if made is not None and made.operation == "index" and random_order(made.sources[1], facts) is mixed.drawn:
            return made is not mixed.made
    return False


def split_leaves_nothing(run: Run) -> Dim | None:
    """The samples of arrays of which ``validation_split`` leaves none to train on: Keras refuses that.

    None where some are left, or where validation data is given, which has Keras leave the split out.
    """
    count = next((rows for value in run.x if (rows := rows_of(value)) is not None), None)
    if run.method != "fit" or run.data_kind != "array" or not holds_out(run) or count is None or not count.known:
        return None
    return count if math.floor(count.constant * (1 - (run.validation_split or 0))) == 0 else None


def holds_out(run: Run) -> bool:
    """Whether a part of what a fit is given is certainly kept for validation."""
    return bool(run.validation_split) and is_none(run.arguments.get("validation_data", Const(None)))


def mixed_rows(series: Value, facts: Facts) -> Made | None:
    """The step that put the rows of a series in random order, before windows were cut from it."""
    current = series
    for _ in range(20):
        made: Made | None = getattr(current, "made", None)
        if made is None or not made.sources:
            return None
        if shuffles(made, facts) or _samples_all(made, facts):
            return made
        key = made.sources[1] if made.operation == "index" and len(made.sources) > 1 else None
        whole = made.operation in _ROWWISE or made.operation.startswith("sklearn.preprocessing.")
        if not whole and not isinstance(key, Slice | Const | Sequence):
            return None
        if isinstance(key, Const) and not isinstance(made.sources[0], Table):
            return None
        current = made.sources[0]
    return None


def _samples_all(made: Made, facts: Facts) -> bool:
    """``table.sample(frac=1)``."""
    call = call_at(facts, made) if made.operation in ("Table.sample", "Series.sample") else None
    frac = call.arguments.get("frac") if call is not None else None
    return isinstance(frac, Const) and frac.value == 1


def other_part(x: Value, y: Value) -> tuple[Made, Made] | None:
    """How x and y were cut, where the one holds the rows up to a place and the other those from there on."""
    one, other = getattr(x, "made", None), getattr(y, "made", None)
    if one is None or other is None:
        return None
    if one.operation == other.operation == SPLIT and one.span == other.span:
        return (one, other) if _part_of(one) != _part_of(other) else None
    first, second = _border(one), _border(other)
    if first is None or second is None or first[0] == second[0] or not same(first[1], second[1]):
        return None
    rows, others = rows_of(one.sources[0]), rows_of(other.sources[0])
    return (one, other) if rows is None or others is None or not differ(rows, others) else None


def _part_of(made: Made) -> object:
    return getattr(made.sources[-1], "value", None)


def _border(made: Made) -> tuple[bool, Dim] | None:
    """Whether a slice goes up to a place, or from there on; a few rows are cut off to shift a series."""
    key = made.sources[1] if made.operation == "index" and len(made.sources) == 2 else None
    if not isinstance(key, Slice) or not is_none(key.step):
        return None
    start, stop = (None if is_none(end) else dim_of(end) for end in (key.start, key.stop))
    if is_none(key.start) and stop is not None and not few(stop):
        return True, stop
    return (False, start) if is_none(key.stop) and start is not None and not few(start) else None


def shuffled_apart(x: Value, y: Value, facts: Facts) -> Made | None:
    """The random order that the samples of one were put in and those of the other were not."""
    orders, others = _orders(x, facts), _orders(y, facts)
    if bool(orders) == bool(others):
        return None
    one, other, found = (x, y, orders) if orders else (y, x, others)
    apart = (o for o in found.values() if _of_samples(one, o.made) or _had_rows(other, o.rows))
    return next((o.made for o in apart if not _may_follow(other, o, facts)), None)


def _may_follow(value: Value, order: _Order, facts: Facts) -> bool:
    """Whether a value may have been put in that order as well: taken by its numbers one by one, or by its labels.

    What was there before the order was drawn was not.
    """
    drawing = _drawing(order.drawn, facts)
    made_before = {id(call.result) for call in facts.calls if drawing is not None and call.order < drawing.order}
    waiting, seen = [value], set[int]()
    while waiting and len(seen) < MOST_VALUES:
        current = waiting.pop()
        made: Made | None = getattr(current, "made", None)
        if id(current) in seen or id(current) in made_before:
            continue
        seen.add(id(current))
        if made is order.drawn or (isinstance(current, Sequence) and current.items is None):
            return True
        if made is not None and made.operation.rpartition(".")[2] in _BY_LABEL:
            return True
        waiting.extend(made.sources if made is not None else ())
    return False


def shuffled_twice(x: Value, y: Value, facts: Facts) -> tuple[Made, Made] | None:
    """The random orders that the samples of both were put in, each in one of its own that nothing makes the same."""
    orders, others = _orders(x, facts), _orders(y, facts)
    if not orders or not others or _made_with(y, orders) or _made_with(x, others):
        return None
    first, second = (
        [o for o in found.values() if _of_samples(v, o.made, _GATHERED)] for v, found in ((x, orders), (y, others))
    )
    pair = next(((a, b) for a in first for b in second if _drawn_apart(a.drawn, b.drawn, facts)), None)
    return (pair[0].made, pair[1].made) if pair is not None else None


def _made_with(value: Value, orders: Mapping[int, _Order]) -> bool:
    """Whether one of these orders is on a value's way as well, in whichever form."""
    return any(id(getattr(one, "made", None)) in orders for one in ancestors(value))


def _drawn_apart(one: Made, other: Made, facts: Facts) -> bool:
    """Whether two calls draw from the same source of random numbers, which goes on from the first to the second."""
    calls = _drawing(one, facts), _drawing(other, facts)
    if calls[0] is None or calls[1] is None or calls[0] is calls[1] or calls[0].receiver is not calls[1].receiver:
        return False
    return drawn_freely(calls[0], calls[1], "random_state", facts) is not None


def _drawing(made: Made, facts: Facts) -> LibraryCall | None:
    """The very call that drew an order, or put samples into one in place."""
    here = [call for call in facts.calls_to(made.operation) if call.call.span == made.span]
    found = next((call for call in here if any(getattr(one, "made", None) is made for one in _results(call))), None)
    return here[0] if found is None and len(here) == 1 else found


def _results(call: LibraryCall) -> tuple[Value, ...]:
    found = call.result
    return found.items if isinstance(found, Sequence) and found.items is not None else (found,)


def split_apart(one: Value, other: Value, facts: Facts) -> tuple[LibraryCall, LibraryCall] | None:
    """The two random splits, in their order, of samples that belong together; nothing makes them choose the same."""
    first, second = _random_splits(one, facts), _random_splits(other, facts)
    if len(first) != 1 or len(second) != 1 or first[0] is second[0]:
        return None
    return drawn_freely(first[0], second[0], "random_state", facts)


def drawn_freely(
    one: LibraryCall, other: LibraryCall, seed: str, facts: Facts
) -> tuple[LibraryCall, LibraryCall] | None:
    """Two calls in their order, where nothing may make them draw the same: no ``seed`` of theirs, none set between."""
    former, latter = sorted((one, other), key=lambda call: call.order)
    told = any(not is_none(call.arguments.get(seed, Const(None))) for call in (former, latter))
    between = (call for call in facts.calls if former.order < call.order < latter.order)
    return None if told or any(_seeds(call.name) for call in between) else (former, latter)


def _seeds(name: str) -> bool:
    last = name.rpartition(".")[2]
    return "seed" in last or last in ("set_state", "setstate")


def _random_splits(value: Value, facts: Facts) -> list[LibraryCall]:
    """The calls of ``train_test_split`` on a value's way that surely shuffle."""
    found = (call_at(facts, made) for _, made in _shufflings(value, facts) if made.operation == SPLIT)
    return list({id(call): call for call in found if call is not None and not call.loops}.values())


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """A step that put ``rows`` rows in random order, and the one that drew the order."""

    made: Made
    drawn: Made
    rows: Dim | None


def _orders(value: Value, facts: Facts) -> dict[int, _Order]:
    """The random orders on a value's way, by where they were drawn."""
    found: dict[int, _Order] = {}
    for one, made in _shufflings(value, facts):
        drawn = random_order(made.sources[1], facts) if made.operation == "index" else made
        if made.operation != SPLIT and drawn is not None:
            found.setdefault(id(drawn), _Order(made, drawn, rows_of(one)))
    return found


def _shufflings(value: Value, facts: Facts) -> Iterator[tuple[Value, Made]]:
    """The steps on a value's way that put samples in random order, with what came of them."""
    for one in ancestors(value):
        made = getattr(one, "made", None)
        if made is not None and shuffles(made, facts):
            yield one, made


def _of_samples(value: Value, order: Made, through: frozenset[str] = _SAME) -> bool:
    """Whether an order is that of the samples themselves: at most cut or changed in place afterwards.

    What was made of the items of a list does not tell that the list was shuffled: where the other array has no order
    at all, lists do not count.
    """
    current = value
    for _ in range(12):
        made: Made | None = getattr(current, "made", None)
        if made is None or made is order:
            return made is order
        cut = made.operation == "index" and len(made.sources) == 2 and isinstance(made.sources[1], Slice)
        if not made.sources or not (cut or made.operation in through):
            return False
        current = made.sources[0]
    return False


def _had_rows(value: Value, rows: Dim | None) -> bool:
    counts = (rows_of(one) for one in ancestors(value)) if rows is not None else ()
    return any(rows is not None and count is not None and same(count, rows) for count in counts)


def overlap(x: Value, asked: Value) -> tuple[int, int] | None:
    """The rows that two slices of the same samples share, where the second has others as well; None without any."""
    first, second = _rows_of_slice(x), _rows_of_slice(asked)
    if first is None or second is None or first[0] is not second[0]:
        return None
    low, high = max(first[1], second[1]), min(first[2], second[2])
    return (low, high) if low < high and (second[1] < first[1] or second[2] > first[2]) else None


def _rows_of_slice(value: Value) -> tuple[Value, int, int] | None:
    made = getattr(value, "made", None)
    key = made.sources[1] if made is not None and made.operation == "index" and len(made.sources) == 2 else None
    if made is None or not isinstance(key, Slice) or not isinstance(value, Array) or not is_none(key.step):
        return None
    start = Dim(0) if is_none(key.start) else dim_of(key.start)
    stop = dim_of(key.stop)
    if start is None or not start.known or start.constant < 0:
        return None
    end = sys.maxsize if is_none(key.stop) else stop.value if stop is not None else None
    return (made.sources[0], start.constant, end) if end is not None and end > 0 else None


def thinned(x: Value, window: Window) -> bool:
    """Whether not every window was kept: then what is left may stand further apart than one step.

    ``X[::length]`` and ``X[chosen]`` leave some out, and so may a condition around ``append``.
    """
    rows = rows_of(window.series)
    for value in ancestors(x):
        if isinstance(value, Sequence) and rows is not None and _of_its_own(value.length, rows):
            return True
        made, key = getattr(value, "made", None), key_of(value)
        if key is None or made is None or not comes_from(made.sources[0], window.cut):
            continue
        step = dim_of(key.step) if isinstance(key, Slice) and not is_none(key.step) else Dim(1)
        if step != Dim(1) or isinstance(key, (Array, Sequence)):
            return True
    return False


def _of_its_own(count: Dim, rows: Dim) -> bool:
    """Whether a number of windows does not follow from the rows they were cut from."""
    return any(symbol.name == "?" for symbol in count.symbols - rows.symbols)
