"""Walks through held-out samples, in which a model is trained on the very sample that it is then asked to forecast."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, differ, least
from lstmlint.interpreter.values import Array, Made, Slice, Table, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import Loop, Run
from lstmlint.questions.copying import same_cut
from lstmlint.questions.outputs import arithmetic
from lstmlint.questions.provenance import SHOWS, ancestors, comes_from, cuts, key_of, made_of_answer, start_of
from lstmlint.questions.scores import scored
from lstmlint.questions.state import bound_inside, made_inside
from lstmlint.text.source import Span

_ASKS = frozenset({"predict", "predict_on_batch", "call"})


def learned_before_asked(run: Run, facts: Facts) -> Run | None:
    """The training on the sample of a turn, before the model forecasts it in that turn and is scored on it.

    Only for samples of a part that was held out from an earlier training: showing how far a training has come is none
    of this.
    """
    loop = run.loops[-1] if run.loops else None
    if loop is None or run.method not in _ASKS or run.conditional or len(run.x) != 1 or not _first(run, facts):
        return None
    same = (one for one in facts.runs_of(run.model) if one.trains and one.order < run.order and _first(one, facts))
    inside = (one for one in same if not one.conditional and len(one.x) == 1 and _within(one, run))
    for one in inside:
        if _same_sample(one.x[0], run.x[0]):
            told = _moves(run.x[0], loop) and any(_held_out(other, run) for other in _trained_before(run, facts))
        else:
            told = _grows_over(one.x[0], run.x[0])
        if told and _own_targets(one) and _scored_afterwards(run, one, facts):
            return one
    return None


def _first(run: Run, facts: Facts) -> bool:
    """Whether this is the first time that the program comes by."""
    return next((one for one in facts.runs if one.call.span == run.call.span), run) is run


def _within(training: Run, run: Run) -> bool:
    """Whether a training happens in the same turn of the same loops, perhaps several times."""
    return [one.span for one in training.loops[: len(run.loops)]] == [one.span for one in run.loops]


def _same_sample(one: Value, other: Value) -> bool:
    first, second = _shown(one), _shown(other)
    return first is second or same_cut(getattr(first, "made", None), getattr(second, "made", None))


def _shown(value: Value) -> Value:
    for _ in range(6):
        made: Made | None = getattr(value, "made", None)
        if made is None or made.operation not in SHOWS or not made.sources:
            break
        value = made.sources[0]
    return value


def _grows_over(trained: Value, asked: Value) -> bool:
    """``X[: i + 1]`` with ``X[i : i + 1]``: what there was up to that turn, and the sample as well."""
    first, second = _shown(trained), _shown(asked)
    one, other = first.made if isinstance(first, Array) else None, second.made if isinstance(second, Array) else None
    if one is None or other is None or not one.operation == other.operation == "index":
        return False
    key, stop = key_of(first), _stop(key_of(second))
    whole = start_of(key) == Dim(0) and len(one.sources) == len(other.sources) == 2
    end = _stop(key) if isinstance(key, Slice) and whole and one.sources[0] is other.sources[0] else None
    return end is not None and stop is not None and not end.known and not stop.known and least(end - stop) >= 0


def _stop(key: Value | None) -> Dim | None:
    """Behind which row an index ends."""
    if isinstance(key, Slice):
        return dim_of(key.stop)
    at = dim_of(key)
    return None if at is None else at + 1


def _own_targets(training: Run) -> bool:
    """Whether the targets may be those of the samples: neither the samples themselves nor those of other rows."""
    if len(training.y) != 1 or _same_sample(training.x[0], training.y[0]):
        return False
    x, y = (start_of(key_of(_shown(value))) for value in (training.x[0], training.y[0]))
    return x is None or y is None or not differ(x, y)


def _moves(sample: Value, loop: Loop) -> bool:
    return made_inside(sample, loop) or (loop.over is not None and comes_from(sample, loop.over))


def _trained_before(run: Run, facts: Facts) -> Iterator[Run]:
    for one in facts.runs_of(run.model):
        if one.trains and one.order < run.order and len(one.x) == 1 and len(one.loops) < len(run.loops):
            yield one


def _held_out(training: Run, run: Run) -> bool:
    """Whether the sample is of a later part of the same data as the training's, and no part of its samples."""
    x, sample = training.x[0], run.x[0]
    if comes_from(sample, x):
        return False
    mine = [one for one in ancestors(x) if isinstance(one, Array | Table)]
    common = [one for one in ancestors(sample) if any(one is other for other in mine)]
    return any(
        any(cut.first for cut in cuts(x, one)) and any(not cut.first for cut in cuts(sample, one)) for one in common
    )


def _scored_afterwards(run: Run, training: Run, facts: Facts) -> bool:
    """Whether the forecasts meet the truth behind all the loops that go on with this model."""
    loops = [loop for loop in run.loops if not bound_inside(facts, run.model, loop)]
    truth = [one for y in training.y for one in ancestors(y) if isinstance(one, Array | Table)]
    for span, one, other in _compared(facts):
        behind = not any(span in loop.span for loop in loops)
        if behind and made_of_answer(one, run) and not made_of_answer(other, run) and _akin(other, truth):
            return True
    return False


def _akin(value: Value, truth: list[Array | Table]) -> bool:
    return any(one is known for one in ancestors(value) for known in truth)


def _compared(facts: Facts) -> Iterator[tuple[Span, Value, Value]]:
    for score in scored(facts):
        yield score.call.call.span, score.predictions, score.truth
        yield score.call.call.span, score.truth, score.predictions
    for made in arithmetic(facts):
        if len(made.sources) == 2:
            yield made.span, *made.sources
            yield made.span, *reversed(made.sources)  # type: ignore[misc]
