"""From samples and targets back to the series they come from, as long as each row stays where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lstmlint.interpreter.dims import Dim, least, same
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Slice, Table, Value, rows_of
from lstmlint.keras_model.graph import dim_of
from lstmlint.questions.earlier_rows import Earlier, columns_in, names_in, rows_earlier, table_of
from lstmlint.questions.later_rows import column_of, told_by
from lstmlint.questions.provenance import MOST_VALUES, is_none, keeps_all, scales

#: Operations that keep one sample a row: gathering, shapes behind the first axis, types.
GATHERS = frozenset(
    {
        *("numpy.array", "numpy.asarray", "numpy.float32", "Array.astype", "numpy.expand_dims", "numpy.stack"),
        *("numpy.reshape", "Array.reshape", "Array.copy", "numpy.copy"),
    }
)
#: Operations that keep every row of a series where it is, whatever they do to its values.
_ROWWISE = frozenset(
    {
        *("Table.to_numpy", "Series.to_numpy", "attribute", "Table.astype", "Series.astype", "pandas.DataFrame"),
        *("Table.copy", "Series.copy", "Table.fillna", "Series.fillna", "numpy.log", "numpy.log1p", "Table.round"),
        *("Table.reset_index", "Series.reset_index", "numpy.round", "Array.ravel", "Array.flatten", "Array.squeeze"),
    }
)


#: What puts series beside one another, where the result has as many rows as each.
_BESIDE = frozenset({"numpy.stack", "numpy.column_stack", "numpy.hstack", "numpy.concatenate", "numpy.c_"})
#: What takes columns away and keeps every row.
_TAKES_COLUMNS = frozenset({"Table.drop", "Table.pop", "Table.set_index"})


@dataclass(frozen=True, slots=True, eq=False)
class Without:
    """All columns but those of these names."""

    names: Value


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A stage of a series on the way back: ``offset`` rows of it were cut away in front, then ``columns`` chosen."""

    value: Value
    offset: Dim
    columns: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """Targets against the data of their windows: how many ``rows`` later, and whether they are columns of the data.

    ``moved`` tells how the data have them in a column of their own, made of another, where they are not the same one.
    ``of`` is the series that both were cut from.
    """

    rows: Dim
    held: bool
    moved: Earlier | None = None
    of: Value | None = None


def shift_of(data: Value, targets: Value) -> Shift | None:
    """How many rows of their common series the targets begin after the data; None where they share none."""
    for here in stages(targets, Dim(0), ()):
        for there in strands(data):
            if here.value is there.value:
                return replace(shift_between(here, there), of=here.value)
    return None


def strands(series: Value) -> Iterator[Place]:
    """The stages of a series, and those of the columns that were put beside one another to make it."""
    waiting, seen = [(series, Dim(0))], set[int]()
    while waiting and len(seen) < MOST_VALUES:
        value, row = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        for place in stages(value, row, ()):
            yield place
            if not place.columns:
                waiting.extend((column, place.offset) for column in _side_by_side(place.value))


def _side_by_side(value: Value) -> Iterator[Value]:
    """Series that are the columns of an array, or blocks of them."""
    made: Made | None = getattr(value, "made", None)
    if made is None or made.operation not in _BESIDE or _axes(value) != 2:
        return
    for source in made.sources:
        parts = (source.items or ()) if isinstance(source, Sequence) else (source,)
        yield from (part for part in parts if _axes(part) in (1, 2) and as_many_rows(part, value))


def shift_between(target: Place, held: Place) -> Shift:
    """How two parts of one series lie to each other."""
    own = holds(held.columns, target.columns)
    moved = None if own else rows_earlier(held.value, held.columns, target.columns)
    earlier = moved.rows if moved is not None else Dim(0)
    return Shift(target.offset - held.offset - earlier, own or moved is not None, moved)


def meeting(targets: Iterable[Place], data: list[Place], length: Dim) -> tuple[Value, Shift] | None:
    """What targets and the windows of their data were both cut from, and how they lie to each other there.

    Targets that were computed from rows of which windows of that length tell are held as well.
    """
    outside = None
    for here in targets:
        for there in data:
            if here.value is there.value:
                return here.value, _shift_or_told(here, there, length)
            outside = outside or _told_outside(here, there, length)
    return outside


def _shift_or_told(target: Place, held: Place, length: Dim) -> Shift:
    shift = shift_between(target, held)
    name, table = _name_of(target), table_of(held.value)
    inside = least(shift.rows) >= 0 and least(length - 1 - shift.rows) >= 0
    if table is None or name is None or shift.moved is not None or (shift.held and inside):
        return shift
    return _told(column_of(table, name), table, held, shift.rows, length) or shift


def _told_outside(target: Place, held: Place, length: Dim) -> tuple[Value, Shift] | None:
    """Targets that are no column of the table, but a series of as many rows."""
    table, series = held.value, target.value
    if not isinstance(table, Table) or target.columns or not _is_column(series) or not as_many_rows(series, table):
        return None
    shift = _told(series, table, held, target.offset - held.offset, length)
    return (table, shift) if shift is not None else None


def _told(wanted: Value, table: Table, held: Place, rows: Dim, length: Dim) -> Shift | None:
    """Targets that lie so many rows after their windows' first one."""

    def within(later: int) -> bool:
        return least(rows + later) >= 0 and least(length - 1 - rows - later) >= 0

    told = told_by(table, wanted, lambda own: holds(held.columns, (Const(own),)), within)
    if told is None:
        return None
    later = Dim(told.wanted - told.ahead)
    return Shift(rows + later, True, Earlier(-later, told.made, told))


