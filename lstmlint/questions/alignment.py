"""Which step of its window a target is, where the targets are a slice of a series or a step of the samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, least, same
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Slice, Table, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.questions.earlier_rows import Earlier
from lstmlint.questions.provenance import SPLIT, Window, is_whole, keeps_all, key_of, start_of
from lstmlint.questions.stages import GATHERS, columns_of, keys_of, meeting, stages, steps_back
from lstmlint.text.source import Span


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """Targets that stand beside their windows in the table the windows were cut from.

    ``row`` counts from the window's first step; ``held`` says that the windows hold the target's column as well;
    ``read`` that the table is as it was read, so that no column of it was moved before.
    """

    window: Window
    row: Dim
    span: Span
    held: bool
    read: bool
    moved: Earlier | None = None


def aligned(window: Window, x: Array, y: Array, facts: Facts) -> Aligned | None:
    """Where targets that are one slice of a series lie against windows that begin at each of its rows."""
    first = _first_row(window)
    before = _rows_before(x, window.cut)
    begin = _slice_of_series(y)
    if first is None or before is None or begin is None or not isinstance(window.series, Array | Table):
        return None
    made, rows, splits, place = begin
    if splits != before[1]:
        return None
    data = list(stages(window.series, first + before[0], columns_of(window.made)))
    found = meeting(stages(made.sources[0], rows, ()), data, window.length)
    if found is None:
        return None
    whole, shift = found
    read = any(call.result is whole for call in facts.calls)
    return Aligned(window, shift.rows, place, shift.held, read, shift.moved)


def _first_row(window: Window) -> Dim | None:
    """The row at which the first window begins."""
    key = key_of(window.piece)
    if not isinstance(key, Slice):
        return Dim(0)
    start = dim_of(key.start)
    if start is None or start.known:
        return start
    loop = [symbol for symbol in start.symbols if symbol.high is not None]
    if len(loop) != 1:
        return None
    return start - Dim(0, (((loop[0],), 1),)) + loop[0].low


_Rows = tuple[Dim, list[str]]


def _rows_before(x: Value, cut: Value) -> _Rows | None:
    """How many windows were cut away before the first sample, and the splits on the way."""
    rows, splits = Dim(0), list[str]()
    for value, made in steps_back(x):
        if value is cut:
            return rows, splits
        moved = _moved(value, made, rows, splits)
        if moved is None:
            return None
        rows += moved
    return None


def _slice_of_series(y: Value) -> tuple[Made, Dim, list[str], Span] | None:
    """The innermost slice that the targets were cut by, the rows cut away in front of them outside of it, the splits.

    At last the place that decides which target comes first: a slice from row 0 on, a split say, does not.
    """
    rows, splits, last, moving = Dim(0), list[str](), None, None
    outside = rows
    for value, made in steps_back(y):
        if made is not None and made.operation == "index" and isinstance(key_of(value), Slice):
            outside, last = rows, made
        moved = _moved(value, made, rows, splits)
        if moved is None:
            break
        rows += moved
        moving = made if moved != Dim(0) else moving
    if last is None:
        return None
    start = _start(last)
    place = moving if moving is not None and start == Dim(0) else last
    return None if start is None else (last, outside + start, splits, place.span)


def _start(made: Made) -> Dim | None:
    start = start_of(made.sources[1])
    return start if start is not None and least(start) >= 0 else None


def _moved(value: Value, made: Made | None, rows: Dim, splits: list[str]) -> Dim | None:
    """By how many rows one step moves the first sample; None where samples do not stay what they are."""
    if isinstance(value, Sequence) or (made is not None and made.operation in GATHERS):
        return Dim(0)
    if made is not None and made.operation == SPLIT:
        splits.append(f"{made.span} {getattr(made.sources[-1], 'value', '')} {rows}")
        return Dim(0)
    if made is None or made.operation != "index":
        return None
    keys = keys_of(made)
    whole = [keeps_all(one) for one in keys]
    if all(whole):
        return Dim(0)
    return _start(made) if all(whole[1:]) and isinstance(keys[0], Slice) else None


def step_of_sample(x: Array, y: Array) -> tuple[Made, int] | None:
    """The step of each sample that the targets are, where the samples keep it: ``y = x[:, -1]`` for ``x`` itself."""
    made = y.made
    source = made.sources[0] if made is not None and made.operation == "index" and made.sources else None
    if made is None or not isinstance(source, Array) or source.shape is None or len(made.sources) < 2:
        return None
    x = next((one for one in _with_all_steps(x) if one.made is source.made and one.made is not None), x)
    if source.made is not x.made or x.made is None or not x.shape:
        return None
    batched = len(source.shape) == len(x.shape)
    keys = made.sources[1:]
    if len(source.shape) not in (len(x.shape), len(x.shape) - 1) or (batched and not is_whole(keys[0])):
        return None
    step = keys[1:2] if batched else keys[:1]
    number = step[0].value if step and isinstance(step[0], Const) else None
    return (made, number) if isinstance(number, int) and not isinstance(number, bool) else None


def _with_all_steps(x: Array) -> Iterator[Array]:
    """The samples and what they were reshaped from, as long as each keeps all of its steps."""
    for _ in range(12):
        yield x
        made = x.made
        source = made.sources[0] if made is not None and made.operation in GATHERS and made.sources else None
        if not isinstance(source, Array) or source.shape is None or x.shape is None or len(source.shape) < 2:
            return
        if not same(source.shape[0], x.shape[0]) or not same(source.shape[1], x.shape[1]):
            return
        x = source
