"""Samples that were drawn with replacement, or made up of others, before a part of them was held out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import least
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Slice, Table, Value, rows_of
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import LibraryCall
from lstmlint.questions.provenance import SPLIT, ancestors, is_none, key_of, moving, scales, shuffles

_RESAMPLE = "sklearn.utils.resample"
#: What makes samples of samples, one of one, or puts them together.
_KEEPS = frozenset(
    {
        *("attribute", "arithmetic", "literal", "numpy.array", "numpy.asarray", "numpy.reshape", "Array.reshape"),
        *("numpy.expand_dims", "Array.astype", "Array.copy", "Table.to_numpy", "Series.to_numpy", "Table.astype"),
        *("Series.astype", "Table.copy", "Table.reset_index", "Series.reset_index", "Table.drop", "Table.fillna"),
        *("Table.sample", "Series.sample", "sklearn.utils.shuffle", "keras.utils.to_categorical", "numpy.stack"),
        *("keras.utils.pad_sequences", "pandas.get_dummies", "numpy.float32", "Array.transpose", "numpy.transpose"),
    }
)
_JOINS = frozenset(
    {"pandas.concat", "numpy.concatenate", "numpy.vstack", "numpy.hstack", "numpy.append", "numpy.r_.__getitem__"}
)


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """Samples of which ``made`` put some in more than once, or ``mixed`` new ones out of them."""

    made: Made
    mixed: bool


def copies_split(call: LibraryCall, facts: Facts) -> Copies | None:
    """Whether a random split has copies of one sample on both sides, of which a model is trained on one."""
    arrays = call.arguments.get("arrays")
    items = arrays.items or () if isinstance(arrays, Sequence) else ()
    if call.name != SPLIT or call.call.has_star or not items or not _shuffled(call, facts):
        return None
    if not (_used(call, facts, "train") and _used(call, facts, "test")):
        return None
    return next((found for array in items for found in _copies(array, facts)), None)


def _shuffled(call: LibraryCall, facts: Facts) -> bool:
    return shuffles(Made(SPLIT, call.call.span), facts)


def _used(call: LibraryCall, facts: Facts, part: str) -> bool:
    """Whether a model is trained on one part, or asked about the other."""
    for run in facts.runs:
        learned = part == "train"
        values = run.x if run.trains is learned else (run.validation_data or ()) if not learned else ()
        if any(_is_part(one, call, part) for value in values for one in ancestors(value)):
            return True
    return False


def _is_part(value: Value, call: LibraryCall, part: str) -> bool:
    made: Made | None = getattr(value, "made", None)
    if made is None or made.operation != SPLIT or made.span != call.call.span or len(made.sources) != 2:
        return False
    arrays = call.arguments.get("arrays")
    given = arrays.items or () if isinstance(arrays, Sequence) else ()
    told = isinstance(made.sources[1], Const) and made.sources[1].value == part
    return told and any(made.sources[0] is one for one in given)


def _copies(value: Value, facts: Facts) -> Iterator[Copies]:
    """The draws on a value's way, as long as its rows are samples."""
    waiting, seen = [value], set[int]()
    while waiting and len(seen) < 200:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current, Reference):
            current = current.fields.get("content", current)
        if isinstance(current, Sequence):
            waiting.extend(current.items[:8] if current.items is not None else (current.element,))
            continue
        made: Made | None = getattr(current, "made", None)
        if made is None or not made.sources:
            continue
        found = _drawn(made, facts)
        if found is not None:
            yield found
        waiting.extend(_before(current, made))


def _before(value: Value, made: Made) -> tuple[Value, ...]:
    """What a step took the samples from, where it took all of one or did not ask for other rows."""
    if made.operation in _JOINS:
        return made.sources
    if made.operation == "index":
        key = key_of(value)
        part = (
            key is not None and moving(key) is None and (isinstance(key, Slice | Sequence | Array) or _named(made, key))
        )
        return made.sources[:1] if part else ()
    return made.sources[:1] if scales(made) or made.operation in _KEEPS or _adds(made.operation) else ()


def _named(made: Made, key: Value) -> bool:
    """A column of a table, or an item of what a call gave."""
    return isinstance(key, Const) and isinstance(made.sources[0], Table | Sequence)


def _adds(name: str) -> bool:
    return name == _RESAMPLE or (name.startswith("imblearn.") and name.endswith((".fit_resample", ".fit_sample")))


def _drawn(made: Made, facts: Facts) -> Copies | None:
    name = made.operation
    if name.startswith(("imblearn.over_sampling.", "imblearn.combine.")) and _adds(name):
        return Copies(made, ".RandomOverSampler." not in name)
    if name in (_RESAMPLE, "Table.sample", "Series.sample"):
        return Copies(made, False) if _again(made, facts) else None
    if name == "index" and len(made.sources) > 1 and isinstance(made.sources[0], Array | Table):
        chosen = next((one for one in _numbers(made.sources[1]) if _again(one, facts)), None)
        return Copies(chosen, False) if chosen is not None else None
    return None


def _numbers(key: Value) -> Iterator[Made]:
    """The draws of row numbers behind an index."""
    waiting = [key]
    for _ in range(20):
        current = waiting.pop() if waiting else None
        made: Made | None = getattr(current, "made", None)
        if isinstance(current, Sequence):
            waiting.extend(current.items[:8] if current.items is not None else ())
        elif made is not None and made.operation.startswith("numpy.random.") and made.operation.endswith(".choice"):
            yield made
        elif made is not None and (made.operation in _JOINS or made.operation in ("numpy.array", "numpy.asarray")):
            waiting.extend(made.sources)


def _again(made: Made, facts: Facts) -> bool:
    """Whether a draw puts back what it has drawn, as the program says itself, and is not one of a few."""
    calls = [call for call in facts.calls_to(made.operation) if call.call.span == made.span]
    return bool(calls) and all(_puts_back(call, made) for call in calls)


def _puts_back(call: LibraryCall, made: Made) -> bool:
    flag = call.arguments.get("replace")
    if not (isinstance(flag, Const) and flag.value is True):
        return False
    count = next((call.arguments[name] for name in ("n_samples", "n", "size") if name in call.arguments), None)
    rows = rows_of(made.sources[0]) if made.sources else None
    whole = made.operation == _RESAMPLE and (count is None or is_none(count))
    number = dim_of(count)
    more = rows is not None and number is not None and least(number - rows) >= 0
    fewer = rows is not None and number is not None and least(rows - number) > 0
    return whole or more or (call.call.keyword("replace") is not None and not fewer)
