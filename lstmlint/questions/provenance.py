"""What rules about data ask: where an array comes from, what was cut, and what was done to it on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, same
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Slice, Value, rows_of
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import LibraryCall, Run

_VIEW = "numpy.lib.stride_tricks.sliding_window_view"
#: What shows the same values in other axes.
SHOWS = frozenset({"Array.reshape", "numpy.reshape", "numpy.expand_dims", "numpy.array", "numpy.asarray"})
#: What puts columns side by side.
BESIDE = frozenset({"numpy.concatenate", "numpy.hstack", "numpy.column_stack", "numpy.c_.__getitem__"})
SPLIT = "sklearn.model_selection.train_test_split"
#: Values looked at on the way back to an array's sources.
MOST_VALUES = 600


def ancestors(value: Value) -> Iterator[Value]:
    """A value and everything it was made from, the nearest first; what a list holds counts as well."""
    waiting, seen = [value], set[int]()
    while waiting and len(seen) < MOST_VALUES:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        made = getattr(current, "made", None)
        waiting.extend(made.sources if made is not None else ())
        if isinstance(current, Sequence):
            waiting.extend(current.items[:8] if current.items is not None else (current.element,))


def made_by(value: Value, *names: str) -> Made | None:
    """The latest of these operations on the way of a value."""
    for one in ancestors(value):
        made = getattr(one, "made", None)
        if made is not None and made.operation in names:
            return made  # type: ignore[no-any-return]
    return None


def made_of_answer(value: Value, run: Run) -> bool:
    """Whether a value was made of what a model answers in this very call, at an earlier turn for instance."""
    steps = (getattr(one, "made", None) for one in ancestors(value))
    return any(made is not None and made.span == run.call.span and made.receiver is not None for made in steps)


def comes_from(value: Value, source: Value) -> bool:
    return any(one is source for one in ancestors(value))


def alike(first: Value | None, second: Value | None) -> bool:
    """Whether two values were made by the same steps, at the same places, from the very same values."""
    waiting, seen = [(first, second)], set[tuple[int, int]]()
    while waiting and len(seen) < MOST_VALUES:
        one, other = waiting.pop()
        if one is other or (id(one), id(other)) in seen or _same_number(one, other):
            continue
        seen.add((id(one), id(other)))
        if isinstance(one, Slice) and isinstance(other, Slice):
            waiting.extend(((one.start, other.start), (one.stop, other.stop), (one.step, other.step)))
            continue
        made, twin = getattr(one, "made", None), getattr(other, "made", None)
        if made is None or twin is None or (made.operation, made.span) != (twin.operation, twin.span):
            return False
        mine, others = (_parts(value, made) for value, made in ((one, made), (other, twin)))
        if len(mine) != len(others) or not (mine or made.operation == "literal"):
            return False
        waiting.extend(zip(mine, others, strict=True))
    return not waiting


def _parts(value: Value | None, made: Made) -> tuple[Value, ...]:
    """What a value was made from; a list's items."""
    return value.items if isinstance(value, Sequence) and value.items is not None else made.sources


def _same_number(one: Value | None, other: Value | None) -> bool:
    if isinstance(one, Const) and isinstance(other, Const):
        return bool(one.value == other.value)
    first, second = dim_of(one), dim_of(other)
    return first is not None and second is not None and same(first, second)


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Pieces cut from a series by a slice that moves with a loop: ``series[i : i + length]`` for each ``i``.

    ``cut`` is the value they are first seen in: the piece itself, or all of them where numpy cut them at once.
    """

    piece: Array
    series: Value
    length: Dim
    cut: Value

    @property
    def made(self) -> Made:
        made = self.piece.made
        assert made is not None
        return made


def window_of(value: Value) -> Window | None:
    """The moving slice that a value's samples were cut by, the nearest."""
    for one in ancestors(value):
        key = key_of(one)
        length = moving(key) if key is not None else None
        if isinstance(one, Array) and one.made is not None and length is not None:
            return Window(one, one.made.sources[0], length, one)
        if isinstance(one, Sequence) and one.items is not None and len(one.items) > 1:
            found = written_out(one.items[0], one.items[1])
            if found is not None:
                return found
        found = cut_at_once(one) if isinstance(one, Array) else None
        if found is not None:
            return found
    return None


