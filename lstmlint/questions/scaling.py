"""What was scaled by what: statistics taken by hand, and data that a model is asked about on another scale."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Slice, Table, Value
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.provenance import (
    Cut,
    alike,
    ancestors,
    call_at,
    comes_from,
    cut_of,
    is_none,
    window_of,
)

SCALERS = "sklearn.preprocessing."
_FITTED = ("Scaler", ".PowerTransformer", ".QuantileTransformer")
_STATISTICS = frozenset({"min", "max", "mean", "std", "median", "var", "ptp", "amin", "amax", "nanmean", "nanstd"})


@dataclass(frozen=True, slots=True, eq=False)
class ByHand:
    """``data - data.mean()``: the result, what it was made of, and the step that made the statistic."""

    result: Value
    data: Value
    statistic: Made


def scaled_by_hand(value: Value, facts: Facts) -> Iterator[ByHand]:
    """The arithmetic on a value's way between data and a statistic over all their rows."""
    for one in ancestors(value):
        made: Made | None = getattr(one, "made", None)
        if made is None or made.operation != "arithmetic" or len(made.sources) != 2:
            continue
        data, other = made.sources
        if not isinstance(data, Array | Table) or window_of(data) is not None:
            continue
        found = next((one for one in _statistics(other, facts) if one.sources[0] is data), None)
        if found is not None:
            yield ByHand(one, data, found)


def one_of_many(scaled: ByHand, cut: Cut, facts: Facts) -> bool:
    """Whether a loop scales one array after another, each by its own values, and what it gathered is cut behind it."""
    column = isinstance(scaled.data, Array) and scaled.data.flavour == "series"
    call = call_at(facts, scaled.statistic)
    return call is not None and not column and any(cut.made.span not in loop.span for loop in call.loops)


def _statistics(value: Value, facts: Facts) -> Iterator[Made]:
    """The statistics over rows in an expression of numbers."""
    waiting = [value]
    for _ in range(12):
        made = getattr(waiting.pop(0), "made", None) if waiting else None
        if made is None:
            continue
        if made.operation.rpartition(".")[2] in _STATISTICS and made.sources and _over_rows(made, facts):
            yield made
        elif made.operation == "arithmetic":
            waiting.extend(made.sources)


def _over_rows(made: Made, facts: Facts) -> bool:
    call = call_at(facts, made)
    axis = call.arguments.get("axis") if call is not None else None
    axes = axis.items or () if isinstance(axis, Sequence) else (axis,)
    return axis is None or any(isinstance(one, Const) and one.value in (0, None, "index") for one in axes)


def is_scaler(name: str) -> bool:
    """Whether a class learns from each column how to scale it; ``Normalizer`` scales each row by itself."""
    return name.startswith(SCALERS) and name.endswith(_FITTED)


def scaler_fits(facts: Facts) -> Iterator[LibraryCall]:
    """``fit_transform`` of scikit-learn's scalers."""
    for call in facts.calls:
        module, _, method = call.name.rpartition(".")
        if method == "fit_transform" and is_scaler(module):
            yield call


def same_scaler(call: LibraryCall, facts: Facts, *methods: str) -> Iterator[LibraryCall]:
    """The calls of some methods on the scaler that a call is made on."""
    scaler = call.name.rpartition(".")[0]
    calls = facts.calls_to(*(f"{scaler}.{method}" for method in methods))
    return (other for other in calls if other.receiver is call.receiver)


def transformed_apart(call: LibraryCall, data: Value, facts: Facts) -> tuple[Cut, Cut] | None:
    """The parts of what the scaler saw that it transforms one by one: one is trained on, a later one is not."""
    learned = asked = None
    trained = [value for run in facts.runs if run.trains for value in run.x]
    tested = [value for run in facts.runs for value in ((run.validation_data or ()) if run.trains else run.x)]
    for later in same_scaler(call, facts, "transform"):
        made = getattr(later.arguments.get("X"), "made", None)
        if made is None or not made.sources or made.sources[0] is not data:
            continue
        if (cut := cut_of(made)) is not None and cut.first and any(comes_from(x, later.result) for x in trained):
            learned = cut
        elif _starts_later(made) and any(comes_from(x, later.result) for x in tested):
            asked = Cut(made, False)
    return (learned, asked) if learned is not None and asked is not None else None


def _starts_later(made: Made) -> bool:
    key = made.sources[1] if made.operation == "index" and len(made.sources) == 2 else None
    return isinstance(key, Slice) and not is_none(key.start)


@dataclass(frozen=True, slots=True, eq=False)
class OtherScale:
    """A part of the data that a model is asked about by ``call``, scaled by ``own`` or by nothing at all.

    The model was trained on what ``fit`` scaled.
    """

    fit: LibraryCall
    own: LibraryCall | None
    asked: Value
    run: Run


