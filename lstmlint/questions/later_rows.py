"""Which rows a column was computed from: ``price.diff().shift(-1)`` of this row and the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lstmlint.interpreter.values import Array, Const, Function, Made, Sequence, Size, Slice, Table, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.questions.provenance import is_none

#: What makes of each value, or of those of several columns in one row, another one.
ROW_BY_ROW = frozenset(
    {
        *("arithmetic", "comparison", "numpy.where", "Array.astype", "pandas.cut", "pandas.qcut", "numpy.asarray"),
        *(f"numpy.{name}" for name in ("sign", "log", "log1p", "exp", "abs", "sqrt", "array", "clip")),
        *(f"Series.{name}" for name in ("astype", "apply", "map", "gt", "ge", "lt", "le", "ne", "eq", "clip", "round")),
        *(f"Series.{name}" for name in ("add", "sub", "mul", "div", "abs", "copy", "to_numpy", "fillna", "rename")),
    }
)
#: What keeps the rows that are left one behind another, and their values.
KEEPS_ROWS = frozenset(
    {f"Table.{name}" for name in ("dropna", "copy", "reset_index", "fillna", "astype", "drop", "pop")}
)
#: Those that make few values of many: what they are made of is not told.
_LOSES = frozenset(
    {
        *("comparison", "numpy.where", "numpy.sign", "pandas.cut", "pandas.qcut"),
        *(f"Series.{name}" for name in ("apply", "map", "gt", "ge", "lt", "le", "ne", "eq")),
    }
)
_DIFFERENCES = frozenset({"Series.diff", "Series.pct_change"})
#: What always makes the same of the same.
_ALIKE = (
    _DIFFERENCES
    | {"Series.shift", "numpy.roll", "arithmetic", "comparison", "numpy.where", "numpy.sign", "Series.astype"}
    | {"Array.astype", "numpy.log", "numpy.log1p", "numpy.abs", "Series.abs", "Series.to_numpy", "Series.copy"}
)
#: Expressions deeper than this are not looked into.
_DEEPEST = 14


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A column that was computed from a row ``ahead`` rows later, by ``made``; the targets are from that very row.

    Of their own, it lies ``wanted`` rows later.
    """

    column: str
    made: Made
    ahead: int
    wanted: int

    @property
    def said(self) -> str:
        if self.wanted <= 0:
            return f"is of a row that `{self.column}` tells of {self.ahead - self.wanted} before"
        later = "the row after" if self.wanted == 1 else f"the row {self.wanted} rows later"
        return f"is computed from {later}, and so is `{self.column}`"


def told_by(table: Table, wanted: Value, held: Callable[[str], bool], within: Callable[[int], bool]) -> Told | None:
    """The column that holds what later rows say, where all rows are told from which the ``wanted`` one was computed.

    ``held`` says which columns the samples have; ``within``, whether they hold the row so many after the target's.
    """
    columns = [(own, value) for own, value in _all_given(table) if held(own)]
    found = _Telling(table, columns, held, within).of(wanted, 0, _DEEPEST) if columns else None
    return max((one for one in found or () if one is not None), key=lambda one: one.wanted, default=None)


def column_of(table: Table, name: str) -> Value:
    """``table[name]``."""
    key = Const(name)
    made = replace(table.made, operation="index", sources=(table, key)) if table.made is not None else None
    return Array((table.rows,), made=made, name=name)


