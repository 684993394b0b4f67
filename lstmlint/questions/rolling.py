"""Windows that a forecast should move on, and that each turn of its loop leaves as they were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, least, product, same
from lstmlint.interpreter.texts import A_LETTER, letters
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Size, Slice, Unknown, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import LibraryCall, Loop, Run
from lstmlint.questions.provenance import (
    MOST_VALUES,
    SHOWS,
    alike,
    ancestors,
    call_at,
    is_none,
    is_whole,
    keeps_all,
    made_of_answer,
)
from lstmlint.text.source import Span

_ONLY_LOOKS = frozenset({"builtins.len", "builtins.print"})
_JOINS = frozenset({"numpy.append", "numpy.concatenate", "numpy.vstack", "numpy.hstack", "tensorflow.concat"})


def dropped_again(run: Run, facts: Facts) -> tuple[Span, Span] | None:
    """Where the newest item of a window is cut off again, and where it was put at the end: ``(w + [p])[:-1]`` is w.

    Only where the model was asked about w, and is asked about what is left in the next turn.
    """
    next_x = run.again or _next_turn(run, facts)
    if run.trains or run.conditional or run.turn > 1 or not run.loops or len(run.x) != len(next_x):
        return None
    for before, after in (pair for x, again in zip(run.x, next_x, strict=True) for pair in _parted(x, again)):
        made: Made | None = getattr(after, "made", None)
        if made is None or made.operation != "index" or made.span not in run.loops[-1].span or not _first(made):
            continue
        whole = made.sources[0]
        put = _joined(before, whole) or _on_list(before, whole, run, facts)
        if put is not None and _as_long(before, after, whole) and not _used(whole, run, facts):
            return made.span, put
    return None


def given_again(run: Run, loop: Loop) -> bool:
    """Whether the second turn of a loop gives the model the very same."""
    pairs = list(zip(run.x, run.again, strict=False)) if len(run.again) == len(run.x) else []
    return bool(pairs) and all(a is b or (alike(a, b) and _unchangeable(a, loop)) for a, b in pairs)


def _unchangeable(value: Value, loop: Loop) -> bool:
    """Whether the next turn makes the same of the same: no list that may have grown, no place that moves with it."""
    ends = [end for one in ancestors(value) if isinstance(one, Slice) for end in (one.start, one.stop, one.step)]
    moves = any(isinstance(one, Reference | Size | Unknown) for one in (*ancestors(value), *ends))
    return not moves and not _reads_list(value, loop)


def _reads_list(value: Value, loop: Loop) -> bool:
    """Whether a turn makes a value of a list that was there before: one as long as before may hold other items."""
    waiting, seen = [value], set[int]()
    while waiting:
        one = waiting.pop()
        made: Made | None = getattr(one, "made", None)
        if made is None or made.span not in loop.span:
            if isinstance(one, Sequence) and one.kind == "list":
                return True
        elif id(one) not in seen:
            waiting += [*made.sources, *((one.items or (one.element,)) if isinstance(one, Sequence) else ())]
        seen.add(id(one))
    return False


@dataclass(frozen=True, slots=True, eq=False)
class RolledBack:
    """Where a window is rolled, and whether the prediction is then written into its last place, else its first."""

    roll: Span
    at_end: bool


def rolled_back(run: Run, facts: Facts) -> RolledBack | None:
    """Whether the next turn's window is this one, rolled by one away from the end that the prediction is put at.

    The value that goes round to the other end stays; another one is overwritten. Of two values each way is the same.
    """
    rolled, call, filled = _rolled(run, facts) or (None, None, [])
    if rolled is None or call is None:
        return None
    axis, shift = _rolled_axis(rolled, call.arguments.get("axis")), dim_of(call.arguments.get("shift"))
    if axis is None or shift is None:
        return None
    at_end, last = shift == Dim(1), (rolled.shape or ())[axis] - Dim(1)
    wrong = shift in (Dim(1), Dim(-1)) and all(_end(made.sources[2:], axis, last) is at_end for made in filled)
    own = all(made_of_answer(made.sources[1], run) for made in filled)
    return RolledBack(call.call.span, at_end) if wrong and own else None


@dataclass(frozen=True, slots=True, eq=False)
class RolledFlat:
    """Where a window is rolled as one long row of numbers, by ``shift``, and the axis that it should move along."""

    roll: LibraryCall
    window: Array
    shift: int
    axis: int


def rolled_flat(run: Run, facts: Facts) -> RolledFlat | None:
    """Whether the next turn's window is this one, rolled without an axis by less than the steps that are written into.

    Numbers go from one step to the next then, each to another feature. What is written in at one end of the steps
    covers no more than that end. A write at the end of each row would make it a roll of each row.
    """
    rolled, call, filled = _rolled(run, facts) or (None, None, [])
    shift = dim_of(call.arguments.get("shift")) if call is not None else None
    flat = call is not None and ((axis := call.arguments.get("axis")) is None or is_none(axis))
    if rolled is None or call is None or not flat or shift is None or not shift.value or not rolled.shape:
        return None
    ends = [_written_end(made, rolled.shape, shift.value) for made in filled]
    at = next((end.axis for end in ends if end is not None and end.beside), None)
    same_end = None not in ends and len({(end.axis, end.last) for end in ends if end is not None}) == 1
    if at is None or not same_end or not _breaks_rows(product(rolled.shape[at + 1 :]), shift.value):
        return None
    own = any(made_of_answer(made.sources[1], run) for made in filled)
    return RolledFlat(call, rolled, shift.value, at) if own else None


@dataclass(frozen=True, slots=True)
class _End:
    """One end of the steps, which ``axis`` counts; ``beside`` says that more is written than the end of a row."""

    axis: int
    last: bool
    beside: bool


def _breaks_rows(row: Dim, shift: int) -> bool:
    """Whether a shift certainly is no whole number of rows."""
    return shift % row.value != 0 if row.value else least(row) > abs(shift)


def _written_end(made: Made, shape: tuple[Dim, ...], shift: int) -> _End | None:
    """The end that is written into, where no number at the other end is."""
    array, keys = made.sources[0], made.sources[2:]
    if not isinstance(array, Array) or array.shape is None or len(array.shape) != len(shape) or len(keys) > len(shape):
        return None
    chosen = [at for at, key in enumerate(keys) if not (is_whole(key) or same(shape[at], 1))]
    last = _end(keys, chosen[0], shape[chosen[0]] - Dim(1)) if chosen and least(shape[chosen[0]]) >= 2 else None
    if last is None:
        return None
    return _End(chosen[0], last, len(chosen) == 1 or _amid(keys[chosen[-1]], shape[chosen[-1]], shift))


def _amid(key: Value, size: Dim, shift: int) -> bool:
    """Whether a place is not the one of a row that a shift by one brings the next row's number to."""
    place, edge = dim_of(key), size - Dim(1) if shift < 0 else Dim(0)
    known = place is not None and place.value is not None and size.value is not None
    return known and place is not None and (place.value or 0) % (size.value or 1) != edge.value


