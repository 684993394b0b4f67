"""Numbers that a dict of the program gives for the texts of a column: whoever wrote it has met each of them."""

from __future__ import annotations

from lstmlint.interpreter.dims import same
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Reference, Sequence, Table, Value, rows_of

#: What gives each number of a dict for a text.
_NAMED = ("Series.map", "Series.replace")
#: What passes numbers on as they are, or some of the rows without looking at them.
PASSES = frozenset(
    {
        *("attribute", "Array.astype", "Array.to_numpy", "Array.reshape", "Array.ravel", "Array.flatten", "Array.copy"),
        *("Series.astype", "Series.to_numpy", "Series.copy", "numpy.array", "numpy.asarray", "numpy.reshape"),
        *("numpy.expand_dims", "sklearn.model_selection.train_test_split"),
    }
)
#: What leaves rows out, and none for the class that it is of.
_THINS = frozenset({"Table.dropna", "Series.dropna", "Table.drop_duplicates"})


def names_are_numbered(value: Value) -> bool:
    """Whether the least and the greatest number of an array stand in a dict for texts that nobody has filtered."""
    for _ in range(40):
        if isinstance(value, Sequence):
            return _is_asked_by_row(value)
        made: Made | None = getattr(value, "made", None)
        if made is None or not made.sources or not isinstance(value, Array):
            return False
        if made.operation in _NAMED:
            return value.low is not None and value.high is not None and _has_all_rows(made.sources[0])
        if made.operation == "index":
            given = _column(made)
            if given is None or not _has_all_rows(made.sources[0]):
                return False
            value = given
        elif made.operation in PASSES:
            value = made.sources[0]
        else:
            return False
    return False


def _is_asked_by_row(numbers: Sequence) -> bool:
    """Whether a list holds what a dict says of each row of a column: ``[ids[name] for name in table["name"]]``."""
    match getattr(numbers.element, "made", None):
        case Made(
            operation="index",
            sources=(
                Reference(kind="dict", fields={"content": Mapped(items=items)}),
                Array(made=Made(operation="index", sources=(Array(shape=(rows,)) as column, *_))),
            ),
        ):
            texts = all(isinstance(key.value, str) for key, _ in items)
            return texts and same(rows, numbers.length) and _has_all_rows(column)
        case _:
            return False


def _column(made: Made) -> Value | None:
    """What the program put into the column that is read here."""
    match made.sources:
        case (Table() as table, Const(value=name)):
            return table.given_to(name)
        case _:
            return None


def _has_all_rows(value: Value) -> bool:
    """Whether a column or a table has all rows of the file that it was read from, but for those with gaps."""
    for _ in range(40):
        made: Made | None = getattr(value, "made", None)
        if made is None or not isinstance(value, Array | Table):
            return False
        if made.operation.startswith("pandas.read_"):
            return True
        before = made.sources[0] if made.sources else None
        rows, rows_before = rows_of(value), rows_of(before)
        kept = rows is not None and rows_before is not None and same(rows, rows_before)
        if before is None or not (kept or made.operation in _THINS):
            return False
        value = before
    return False
