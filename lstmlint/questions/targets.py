"""Which row of the series a target is, and which rows and columns its window holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.interpreter.dims import Dim, least
from lstmlint.interpreter.items import item_of
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Slice, Table, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.questions.earlier_rows import Earlier
from lstmlint.questions.provenance import SPLIT, Window, is_none, keeps_all, key_of, moving, window_of
from lstmlint.questions.stages import GATHERS, as_many_rows, columns_of, keys_of, meeting, stages, steps_back
from lstmlint.text.source import Span


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """A target that its window holds: ``row`` counted from the window's first step; ``moved`` tells of its column."""

    window: Window
    row: Dim
    span: Span
    moved: Earlier | None = None


def target_inside(x: Value, y: Value, pieces: bool = False) -> Inside | None:
    """Whether each target certainly is a value of its own window; None where that is not so, or not known.

    With ``pieces`` the first of several targets is looked at: a model that answers step by step may be given the
    window itself, one row later.
    """
    window, cut_x = _gathered(x) or window_of(x), list(_sample_cuts(x))
    start = _start(window) if window is not None else None
    found = _item(y, pieces)
    if window is None or start is None or found is None or None in cut_x or _shortened(x, window):
        return None
    made, series, row, cut_y, columns = found
    first = _first_of_known(made, x, y) if start.known else None
    if start.known and first is None and window_of(x) is None:
        return None
    row = first or row
    row = _on_one_loop(row, start) if as_many_rows(x, y) else row
    if cut_x != cut_y or not _whole_steps(window):
        return None
    targets, data = stages(series, row, columns), list(stages(window.series, start, columns_of(window.made)))
    _, shift = meeting(targets, data, window.length) or (None, None)
    if shift is None or not shift.held:
        return None
    within = least(shift.rows) >= 0 and least(window.length - 1 - shift.rows) >= 0
    return Inside(window, shift.rows, made.span, shift.moved) if within else None


def _gathered(x: Value) -> Window | None:
    """Pieces that begin where the integers of an array say: ``series[s : s + length] for s in starts``."""
    for value, _ in steps_back(x):
        key = key_of(value)
        if isinstance(value, Array) and value.made is not None and isinstance(key, Slice) and is_none(key.step):
            start, stop = item_of(key.start), item_of(key.stop)
            several = start is not None and (not start.known or len(_written_out(x)) > 1)
            length = stop - start if start is not None and stop is not None and several else None
            return Window(value, value.made.sources[0], length, value) if length is not None and length.known else None
    return None


def _first_of_known(made: Made, x: Value, y: Value) -> Dim | None:
    """The row of the first target, where rows are written out that all lie as far behind the starts of the windows."""
    key, starts = made.sources[1], _written_out(x)
    rows = key.elements if isinstance(key, Array) and key.shape else _written_out(y)
    if not rows or len(rows) != len(starts):
        return None
    apart = {row - start if isinstance(row, int) else None for row, start in zip(rows, starts, strict=True)}
    return Dim(rows[0]) if len(apart) == 1 and isinstance(rows[0], int) else None


def _written_out(samples: Value) -> tuple[int, ...]:
    """The rows at which samples begin that are cut one by one; nothing where that is not known of all."""
    for value, made in steps_back(samples):
        stacked = made.sources if made is not None and made.operation == "numpy.stack" else ()
        pieces = value.items if isinstance(value, Sequence) else stacked
        if pieces and len(pieces) > 1:
            keys = [key_of(one) for one in pieces]
            rows = [item_of(key.start if isinstance(key, Slice) else key) for key in keys if key is not None]
            known = tuple(row.constant for row in rows if row is not None and row.known)
            return known if len(known) == len(pieces) else ()
    return ()


def _shortened(x: Value, window: Window) -> bool:
    """Whether the samples hold a part of the window only: ``w = series[i : i + 6]``, and then ``w[:-1]``."""
    gathered = False
    for value, made in steps_back(x):
        if value is window.piece:
            break
        if isinstance(value, Sequence):
            gathered = True
            continue
        key = key_of(value) if made is not None else None
        if gathered and key is not None and not keeps_all(key):
            return True
    return False


