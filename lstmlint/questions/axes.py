"""What stands on the time axis of the data a model is given: time, or something else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from lstmlint.interpreter.dims import Dim, same
from lstmlint.interpreter.values import Array, Made, Table, Value
from lstmlint.questions.provenance import Window, ancestors, comes_from, window_of

_RESHAPES = frozenset({"numpy.reshape", "Array.reshape", "numpy.expand_dims", "index"})
_TURNS = ("transpose", "swapaxes", "moveaxis", "T")


def timeless_columns(x: Array) -> tuple[str, ...] | None:
    """The names of a table whose rows became the samples; None where they may be times themselves."""
    if x.made is None or x.made.operation not in _RESHAPES:
        return None
    table = next((value for value in ancestors(x) if isinstance(value, Table)), None)
    shapes = [value.shape for value in ancestors(x) if isinstance(value, Array) and value.shape is not None]
    widths = [shape[1] for shape in shapes if len(shape) == 2]
    if table is None or table.columns is None or not widths or not same(widths[0], table.width):
        return None
    names = tuple(name for name in table.columns if isinstance(name, str))
    timeless = all(name.replace("_", "").replace(" ", "").isalpha() for name in names)
    return names if timeless and len(names) == len(table.columns) > 1 else None


def columns_over_time(x: Array) -> tuple[str, ...] | None:
    """The columns of a table that a reshape lays out in time: one after the other, or several at each step.

    None where a word stands in two names that become two steps, as in ``open_before`` and ``open``: then they may be
    two times.
    """
    names = timeless_columns(x)
    if names is None or x.shape is None or len(x.shape) != 3 or not same(x.shape[1] * x.shape[2], len(names)):
        return None
    words = list(chain.from_iterable(name.replace("_", " ").lower().split() for name in names))
    alone = same(x.shape[2], 1) or len(set(words)) == len(words)
    return names if alone and not same(x.shape[1], 1) else None


def turned_window(x: Array) -> tuple[Window, Made] | None:
    """Windows (steps, columns) that were turned once, so that the columns are the steps; where that was done."""
    window = window_of(x)
    shape = window.piece.shape if window is not None else None
    if window is None or x.shape is None or len(x.shape) != 3 or shape is None or len(shape) != 2:
        return None
    turns = list(_turns(x, window.piece))
    aside = same(x.shape[1], shape[1]) and same(x.shape[2], shape[0]) and not same(shape[0], shape[1])
    return (window, turns[0]) if len(turns) == 1 and aside and Dim(1) not in shape else None


def _turns(x: Value, piece: Array) -> Iterator[Made]:
    for value in ancestors(x):
        made = getattr(value, "made", None)
        if made is not None and made.operation.rpartition(".")[2] in _TURNS and comes_from(made.sources[0], piece):
            yield made
