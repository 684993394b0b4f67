"""A stateful model answers the data that it was trained on, starting from the state that training left."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Claim,
    Confidence,
    Edit,
    Experiment,
    Facts,
    Finding,
    Fix,
    Label,
    Rule,
    Run,
    Safety,
    Severity,
    Span,
    left_behind,
    receiver_text,
    stateful_layers,
    statement,
)

rule = Rule(code="LST213", name="predict-starts-from-training-state", severity=Severity.WARNING, since="0.1.0")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    found = left_behind(run, facts)
    if found is not None:
        yield finding(run, facts, *found)


def finding(run: Run, facts: Facts, last: Run, again: bool) -> Finding:
    name = receiver_text(run.call.callee_text)
    text = f"{name}.reset_states()" if facts.keras == 2 else f"{name}.layers[0].reset_states()"
    indent = statement(facts.source, last.call.span)
    layer = stateful_layers(run.model)[0]
    data = (
        "data of another series" if not again else "the training data again" if last.trains else "the same data again"
    )
    edits: tuple[Edit, ...] = ()
    if indent is not None and run.model.kind == "sequential" and run.model.layers[:1] == (layer,) and alone(run):
        edits = (Edit(Span(last.call.span.path, last.call.span.end, last.call.span.end), f"\n{indent}{text}"),)
    return Finding(
        run.call.span,
        f"`{run.method}` goes through {data}, but the state of `{layer.core.kind}` stands where `{last.method}` left "
        f"it, at the end of {'them' if again else 'those before'}",
        Confidence.HIGH,
        label="starts from the end of training" if last.trains else f"starts from where `{last.method}` ended",
        help=f"reset before it: `{text}`",
        labels=(Label(last.call.span, "leaves its state behind"),),
        fix=Fix("reset the state first", Safety.UNSAFE, edits) if edits else None,
        experiment=Experiment(Claim.STATE_MATTERS, run.model, run, probe="start"),
    )


def alone(run: Run) -> bool:
    return len(stateful_layers(run.model)) == 1
