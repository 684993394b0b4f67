"""Models that are trained to give their windows back last step first, and what their answers are held against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Array, Const, Made, Slice, Value
from lstmlint.keras_model.training import Run
from lstmlint.questions.copying import same_cut
from lstmlint.questions.outputs import arithmetic
from lstmlint.questions.provenance import alike, call_at, is_none, is_whole
from lstmlint.questions.scores import PREDICT
from lstmlint.questions.stages import keys_of
from lstmlint.text.source import Span

#: What leaves every number, and the order of all of them.
_KEEPS = frozenset(
    {
        *("Array.reshape", "Array.ravel", "Array.flatten", "Array.astype", "numpy.array", "numpy.asarray"),
        *("numpy.reshape", "numpy.ravel", "Array.numpy", "Array.copy"),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Unturned:
    """Answers held, at ``span``, against the windows they were asked about, though ``turned`` made the targets."""

    span: Span
    turned: Made
    trained: Run


def unturned(facts: Facts) -> Iterator[Unturned]:
    """Where the answers of a model that gives its windows back turned meet the windows as they are, once a place."""
    told: set[Span] = set()
    turned = {run.model.identity: made for run in facts.runs if (made := _turned(run, facts)) is not None}
    for span, one, other in _meetings(facts) if turned else ():
        run = _asked(one, other, facts) or _asked(other, one, facts)
        if run is None or run.model.identity not in turned or span in told:
            continue
        trained = [fit for fit in facts.runs_of(run.model) if fit.trains]
        if all(_turned(fit, facts) is not None for fit in trained):
            told.add(span)
            yield Unturned(span, turned[run.model.identity], trained[0])


def _turned(run: Run, facts: Facts) -> Made | None:
    """How the targets of a training were made of its own samples, or these of them, last step first."""
    if not run.trains or len(run.x) != 1 or len(run.y) != 1 or run.conditional:
        return None
    x, y = run.x[0], run.y[0]
    several = isinstance(x, Array) and x.shape is not None and len(x.shape) == 3 and x.shape[1].value != 1
    return _reversal(y, x, facts) or _reversal(x, y, facts) if several else None


def _reversal(value: Value, source: Value, facts: Facts) -> Made | None:
    made: Made | None = getattr(value, "made", None)
    found = made is not None and bool(made.sources) and _same(made.sources[0], source)
    return made if found and made is not None and _reverses_steps(made, facts) else None


def _same(one: Value, other: Value) -> bool:
    """Whether both are one array, or the same rows of it: ``x[:40]`` and ``x[:40]``."""
    if one is other or (isinstance(one, Array) and isinstance(other, Array) and alike(one, other)):
        return True
    return same_cut(getattr(one, "made", None), getattr(other, "made", None))


def _reverses_steps(made: Made, facts: Facts) -> bool:
    """``x[:, ::-1]``, ``np.flip(x, axis=1)``, ``np.fliplr(x)``."""
    if made.operation == "numpy.flip":
        call = call_at(facts, made)
        axis = call.arguments.get("axis") if call is not None else None
        return isinstance(axis, Const) and axis.value in (1, -2)
    keys = keys_of(made) if made.operation == "index" else ()
    if len(keys) < 2 or not all(is_whole(one) for one in (keys[0], *keys[2:])) or not isinstance(keys[1], Slice):
        return made.operation == "numpy.fliplr"
    step = keys[1].step
    whole = is_none(keys[1].start) and is_none(keys[1].stop)
    return whole and isinstance(step, Const) and step.value == -1


def _meetings(facts: Facts) -> Iterator[tuple[Span, Value, Value]]:
    """The two sides of arithmetic, of a loss and of a metric, and what an evaluation is given."""
    for made in arithmetic(facts):
        if len(made.sources) == 2:
            yield made.span, *made.sources
    for call in facts.calls:
        truth, predictions = call.arguments.get("y_true"), call.arguments.get("y_pred")
        if truth is not None and predictions is not None:
            yield call.call.span, truth, predictions


def _asked(prediction: Value, truth: Value, facts: Facts) -> Run | None:
    """The run whose untouched answers the one is, where the other is what it was asked about."""
    current = _untouched(prediction)
    made: Made | None = getattr(current, "made", None)
    if made is None or made.operation not in PREDICT or not made.sources:
        return None
    given = _untouched(truth)
    for run in facts.runs:
        if run.call.span == made.span and not run.trains and len(run.x) == 1 and len(run.model.outputs) == 1:
            asked = run.x[0]
            if made.sources[0] is asked and (truth is asked or given is asked or given is _untouched(asked)):
                return run
    return None


def _untouched(value: Value) -> Value:
    for _ in range(12):
        made: Made | None = getattr(value, "made", None)
        if made is None or made.operation not in _KEEPS or not made.sources or not isinstance(made.sources[0], Array):
            return value
        value = made.sources[0]
    return value
