"""In which column of a scaler predictions are brought back to the units of the data."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Array, Const, Made, Slice, Value
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.outputs import predicted
from lstmlint.questions.provenance import ancestors
from lstmlint.questions.scaling import is_scaler, same_scaler
from lstmlint.questions.targets import keys_of, steps_back
from lstmlint.questions.units import predicting

_BESIDE = frozenset({"numpy.concatenate", "numpy.hstack", "numpy.column_stack", "numpy.c_.__getitem__"})


@dataclass(frozen=True, slots=True, eq=False)
class OtherColumn:
    """Predictions that stand in column ``placed`` of what is inverted; the targets were column ``target`` of as many.

    ``made`` is where the columns were put side by side, ``taken`` where the targets were taken.
    """

    placed: int
    target: int
    made: Made
    taken: Made


def restored_in_other_column(call: LibraryCall, facts: Facts) -> OtherColumn | None:
    """Whether a scaler of several columns inverts predictions with the minimum and range of another column."""
    owner, _, method = call.name.rpartition(".")
    given = call.arguments.get("X")
    if method != "inverse_transform" or not is_scaler(owner) or not isinstance(given, Array) or given.made is None:
        return None
    width = given.shape[1].value if given.shape is not None and len(given.shape) == 2 else None
    placed = _placed(given.made) if width is not None and given.made.operation in _BESIDE else None
    run = _asked(placed[1], facts) if placed is not None else None
    if width is None or placed is None or run is None:
        return None
    for one in facts.runs_of(run.model):
        for y in one.y if one.trains and len(one.y) == 1 else ():
            scaled = [fit.result for fit in same_scaler(call, facts, "transform", "fit_transform")]
            taken = _taken(y, scaled, width)
            if taken is not None and taken[0] != placed[0]:
                return OtherColumn(placed[0], taken[0], given.made, taken[1])
    return None


def _placed(beside: Made) -> tuple[int, Array] | None:
    """The column of the only prediction among arrays that are put side by side."""
    column, found = 0, None
    for part in (one for one in beside.sources if isinstance(one, Array)):
        width = part.shape[1].value if part.shape is not None and len(part.shape) == 2 else None
        if width is None:
            return None
        if predicted(part):
            if found is not None or width != 1:
                return None
            found = column, part
        column += width
    return found


def _asked(prediction: Array, facts: Facts) -> Run | None:
    steps = (getattr(value, "made", None) for value in ancestors(prediction))
    return next((run for made in steps if (run := predicting(made, facts)) is not None), None)


def _taken(y: Value, scaled: list[Value], width: int) -> tuple[int, Made] | None:
    """The one column of what the scaler gave that the targets were taken from."""
    for _, made in steps_back(y):
        if made is None or made.operation != "index" or not made.sources:
            continue
        keys = keys_of(made)
        column = keys[1].value if len(keys) == 2 and isinstance(keys[1], Const) else None
        if isinstance(column, int) and not isinstance(column, bool) and _rows_of(made.sources[0], scaled):
            return column % width, made
    return None


def _rows_of(value: Value, scaled: list[Value]) -> bool:
    """Whether a value is what the scaler gave, or some of its rows."""
    for _ in range(12):
        if any(value is one for one in scaled):
            return True
        made: Made | None = getattr(value, "made", None)
        cut = made is not None and made.operation == "index" and len(made.sources) == 2
        if made is None or not cut or not isinstance(made.sources[1], Slice):
            return False
        value = made.sources[0]
    return False