def _rolled(run: Run, facts: Facts) -> tuple[Array, LibraryCall, list[Made]] | None:
    """The window of this turn as ``np.roll`` gave it for the next one, and what is written into it since."""
    window = run.again[0] if len(run.x) == len(run.again) == 1 and not run.conditional and run.turn == 1 else None
    filled = [one.made for one in _views(window) if one.made is not None and one.made.operation == "filled"]
    rolled = filled[-1].sources[0] if filled else None
    call = call_at(facts, rolled.made) if isinstance(rolled, Array) and rolled.made is not None else None
    if not isinstance(rolled, Array) or call is None or call.name != "numpy.roll" or call.conditional:
        return None
    before = {id(one.made) for one in _views(run.x[0]) if one.made is not None}
    known = any(id(one.made) in before for one in _views(call.arguments.get("a")))
    return (rolled, call, filled) if known else None


def _views(value: Value | None) -> Iterator[Array]:
    """An array, and those that it shows in other axes or was filled into."""
    while isinstance(value, Array):
        yield value
        made = value.made
        whole = made is not None and made.operation == "index" and all(map(keeps_all, made.sources[1:]))
        if made is None or not (whole or made.operation in SHOWS or made.operation == "filled"):
            return
        value = made.sources[0]


def _rolled_axis(rolled: Array, axis: Value | None) -> int | None:
    """The axis along which an array is rolled by one; without one given, the only axis of more than one item."""
    shape = rolled.shape or ()
    long = [at for at, dim in enumerate(shape) if not same(dim, 1)]
    if axis is None or is_none(axis):
        found = long[0] if len(long) == 1 else None
    else:
        given = dim_of(axis)
        found = given.value if given is not None else None
    if found is None or not -len(shape) <= found < len(shape) or shape[found].value in (1, 2):
        return None
    return found % len(shape)


def _end(keys: tuple[Value, ...], axis: int, last: Dim) -> bool | None:
    """Whether what is written into is the last place of an axis, or the first; None for another one."""
    plain = all(isinstance(key, Slice) or dim_of(key) is not None for key in keys)
    key = keys[axis] if plain and len(keys) > axis else None
    if isinstance(key, Slice):
        start, stop = (None if is_none(end) else dim_of(end) or Dim(2) for end in (key.start, key.stop))
        if stop is None:
            return True if start in (Dim(-1), last) else None
        return False if stop == Dim(1) and start in (None, Dim(0)) else None
    place = dim_of(key)
    return True if place in (Dim(-1), last) else False if place == Dim(0) else None


