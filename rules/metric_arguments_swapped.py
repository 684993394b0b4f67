"""A metric is given predictions for the truth, and the truth for predictions."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Array, Confidence, Facts, Finding, Rule, Severity, Value, predicted, scored

rule = Rule(
    code="LST414",
    name="metric-arguments-swapped",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="it is read off the call: the metric of the two the other way round is another number",
)
#: Metrics that are another number with their arguments the other way round.
_ONE_WAY = {
    "balanced_accuracy_score": "accuracy in each class of the predictions",
    "classification_report": "precision for recall and recall for precision",
    "explained_variance_score": "the spread of the predictions for that of the truth",
    "mean_absolute_percentage_error": "errors in percent of the predictions",
    "precision_score": "the recall",
    "r2_score": "the spread of the predictions for that of the truth",
    "recall_score": "the precision",
}


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    told = set()
    for one in scored(facts):
        span = one.call.call.span
        takes = _ONE_WAY.get(one.metric)
        if takes is None or span in told or span.path != facts.source.path:
            continue
        if _of_model(one.truth) and isinstance(one.predictions, Array) and not predicted(one.predictions):
            told.add(span)
            yield Finding(
                span,
                f"`{one.metric}` takes the truth first and is given predictions there: it takes {takes}",
                Confidence.HIGH,
                label="the arguments are swapped",
                help=f"write `{one.metric}(y_true, y_pred)`",
            )


def _of_model(value: Value) -> bool:
    return isinstance(value, Array) and predicted(value)