def cut_at_once(windows: Array) -> Window | None:
    """``sliding_window_view`` along the first axis, which puts the steps of a window last."""
    made, shape = windows.made, windows.shape
    series = made.sources[0] if made is not None and made.operation == _VIEW and made.sources else None
    if made is None or not isinstance(series, Array) or series.shape is None or shape is None:
        return None
    # One window of a table along another axis, or along several, is not a window in time.
    along = (
        len(shape) == len(series.shape) + 1
        and len(series.shape) in (1, 2)
        and all(map(same, shape[1:-1], series.shape[1:]))
    )
    return Window(Array(shape[1:], series.dtype, made=made), series, shape[-1], windows) if along else None


def key_of(value: Value) -> Value | None:
    """What a value was indexed by, along the first axis."""
    made = getattr(value, "made", None)
    return made.sources[1] if made is not None and made.operation == "index" and len(made.sources) > 1 else None


def written_out(first: Value, second: Value) -> Window | None:
    """Two neighbours of a loop that was followed turn by turn: ``series[0:5]`` and ``series[1:6]``."""
    ends, next_ends = ends_of(key_of(first)), ends_of(key_of(second))
    if not isinstance(first, Array) or first.made is None or ends is None or next_ends is None:
        return None
    source, length = first.made.sources[0], ends[1] - ends[0]
    by_one = next_ends[0] - ends[0] == Dim(1) and next_ends[1] - ends[1] == Dim(1)
    return Window(first, source, length, first) if by_one and comes_from(second, source) else None


def ends_of(key: Value | None) -> tuple[Dim, Dim] | None:
    """Both ends of ``[start:stop]``, where they are written and there is no step."""
    if not isinstance(key, Slice) or not is_none(key.step):
        return None
    start, stop = dim_of(key.start), dim_of(key.stop)
    return None if start is None or stop is None else (start, stop)


def start_of(key: Value | None) -> Dim | None:
    """Where a slice with a step of one begins; a negative number counts from the end."""
    if not isinstance(key, Slice) or not (is_none(key.step) or dim_of(key.step) == Dim(1)):
        return None
    return Dim(0) if is_none(key.start) else dim_of(key.start)


def moving(key: Value) -> Dim | None:
    """The length of a slice whose ends both move by one with a loop's index."""
    if not isinstance(key, Slice):
        return None
    start, stop = dim_of(key.start), dim_of(key.stop)
    step = dim_of(key.step)
    if start is None or stop is None or start.known or (step is not None and step != Dim(1)):
        return None
    length = stop - start
    by_one = any(len(monomial) == 1 and factor == 1 and monomial[0].step == 1 for monomial, factor in start.terms)
    return length if by_one and length.symbols.isdisjoint(start.symbols) else None


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """One part of a split along the samples: ``first`` for a part from the start, else one up to the end."""

    made: Made
    first: bool


def cuts(value: Value, source: Value) -> Iterator[Cut]:
    """The splits between a source and a value that was made from it."""
    for one in ancestors(value):
        made = getattr(one, "made", None)
        # A list is a reference, which does not tell what it held then; the part of it does.
        whole = one if isinstance(one, Sequence) else made.sources[0] if made is not None and made.sources else None
        if made is not None and made.span is not None and made.sources and comes_from(whole, source):
            cut = cut_of(made)
            if cut is not None:
                yield cut


def cut_of(made: Made) -> Cut | None:
    """``data[:n]``, ``data[n:]``, ``data[n:len(data)]``, or a part of ``train_test_split``."""
    if made.operation == SPLIT and isinstance(made.sources[-1], Const):
        return Cut(made, made.sources[-1].value == "train")
    key = made.sources[1] if made.operation == "index" and len(made.sources) > 1 else None
    if not isinstance(key, Slice) or dim_of(key.step) not in (None, Dim(1)):
        return None
    rows = rows_of(made.sources[0])
    start, stop = dim_of(key.start), dim_of(key.stop)
    from_start = is_none(key.start) or start == Dim(0)
    to_end = is_none(key.stop) or (rows is not None and stop is not None and same(stop, rows))
    if from_start == to_end or not (from_start or (start is not None and not few(start))):
        return None
    return Cut(made, from_start) if not (from_start and stop is not None and few(stop)) else None


