"""In which order the values of an array were put in: by loops, or as parts beside one another."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, same
from lstmlint.interpreter.values import Array, Made, Sequence, Slice, Table, Value, keys_in
from lstmlint.questions.filled_by_loops import laid_by_loops
from lstmlint.questions.provenance import SPLIT, comes_from, is_none, scales
from lstmlint.questions.state import recurrent_layers

_BESIDE = frozenset({"numpy.hstack", "numpy.concatenate", "numpy.column_stack", "pandas.concat"})
_RESHAPES = frozenset({"numpy.reshape", "Array.reshape"})
#: What keeps every row's values in their order.
_KEEPS = frozenset(
    {
        *("attribute", "pandas.DataFrame", "numpy.array", "numpy.asarray", "Array.astype", "Array.copy", SPLIT),
        *("Table.to_numpy", "Table.copy", "Table.astype", "Table.fillna", "Table.dropna"),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """The axes that the values of an array have by the way they were put in, ``how``, and what that ``assumes``."""

    axes: tuple[Dim, ...]
    how: str = ""
    assumes: tuple[str, ...] = ()


def laid_as(source: Array, result: Array, facts: Facts) -> Laid:
    """How an array was filled that becomes another one; its own axes where nothing else is known."""
    by_loops = laid_by_loops(source)
    if by_loops is not None:
        return Laid(by_loops, ", filled loop by loop as")
    parts = _parts_of_each_row(source) if len(result.shape or ()) == 3 and _read_in_steps(result, facts) else None
    if parts is None:
        return Laid(source.shape or ())
    return Laid(
        parts, ", joined part by part as", ("assumes that the columns of each part are the steps of one series",)
    )


def laid_back(source: Array, result: Array) -> bool:
    """A vector laid out and laid back: the reshape before had the result's shape."""
    made = source.made
    before = made.sources[0] if made is not None and made.operation in _RESHAPES and made.sources else None
    shape, new = before.shape if isinstance(before, Array) else None, result.shape
    return shape is not None and new is not None and len(shape) == len(new) and all(map(same, shape, new))


def _read_in_steps(array: Array, facts: Facts) -> bool:
    """Whether a recurrent model is given an array, or samples of it."""
    runs = (run for run in facts.runs if recurrent_layers(run.model))
    return any(comes_from(x, array) for run in runs for x in run.x or ())


def _parts_of_each_row(array: Array) -> tuple[Dim, ...] | None:
    """``(samples, parts, columns)`` of parts of as many columns each, the first of a row."""
    value: Value = array
    for _ in range(20):
        made: Made | None = getattr(value, "made", None)
        if made is None or not made.sources:
            return None
        if made.operation in _BESIDE:
            found = _beside(value, made, _shape(array)[1])
            return (_shape(array)[0], *found) if found is not None else None
        source = made.sources[0]
        kept = made.operation in _KEEPS or scales(made) or _takes_rows(made)
        wide = kept and len(_shape(source)) == 2 and same(_shape(source)[1], _shape(value)[1])
        if not wide and not _takes_the_first_columns(made):
            return None
        value = source
    return None


def _beside(joined: Value, made: Made, width: Dim) -> tuple[Dim, Dim] | None:
    """How many parts are the first columns, and how many columns each has."""
    given = made.sources[0] if len(made.sources) == 1 else None
    parts = given.items or (given.element,) if isinstance(given, Sequence) else made.sources
    shapes = [_shape(part) for part in parts]
    columns = shapes[0][1] if len(shapes[0]) == 2 else None
    if columns is None or len(_shape(joined)) != 2:
        return None
    alike = list(takewhile(lambda shape: len(shape) == 2 and same(shape[1], columns), shapes))
    several = isinstance(given, Sequence) and given.items is None
    count = given.length if isinstance(given, Sequence) and several else Dim(len(alike))
    rows = all(same(shape[0], _shape(joined)[0]) for shape in alike)
    # Pieces of one array may be one series all the same.
    whole = same(width, count * columns) and not any(map(_is_piece, parts[: len(alike)]))
    return (count, columns) if rows and whole else None


def _takes_the_first_columns(made: Made) -> bool:
    """``table.iloc[:, :-1]``."""
    keys = [key for one in made.sources[1:] for key in keys_in(one)] if made.operation == "index" else []
    cut = len(keys) == 2 and all(isinstance(key, Slice) and is_none(key.step) for key in keys)
    return cut and isinstance(keys[1], Slice) and is_none(keys[1].start)


def _is_piece(part: Value) -> bool:
    """``table[:, 12:24]``."""
    made: Made | None = getattr(part, "made", None)
    keys = [key for one in made.sources[1:] for key in keys_in(one)] if made is not None and made.sources else []
    return made is not None and made.operation == "index" and len(keys) > 1 and isinstance(keys[1], Slice)


def _takes_rows(made: Made) -> bool:
    return made.operation == "index" and len(made.sources) == 2 and isinstance(made.sources[1], Slice | Array)


def _shape(value: Value | None) -> tuple[Dim, ...]:
    if isinstance(value, Table):
        return value.rows, value.width
    return value.shape or () if isinstance(value, Array) else ()
