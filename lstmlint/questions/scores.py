"""What a model's outputs meet after `predict`: the metrics of scikit-learn, and `argmax`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Array, Made, Value
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.outputs import activated

_METRICS = "sklearn.metrics."
PREDICT = frozenset({"Model.predict", "Model.predict_on_batch", "Model.predict_proba"})
ASKS = PREDICT | {"Model.__call__"}
#: What moves numbers and leaves them as they are.
_KEEPS = frozenset(
    {
        *("index", "Array.reshape", "Array.ravel", "Array.flatten", "Array.squeeze", "Array.numpy"),
        *("numpy.array", "numpy.asarray", "numpy.reshape", "numpy.ravel", "numpy.squeeze"),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A call of a metric of scikit-learn, ``metric`` its name, with what it is given for truth and for predictions."""

    call: LibraryCall
    metric: str
    truth: Value
    predictions: Value


def scored(facts: Facts) -> Iterator[Scored]:
    for call in facts.calls:
        truth, predictions = call.arguments.get("y_true"), call.arguments.get("y_pred")
        if call.name.startswith(_METRICS) and truth is not None and predictions is not None:
            yield Scored(call, call.name.removeprefix(_METRICS), truth, predictions)


def raw_outputs(value: Value) -> Made | None:
    """The `predict` whose numbers an array holds as they are, in whatever shape."""
    current = value
    for _ in range(12):
        made: Made | None = getattr(current, "made", None)
        if made is None or made.operation in PREDICT:
            return made
        if made.operation not in _KEEPS or not made.sources:
            return None
        current = made.sources[0]
    return None


def continuous(value: Value, facts: Facts) -> Run | None:
    """The run whose outputs an array holds, numbers between the classes and not classes."""
    made = raw_outputs(value)
    if made is None or not isinstance(value, Array):
        return None
    run = next((run for run in facts.runs if run.call.span == made.span), None)
    if run is None or run.model.opaque or not run.model.complete or len(run.model.outputs) != 1:
        return None
    return run if next(activated(run.model), None) is not None else None