def few(bound: Dim) -> bool:
    """``[1:]`` and ``[:-1]`` shift a series, and ``[:5]`` shows it; neither splits it."""
    return bound.known and abs(bound.constant) < 10


def is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def is_whole(key: Value) -> bool:
    """``:`` or ``...``."""
    if isinstance(key, Const):
        return key.value is Ellipsis
    return isinstance(key, Slice) and is_none(key.start) and is_none(key.stop) and is_none(key.step)


def keeps_all(key: Value) -> bool:
    """``:``, ``...`` or a new axis: nothing is taken away."""
    return is_whole(key) or is_none(key)


def call_at(facts: Facts, made: Made) -> LibraryCall | None:
    """The library call that a step of a value's way was."""
    return next((call for call in facts.calls_to(made.operation) if call.call.span == made.span), None)


def scales(made: Made) -> bool:
    """``transform``, ``fit_transform`` or ``inverse_transform`` of something in ``sklearn.preprocessing``."""
    return made.operation.startswith("sklearn.preprocessing.") and made.operation.endswith("transform")


#: What scikit-learn's splitters have to be told; the ones that cannot do otherwise are named ShuffleSplit.
_FOLDS = "sklearn.model_selection."


def shuffles(made: Made, facts: Facts) -> bool:
    """Whether a step put samples in random order."""
    name = made.operation
    if name in ("Dataset.shuffle", "sklearn.utils.shuffle", "random.shuffle") or _draws_an_order(name):
        return True
    if name == "index" and len(made.sources) > 1:
        return random_order(made.sources[1], facts) is not None
    call = call_at(facts, made) if name == SPLIT else None
    return call is not None and not call.call.has_star and _is_told(call.arguments.get("shuffle"))


def random_order(key: Value, facts: Facts) -> Made | None:
    """Where the order was drawn that an index follows: ``permutation(n)``, or the folds of a shuffling splitter."""
    current = key
    for _ in range(8):
        made: Made | None = getattr(current, "made", None)
        if made is None:
            return None
        if _draws_an_order(made.operation) or _splits_at_random(made, facts):
            return made
        if made.operation not in ("index", "Array.astype", "numpy.array", "numpy.asarray") or not made.sources:
            return None
        current = made.sources[0]
    return None


def _draws_an_order(name: str) -> bool:
    return name.startswith("numpy.random.") and name.endswith((".permutation", ".permuted", ".shuffle"))


def _splits_at_random(made: Made, facts: Facts) -> bool:
    if not made.operation.startswith(_FOLDS) or not made.operation.endswith(".split"):
        return False
    if "ShuffleSplit" in made.operation:
        return True
    call = call_at(facts, made)
    return isinstance(call and call.receiver, Reference) and _is_told(call.receiver.fields.get("shuffle"))  # type: ignore[union-attr]


def _is_told(value: Value | None) -> bool:
    return isinstance(value, Const) and value.value is True


def reordered(old: tuple[Dim, ...], new: tuple[Dim, ...]) -> bool:
    """Whether a reshape puts the same axes in another order; axes of 1 do not count.

    Two sizes that are only not known to differ, ``(3, n)`` and ``(n, 3)``, count: were they equal, nobody would write
    the reshape.
    """
    axes, before, after = order_of_axes(old, new), long_axes(old), long_axes(new)
    return axes is not None and not all(map(same, before, after))


def long_axes(shape: tuple[Dim, ...]) -> tuple[Dim, ...]:
    return tuple(dim for dim in shape if dim != Dim(1))


def order_of_axes(old: tuple[Dim, ...], new: tuple[Dim, ...]) -> tuple[int, ...] | None:
    """The old axes in the order of the new ones, axes of 1 left out: what ``transpose`` takes. None for other axes."""
    before, left = long_axes(old), list(range(len(long_axes(old))))
    found: list[int] = []
    for dim in long_axes(new):
        twin = next((index for index in left if same(dim, before[index])), None)
        if twin is None:
            return None
        left.remove(twin)
        found.append(twin)
    return tuple(found) if not left and len(found) > 1 else None
