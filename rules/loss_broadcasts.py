"""Output and targets have different shapes, and the loss stretches one over the other instead of failing."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Aim,
    Aimed,
    Claim,
    Confidence,
    Experiment,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    array_shape_text,
    asked_alone,
    made_at,
    misaimed,
    shape_text,
    stretched_here,
)

rule = Rule(code="LST403", name="loss-broadcasts", severity=Severity.WARNING, since="0.1.0")


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for aimed in misaimed(facts):
        if aimed.how is Aim.BROADCASTS:
            yield _finding(aimed)


def _finding(aimed: Aimed) -> Finding:
    out = made_at(aimed.output)
    span = out if out is not None else aimed.run.call.span
    return Finding(
        span,
        f"the model gives {shape_text(aimed.shape)} for targets {array_shape_text(aimed.dims)}, and"
        f" `{aimed.loss}` stretches one over the other instead of failing",
        Confidence.HIGH if aimed.sure else Confidence.MEDIUM,
        label=f"gives {shape_text(aimed.shape)}",
        help=_help(aimed),
        labels=tuple(Label(place, text) for place, text in aimed.places(but=span)),
        experiment=Experiment(Claim.TRAINS_SOMETHING_ELSE, aimed.run.model, aimed.run),
    )


@rule.on(Run)
def check_own(run: Run, facts: Facts) -> Iterator[Finding]:
    """In a loss of the program's own: nothing there brings the two to one shape, as Keras's own losses do."""
    found = stretched_here(run.loss, facts)
    if found is not None:
        span, flat, tall = found
        yield Finding(
            span,
            f"the loss meets `{flat}` of shape (batch,) with `{tall}` of shape (batch, 1), and stretches both to"
            " (batch, batch): each output is held against the targets of all samples",
            Confidence.HIGH,
            label="every output against every target",
            help="bring both to one shape first, as `tf.reshape(y_true, tf.shape(y_pred))` does",
            labels=(Label(run.call.span, "trains with this loss"),),
            experiment=asked_alone(run.loss, span, "matched"),
        )


def _help(aimed: Aimed) -> str:
    wanted, given = aimed.dims[-1], aimed.shape[-1]
    if len(aimed.dims) == len(aimed.shape) and str(given) == "1":
        return f"end the model in `Dense({wanted})`, one output for each target, or pick the one column that is meant"
    return f"bring both to one shape: targets of (samples, {', '.join(str(dim) for dim in aimed.shape[1:])})"
