"""In which column of a scaler predictions are brought back to the units of the data."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Slice, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.outputs import predicted
from lstmlint.questions.provenance import BESIDE, ancestors, is_none, is_whole
from lstmlint.questions.scaling import is_scaler, same_scaler
from lstmlint.questions.stages import keys_of, steps_back
from lstmlint.questions.units import predicting


@dataclass(frozen=True, slots=True, eq=False)
class OtherColumn:
    """Predictions that stand in column ``placed`` of what is inverted; the targets were column ``target`` of as many.

    ``made`` is where the columns were put side by side, or where the array that they fill was made; ``taken`` where
    the targets were taken.
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
    placed = _placed_in(given, width) if width is not None else None
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


def _placed_in(given: Array, width: int) -> tuple[int, Array] | None:
    """The column of the only prediction in an array: one of those that it was put together of, or filled with."""
    made = given.made
    if made is None or made.operation != "filled":
        return _placed(made) if made is not None and made.operation in BESIDE else None
    found: dict[int, Value] = {}
    current: Value = given
    for _ in range(12):
        made = getattr(current, "made", None)
        if made is None or made.operation != "filled":
            break
        current, written, *keys = made.sources
        column = column_at(keys[1], width) if len(keys) == 2 and is_whole(keys[0]) else None
        if column is None:
            return None
        # What was written last is what stands there.
        found.setdefault(column, written)
    ours = [(column, one) for column, one in found.items() if isinstance(one, Array) and predicted(one)]
    return ours[0] if len(ours) == 1 and not predicted(current) else None


def column_at(key: Value, width: int) -> int | None:
    """The one column that an index takes: ``2``, ``[2]``, ``2:3``, ``-1:``."""
    if isinstance(key, Slice):
        start, stop = (dim.value if dim is not None else None for dim in (dim_of(key.start), dim_of(key.stop)))
        if start is None or not is_none(key.step):
            return None
        last = is_none(key.stop) and start in (-1, width - 1)
        return start % width if last or stop == start + 1 else None
    if isinstance(key, Sequence) and key.items is not None and len(key.items) == 1:
        key = key.items[0]
    column = key.value if isinstance(key, Const) else None
    return column % width if isinstance(column, int) and not isinstance(column, bool) else None


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
        column = column_at(keys[1], width) if len(keys) == 2 else None
        if column is not None and _rows_of(made.sources[0], scaled):
            return column, made
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
