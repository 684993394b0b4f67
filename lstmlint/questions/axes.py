"""What stands on the time axis of the data a model is given: time, or something else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, differ, least, same
from lstmlint.interpreter.values import Array, Made, Sequence, Table, Value
from lstmlint.keras_model.graph import Node, dim_of
from lstmlint.questions.models import model_of
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
    timeless = all(name.replace("_", "").replace(" ", "").isalpha() for name in names) and not _are_shifted(x)
    return names if timeless and len(set(names)) == len(table.columns) > 1 else None


def _are_shifted(x: Array) -> bool:
    """Whether columns are others, some rows earlier or later."""
    for value in ancestors(x):
        filled = [given for _, given, _ in value.filled] if isinstance(value, Table) else []
        made = (getattr(one, "made", None) for one in (value, *filled))
        if any(one is not None and one.operation.endswith(".shift") for one in made):
            return True
    return False


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
    """Windows whose columns stand where steps should: turned once, or never where ``sliding_window_view`` cut them.

    With them goes the place where that came to be.
    """
    window = window_of(x)
    shape = window.piece.shape if window is not None else None
    if window is None or x.shape is None or len(x.shape) != 3 or shape is None or len(shape) != 2:
        return None
    turns = list(_turns(x, window.cut))
    last = window.cut is not window.piece  # cut at once, with the steps behind the columns
    steps, columns = reversed(shape) if last else shape
    aside = same(x.shape[1], columns) and same(x.shape[2], steps) and not same(steps, columns)
    if len(turns) != (0 if last else 1) or not aside or Dim(1) in shape:
        return None
    return window, window.made if last else turns[0]


def _turns(x: Value, cut: Value) -> Iterator[Made]:
    for value in ancestors(x):
        made = getattr(value, "made", None)
        if made is not None and made.operation.rpartition(".")[2] in _TURNS and comes_from(made.sources[0], cut):
            yield made


def lags_in_one_step(x: Array) -> tuple[int, Made] | None:
    """How many earlier rows ``shift`` laid beside each row, where all of them became the features of one step."""
    if x.shape is None or len(x.shape) != 3 or not same(x.shape[1], 1):
        return None
    for value in ancestors(x):
        made = getattr(value, "made", None)
        parts = made.sources[0] if made is not None and made.operation == "pandas.concat" and made.sources else None
        if made is None or not isinstance(parts, Sequence) or parts.items is None:
            continue
        lags = [one for one in parts.items if _earlier(one)]
        if len(lags) > 1 and _holds_all(x.shape[2], lags[0], value):
            return len(lags), made
    return None


def _earlier(value: Value) -> bool:
    """Whether a table or column was shifted down, so that a row holds what stood above it."""
    made = getattr(value, "made", None)
    if made is None or not made.operation.endswith(".shift"):
        return False
    rows = dim_of(made.sources[1]) if len(made.sources) > 1 else Dim(1)
    return rows is not None and least(rows) > 0


def _holds_all(features: Dim, lag: Value, beside: Value) -> bool:
    """Whether the features are more than one row's columns: all of the laid out ones, but for a target or two."""
    one, all_of_them = _width(lag), _width(beside)
    if one is None or all_of_them is None:
        return False
    left = all_of_them - features
    return least(features - one) > 0 or (left.known and left.constant in (0, 1, 2))


def _width(value: Value) -> Dim | None:
    return value.width if isinstance(value, Table) else Dim(1) if isinstance(value, Array) else None


def columns_read_by_rows(node: Node, facts: Facts) -> Dim | None:
    """The width of a picture (height, width, channels) that a Reshape takes row by row for as many steps.

    A recurrent layer goes along these steps.
    """
    shape, result = (tensor.shape if tensor is not None else None for tensor in (node.input, node.output))
    if node.layer.kind != "Reshape" or not shape or not result or len(shape) != 4 or len(result) != 3:
        return None
    (height, width, channels), (steps, features) = shape[1:], result[1:]
    if height is None or width is None or channels is None or steps is None or features is None:
        return None
    aside = same(steps, width) and same(features, height * channels) and differ(height, width)
    here = node.span is not None and node.span.path == facts.source.path
    return width if aside and here and height != Dim(1) and _read_in_steps(node, facts) else None


def _read_in_steps(node: Node, facts: Facts) -> bool:
    model = model_of(node, facts)
    return any(one.layer.recurrent and _follows(one, node) for one in (model.nodes if model is not None else ()))


def _follows(later: Node, node: Node) -> bool:
    current: Node | None = later
    for _ in range(40):
        current = next(current.producers, None) if current is not None else None
        if current is node:
            return True
    return False
