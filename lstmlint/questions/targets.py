"""Which row of the series a target is, and which rows and columns its window holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lstmlint.interpreter.dims import Dim, least, same
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Slice, Table, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.questions.earlier_rows import Earlier, names_in, rows_earlier
from lstmlint.questions.provenance import SPLIT, Window, is_none, key_of, moving, rows_of, slice_ends, window_of
from lstmlint.text.source import Span

#: Operations that keep one sample a row: gathering, shapes behind the first axis, types.
GATHERS = frozenset(
    {
        *("numpy.array", "numpy.asarray", "numpy.float32", "Array.astype", "numpy.expand_dims", "numpy.stack"),
        *("numpy.reshape", "Array.reshape", "Array.copy", "numpy.copy"),
    }
)
#: Operations that keep every row of a series where it is, whatever they do to its values.
_ROWWISE = frozenset(
    {
        *("Table.to_numpy", "Series.to_numpy", "attribute", "Table.astype", "Series.astype", "pandas.DataFrame"),
        *("Table.copy", "Series.copy", "Table.fillna", "Series.fillna", "numpy.log", "numpy.log1p", "Table.round"),
        *("Table.reset_index", "Series.reset_index", "numpy.round", "Array.ravel", "Array.flatten", "Array.squeeze"),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A stage of a series on the way back: ``offset`` rows of it were cut away in front, then ``columns`` chosen."""

    value: Value
    offset: Dim
    columns: tuple[Value, ...] = ()


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
    window, cut_x = window_of(x), list(_sample_cuts(x))
    start = _start(window) if window is not None else None
    found = _item(y, pieces)
    if window is None or start is None or found is None or None in cut_x or _shortened(x, window):
        return None
    made, series, row, cut_y, columns = found
    row = _on_one_loop(row, start) if _rows(x) is not None and _rows(x) == _rows(y) else row
    if cut_x != cut_y or not _whole_steps(window):
        return None
    for here in stages(series, row, columns):
        for there in stages(window.series, start, columns_of(window.made)):
            if here.value is there.value:
                return _inside(window, here, there, made.span)
    return None


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
        if gathered and key is not None and not is_whole(key) and not is_none(key):
            return True
    return False


def _rows(value: Value) -> Dim | None:
    return value.shape[0] if isinstance(value, Array) and value.shape else None


def _on_one_loop(row: Dim, start: Dim) -> Dim:
    """The target's row in terms of the windows' loop, where both were gathered in loops over the same numbers."""
    mine, other = ([one for one in dim.symbols if one.high is not None] for dim in (start, row))
    if len(mine) != 1 or len(other) != 1 or mine == other:
        return row
    alike = mine[0].low == other[0].low and mine[0].high == other[0].high
    return row - Dim(0, (((other[0],), 1),)) + Dim(0, (((mine[0],), 1),)) if alike else row


def _inside(window: Window, target: Place, held: Place, span: Span) -> Inside | None:
    moved = moved_down(target, held)
    row = target.offset - held.offset - (moved.rows if moved is not None else Dim(0))
    within = least(row) >= 0 and least(window.length - 1 - row) >= 0
    known = moved is not None or holds(held.columns, target.columns)
    return Inside(window, row, span, moved) if within and known else None


def moved_down(target: Place, held: Place) -> Earlier | None:
    """How the target's column was made of one that the window holds, where it does not hold the target's own."""
    own = holds(held.columns, target.columns)
    return None if own else rows_earlier(held.value, held.columns, target.columns)


def holds(held: tuple[Value, ...], wanted: tuple[Value, ...]) -> bool:
    """Whether the window's columns are certain to have the target's among them."""
    if not held:
        return True
    mine, other = _names(held[-1]), _names(wanted[-1]) if wanted else None
    return len(held) == 1 and mine is not None and other is not None and other <= mine


def _names(key: Value) -> frozenset[object] | None:
    names = names_in(key)
    return frozenset(names) if names is not None else None


def _start(window: Window) -> Dim | None:
    """The first row of a window, with the loop's index in it; of the first one where the loop was unrolled."""
    key = key_of(window.piece)
    return dim_of(key.start) if isinstance(key, Slice) else None


def _whole_steps(window: Window) -> bool:
    """Whether the series is cut along its rows."""
    return isinstance(window.series, Array | Table) and slice_ends(window.piece) is not None


def columns_of(made: Made) -> tuple[Value, ...]:
    """What stands behind the first axis in an index, full slices left out."""
    return tuple(key for key in made.sources[2:] if not is_whole(key) and not is_none(key))


def is_whole(key: Value) -> bool:
    if isinstance(key, Const):
        return key.value is Ellipsis
    return isinstance(key, Slice) and is_none(key.start) and is_none(key.stop) and is_none(key.step)


def keys_of(made: Made) -> tuple[Value, ...]:
    """What a value was indexed by; a list's item stands before the list it was taken from."""
    listed = len(made.sources) > 1 and isinstance(made.sources[1], Reference)
    return made.sources[2:] if listed else made.sources[1:]


def steps_back(value: Value) -> Iterator[tuple[Value, Made | None]]:
    """From samples to what they were gathered from, as long as each row stays one sample."""
    for _ in range(40):
        made = getattr(value, "made", None)
        yield value, made
        if isinstance(value, Sequence):
            items = value.items
            following = (items[0] if items else None) if items is not None else value.element
        else:
            following = made.sources[0] if made is not None and made.sources else None
        if following is None:
            return
        value = following


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
        if cut is None and not all(is_whole(one) or is_none(one) for one in keys):
            yield None
            return
        if cut is not None:
            yield cut