def _next_turn(run: Run, facts: Facts) -> tuple[Value, ...]:
    """What the model is given in the second turn, told apart where its shapes are other ones."""
    same_place = (one for one in facts.runs_of(run.model) if one.call.span == run.call.span and one.order > run.order)
    return next((one.x for one in same_place if one.turn == 2), ())


def _parted(one: Value, other: Value) -> Iterator[tuple[Value, Value]]:
    """Where two values made by the same steps begin to be different ones."""
    waiting, seen = [(one, other)], set[tuple[int, int]]()
    while waiting and len(seen) < MOST_VALUES:
        first, second = waiting.pop(0)
        if first is second or (id(first), id(second)) in seen:
            continue
        seen.add((id(first), id(second)))
        made, twin = getattr(first, "made", None), getattr(second, "made", None)
        alike = made is not None and twin is not None and (made.operation, made.span) == (twin.operation, twin.span)
        if alike or made is twin is None:
            mine, others = _parts(first), _parts(second)
            waiting.extend(zip(mine, others, strict=True) if len(mine) == len(others) else ())
        else:
            yield first, second


def _parts(value: Value) -> tuple[Value, ...]:
    match value:
        case Slice(start=start, stop=stop, step=step):
            return start, stop, step
        case Sequence(items=tuple() as items):
            return items
        case Sequence(element=element) if element is not None:
            return (element,)
        case _:
            made = getattr(value, "made", None)
            return made.sources if made is not None else ()


def _first(made: Made) -> bool:
    """Whether the items are taken from the first one on, on every axis."""
    keys = made.sources[1:]
    return bool(keys) and all(isinstance(key, Slice) and _from_first(key) for key in keys)


def _from_first(key: Slice) -> bool:
    starts = isinstance(key.start, Const) and key.start.value in (None, 0)
    return starts and isinstance(key.step, Const) and key.step.value in (None, 1)


def _used(whole: Value, run: Run, facts: Facts) -> bool:
    """Whether the longer window serves for something before it is cut: another question to a model, a result."""
    loop, made = run.loops[-1].span, getattr(whole, "made", None)
    if any(one.call.span in loop and one.call.span != run.call.span for one in facts.runs):
        return True
    calls = (call for call in facts.calls if call.order > run.order and call.call.span in loop)
    given = (value for call in calls if call.name not in _ONLY_LOOKS for value in call.arguments.values())
    return any(value is whole or (isinstance(value, Sequence) and value.made is made) for value in given)


def _on_list(before: Value, whole: Value, run: Run, facts: Facts) -> Span | None:
    """The one ``append`` to the list that the model was asked about."""
    if not isinstance(whole, Reference) or whole.kind != "list":
        return None
    calls = [call for call in facts.calls if call.receiver is whole and call.order > run.order]
    inside = [call for call in calls if call.call.span in run.loops[-1].span]
    only = inside[0] if len(inside) == len(calls) == 1 else None
    if whole.made is not getattr(before, "made", None) or only is None or only.name != "list.append":
        return None
    return only.call.span if not only.conditional else None


def _joined(before: Value, whole: Value) -> Span | None:
    made: Made | None = getattr(whole, "made", None)
    joins = made is not None and (made.operation in _JOINS or made.operation == "arithmetic")
    if made is None or not joins or len(made.sources) < 2 or isinstance(whole, Array) is (made.operation not in _JOINS):
        return None
    base: Value = made.sources[0]
    own = base.made if isinstance(base, Array | Sequence | Reference | Unknown | Const) else None
    return made.span if own is not None and own is getattr(before, "made", None) else None


def _as_long(before: Value, after: Value, whole: Value) -> bool:
    """Whether as many items are left as there were, of more."""
    match before, after:
        case Array(shape=tuple() as old), Array(shape=tuple() as new) if isinstance(whole, Array) and whole.shape:
            alike = len(old) == len(new) and all(map(same, old, new))
            return alike and any(not same(one, other) for one, other in zip(whole.shape, new, strict=True))
        case Sequence(length=old), Sequence(length=new):
            return same(old, new)
        case Unknown(text=True), Unknown(text=True):
            return same(letters(before), letters(after)) or _one_letter(after)
        case Const(value=str() as text), Unknown(text=True):
            return same(Dim(len(text)), letters(after)) or _one_letter(after)
        case _:
            return False


def _one_letter(text: Unknown) -> bool:
    """``(text + letter)[:-1]``."""
    made = text.made
    joined: Made | None = getattr(made.sources[0], "made", None) if made is not None else None
    key = made.sources[1] if made is not None and len(made.sources) == 2 else None
    last = joined.sources[1] if joined is not None and len(joined.sources) == 2 else None
    one = isinstance(last, Unknown) and last.why == A_LETTER
    return one and isinstance(key, Slice) and isinstance(key.stop, Const) and key.stop.value == -1
