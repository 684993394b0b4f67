"""Which column of a table the targets are, and whether the samples hold it in the same row."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Slice, Table, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.questions.later_rows import Told, column_of, told_by
from lstmlint.questions.provenance import SPLIT, ancestors, is_none, is_whole, keeps_all, key_of, scales, window_of
from lstmlint.questions.stages import as_many_rows, rescaled

#: What leaves every row where it is, and every column.
_KEEPS = frozenset(
    {
        *("attribute", SPLIT, "numpy.array", "numpy.asarray", "numpy.expand_dims", "Array.astype", "Series.to_numpy"),
        *("Table.to_numpy", "Table.astype", "Series.astype", "Table.copy", "Array.ravel", "Array.flatten"),
    }
)
_RESHAPES = frozenset({"Array.reshape", "numpy.reshape"})


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The targets' column, and the one among the samples' own that is the same; samples came of ``made``.

    ``past``: the targets are that one of an earlier row; ``told``: they were computed from a later row of which that
    one tells.
    """

    name: str
    twin: str
    made: Made
    past: bool = False
    told: Told | None = None

    @property
    def said(self) -> str:
        """``is `close`, and ...``, in words."""
        if self.past:
            return f"`{self.name}` is `{self.twin}` of a row before its sample: the model answers about the past"
        if self.told is not None:
            return f"{self.told.said}, and its sample holds `{self.twin}` in the same row"
        what = f"`{self.twin}`" + (", the same values," if self.name != self.twin else "")
        return f"is `{self.name}`, and its sample holds {what} in the same row: the model only has to copy it"


def column_inside(x: Array, y: Array) -> Column | None:
    """The column of the targets in the very rows that are the samples; windows hold other rows as well."""
    (target, _, rows), samples = _back(y), _back(x)
    made = getattr(target, "made", None)
    named = isinstance(target, Array) and made is not None and made.operation == "index" and len(made.sources) == 2
    if not named or made is None or not isinstance(samples[0], Table) or window_of(x) is not None:
        return None
    table, key = made.sources
    if (
        not isinstance(table, Table)
        or not isinstance(key, Const)
        or not isinstance(key.value, str)
        or rows != samples[2]
    ):
        return None
    return _among(samples[0], table, key.value, samples[1])


def _among(samples: Table, table: Table, name: str, taken: Made | None) -> Column | None:
    popped = samples.made is not None and samples.made.operation == "Table.pop"
    made, chosen = taken if samples is table or popped else samples.made, _chosen(samples, table)
    if made is None or chosen is None:
        return None
    if name in chosen or chosen == (...,):
        return Column(name, name, made)
    own = assigned_column(table, name)
    twins = (other for other in chosen if own is not None and _same_shift(assigned_column(table, other), own))
    twin = next(twins, None)
    if isinstance(twin, str):
        return Column(name, twin, made)
    earlier = _shifted_down(own)
    if earlier in chosen and earlier is not None:
        return Column(name, earlier, made, past=True)
    told = told_by(table, column_of(table, name), chosen.__contains__, lambda later: later == 0)
    return Column(name, told.column, made, told=told) if told is not None else None


def _shifted_down(column: Value | None) -> str | None:
    """The name of the column of which this one holds the values of rows before."""
    made: Made | None = getattr(column, "made", None)
    if made is None or made.operation != "Series.shift" or len(made.sources) < 2:
        return None
    far, name = dim_of(made.sources[1]), key_of(made.sources[0])
    down = far is not None and far.known and far.constant > 0
    return name.value if down and isinstance(name, Const) and isinstance(name.value, str) else None


def _same_shift(one: Value | None, other: Value) -> bool:
    """Whether both are one column, as many rows away."""
    parts = [getattr(value, "made", None) for value in (one, other)]
    if any(made is None or made.operation != "Series.shift" or len(made.sources) < 2 for made in parts):
        return False
    (column, by), (twin, far) = ((made.sources[0], made.sources[1]) for made in parts if made is not None)
    names, rows = (key_of(column), key_of(twin)), (by, far)
    return all(isinstance(key, Const) for key in (*names, *rows)) and _equal(*names) and _equal(*rows)


def _equal(one: Value | None, other: Value | None) -> bool:
    return isinstance(one, Const) and isinstance(other, Const) and bool(one.value == other.value)


def _chosen(samples: Table, table: Table) -> tuple[object, ...] | None:
    """The columns of a table that became samples, ``...`` for all of a table whose columns are not known."""
    if samples is table:
        return samples.columns if samples.columns is not None else (...,)
    made = samples.made
    by_names = made is not None and made.operation == "index" and len(made.sources) == 2
    if _only_loses_columns(samples, table):
        return samples.columns
    if made is None or not by_names or made.sources[0] is not table:
        return None
    key = made.sources[1]
    content = key.fields.get("content") if isinstance(key, Reference) else key
    items = content.items if isinstance(content, Sequence) and content.items is not None else ()
    names = tuple(item.value for item in items if isinstance(item, Const) and isinstance(item.value, str))
    return names if names and len(names) == len(items) else None


def _only_loses_columns(samples: Table, table: Table) -> bool:
    """Whether samples are the table without some columns."""
    current: Value = samples
    for _ in range(12):
        made: Made | None = getattr(current, "made", None)
        if current is table or made is None or made.operation not in ("Table.drop", "Table.pop"):
            return current is table
        current = made.sources[0] if as_many_rows(current, made.sources[0]) else None
    return False


def assigned_column(table: Table, name: object) -> Value | None:
    """What was assigned to a column, in this table or in one that it was made of."""
    for value in ancestors(table):
        found = value.given_to(name) if isinstance(value, Table) else None
        if found is not None:
            return found
    return None


def _back(value: Value) -> tuple[Value | None, Made | None, list[object]]:
    """The table or column that samples or targets are rows of, the step that took them from there, and which rows."""
    current, taken = value, None
    rows: list[object] = []
    for _ in range(30):
        made: Made | None = getattr(current, "made", None)
        by_hand = made is not None and made.operation == "arithmetic" and rescaled(current, made) is made.sources[0]
        if made is None or not made.sources or _is_column(current) or (isinstance(current, Table) and not by_hand):
            return current, taken, rows
        if made.operation == "index":
            key = key_of(current)
            keys = made.sources[1:] if isinstance(made.sources[0], Array) else ()
            if key is None or not keys or not all(keeps_all(one) or one is key for one in keys):
                return None, None, rows
            if isinstance(key, Const) and not keeps_all(key):
                return None, None, rows
            if keys[0] is key and not is_whole(key):
                rows.append(_bounds(key))
        elif not (
            scales(made)
            or made.operation in _KEEPS
            or (made.operation in _RESHAPES and as_many_rows(current, made.sources[0]))
            or (isinstance(current, Table) and by_hand)
        ):
            return None, None, rows
        current, taken = made.sources[0], made
    return None, None, rows


def _bounds(key: Value) -> object:
    """What two takings of the same rows have in common."""
    ends = (
        [one if is_none(one) else dim_of(one) for one in (key.start, key.stop, key.step)]
        if isinstance(key, Slice)
        else []
    )
    known = all(isinstance(one, Const | Dim) for one in ends)
    return [None if isinstance(one, Const) else one for one in ends] if ends and known else key


def _is_column(value: Value) -> bool:
    made = getattr(value, "made", None)
    return made is not None and made.operation == "index" and bool(made.sources) and isinstance(made.sources[0], Table)