def _moves(key: Value | None) -> bool:
    """Whether an index follows a loop, or is one of a loop that was unrolled."""
    if isinstance(key, Slice):
        start, stop = dim_of(key.start), dim_of(key.stop)
        return start is not None and stop is not None
    row = dim_of(key)
    return row is not None and not row.known


def _cut(keys: tuple[Value, ...]) -> tuple[str, ...] | None:
    """``[:n]`` and ``[n:]``, as text: x and y are cut alike where the texts are equal."""
    if not keys or not isinstance(keys[0], Slice) or not all(is_whole(one) or is_none(one) for one in keys[1:]):
        return None
    ends = [str(dim_of(end)) if not is_none(end) else "" for end in (keys[0].start, keys[0].stop)]
    return None if ends == ["", ""] else ("cut", *ends)


_Found = tuple[Made, Value, Dim, list[tuple[str, ...]], tuple[Value, ...]]


def _first_of(key: Value) -> Dim | None:
    """A row, or the first one of a piece that moves with a loop."""
    return dim_of(key.start) if isinstance(key, Slice) and moving(key) is not None else dim_of(key)


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
        row = _first_of(keys[0]) if pieces else dim_of(keys[0])
        if row is not None and (written or not row.known):
            row += _step_of_piece(keys[0], columns)
            return made, made.sources[0], row, cuts, (*columns, *columns_of(made))
        cut = _cut(keys)
        if cut is not None:
            cuts.append(cut)
        elif row is not None or isinstance(keys[0], Const):
            columns.append(keys[0])
        elif not all(is_whole(one) or is_none(one) for one in keys):
            return None
    return None


#: What gives each row the value of so many rows before; the few that come from the other end do not count.
_MOVES_ROWS = frozenset({"numpy.roll", "Series.shift"})


def stages(series: Value, row: Dim, columns: tuple[Value, ...]) -> Iterator[Place]:
    """The series and what it was made from, row by row."""
    place = Place(series, row, columns)
    for _ in range(40):
        yield place
        made = getattr(place.value, "made", None)
        following = _before(place, made) if made is not None and made.sources else None
        if following is None:
            return
        place = following


def _before(place: Place, made: Made) -> Place | None:
    source, name = made.sources[0], made.operation
    scaled = name.startswith("sklearn.preprocessing.") and name.endswith("transform")
    reshaped = name in ("Array.reshape", "numpy.reshape")
    if name in _ROWWISE or (name in GATHERS - {"numpy.stack"} and not reshaped) or scaled:
        return replace(place, value=source)
    if reshaped:
        return (
            replace(place, value=source) if _rows(source) is not None and _rows(source) == _rows(place.value) else None
        )
    if name == "arithmetic" and (series := _alone(place.value, made)) is not None:
        return replace(place, value=series)
    if name in _MOVES_ROWS and len(made.sources) > 1 and _is_column(place.value):
        by = dim_of(made.sources[1])
        return Place(source, place.offset - by, place.columns) if by is not None else None
    if name != "index" or len(made.sources) < 2:
        return None
    key, behind = made.sources[1], columns_of(made)
    if isinstance(source, Table) and not isinstance(key, Slice):
        return Place(source, place.offset, (*place.columns, key))
    if not isinstance(key, Slice) or not is_none(key.step):
        return None
    start = Dim(0) if is_none(key.start) else dim_of(key.start)
    if start is None or least(start) < 0:
        return None
    return Place(source, place.offset + start, (*place.columns, *behind))


def _alone(value: Value, made: Made) -> Value | None:
    """The series of arithmetic with numbers that are the same for all its rows: less a mean, divided by a scale."""
    axes, rows = _axes(value), rows_of(value)
    series = [one for one in made.sources if axes and _axes(one) == axes and rows is not None and _as_long(one, rows)]
    if len(series) != 1 or len(made.sources) != 2:
        return None
    other = next(one for one in made.sources if one is not series[0])
    number = dim_of(other) is not None or (isinstance(other, Const) and isinstance(other.value, int | float))
    of_columns = _axes(other)
    return series[0] if number or (of_columns is not None and axes and of_columns < axes) else None


def _as_long(value: Value, rows: Dim) -> bool:
    own = rows_of(value)
    return own is not None and same(own, rows)


def _axes(value: Value) -> int | None:
    if isinstance(value, Table):
        return 2
    return len(value.shape) if isinstance(value, Array) and value.shape is not None else None


def _is_column(value: Value) -> bool:
    return isinstance(value, Array) and value.shape is not None and len(value.shape) == 1


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """Targets against the data of a window generator: ``rows`` later, and whether they are columns of the data."""

    rows: Dim
    held: bool


def shift_of(data: Value, targets: Value) -> Shift | None:
    """How many rows of their common series the targets begin after the data; None where they share none."""
    for here in stages(targets, Dim(0), ()):
        for there in stages(data, Dim(0), ()):
            if here.value is there.value:
                moved = moved_down(here, there)
                rows = here.offset - there.offset - (moved.rows if moved is not None else Dim(0))
                return Shift(rows, moved is not None or holds(there.columns, here.columns))
    return None