def _on_one_loop(row: Dim, start: Dim) -> Dim:
    """The target's row in terms of the windows' loop, where both were gathered in loops over the same numbers."""
    mine, other = ([one for one in dim.symbols if one.high is not None] for dim in (start, row))
    if len(mine) != 1 or len(other) != 1 or mine == other:
        return row
    alike = mine[0].low == other[0].low and mine[0].high == other[0].high
    return row - Dim(0, (((other[0],), 1),)) + Dim(0, (((mine[0],), 1),)) if alike else row


def _start(window: Window) -> Dim | None:
    """The first row of a window, with the loop's index in it; of the first one where the loop was unrolled."""
    key = key_of(window.piece)
    return item_of(key.start) if isinstance(key, Slice) else None


def _whole_steps(window: Window) -> bool:
    """Whether the series is cut along its rows."""
    key = key_of(window.piece)
    return isinstance(window.series, Array | Table) and isinstance(key, Slice) and is_none(key.step) and _moves(key)


def _sample_cuts(x: Value) -> Iterator[tuple[str, ...] | None]:
    """The cuts of whole samples between the windows and what a model is given; None for anything not followed."""
    for value, made in steps_back(x):
        if isinstance(value, Sequence) or (made is not None and made.operation in GATHERS):
            continue
        if made is not None and made.operation == SPLIT:
            yield (str(made.span), str(getattr(made.sources[-1], "value", "")))
            continue
        if made is None or made.operation != "index":
            yield None
            return
        keys = keys_of(made)
        if _moves(key_of(value)):
            return
        cut = _cut(keys)
        if cut is None and not all(map(keeps_all, keys)):
            yield None
            return
        if cut is not None:
            yield cut


def _moves(key: Value | None) -> bool:
    """Whether an index follows a loop, or is one of a loop that was unrolled."""
    if isinstance(key, Slice):
        start, stop = item_of(key.start), item_of(key.stop)
        return start is not None and stop is not None
    row = dim_of(key)
    return row is not None and not row.known


def _cut(keys: tuple[Value, ...]) -> tuple[str, ...] | None:
    """``[:n]`` and ``[n:]``, as text: x and y are cut alike where the texts are equal."""
    if not keys or not isinstance(keys[0], Slice) or not all(map(keeps_all, keys[1:])):
        return None
    ends = [str(dim_of(end)) if not is_none(end) else "" for end in (keys[0].start, keys[0].stop)]
    return None if ends == ["", ""] else ("cut", *ends)


_Found = tuple[Made, Value, Dim, list[tuple[str, ...]], tuple[Value, ...]]


def _first_of(key: Value) -> Dim | None:
    """A row, or the first one of a piece that moves with a loop."""
    return dim_of(key.start) if isinstance(key, Slice) and moving(key) is not None else item_of(key)


def _step_of_piece(key: Value, columns: list[Value]) -> Dim:
    """Which row of a piece was chosen behind it, ``piece[-1]``: that number stands with the columns until then."""
    length = moving(key)
    step = dim_of(columns[-1]) if columns and length is not None else None
    if length is None or step is None or not step.known:
        return Dim(0)
    columns.pop()
    return step if step.constant >= 0 else length + step


def _item(y: Value, pieces: bool) -> _Found | None:
    """Where the targets were taken from a series item by item: the series, the row, cuts and columns after it.

    ``pieces``: also of several rows at a time, of which the first one counts.
    """
    cuts: list[tuple[str, ...]] = []
    columns: list[Value] = []
    written = False
    for value, made in steps_back(y):
        if isinstance(value, Sequence) or (made is not None and made.operation in GATHERS):
            written = written or (isinstance(value, Sequence) and value.items is not None)
            continue
        if made is not None and made.operation == SPLIT:
            cuts.append((str(made.span), str(getattr(made.sources[-1], "value", ""))))
            continue
        keys = keys_of(made) if made is not None and made.operation == "index" else ()
        if made is None or not keys:
            return None
        row = _first_of(keys[0]) if pieces else item_of(keys[0])
        if row is not None and (written or not row.known):
            row += _step_of_piece(keys[0], columns)
            return made, made.sources[0], row, cuts, (*columns, *columns_of(made))
        cut = _cut(keys)
        if cut is not None:
            cuts.append(cut)
        elif row is not None or isinstance(keys[0], Const):
            columns.append(keys[0])
        elif not all(map(keeps_all, keys)):
            return None
    return None