def _name_of(place: Place) -> str | None:
    """The name of the one column that was chosen at a place; arrays count them."""
    table, chosen = table_of(place.value), [key for key in place.columns if not isinstance(key, Without)]
    names = columns_in(table, chosen[-1]) if table is not None and chosen else None
    if names is not None and len(chosen) == 2 and isinstance(chosen[0], Const) and isinstance(chosen[0].value, int):
        names = names[chosen[0].value :][:1] if -len(names) <= chosen[0].value < len(names) else None
    elif len(chosen) != 1:
        return None
    return names[0] if names is not None and len(names) == 1 and isinstance(names[0], str) else None


def holds(held: tuple[Value, ...], wanted: tuple[Value, ...]) -> bool:
    """Whether the window's columns are certain to have the target's among them."""
    if not held:
        return True
    gone, kept = _parted(held)
    _, asked = _parted(wanted)
    mine, other = _names(kept[-1]) if kept else None, _names(asked[-1]) if asked else None
    if gone and (other is None or not _all_kept(other, gone)):
        return False
    return not kept or (len(kept) == 1 and mine is not None and other is not None and other <= mine)


def _parted(columns: tuple[Value, ...]) -> tuple[list[Without], list[Value]]:
    dropped = [key for key in columns if isinstance(key, Without)]
    return dropped, [key for key in columns if not isinstance(key, Without)]


def _all_kept(wanted: frozenset[object], dropped: list[Without]) -> bool:
    """Whether columns are still there; numbers count others once some are gone."""
    gone = [_names(key.names) for key in dropped]
    texts = all(isinstance(name, str) for name in wanted)
    return texts and all(names is not None and wanted.isdisjoint(names) for names in gone)


def _names(key: Value) -> frozenset[object] | None:
    names = names_in(key)
    return frozenset(names) if names is not None else None


def columns_of(made: Made) -> tuple[Value, ...]:
    """What stands behind the first axis in an index, full slices left out."""
    return tuple(key for key in made.sources[2:] if not keeps_all(key))


def keys_of(made: Made) -> tuple[Value, ...]:
    """What a value was indexed by; a list's item stands before the list it was taken from."""
    listed = len(made.sources) > 1 and isinstance(made.sources[1], Reference)
    return made.sources[2:] if listed else made.sources[1:]


def steps_back(value: Value) -> Iterator[tuple[Value, Made | None]]:
    """From samples to what they were gathered from, as long as each row stays one sample."""
    for _ in range(40):
        made = getattr(value, "made", None)
        yield value, made
        if isinstance(value, Sequence):
            items = value.items
            following = (items[0] if items else None) if items is not None else value.element
        else:
            following = made.sources[0] if made is not None and made.sources else None
        if following is None:
            return
        value = following


#: What gives each row the value of so many rows before; the few that come from the other end do not count.
_MOVES_ROWS = frozenset({"numpy.roll", "Series.shift"})


def stages(series: Value, row: Dim, columns: tuple[Value, ...]) -> Iterator[Place]:
    """The series and what it was made from, row by row."""
    place = Place(series, row, columns)
    for _ in range(40):
        yield place
        made = getattr(place.value, "made", None)
        following = _before(place, made) if made is not None and made.sources else None
        if following is None:
            return
        place = following


def _before(place: Place, made: Made) -> Place | None:
    source, name = made.sources[0], made.operation
    reshaped = name in ("Array.reshape", "numpy.reshape")
    if name in _ROWWISE or (name in GATHERS - {"numpy.stack"} and not reshaped) or scales(made):
        return replace(place, value=source)
    if name in _TAKES_COLUMNS and len(made.sources) == 2:
        return replace(place, value=source, columns=(*place.columns, Without(made.sources[1])))
    if reshaped:
        return replace(place, value=source) if as_many_rows(source, place.value) else None
    if name == "arithmetic" and (series := rescaled(place.value, made)) is not None:
        return replace(place, value=series)
    if name in _MOVES_ROWS and len(made.sources) > 1 and _is_column(place.value):
        by = dim_of(made.sources[1])
        return Place(source, place.offset - by, place.columns) if by is not None else None
    if name != "index" or len(made.sources) < 2:
        return None
    key, behind = made.sources[1], columns_of(made)
    if isinstance(source, Table) and not isinstance(key, Slice):
        return Place(source, place.offset, (*place.columns, key))
    if not isinstance(key, Slice) or not is_none(key.step):
        return None
    start = Dim(0) if is_none(key.start) else dim_of(key.start)
    if start is None or least(start) < 0:
        return None
    return Place(source, place.offset + start, (*place.columns, *behind))


def rescaled(value: Value, made: Made) -> Value | None:
    """The series of arithmetic with numbers that are the same for all its rows: less a mean, divided by a scale."""
    axes = _axes(value)
    series = [one for one in made.sources if axes and _axes(one) == axes and as_many_rows(one, value)]
    if len(series) != 1 or len(made.sources) != 2:
        return None
    other = next(one for one in made.sources if one is not series[0])
    number = dim_of(other) is not None or (isinstance(other, Const) and isinstance(other.value, int | float))
    of_columns = _axes(other)
    return series[0] if number or (of_columns is not None and axes and of_columns < axes) else None


def as_many_rows(one: Value, other: Value) -> bool:
    """Whether two arrays or tables certainly have the same number of rows."""
    mine, rows = rows_of(one), rows_of(other)
    return mine is not None and rows is not None and same(mine, rows)


def _axes(value: Value) -> int | None:
    if isinstance(value, Table):
        return 2
    return len(value.shape) if isinstance(value, Array) and value.shape is not None else None


def _is_column(value: Value) -> bool:
    return isinstance(value, Array) and value.shape is not None and len(value.shape) == 1
