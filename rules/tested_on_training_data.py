"""A model is checked on samples that it is trained on."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Confidence,
    Facts,
    Finding,
    Label,
    Made,
    Rule,
    Run,
    Severity,
    Value,
    argument_of,
    first_fit,
    learned_before_asked,
    overlap,
    recurrent_layers,
)

rule = Rule(
    code="LST319",
    name="tested-on-training-data",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="a model that has seen the test rows looks better, not worse",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or first_fit(run, facts) is not run or not recurrent_layers(run.model) or len(run.x) != 1:
        return
    x, held = run.x[0], (run.validation_data or ())
    if held and held[0] is x and isinstance(x, Array) and written_alike(run):
        yield finding(run, run, x, "are the samples that it is trained on", facts)
    for one, asked in (*((run, value) for value in held[:1]), *asked_of(run, facts)):
        rows = overlap(x, asked) if isinstance(x, Array) and x.made is not None and named(x.made, facts) else None
        if rows is not None:
            yield finding(run, one, asked, f"share rows {rows[0]} to {rows[1] - 1} with those it is trained on", facts)
            return


def written_alike(run: Run) -> bool:
    """Whether the same name stands in both places: one value may stand for all that a list is taken apart into."""
    x, held = argument_of(run, "x"), run.call.keyword("validation_data")
    return x is not None and held is not None and held.text.strip("([").partition(",")[0].strip() == x.text


def named(made: Made, facts: Facts) -> bool:
    """Whether what was cut has a name of its own."""
    whole = made.sources[0] if made.sources else None
    return len({one.name for one in facts.assigned if one.value is whole}) == 1


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


@rule.on(Run)
def learned_first(run: Run, facts: Facts) -> Iterator[Finding]:
    """Walking through the test part: the model is trained on a sample, and then asked to forecast that very sample."""
    training = learned_before_asked(run, facts)
    if training is not None and run.call.span.path == facts.source.path:
        yield Finding(
            run.call.span,
            f"in each turn the model is trained on the sample that `{run.method}` asks about right after: the score "
            "says nothing about new data",
            Confidence.HIGH,
            label="forecasts what it has just been shown",
            help="forecast first, and train on the sample after that",
            labels=(Label(training.call.span, "trains on the sample"),),
        )
