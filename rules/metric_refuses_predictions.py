"""scikit-learn is given a model's raw outputs, or one-hot rows, where it compares classes."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Confidence,
    Dim,
    Facts,
    Finding,
    Label,
    Rule,
    Scored,
    Severity,
    Value,
    array_shape_text,
    continuous,
    made_at,
    one_hot,
    scored,
)

rule = Rule(
    code="LST413",
    name="metric-refuses-predictions",
    severity=Severity.ERROR,
    since="0.1.0",
    untestable="scikit-learn raises after the training",
)
#: Metrics that compare classes, and raise where one of the two sides holds anything else.
_OF_CLASSES = frozenset(
    {
        *("accuracy_score", "balanced_accuracy_score", "classification_report", "cohen_kappa_score"),
        *("confusion_matrix", "f1_score", "fbeta_score", "hamming_loss", "jaccard_score", "matthews_corrcoef"),
        *("precision_recall_fscore_support", "precision_score", "recall_score", "zero_one_loss"),
    }
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    told = set()
    for one in scored(facts):
        span = one.call.call.span
        if one.metric not in _OF_CLASSES or span in told or span.path != facts.source.path:
            continue
        found = next(_refused(one, facts), None)
        if found is not None:
            told.add(span)
            yield found


def _refused(one: Scored, facts: Facts) -> Iterator[Finding]:
    for value in (one.predictions, one.truth):
        run = continuous(value, facts)
        if run is not None and isinstance(value, Array):
            width = value.shape[-1] if value.shape else None
            several = width is not None and len(value.shape or ()) > 1 and width != Dim(1)
            advice = "take the class first: `.argmax(axis=-1)`" if several else "take the class first: `> 0.5`"
            text = f"is given the outputs of `{run.method}`, {array_shape_text(value.shape)}, which are no classes"
            yield _finding(one, f"{text}: scikit-learn refuses them", value, "raw outputs", advice)
    yield from _mixed(one)


def _mixed(one: Scored) -> Iterator[Finding]:
    """One-hot rows on one side, class ids on the other."""
    for rows, ids in ((one.truth, one.predictions), (one.predictions, one.truth)):
        if _is_one_hot(rows) and isinstance(ids, Array) and ids.rank == 1 and isinstance(rows, Array):
            text = (
                f"is given one-hot rows, {array_shape_text(rows.shape)}, and class ids, {array_shape_text(ids.shape)}"
            )
            advice = "take the class of the rows first: `.argmax(axis=1)`"
            yield _finding(one, f"{text}: scikit-learn refuses the mix", rows, "one-hot rows", advice)


def _is_one_hot(value: Value) -> bool:
    if not isinstance(value, Array) or value.rank != 2 or value.shape is None:
        return False
    return one_hot(value) is not None and value.shape[1] != Dim(1)


def _finding(one: Scored, text: str, value: Value, label: str, advice: str) -> Finding:
    place = made_at(value)
    return Finding(
        one.call.call.span,
        f"`{one.metric}` {text}",
        Confidence.HIGH,
        label="compares classes",
        help=advice,
        labels=(Label(place, label),) if place is not None and place not in one.call.call.span else (),
    )
