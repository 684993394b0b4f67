"""In which units numbers are: those of the data, those of a scaler, or differences between neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, same
from lstmlint.interpreter.values import Array, Made, Reference, Sequence, Slice, Table, Value, rows_of
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import Run
from lstmlint.questions.outputs import arithmetic
from lstmlint.questions.provenance import SPLIT, ancestors, call_at
from lstmlint.questions.scaling import is_scaler, same_scaler
from lstmlint.questions.scores import PREDICT, scored
from lstmlint.text.source import Span

#: What takes numbers apart or puts them together, and leaves them as they are.
_KEEPS = frozenset(
    {
        *("index", "attribute", "literal", "window", SPLIT, "Array.reshape", "Array.ravel", "Array.flatten"),
        *("Array.squeeze", "Array.astype", "numpy.array", "numpy.asarray", "numpy.reshape", "numpy.ravel"),
        *("numpy.squeeze", "numpy.stack", "numpy.vstack", "numpy.concatenate", "numpy.expand_dims"),
        *("Series.to_numpy", "Series.dropna"),
        *("Table.to_numpy", "Table.drop", "Table.dropna", "Table.iloc", "Table.loc"),
    }
)
_DIFFERENCES = frozenset({"numpy.diff", "Series.diff", "Array.diff", "Table.diff"})
#: Metrics that measure how far numbers are from one another.
_OF_NUMBERS = frozenset(
    {
        *("explained_variance_score", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_error"),
        *("median_absolute_error", "r2_score", "root_mean_squared_error"),
    }
)


class Unit(Enum):
    """The words that messages use."""

    RAW = "the units of the data"
    SCALED = "the units of the scaler"
    DIFFERENCES = "differences"


_GIVES = {"transform": Unit.SCALED, "fit_transform": Unit.SCALED, "inverse_transform": Unit.RAW}


@dataclass(frozen=True, slots=True, eq=False)
class Unlike:
    """Predictions and truth that are compared in other units at ``span``, and the steps that gave them these."""

    span: Span
    predictions: Unit
    truth: Unit
    run: Run
    made: Made


def unlike(facts: Facts) -> Iterator[Unlike]:
    """Where predictions meet the truth in other units, each place once."""
    told: set[Span] = set()
    for span, predictions, truth in _compared(facts):
        found = _unlike(span, predictions, truth, facts) if span not in told else None
        if found is not None:
            told.add(span)
            yield found


def _compared(facts: Facts) -> Iterator[tuple[Span, Value, Value]]:
    """In a metric either may stand first; arithmetic with differences may just give back the levels."""
    for one in scored(facts):
        if one.metric in _OF_NUMBERS:
            yield one.call.call.span, one.predictions, one.truth
            yield one.call.call.span, one.truth, one.predictions
    for made in arithmetic(facts):
        if len(made.sources) == 2 and _as_long(*made.sources) and not any(map(_holds_differences, made.sources)):
            yield made.span, *made.sources
            yield made.span, *reversed(made.sources)  # type: ignore[misc]


def _as_long(left: Value, right: Value) -> bool:
    one, other = rows_of(left), rows_of(right)
    return one is not None and other is not None and same(one, other)


def _holds_differences(value: Value) -> bool:
    return any(
        (made := getattr(one, "made", None)) is not None and made.operation in _DIFFERENCES for one in ancestors(value)
    )


def _unlike(span: Span, predictions: Value, truth: Value, facts: Facts) -> Unlike | None:
    made = _step(predictions)
    restored = made is not None and made.operation.endswith(".inverse_transform")
    output = _step(made.sources[0]) if made is not None and restored and made.sources else made
    run = predicting(output, facts)
    learned = {_unit(y) for y in _targets(run, facts)} if run is not None else set()
    if made is None or run is None or len(learned) != 1:
        return None
    trained, given = learned.pop(), _unit(truth)
    own = Unit.RAW if restored else trained
    if own is None or given is None or own is given or (restored and trained is not Unit.SCALED):
        return None
    if not any(_akin(truth, y) for y in _targets(run, facts)):
        return None
    return Unlike(span, own, given, run, made)


def predicting(made: Made | None, facts: Facts) -> Run | None:
    """The call of a model of one output that a step is, None for anything else."""
    if made is None or made.operation not in PREDICT:
        return None
    run = next((run for run in facts.runs if run.call.span == made.span), None)
    return run if run is not None and len(run.model.outputs) == 1 else None


def _targets(run: Run, facts: Facts) -> Iterator[Value]:
    for one in facts.runs_of(run.model):
        if one.trains:
            yield from one.y if one.y else (one.model,)


def _unit(value: object) -> Unit | None:
    """None where that is not known: what else was done to the numbers may have changed them."""
    made = _step(value)
    if made is None or made.operation in PREDICT:
        return None
    if is_scaler(made.operation.rpartition(".")[0]):
        return _of_scaler(made)
    if made.operation in _DIFFERENCES:
        return Unit.DIFFERENCES
    return Unit.RAW if made.operation.startswith(("pandas.read_", "numpy.load", "numpy.genfromtxt")) else None


def _of_scaler(made: Made) -> Unit | None:
    """The units of what a scaler gives, None for what no scaler gave."""
    owner, _, method = made.operation.rpartition(".")
    return _GIVES.get(method) if is_scaler(owner) else None


def _step(value: object) -> Made | None:
    """The latest step on a value's way that did more than take apart or put together."""
    current = value
    for _ in range(40):
        if isinstance(current, Sequence):
            current = current.items[0] if current.items else current.element
            continue
        made: Made | None = getattr(current, "made", None)
        if made is None or made.operation not in _KEEPS or not made.sources:
            return made
        current = made.sources[0]
    return None


