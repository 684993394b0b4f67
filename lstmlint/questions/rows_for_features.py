"""The number of rows of the table that data come from, declared as the number of its columns."""

from __future__ import annotations

from lstmlint.interpreter.dims import same
from lstmlint.interpreter.values import Array, Made, Sequence, Table, Value
from lstmlint.questions.feeds import Fed
from lstmlint.questions.kept import KEEPS
from lstmlint.questions.provenance import scales
from lstmlint.questions.stages import steps_back

#: What gives a table of as many columns again.
_ROW_BY_ROW = frozenset(
    {
        *("Table.astype", "Table.fillna", "Table.interpolate", "Table.copy", "Table.dropna", "Table.reset_index"),
        *("Table.sort_values", "Table.sort_index", "Table.sample", "numpy.vstack", "sklearn.utils.shuffle"),
    }
)


def rows_as_features(fed: Fed) -> Value | None:
    """The data of which an input declares as many features as there are rows, and is given the columns.

    Where both are named only: of known numbers it is told from the shapes alone.
    """
    dims, declared = fed.dims, fed.shape[-1]
    if len(dims) < 3 or len(dims) != len(fed.shape) or declared is None or declared.known or same(declared, dims[-1]):
        return None
    for value, made in steps_back(fed.array):
        match value:
            case Table(rows=rows, width=width) | Array(shape=(rows, *_, width)):
                if same(rows, declared) and same(width, dims[-1]):
                    return value
            case Sequence():
                continue
        if not _is_followed(made):
            return None
    return None


def _is_followed(made: Made | None) -> bool:
    return made is not None and (made.operation in KEEPS or made.operation in _ROW_BY_ROW or scales(made))
