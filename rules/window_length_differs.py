"""Data has another number of steps than the model declares."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Claim,
    Confidence,
    Dim,
    Experiment,
    Facts,
    Fed,
    Feed,
    Finding,
    Label,
    Rule,
    Severity,
    array_shape_text,
    misfed,
    samples_as_steps,
)

rule = Rule(code="LST108", name="window-length-differs", severity=Severity.WARNING, since="0.1.0")


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for fed in misfed(facts):
        alone = not samples_as_steps(fed) and not (fed.predicts and fed.one_short) and not fed.unbatched
        if fed.how is Feed.STEPS and alone:
            yield _finding(fed)


def _finding(fed: Fed) -> Finding:
    run = fed.run
    end = "Keras refuses it" if fed.raises else f"Keras {fed.keras} runs on without a word"
    return Finding(
        run.call.span,
        f"{fed.name} has {_steps(fed.dims[1])}, {array_shape_text(fed.dims)},"
        f" but the model declares {fed.shape[1]}: {end}",
        Confidence.HIGH if fed.sure else Confidence.MEDIUM,
        label=f"gives {_steps(fed.dims[1])} for {fed.shape[1]}",
        help=f"give windows of {fed.shape[1]} steps; if any length is meant, declare None for the steps",
        labels=tuple(Label(place, words) for place, words in fed.places),
        severity=Severity.ERROR if fed.raises else Severity.WARNING,
        experiment=Experiment(Claim.RAISES, run.model, run) if fed.raises else None,
        untestable="" if fed.raises else f"Keras {fed.keras} runs on: which of the two lengths was meant, no run tells",
    )


def _steps(count: Dim) -> str:
    return f"{count} step" if count == Dim(1) else f"{count} steps"