def _akin(truth: Value, learned: Value) -> bool:
    """Whether both were made of the same data."""
    mine = {id(one) for one in ancestors(truth) if isinstance(one, Array | Table)}
    return any(id(one) in mine for one in ancestors(learned))


#: What makes a list of numbers, or numbers of their own.
_LISTS = frozenset({"Array.tolist", "Array.item", "Array.copy", "numpy.copy", "list.copy", "collections.deque"}) | {
    f"builtins.{name}" for name in ("float", "list", "tuple")
}
_PUTS = {"list.append": "item", "list.insert": "item", "list.extend": "items"}
#: What joins a window of what there was of it and a new step.
_JOINS = frozenset(
    f"numpy.{name}" for name in ("append", "concatenate", "delete", "hstack", "insert", "roll", "stack", "vstack")
) | {"filled"}


@dataclass(frozen=True, slots=True, eq=False)
class FedBack:
    """A forecast that goes into the next window after ``made`` brought it back to the units of the data.

    The window of the first turn is in the units of the scaler, as what the model was trained on: ``scaled``.
    """

    made: Made
    scaled: Made


def fed_back_unscaled(run: Run, facts: Facts) -> FedBack | None:
    """Whether the next window of a rolling forecast holds a prediction in other units than the rest of it."""
    if run.trains or not run.loops or len(run.x) != 1:
        return None
    before = list(_untouched(run.x[0]))
    scaled = next((made for made in before if _scales(made)), None)
    if scaled is None:
        return None
    again = list(_untouched(run.again[0])) if len(run.again) == 1 else []
    restored = next((made for made in [*again, *_put_in(run, before, facts)] if _restores(made, run, facts)), None)
    if restored is None or any(made.span == restored.span for made in before):
        return None
    learned = [x for one in facts.runs_of(run.model) if one.trains for x in one.x]
    return FedBack(restored, scaled) if any(_scales(made) for x in learned for made in _untouched(x)) else None


def _scales(made: Made) -> bool:
    return _of_scaler(made) is Unit.SCALED


def _restores(made: Made, run: Run, facts: Facts) -> bool:
    """Whether a step takes what the model answers in this loop out of the units of the scaler, all the way."""
    if _of_scaler(made) is not Unit.RAW or not made.sources:
        return False
    own = {one.call.span for one in facts.runs_of(run.model) if one.call.span in run.loops[-1].span}
    if not any(one.operation in PREDICT and one.span in own for one in _untouched(made.sources[0])):
        return False
    # A scaler of targets that were scaled before gives back those.
    call = call_at(facts, made)
    fits = same_scaler(call, facts, "fit", "fit_transform") if call is not None else ()
    return not any(_scales(one) for fit in fits for one in _untouched(fit.arguments.get("X")))


def _put_in(run: Run, way: list[Made], facts: Facts) -> Iterator[Made]:
    """The steps of what the loop puts into a list that the window is cut from, and that it does not make anew."""
    loop, kept = run.loops[-1].span, {id(made) for made in way if made.span not in run.loops[-1].span}
    fixed = any(_ends_there(made) for made in way)
    for call in facts.calls_to(*_PUTS) if not fixed else ():
        inside = call.call.span in loop and (run.conditional or not call.conditional)
        if inside and isinstance(call.receiver, Reference) and id(call.receiver.made) in kept:
            yield from _untouched(call.arguments.get(_PUTS[call.name]))


def _ends_there(made: Made) -> bool:
    """``values[2:14]``: the same items in each turn, whatever is put behind them."""
    of_list = made.operation == "index" and isinstance(made.sources[0], Reference)
    keys = [key for key in made.sources[1:] if isinstance(key, Slice)] if of_list else []
    ends = [(dim_of(key.start) or Dim(0), dim_of(key.stop)) for key in keys]
    return any(stop is not None and stop.known and stop.constant >= 0 and start.known for start, stop in ends)


def _untouched(value: object) -> Iterator[Made]:
    """The steps on the ways of a value's numbers, up to the last ones that did more than move them."""
    waiting, seen = [value], set[int]()
    while waiting and len(seen) < 200:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        made: Made | None = getattr(current, "made", None)
        written = isinstance(current, Reference) and made is not None and made.operation == "literal"
        content = current.fields.get("content") if isinstance(current, Reference) and written else current
        if isinstance(content, Sequence):
            waiting.extend(content.items[:8] if content.items is not None else (content.element,))
        if made is None:
            continue
        yield made
        if made.operation in _JOINS or (made.operation == "arithmetic" and isinstance(current, Sequence | Reference)):
            waiting.extend(made.sources)
        elif made.operation in _KEEPS or made.operation in _LISTS:
            waiting.extend(made.sources[:1])