class _Telling:
    """One search for what the columns of a table tell of another one."""

    def __init__(
        self,
        table: Table,
        columns: list[tuple[str, Value]],
        held: Callable[[str], bool],
        within: Callable[[int], bool],
    ) -> None:
        self.base, self.columns, self.held, self.within = _base(table), columns, held, within
        self.numbers = _Numbers()
        self.rows: dict[tuple[int, int], frozenset[int] | None] = {}
        self.reaches: dict[int, int] = {}
        self.done: dict[tuple[int, int], list[Told | None] | None] = {}

    def of(self, value: Value, row: int, deepest: int) -> list[Told | None] | None:
        """The columns that tell of a later row, so many after the target's; None where anything is not told.

        None within the list stands for a row that is not later.
        """
        place = (self.numbers.of(value, _DEEPEST), row)
        if place not in self.done:
            self.done[place] = self._by_parts(value, row, deepest) or self._told(value, row)
        return self.done[place]

    def _told(self, value: Value, row: int) -> list[Told | None] | None:
        """By a column that holds it, of the same row rather than of an earlier one where the row is not later."""
        reach = self._reach(value, _DEEPEST)
        found = [one for one in self._holding(value) if self.within(row - one.ahead)]
        if not found:
            return None
        later = [one for one in found if one.ahead + reach > 0]
        if not later or (row + reach <= 0 and len(later) < len(found)):
            return [None]
        return [replace(later[0], ahead=later[0].ahead + reach, wanted=row + reach)]

    def _holding(self, value: Value) -> Iterator[Told]:
        key, number = _column(value), self.numbers.of(value, _DEEPEST)
        for name, column in self.columns:
            made: Made | None = getattr(column, "made", None)
            if made is not None:
                yield from (Told(name, made, ahead, 0) for ahead in self._behind(column, number, _DEEPEST) or ())
        own: Made | None = getattr(value, "made", None)
        as_read = key is not None and _base(key[0]) is self.base and _given(*key) is None
        if key is not None and own is not None and as_read and self.held(key[1]):
            yield Told(key[1], own, 0, 0)

    def _reach(self, value: Value, deepest: int) -> int:
        """How many rows later the last one is from which a value was computed."""
        number = self.numbers.of(value, _DEEPEST)
        if number not in self.reaches:
            parts = parts_of(value) if deepest else None
            self.reaches[number] = max((self._reach(one, deepest - 1) + later for one, later in parts or ()), default=0)
        return self.reaches[number]

    def _by_parts(self, value: Value, row: int, deepest: int) -> list[Told | None] | None:
        parts = parts_of(value) if deepest else None
        if not parts:
            return None
        found = [self.of(part, row + later, deepest - 1) for part, later in parts]
        if None in found:
            return None
        several = sorted((one for told in found for one in told or ()), key=lambda one: one.wanted if one else 0)
        return list({(one and one.column): one for one in several}.values())

    def _behind(self, value: Value, number: int, deepest: int) -> frozenset[int] | None:
        """The rows, counted from its own, of the value with that number from which alone this one was computed."""
        place = (self.numbers.of(value, _DEEPEST), number)
        if place not in self.rows:
            self.rows[place] = frozenset({0}) if place[0] == number else self._behind_parts(value, number, deepest)
        return self.rows[place]

    def _behind_parts(self, value: Value, number: int, deepest: int) -> frozenset[int] | None:
        made: Made | None = getattr(value, "made", None)
        parts = parts_of(value) if deepest and made is not None and made.operation not in _LOSES else None
        if not parts:
            return None
        found = [(self._behind(part, number, deepest - 1), later) for part, later in parts]
        known = [frozenset(row + later for row in rows) for rows, later in found if rows is not None]
        return frozenset().union(*known) if len(known) == len(found) else None


class _Numbers:
    """Equal numbers for columns that were computed alike from the same ones."""

    def __init__(self) -> None:
        self.forms: dict[object, int] = {}
        self.known: dict[int, tuple[int, Value]] = {}

    def of(self, value: Value, deepest: int) -> int:
        if id(value) not in self.known:
            key = _column(value)
            given = _given(*key) if key is not None and deepest else None
            form = self._form(value, key, deepest) if given is None else None
            number = self.of(given, deepest - 1) if given is not None else self.forms.setdefault(form, len(self.forms))
            self.known[id(value)] = (number, value)  # the value is kept, so that no other one gets its id
        return self.known[id(value)][0]

    def _form(self, value: Value, key: tuple[Table, str] | None, deepest: int) -> object:
        if key is not None:
            return id(_base(key[0])), key[1]
        if isinstance(value, Const):
            return type(value.value), value.value
        made: Made | None = getattr(value, "made", None)
        if made is None or not made.sources or made.operation not in _ALIKE or not deepest:
            return id(value)
        return (made.operation, made.operator, *(self.of(source, deepest - 1) for source in made.sources))


