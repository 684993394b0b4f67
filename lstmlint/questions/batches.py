"""How samples get into batches: cut from one series end to end, and given to a model one batch at each turn."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, Symbol, same
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Size, Slice, Value, keys_in
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import Loop, Run
from lstmlint.questions.callbacks import resets_each_batch, unseen_callbacks
from lstmlint.questions.provenance import SHOWS, ends_of, is_none, is_whole, keeps_all
from lstmlint.questions.state import one_batch, operations, resets_that_may, single_x

_RESHAPES = frozenset({"numpy.reshape", "Array.reshape"})
_CUTS = frozenset({*_RESHAPES, "numpy.split", "numpy.array_split"})
#: What leaves the samples in their order.
_KEPT = frozenset({"numpy.array", "numpy.asarray", "Array.astype", "numpy.expand_dims", "numpy.stack", "arithmetic"})


def cut_in_turn(run: Run) -> tuple[Array, Dim] | None:
    """The array whose samples a loop gives to the model, each once and in order, and how many of them at each turn."""
    x, again = single_x(run), single_x(run.later) if run.later is not None else None
    if not run.loops or run.conditional or x is None or again is None or not one_batch(run):
        return None
    here, there = _part(x), _part(again)
    if here is None or there is None or here[0] is not there[0]:
        return None
    whole, start, size = here
    advance = _advance(start, there[1], run.loops[-1])
    return (whole, size) if advance is not None and same(advance, size) and same(there[2], size) else None


def _part(x: Array) -> tuple[Array, Dim, Dim] | None:
    """The array that a batch is a part of, where the part begins, and how many samples it has."""
    for made in _unwrapped(x):
        whole = made.sources[0]
        key, *others = keys_in(made.sources[1])
        if not isinstance(whole, Array) or not whole.shape or not all(map(is_whole, others)):
            continue
        at = dim_of(key)
        # One sample, to which the axis of a batch is given back.
        start, stop = (at, at + 1) if at is not None else ends_of(key) or (None, None)
        if start is not None and stop is not None and _holds(x, whole, stop - start):
            return whole, start, stop - start
    return None


def _unwrapped(x: Array) -> Iterator[Made]:
    """The steps that took a part of something, up to the first that does more than add an axis to what it took."""
    current: Value = x
    for _ in range(4):
        made: Made | None = getattr(current, "made", None)
        if made is None or not made.sources:
            return
        indexed = made.operation == "index" and len(made.sources) > 1
        if indexed and not all(map(keeps_all, keys_in(made.sources[1]))):
            yield made
            return
        if not indexed and made.operation not in SHOWS:
            return
        current = made.sources[0]


def _holds(x: Array, whole: Array, size: Dim) -> bool:
    """Whether a batch has so many samples of the array as they are."""
    mine, others = x.shape or (), whole.shape or ()
    return len(mine) == len(others) and same(mine[0], size) and all(map(same, mine[1:], others[1:]))


def _advance(start: Dim, later: Dim, loop: Loop) -> Dim | None:
    """By how much a place moves from one turn of a loop to the next."""
    if start != later:
        return later - start
    moving = [(monomial, factor) for monomial, factor in start.terms if any(_counts(loop, one) for one in monomial)]
    if len(moving) != 1 or len(moving[0][0]) != 1:
        return None
    ((symbol,), factor) = moving[0]
    return Dim(symbol.step * factor) if symbol.step else None


def _counts(loop: Loop, symbol: Symbol) -> bool:
    """Whether a symbol stands for what changes from turn to turn: the index, or one of ``enumerate``'s two."""
    element = loop.over.element if isinstance(loop.over, Sequence) else None
    values = element.items or () if isinstance(element, Sequence) else (element,)
    return any(symbol.key == one.key for value in values if isinstance(value, Size) for one in value.dim.symbols)


def forgets_each_batch(run: Run, facts: Facts) -> bool:
    """Whether states are reset, or may be, between two batches: then nothing is carried from one to the next."""
    inner = run.loops[-1].span if run.loops and one_batch(run) else None
    if unseen_callbacks(run) or resets_each_batch(run, facts):
        return True
    return inner is not None and any(
        loop.span == inner for reset in resets_that_may(facts, run.model) for loop in reset.loops
    )


def cut_from_one_series(x: Value) -> Made | None:
    """The step that cut a series into the consecutive pieces that the samples are."""
    for _ in range(12):
        made: Made | None = getattr(x, "made", None)
        if made is None or not made.sources:
            return None
        source = made.sources[0]
        if made.operation in _CUTS and isinstance(source, Array) and _is_series(source):
            return made if _from_one_series(source) else None
        if made.operation not in _KEPT and not (made.operation == "index" and _keeps_order(made.sources[1:])):
            return None
        x = source
    return None


def unordered(x: Value) -> Made | None:
    """The last step that did more than take a part of the samples in their order, or look at them otherwise."""
    for _ in range(12):
        made: Made | None = getattr(x, "made", None)
        if made is None or not made.sources:
            return None
        if made.operation not in _KEPT - {"numpy.stack", "numpy.expand_dims"} and not (
            made.operation == "index" and _keeps_order(made.sources[1:])
        ):
            return made
        x = made.sources[0]
    return None


def _keeps_order(key: tuple[Value, ...]) -> bool:
    """``[:100]``, ``[..., None]``: a part in order, or another axis."""
    parts = key[0].items or () if key and isinstance(key[0], Sequence) else key
    return all(
        (isinstance(part, Slice) and is_none(part.step) and (not at or is_whole(part)))
        or (isinstance(part, Const) and part.value in (None, ...))
        for at, part in enumerate(parts)
    )


def _is_series(value: Array) -> bool:
    """One row a step: (n,), (n, 1) or (n, features)."""
    return value.shape is not None and (len(value.shape) == 1 or (len(value.shape) == 2 and same(value.shape[1], 1)))


def _from_one_series(value: Array) -> bool:
    """Nothing on the way has laid pieces out anew."""
    return not any(
        made.operation.rpartition(".")[2] in ("swapaxes", "transpose", "moveaxis", "stack", "concatenate", "T", "ravel")
        or made.operation in _RESHAPES
        for made in operations(value)
    )
