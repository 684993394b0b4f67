"""Values that a model is asked about as they are, after it was trained on them divided by something."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Size, Slice, Value
from lstmlint.keras_model.training import Run
from lstmlint.questions.provenance import MOST_VALUES, SHOWS, SPLIT, keeps_all
from lstmlint.questions.scaling import asked_later

#: Steps that hand on the values of what they are given first, in whatever axes.
_HAND_ON = (
    SHOWS
    | {SPLIT, "index", "window", "literal", "builtins.list", "numpy.float32"}
    | {f"numpy.{name}" for name in ("copy", "squeeze", "ravel", "stack", "array", "asarray")}
    | {f"Array.{name}" for name in ("astype", "copy", "flatten", "ravel", "squeeze", "tolist")}
    | {f"tensorflow.{name}" for name in ("constant", "convert_to_tensor", "expand_dims", "cast", "reshape")}
)


def undivided(run: Run, facts: Facts) -> tuple[Run, Made] | None:
    """The run that asks a model about values as they are, which all of its training has ``divided`` by something."""
    trainings = [one for one in facts.runs_of(run.model) if one.trains]
    if not trainings or trainings[0] is not run or any(len(one.x) != 1 for one in trainings):
        return None
    ways = [_divided(one.x[0], facts) for one in trainings]
    for one, asked in asked_later(run, facts):
        found = [_as_they_are(asked, way) for way in ways] if one.order > run.order or one is run else []
        if found and found[0] is not None and None not in found:
            return one, found[0]
    return None


def _divided(value: Value, facts: Facts) -> dict[int, Made | None]:
    """What a value was made of by a division by numbers, each with that step; by identity.

    None for an array that may have been changed by it as well.
    """
    found: dict[int, Made | None] = {}
    plain, seen = set[int](), set[tuple[int, bool]]()
    waiting: list[tuple[Value, Made | None]] = [(value, None)]
    while waiting and len(seen) < MOST_VALUES:
        one, division = waiting.pop(0)
        if (id(one), division is None) in seen:
            continue
        seen.add((id(one), division is None))
        if division is None:
            plain.add(id(one))
        elif isinstance(one, Array | Sequence) or (isinstance(one, Reference) and one.kind == "dict"):
            found[id(one)] = None if isinstance(one, Array) and _in_place(division, facts) else division
        waiting.extend(_before(one, division))
    return {key: made for key, made in found.items() if key not in plain}


def _before(value: Value, division: Made | None) -> Iterator[tuple[Value, Made | None]]:
    """What a value was made of, each with the division that lies between it and the end."""
    made: Made | None = getattr(value, "made", None)
    if made is not None and made.operation == "arithmetic" and isinstance(value, Array) and len(made.sources) == 2:
        divides = made.operator == "/" and _fewer_axes(made.sources[1], value) and not _is_one(made.sources[1])
        yield made.sources[0], made if divides else division
        return
    # What stands at one place of an array may be of another kind than what stands at the next.
    picked = made is not None and made.operation == "index" and any(map(_is_number, made.sources[1:]))
    yield from ((part, division) for part in (() if picked else _handed_on(value) or ()))


def _as_they_are(value: Value, divided: dict[int, Made | None]) -> Made | None:
    """The division that a value's sources go through elsewhere, where it is all made of them and of nothing else."""
    waiting, seen, division = [value], set[int](), None
    while waiting:
        one = waiting.pop(0)
        if id(one) in divided:
            division = divided[id(one)]
            if division is None:
                return None
        elif id(one) not in seen:
            parts = _handed_on(one)
            if not parts or len(seen) > MOST_VALUES:
                return None
            waiting.extend(parts)
        seen.add(id(one))
    return division


def _handed_on(value: Value) -> tuple[Value, ...] | None:
    """What holds the values that a value holds; None where other ones may come in."""
    if isinstance(value, Reference):
        return (value.fields["content"],) if value.kind == "list" else None
    if isinstance(value, Sequence):
        return value.items[:8] if value.items is not None else (value.element,)
    made: Made | None = getattr(value, "made", None)
    if not isinstance(value, Array) or made is None or made.operation not in _HAND_ON or not made.sources:
        return None
    picks = made.operation == "index" and any(
        not keeps_all(key) and not isinstance(key, Slice) for key in made.sources[2:]
    )
    named = made.operation == "index" and isinstance(made.sources[0], Reference) and isinstance(made.sources[-1], Const)
    return None if picks or named else made.sources[:1]


def _in_place(division: Made, facts: Facts) -> bool:
    """Whether a division may have changed other views of an array as well; a list or a dict stays as it is."""
    return division.span.path != facts.source.path or "/=" in facts.source.slice(division.span)


def _fewer_axes(value: Value, of: Array) -> bool:
    return (
        isinstance(value, Size)
        or _is_number(value)
        or (isinstance(value, Array) and value.rank is not None and (value.rank == 0 or value.rank < (of.rank or 0)))
    )


def _is_number(value: Value) -> bool:
    return isinstance(value, Const) and isinstance(value.value, int | float)


def _is_one(value: Value) -> bool:
    return isinstance(value, Const) and value.value == 1
