"""Missing values that pandas makes, by shifts, differences and moving windows, and where they get to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Const, Made, Reference, Scalar, Sequence, Slice, Table, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.questions.earlier_rows import known_names
from lstmlint.questions.provenance import SPLIT, call_at, is_none, keeps_all, moving
from lstmlint.questions.scaling import is_scaler

_SHIFTS = frozenset(f"{owner}.{name}" for owner in ("Series", "Table") for name in ("shift", "diff", "pct_change"))
#: What keeps every row, and every value that is missing.
_KEEPS = frozenset(
    {
        *("arithmetic", "attribute", "literal", "numpy.array", "numpy.asarray", "numpy.column_stack", "pandas.concat"),
        *("numpy.expand_dims", "numpy.reshape", "numpy.concatenate", "numpy.hstack", "numpy.log", "numpy.log1p", SPLIT),
        *("numpy.stack", "numpy.vstack"),
        *(f"Array.{name}" for name in ("reshape", "astype", "copy", "to_numpy")),
        *(f"{owner}.{name}" for owner in ("Series", "Table") for name in ("to_numpy", "copy", "astype", "reset_index")),
        *("Series.to_frame", "Table.set_index", "Table.rename", "Table.join"),
    }
)
#: Steps followed from the data of a training back to where they come from.
_MOST_STEPS = 300


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """Values that are missing in the first rows of a column, or in its last ones, since ``made``."""

    made: Made
    first: bool
    column: Scalar = None


class _Search:
    """One walk back from a value; ``steps`` are those that are left."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.steps = _MOST_STEPS

    def gaps(self, value: Value | None) -> Iterator[Gap]:
        self.steps -= 1
        if value is None or self.steps < 0:
            return
        if isinstance(value, Table):
            for column, given, since in value.filled:
                if since is value.made:
                    yield from (Gap(gap.made, gap.first, column) for gap in self.gaps(given))
        if isinstance(value, Sequence):
            for item in value.items[:8] if value.items is not None else (value.element,):
                yield from self.gaps(item)
            return
        made: Made | None = getattr(value, "made", None)
        if made is not None and made.sources:
            yield from self._through(value, made)

    def _through(self, value: Value, made: Made) -> Iterator[Gap]:
        name = made.operation
        if name in _SHIFTS:
            yield from self._shifted(made)
        elif name.startswith("pandas.rolling."):
            yield from self._rolled(made)
        elif name == "index":
            yield from self._indexed(value, made)
        elif name == "Table.drop":
            dropped = self._dropped(made)
            yield from (gap for gap in self.gaps(made.sources[0]) if dropped is not None and gap.column not in dropped)
        elif name in _KEEPS or _scales(name):
            for source in made.sources if name in ("arithmetic", "Table.join") else made.sources[:1]:
                yield from self.gaps(source)

    def _shifted(self, made: Made) -> Iterator[Gap]:
        """``fill_value`` and other keywords may leave nothing missing."""
        call = call_at(self.facts, made)
        if call is None or any(site.name not in (None, "periods") or site.star for site in call.call.arguments):
            return
        by = made.sources[1] if len(made.sources) > 1 else Const(1)
        if isinstance(by, Const) and isinstance(by.value, int) and by.value:
            yield Gap(made, by.value > 0)

    def _rolled(self, made: Made) -> Iterator[Gap]:
        """A window that is not full yet gives nothing, unless ``min_periods`` says otherwise."""
        call = call_at(self.facts, made)
        windows = call.receiver.made if call is not None and isinstance(call.receiver, Reference) else None
        asked = call_at(self.facts, windows) if windows is not None and windows.operation.endswith(".rolling") else None
        if asked is None or any(site.name not in (None, "window") or site.star for site in asked.call.arguments):
            return
        window = asked.call.keyword("window") or asked.call.positional(0)
        # A text is a time, of which the first rows have a part; one row is full at once.
        if window is not None and len(asked.call.arguments) == 1 and window.text[0] not in "'\"" and window.text != "1":
            yield Gap(made, True)

    def _indexed(self, value: Value, made: Made) -> Iterator[Gap]:
        source, key = made.sources[0], made.sources[1] if len(made.sources) > 1 else None
        if isinstance(source, Table) and isinstance(key, Const | Sequence) and not _by_place(key):
            names, filled = known_names(key), {name for name, _, since in source.filled if since is source.made}
            for gap in self.gaps(source):
                if gap.column in names or (gap.column is None and not filled.issuperset(names)):
                    yield gap
        elif isinstance(key, Slice):
            length = moving(key)
            for gap in self.gaps(source):
                if _kept(gap, key) or (gap.first and length is not None and _from_start(key)):
                    yield gap
        elif isinstance(value, Array) and isinstance(source, Array) and all(map(keeps_all, made.sources[1:])):
            yield from self.gaps(source)

    def _dropped(self, made: Made) -> tuple[Scalar, ...] | None:
        call = call_at(self.facts, made)
        given = (call.arguments.get(name) for name in ("columns", "labels")) if call is not None else ()
        asked = next((value for value in given if value is not None and not is_none(value)), None)
        return known_names(asked) or None


def gaps(value: Value, facts: Facts) -> Gap | None:
    """A gap that a value certainly holds, if any."""
    return next(_Search(facts).gaps(value), None)


def _by_place(key: Value) -> bool:
    """``iloc[...]``: places of rows and columns, not names."""
    items = key.items or () if isinstance(key, Sequence) else (key,)
    return not all(isinstance(item, Const) and isinstance(item.value, str) for item in items)


def _kept(gap: Gap, key: Slice) -> bool:
    """Whether a slice of rows keeps the first ones, or the last ones."""
    end = key.start if gap.first else key.stop
    return is_none(key.step) and (is_none(end) or (gap.first and dim_of(end) == Dim(0)))


def _from_start(key: Slice) -> bool:
    """Whether the first of the pieces that a loop cuts begins at the first row."""
    start = dim_of(key.start)
    if start is None or any(len(symbols) != 1 or factor != 1 for symbols, factor in start.terms):
        return False
    return start.constant + sum(symbols[0].low for symbols, _ in start.terms) == 0


def _scales(name: str) -> bool:
    owner, _, method = name.rpartition(".")
    return method in ("transform", "fit_transform") and is_scaler(owner)