def parts_of(value: Value) -> list[tuple[Value, int]] | None:
    """The columns that one was computed from, row by row, and from how many rows later each; None if not known."""
    key, made = _column(value), getattr(value, "made", None)
    if key is not None:
        given = _given(*key)
        return [(given, 0)] if given is not None else None
    if made is None or not made.sources:
        return None
    source = made.sources[0]
    if made.operation in ROW_BY_ROW or _is_contents(value, made):
        return None if _unseen(made) else [(one, 0) for one in made.sources if not _is_number(one)]
    by = dim_of(made.sources[1]) if len(made.sources) == 2 and _is_series(value) else None
    if by is None or not by.known:
        return None
    if made.operation in ("Series.shift", "numpy.roll"):
        return [(source, -by.constant)]
    return [(source, 0), (source, -by.constant)] if made.operation in _DIFFERENCES else None


def _unseen(made: Made) -> bool:
    """Whether something else than columns and numbers took part."""
    return not all(_is_number(one) or _is_series(one) for one in made.sources)


def _is_contents(value: Value, made: Made) -> bool:
    """``column.values``; the index is no array."""
    source = made.sources[0]
    plain = isinstance(value, Array) and value.flavour == "numpy"
    return made.operation == "attribute" and plain and isinstance(source, Array) and source.flavour == "series"


def _is_number(value: Value) -> bool:
    return isinstance(value, Const | Size | Function) or (isinstance(value, Array) and value.shape == ())


def _is_series(value: Value) -> bool:
    return isinstance(value, Array) and value.shape is not None and len(value.shape) == 1


def _column(value: Value) -> tuple[Table, str] | None:
    """The table and the name of a column that was read from it."""
    made, name = getattr(value, "made", None), getattr(value, "name", None)
    table = made.sources[0] if made is not None and made.operation == "index" and len(made.sources) == 2 else None
    if not isinstance(table, Table) or not isinstance(value, Array) or name is None or made is None:
        return None
    match made.sources[1]:
        case (
            Const(value=key)
            | Sequence(kind="tuple", items=(Slice(start=Const(value=None), stop=Const(value=None)), Const(value=key)))
        ):
            return (table, name) if key == name else None
        case _:
            return None


def _all_given(table: Table) -> Iterator[tuple[str, Value]]:
    for name, value, since in table.filled:
        if isinstance(name, str) and since is not None and in_step(table, since):
            yield name, value


def _given(table: Table, name: str) -> Value | None:
    """What was put into a column, of a table whose rows stand as they did then."""
    return next((value for own, value in _all_given(table) if own == name), None)


def in_step(table: Table, since: Made) -> bool:
    """Whether the rows stand one behind another as they did when the column was made."""
    return any(one.made is since for one in _earlier(table))


def _base(table: Table) -> Made | Table:
    """What tells tables apart whose rows do not stand as they did: how the first one was made."""
    *_, first = _earlier(table)
    return first.made or first


def _earlier(table: Table) -> Iterator[Table]:
    """The table and those that it was made of, as long as their rows stand one behind another."""
    current: Value = table
    for _ in range(30):
        if not isinstance(current, Table):
            return
        yield current
        made = current.made
        if made is None or not made.sources or not (made.operation in KEEPS_ROWS or _takes_in_order(made)):
            return
        current = made.sources[0]


def _takes_in_order(made: Made) -> bool:
    """Rows by a slice, columns by a list, or both."""
    key = made.sources[1] if made.operation == "index" and len(made.sources) == 2 else None
    if isinstance(key, Sequence) and key.kind == "tuple":
        key = key.items[0] if key.items else None
    return isinstance(key, Sequence) or (isinstance(key, Slice) and is_none(key.step))
