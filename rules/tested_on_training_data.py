"""A model is checked on samples that it is trained on."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Confidence,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    Value,
    first_fit,
    overlap,
    recurrent_layers,
)

rule = Rule(
    code="LST319",
    name="tested-on-training-data",
    severity=Severity.WARNING,
    since="0.2.0",
    untestable="a model that has seen the test rows looks better, not worse",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or first_fit(run, facts) is not run or not recurrent_layers(run.model) or len(run.x) != 1:
        return
    x, held = run.x[0], (run.validation_data or ())
    if held and held[0] is x and isinstance(x, Array):
        yield finding(run, run, x, "are the samples that it is trained on", facts)
    for one, asked in (*((run, value) for value in held[:1]), *asked_of(run, facts)):
        rows = overlap(x, asked)
        if rows is not None:
            yield finding(run, one, asked, f"share rows {rows[0]} to {rows[1] - 1} with those it is trained on", facts)
            return


def asked_of(run: Run, facts: Facts) -> Iterator[tuple[Run, Value]]:
    """What the model is scored on; predictions may be asked for of any rows."""
    for one in facts.runs_of(run.model):
        if one.method == "evaluate" and len(one.x) == 1:
            yield one, one.x[0]


def finding(run: Run, asked: Run, value: Value, what: str, facts: Facts) -> Finding:
    name, method = facts.name_of(value), "validation" if asked is run else "evaluate"
    return Finding(
        asked.call.span,
        f"the samples{f' `{name}`' if name else ''} of the {method} {what}: the score says nothing about new data",
        Confidence.HIGH,
        label="samples seen in training",
        help="keep samples for the score that the model is not trained on",
        labels=() if asked is run else (Label(run.call.span, "trains on them"),),
    )
