"""The id of a class or word is predicted as if it were a quantity."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Dim,
    Facts,
    Finding,
    Rule,
    Run,
    Severity,
    activated,
    activation_of,
    first_fit,
    ids_from,
    labels_in,
    loss_of_output,
)

rule = Rule(
    code="LST411",
    name="class-ids-as-regression",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="a regression on ids learns something, and what it lacks only the author's own score tells",
)
_REGRESSION = frozenset({"mean_squared_error", "mean_absolute_error", "huber", "log_cosh"})


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or run.turn > 1 or first_fit(run, facts) is not run or len(run.y) != 1:
        return
    node, y = next(iter(activated(run.model)), None), run.y[0]
    shape = node.outputs[0].shape if node is not None and node.outputs else None
    if node is None or shape is None or shape[-1] != Dim(1) or loss_of_output(run, 0) not in _REGRESSION:
        return
    source = ids_from(y, run, facts)
    if activation_of(node.layer) not in ("linear", "relu") or source is None or node.layer.call is None:
        return
    labels = ((run.call.span, "trains on the ids"), (source, "the ids are made here"))
    yield Finding(
        node.layer.call.span,
        f"the targets are ids of classes, and one unit with `{loss_of_output(run, 0)}` predicts them as quantities:"
        " being off by one id is being off by one word or class, however unlike",
        Confidence.MEDIUM,
        label="one number for an id",
        help="end in one unit for each class with `softmax`, and compile with `sparse_categorical_crossentropy`",
        labels=labels_in(node.layer.call.span.path, labels),
        notes=("assumes that the integers name classes, as the lookup they come from does",),
    )
