"""Windows that a forecast should move on, and that each turn of its loop leaves as they were."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, same
from lstmlint.interpreter.texts import A_LETTER, letters
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Slice, Unknown, Value
from lstmlint.keras_model.training import Loop, Run
from lstmlint.questions.provenance import MOST_VALUES
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


def reads_list(value: Value, loop: Loop) -> bool:
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