def other_scale(run: Run, facts: Facts) -> OtherScale | None:
    """Whether a model is asked about a part of the data on another scale than the part it was trained on."""
    fits = list(scaler_fits(facts)) if run.trains else []
    for fit in fits:
        if fit.conditional or not any(comes_from(value, fit.result) for value in run.x):
            continue
        for one, asked in asked_later(run, facts):
            source = _common_source(asked, fit.arguments.get("X"))
            if source is None or comes_from(asked, fit.result):
                continue
            own = next((own for own in fits if _own(own, fit, asked)), None)
            if own is not None and not any(comes_from(value, own.result) for value in run.x):
                return OtherScale(fit, own, asked, one)
            # The result of a scaler that is used again may have been written into a table.
            written = any(isinstance(one, Table) and one.filled for one in ancestors(asked))
            used = written and any(same_scaler(fit, facts, "transform"))
            if own is None and _never_scaled(asked, source) and not used:
                return OtherScale(fit, None, asked, one)
    return None


def own_statistics(run: Run, facts: Facts) -> tuple[ByHand, ByHand] | None:
    """How training data were scaled by hand, and how a part that the model is only asked about, by its own values."""
    learned = [one for value in run.x for one in scaled_by_hand(value, facts)] if run.trains else []
    for _, asked in asked_later(run, facts) if learned else ():
        for own in scaled_by_hand(asked, facts):
            twins = [one for one in learned if one.statistic.operation == own.statistic.operation]
            if twins and not any(one.data is own.data or alike(one.data, own.data) for one in twins):
                return (twins[0], own) if _common_source(own.data, twins[0].data) is not None else None
    return None


def asked_later(run: Run, facts: Facts) -> Iterator[tuple[Run, Value]]:
    yield from ((run, value) for value in (run.validation_data or ())[:1])
    for one in facts.runs_of(run.model):
        if not one.trains and len(one.x) == 1:
            yield one, one.x[0]


def _own(own: LibraryCall, fit: LibraryCall, asked: Value) -> bool:
    return own.receiver is not fit.receiver and not own.conditional and comes_from(asked, own.result)


def _common_source(value: Value, other: Value | None) -> Value | None:
    """The nearest data that both were made from."""
    mine = {id(one) for one in ancestors(other) if isinstance(one, Array | Table)} if other is not None else set()
    return next((one for one in ancestors(value) if isinstance(one, Array | Table) and id(one) in mine), None)


_CHANGES = ("arithmetic", "filled", "unknown", "sklearn.", "Model.")


def _never_scaled(asked: Value, source: Value) -> bool:
    """Whether data come from others as they are: no scaler, no model and no arithmetic on the way."""
    before = {id(one) for one in ancestors(source)}
    between = (one for one in ancestors(asked) if id(one) not in before)
    steps = (getattr(one, "made", None) for one in between if isinstance(one, Array | Table))
    return not any(made is not None and made.operation.startswith(_CHANGES) for made in steps)


def refitted(call: LibraryCall, facts: Facts) -> LibraryCall | None:
    """The fit of the same scaler by which training data were scaled, where this one is for what a model is asked."""
    module, _, method = call.name.rpartition(".")
    if method not in ("fit", "fit_transform") or not is_scaler(module):
        return None
    earlier = _earlier_fit(call, facts)
    if earlier is None or not _trained(earlier, call.order, facts):
        return None
    fits = same_scaler(call, facts, "fit", "fit_transform")
    until = min((fit.order for fit in fits if fit.order > call.order), default=math.inf)
    asked = any(_held_out(result, facts) for result in _results(call, until, facts))
    return earlier if asked and not _trained(call, until, facts) else None


def _earlier_fit(call: LibraryCall, facts: Facts) -> LibraryCall | None:
    """The fit of the same scaler on other data before."""
    fits = same_scaler(call, facts, "fit", "fit_transform")
    given = call.arguments.get("X")
    return next((fit for fit in fits if fit.order < call.order and not alike(fit.arguments.get("X"), given)), None)


def _held_out(result: Value, facts: Facts) -> bool:
    """Whether a model is asked about the result, or checked on it, and not trained on it."""
    asked = [value for run in facts.runs for value in ((run.validation_data or ()) if run.trains else run.x)]
    learned = [value for run in facts.runs if run.trains for value in run.x]
    return any(comes_from(value, result) for value in asked) and not any(comes_from(value, result) for value in learned)


def _trained(call: LibraryCall, until: float, facts: Facts) -> bool:
    """Whether a model learns from what a fit scaled, before the next one."""
    learned = [value for run in facts.runs if run.trains for value in run.x]
    return any(comes_from(value, result) for value in learned for result in _results(call, until, facts))


def _results(call: LibraryCall, until: float, facts: Facts) -> Iterator[Value]:
    """What a scaler makes of data by one of its fits."""
    if call.name.endswith(".fit_transform"):
        yield call.result
    for later in same_scaler(call, facts, "transform"):
        if call.order < later.order < until:
            yield later.result
