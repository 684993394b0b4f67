"""Tables of several series, one row for each of them at each time: where a row before is that of another series."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, least
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Slice, Table, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.earlier_rows import known_names
from lstmlint.questions.provenance import MOST_VALUES, ancestors, call_at, key_of
from lstmlint.questions.state import recurrent_layers

_TIMES = frozenset({"date", "datetime", "time", "timestamp", "day", "week", "month", "year"})
#: What a series belongs to. Sorted by day and hour a table is one series: only the word tells a store from an hour.
_OWNERS = frozenset(
    {
        *("store", "shop", "item", "product", "sku", "customer", "user", "client", "patient", "ticker", "symbol"),
        *("company", "country", "city", "region", "province", "county", "station", "sensor", "machine", "device"),
        *("engine", "vehicle", "meter", "household", "building", "family", "department", "branch", "warehouse"),
        *("player", "team", "account", "asset", "coin", "airport", "hospital", "borough", "turbine"),
    }
)
#: What else has a series of its own, where a program goes through its groups one by one.
_GROUPED = _OWNERS | {
    *("run", "trial", "episode", "experiment", "unit", "subject", "participant", "person", "animal", "speaker", "song"),
    *("battery", "bearing", "robot", "driver", "gauge", "site"),
}
#: What parts of one series that follow one another are numbered by.
_PIECES = _TIMES | {
    *("hour", "minute", "second", "weekday", "quarter", "season", "period", "epoch", "batch", "chunk", "window"),
    *("segment", "section", "block", "fold", "part", "piece", "split", "slice", "step", "bin", "bucket", "cluster"),
}
#: Steps that leave the rows in their order, and drop none for what they belong to.
_KEEPS = frozenset(
    f"Table.{name}" for name in ("copy", "dropna", "fillna", "ffill", "astype", "reset_index", "rename", "round")
)
#: Calls by which a program shows that a column holds several owners.
_TOLD_APART = frozenset({"Series.unique", "Series.nunique", "Series.value_counts"})


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """``shift`` of a column in a table that ``order`` sorted by time, across all of what ``owner`` names.

    ``ahead`` says that it gives the targets, by values of the row behind.
    """

    shift: LibraryCall
    order: LibraryCall
    column: str
    owner: str
    ahead: bool


def lags_across(run: Run, facts: Facts) -> Iterator[Crossing]:
    """The values of rows before or behind that a model is given, where those rows belong to other series."""
    if not run.trains or not recurrent_layers(run.model) or any(facts.calls_to("Table.shift")):
        return
    for made in (made for value in (*run.x, *run.y) for made in _all_made(value)):
        by = _by_one(made)
        call = call_at(facts, made) if by else None
        found = _crossing(call, by < 0, facts) if call is not None and not call.conditional else None
        if found is not None:
            yield found


def _all_made(x: Value) -> Iterator[Made]:
    """The steps behind samples and the columns that were chosen for them, not those behind what left rows out."""
    waiting: list[tuple[Value | None, tuple[object, ...]]] = [(x, ())]
    seen = set[int]()
    while waiting and len(seen) < MOST_VALUES:
        value, chosen = waiting.pop()
        made = getattr(value, "made", None)
        if id(value) in seen:
            continue
        seen.add(id(value))
        filled = value.filled if isinstance(value, Table) else ()
        waiting.extend((own, ()) for name, own, _ in filled if not chosen or name in chosen)
        if isinstance(value, Sequence):
            waiting.extend((one, chosen) for one in (value.items or (value.element,)))
        if made is not None:
            yield made
            taken = made.operation == "index" and isinstance(made.sources[0], Table)
            chosen = chosen or (known_names(made.sources[1]) if taken and len(made.sources) > 1 else ())
            waiting.extend((source, chosen) for source in (made.sources[:1] if taken else made.sources))


def _by_one(made: Made) -> int:
    """1 for a shift that brings the row before, alone or as one of several, -1 for the row behind, else 0.

    Shifted by more, it may be by as many as there are series.
    """
    if made.operation != "Series.shift":
        return 0
    by = dim_of(made.sources[1]) if len(made.sources) > 1 else Dim(1)
    if by is None or any(symbol.step not in (1, -1) for symbol in by.symbols):
        return 0
    return 1 if least(by) == 1 else (-1 if least(-by) == 1 else 0)


def _crossing(call: LibraryCall, ahead: bool, facts: Facts) -> Crossing | None:
    column, table = _name_of(call.receiver), _table_of(call.receiver)
    order = _order_of(table, facts) if table is not None else None
    if column is None or order is None:
        return None
    keys = _sorted_by(order)
    owners = [key for key in keys[1:] if _is(key, _OWNERS)]
    if not keys or not _is(keys[0], _TIMES) or not owners or column in keys:
        return None
    owner, chain = owners[0], list(_back(table, facts))
    several = any(_tells_apart(one, owner) for one in facts.calls)
    kept_apart = any(_name_of(one.receiver) == owner for one in facts.calls_to("Series.shift"))
    whole = chain and chain[-1] is None and not any(_chooses(made, owner) for made in chain if made is not None)
    return Crossing(call, order, column, owner, ahead) if several and whole and not kept_apart else None


def _order_of(table: Value, facts: Facts) -> LibraryCall | None:
    """The latest sorting of a table, where its rows stand so still."""
    made = next((one for one in _back(table, facts) if one is not None and one.operation == "Table.sort_values"), None)
    return call_at(facts, made) if made is not None else None


def _back(table: Value | None, facts: Facts) -> Iterator[Made | None]:
    """The steps from a table to what it was read from, then None; ended by any that is not known to keep rows."""
    current = table
    for _ in range(40):
        made: Made | None = getattr(current, "made", None)
        if made is None:
            return
        if made.operation.startswith(("pandas.read_", "pandas.DataFrame")):
            yield None
            return
        if not (made.operation in _KEEPS or made.operation == "Table.sort_values" or _chooses_rows(made)):
            return
        yield made
        current = made.sources[0] if made.sources else None


def _chooses_rows(made: Made) -> bool:
    """``table[table.item == 1]``, ``table[:n]``, ``table[["date", "sales"]]``."""
    if made.operation != "index" or len(made.sources) != 2 or not isinstance(made.sources[0], Table):
        return False
    key = made.sources[1]
    return isinstance(key, Slice) or bool(known_names(key)) or any(_asked_of(key))


def _chooses(made: Made, owner: str) -> bool:
    return made.operation == "index" and owner in _asked_of(made.sources[1])


def _asked_of(mask: Value) -> Iterator[str]:
    """The columns that a condition is about."""
    if not isinstance(mask, Array):
        return
    for value in ancestors(mask):
        name = _name_of(value)
        if name is not None:
            yield name


def _name_of(value: Value | None) -> str | None:
    """The column of a table that a Series is."""
    key = key_of(value) if isinstance(value, Array) else None
    column = isinstance(value, Array) and value.made is not None and isinstance(value.made.sources[0], Table)
    return key.value if column and isinstance(key, Const) and isinstance(key.value, str) else None


def _table_of(value: Value | None) -> Table | None:
    made = value.made if isinstance(value, Array) else None
    table = made.sources[0] if made is not None and made.sources else None
    return table if isinstance(table, Table) else None


def _sorted_by(order: LibraryCall) -> tuple[str, ...]:
    given = order.arguments.get("args")
    items = given.items if isinstance(given, Sequence) and given.items else ()
    by = order.arguments.get("by", items[0] if items else Const(None))
    return tuple(str(name) for name in known_names(by))


def _is(name: str, words: frozenset[str]) -> bool:
    parts = [part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)]
    return any(part in words for part in parts)


def owner_in(keys: Value) -> str | None:
    """The column of those that a table is grouped by that says whose series each group is."""
    names = [name for name in known_names(keys) if isinstance(name, str)]
    if not names or any(_is(name, _PIECES) for name in names):
        return None
    return next((name for name in names if _is(name, _GROUPED)), None)


def _tells_apart(call: LibraryCall, owner: str) -> bool:
    if call.name in _TOLD_APART:
        return _name_of(call.receiver) == owner
    by = call.arguments.get("by")
    return call.name == "Table.groupby" and owner in known_names(by)
