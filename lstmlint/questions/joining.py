"""Where what a model predicted is joined to rows that it does not fit, or written over all columns of one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.arrays import from_nested
from lstmlint.interpreter.dims import Dim, product
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Slice, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.outputs import predicted
from lstmlint.questions.provenance import SHOWS, is_whole, keeps_all, made_by
from lstmlint.questions.scores import ASKS, PREDICT

_NUMPY = ("concatenate", "concat", "append", "stack", "vstack", "row_stack", "hstack", "dstack", "column_stack")
_JOINS = frozenset({*(f"numpy.{name}" for name in _NUMPY), "tensorflow.concat", "tensorflow.stack"}) | frozenset(
    f"keras.ops.{name}" for name in ("append", "concatenate", "stack", "vstack", "hstack")
)
#: What a model of the program's own gives may depend on other arguments than its inputs.
_WHOLE = ("sequential", "functional")


@dataclass(frozen=True, slots=True, eq=False)
class Unfit:
    """A join that the library refuses: ``why`` in a few words. ``rolling``: in the loop that predicts."""

    forecast: Array
    rows: Array
    run: Run
    why: str
    rolling: bool

    @property
    def width(self) -> tuple[int, int] | None:
        """The features of a row and the numbers of the forecast, where it has fewer."""
        count = product(self.forecast.shape or ()).value
        features = self.rows.shape[-1].value if self.rows.shape else None
        return (features, count) if features is not None and count is not None and count < features else None

    @property
    def as_row(self) -> tuple[Dim, ...] | None:
        """The shape in which the numbers of the forecast are one step of the rows."""
        rows = self.rows.shape or ()
        row = (*(Dim(1) for _ in rows[:-1]), *rows[-1:])
        return row if product(self.forecast.shape or ()) == product(row) else None


def unfit(call: LibraryCall, facts: Facts) -> Unfit | None:
    """The only prediction among arrays whose shapes certainly cannot be joined, and what it should go beside."""
    made = getattr(call.result, "made", None)
    if call.name not in _JOINS or call.conditional or made is None or not made.refused or made.span != call.call.span:
        return None
    parts = [(part, from_nested(part)) for part in _parts(call)]
    known = [(array, made_by(part, *ASKS)) for part, array in parts if array is not None and array.shape is not None]
    forecasts = [(array, step) for array, step in known if step is not None]
    rows = [array for array, step in known if step is None]
    if len(forecasts) != 1 or not rows or len(known) < len(parts):
        return None
    forecast, step = forecasts[0]
    run = next((run for run in facts.runs if run.call.span == step.span and run.model.kind in _WHOLE), None)
    if run is None:
        return None
    return Unfit(forecast, rows[0], run, _why(made.refused, forecast, rows[0]), _rolls(call, run))


def _parts(call: LibraryCall) -> tuple[Value, ...]:
    given = tuple(call.arguments.values())
    if call.name.endswith(".append"):
        return given[:2]
    first = given[0] if given else None
    return first.items if isinstance(first, Sequence) and first.items is not None else ()


def _why(refused: str, forecast: Array, rows: Array) -> str:
    differ = re.search(r"differ (on|beside) axis -?\d+", refused)
    if differ is not None:
        return f"they {differ.group()}"
    return refused if forecast.rank == rows.rank else f"they have {forecast.rank} and {rows.rank} axes"


@dataclass(frozen=True, slots=True, eq=False)
class Beyond:
    """A forecast that `numpy.insert` is to put at ``place`` of ``rows``, which have ``size`` along that axis."""

    place: Dim
    size: Dim
    rows: Array
    run: Run
    rolling: bool


def put_beyond(call: LibraryCall, facts: Facts) -> Beyond | None:
    """Whether the position of a forecast is certainly none that there is."""
    made: Made | None = getattr(call.result, "made", None)
    refused = made is not None and made.refused.startswith("index ") and made.span == call.call.span
    if call.name != "numpy.insert" or call.conditional or made is None or not refused:
        return None
    rows, values, at = (call.arguments.get(name) for name in ("arr", "values", "obj"))
    listed = at.items[0] if isinstance(at, Sequence) and at.items else at
    place, axis = dim_of(listed), dim_of(call.arguments.get("axis"))
    step = made_by(values, *ASKS)
    run = next((run for run in facts.runs if step is not None and run.call.span == step.span), None)
    if run is None or place is None or not isinstance(rows, Array) or not rows.shape:
        return None
    size = rows.shape[axis.value] if axis is not None and axis.value is not None else product(rows.shape)
    return Beyond(place, size, rows, run, _rolls(call, run))


def _rolls(call: LibraryCall, run: Run) -> bool:
    """Whether both are turns of one loop."""
    return bool(call.loops and run.loops) and call.loops[-1].span == run.loops[-1].span


def inserted_over_columns(call: LibraryCall) -> tuple[Array, Dim] | None:
    """The window, and its columns, that ``np.insert(window, at, number, axis=0)`` writes one predicted number into."""
    window, value = call.arguments.get("arr"), call.arguments.get("values")
    axis = getattr(call.arguments.get("axis"), "value", None)
    if call.name != "numpy.insert" or not isinstance(window, Array) or not isinstance(value, Array) or not window.shape:
        return None
    rank, columns = len(window.shape), window.shape[-1]
    row = rank in (2, 3) and axis in (-2, rank - 2) and (columns.value or 0) > 1
    one = value.shape is not None and product(value.shape) == Dim(1)
    return (window, columns) if row and one and predicted(value) else None


def stretched_over_columns(run: Run) -> tuple[Value, Array] | None:
    """The one predicted number that was last written into every column of a step of the next turn's window."""
    window = run.again[0] if len(run.again) == 1 and len(run.x) == 1 and not run.conditional else None
    for _ in range(6):
        made: Made | None = getattr(window, "made", None)
        if made is None or not made.sources:
            return None
        if made.operation == "filled":
            return _stretched(made, run)
        only_axes = made.operation == "index" and all(map(keeps_all, made.sources[1:]))
        if made.operation not in SHOWS and not only_axes:
            return None
        window = made.sources[0]
    return None


def _stretched(made: Made, run: Run) -> tuple[Value, Array] | None:
    window, written, *keys = made.sources
    step, array = made_by(written, *PREDICT), from_nested(written)
    if not isinstance(window, Array) or step is None or step.span != run.call.span or array is None:
        return None
    rank, columns = window.rank or 0, window.shape[-1].value if window.shape else None
    if array.shape is None or product(array.shape) != Dim(1) or columns is None or columns < 2 or rank not in (2, 3):
        return None
    at = [*keys, *[Slice(*[Const(None)] * 3)] * (rank - len(keys))][-2:]
    one_step = isinstance(at[0], Const) and type(at[0].value) is int
    return (written, window) if one_step and is_whole(at[1]) else None
