"""Accuracy is asked for as a metric of a regression."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Compile,
    Confidence,
    Edit,
    Facts,
    Finding,
    Fix,
    Rule,
    Run,
    Safety,
    Severity,
    Value,
    activated,
    activation_of,
    first_fit,
)

rule = Rule(
    code="LST408",
    name="accuracy-on-regression",
    severity=Severity.INFO,
    since="0.1.0",
    untestable="a metric changes no weight: the model trains the same with and without it",
)
_REGRESSION = frozenset(
    {
        *("mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "huber", "log_cosh"),
        *("mean_squared_logarithmic_error", "root_mean_squared_error"),
    }
)
_ACCURACY = frozenset({"accuracy", "acc", "Accuracy", "BinaryAccuracy", "binary_accuracy", "categorical_accuracy"})


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    """Only where the outputs are plain numbers, and the targets are not known to be labels."""
    compiled: Compile | None = run.model.compiled
    if run.method != "fit" or compiled is None or not _ACCURACY & set(compiled.metrics) or run.turn > 1:
        return
    if first_fit(run, facts) is not run or len(compiled.losses) != 1 or compiled.losses[0] not in _REGRESSION:
        return
    node = next(iter(activated(run.model)), None)
    if node is None or activation_of(node.layer) != "linear" or _labels(run):
        return
    site = compiled.call.keyword("metrics")
    yield Finding(
        site.span if site is not None else compiled.call.span,
        "accuracy counts outputs that equal their target, which those of a regression hardly ever do",
        Confidence.HIGH if run.y and _is_float(run.y[0]) else Confidence.MEDIUM,
        label="says nothing about a regression",
        help="watch `mae` or `RootMeanSquaredError` instead",
        fix=_fix(compiled),
    )


def _is_float(value: Value) -> bool:
    return isinstance(value, Array) and (value.dtype or "").startswith("float")


def _labels(run: Run) -> bool:
    y = run.y[0] if run.y else None
    return isinstance(y, Array) and (y.dtype or "").startswith(("int", "bool", "uint"))


def _fix(compiled: Compile) -> Fix | None:
    """A metric changes nothing about the training."""
    site = compiled.call.keyword("metrics")
    if site is None or site.text.strip("[]").strip("'\"") not in _ACCURACY or not site.text.startswith("["):
        return None
    return Fix("watch the mean absolute error", Safety.SAFE, (Edit(site.value, '["mae"]'),))
