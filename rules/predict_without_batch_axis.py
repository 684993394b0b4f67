"""``predict`` is given one sample without the batch axis."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Claim,
    Confidence,
    Edit,
    Experiment,
    Facts,
    Fed,
    Feed,
    Finding,
    Fix,
    Label,
    Rule,
    Safety,
    Severity,
    argument_of,
    array_shape_text,
    misfed,
    shape_text,
)

rule = Rule(code="LST107", name="predict-without-batch-axis", severity=Severity.ERROR, since="0.1.0")


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for fed in misfed(facts):
        if fed.predicts and fed.one_short and fed.how in (Feed.RANK, Feed.STEPS):
            yield _finding(fed)


def _finding(fed: Fed) -> Finding:
    """Keras adds a last axis of 1 where that is what is missing: then each step is taken for a sample of its own."""
    run, silent = fed.run, fed.how is Feed.STEPS and not fed.raises
    text = (
        f"one prediction for each of its {fed.dims[0]} steps" if silent else f"where {shape_text(fed.shape)} is needed"
    )
    return Finding(
        run.call.span,
        f"`{run.method}` gets one sample, {array_shape_text(fed.dims)}, without the batch axis: {text}",
        Confidence.HIGH if fed.sure else Confidence.MEDIUM,
        label="the batch axis is missing",
        help=f"add the axis: ({', '.join(['1', *(str(dim) for dim in fed.dims)])})",
        labels=tuple(Label(place, words) for place, words in fed.places),
        fix=_fix(fed, silent),
        severity=Severity.WARNING if silent else Severity.ERROR,
        experiment=None if silent else Experiment(Claim.RAISES, run.model, run),
        untestable="Keras runs it: whether a step was meant as a sample, no run tells" if silent else "",
    )


def _fix(fed: Fed, silent: bool) -> Fix | None:
    """An index by None adds an axis in front of an array, whatever it was made by."""
    site = argument_of(fed.run, "x")
    if site is None or site.star or not site.text.replace("_", "a").isalnum():
        return None
    safety = Safety.UNSAFE if silent else Safety.SAFE
    return Fix("add the batch axis", safety, (Edit(site.value, f"{site.text}[None]"),))
