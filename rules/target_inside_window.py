"""The target is a value that its window already holds."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Claim,
    Confidence,
    Experiment,
    Facts,
    Finding,
    Inside,
    Label,
    Rule,
    Run,
    Severity,
    first_fit,
    recurrent_layers,
    same,
    single_x,
    single_y,
    target_inside,
)

rule = Rule(code="LST304", name="target-inside-window", severity=Severity.WARNING, since="0.1.0")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    x, y = single_x(run), single_y(run)
    if x is None or y is None or not run.trains or not recurrent_layers(run.model) or first_fit(run, facts) is not run:
        return
    found = target_inside(x, y)
    if found is not None:
        yield finding(run, found, facts)


def finding(run: Run, found: Inside, facts: Facts) -> Finding:
    window = found.window
    last = same(found.row, window.length - 1)
    which = "its last step" if last else f"step {found.row} of it, counted from 0"
    here = found.span.path == facts.source.path
    cut = window.made.span
    labels = ((cut, f"windows of {window.length} steps"), (run.call.span, "learns to copy it"))
    return Finding(
        found.span if here else run.call.span,
        f"the target is a value that its window of {window.length} steps already holds, {which}: the model only has "
        "to copy it",
        Confidence.HIGH,
        label="stands in the window",
        help="take the target from behind the window, the row after its last step; or end the window before the target",
        labels=tuple(Label(span, text) for span, text in labels if span.path == facts.source.path),
        experiment=Experiment(Claim.LEAKS, run.model, run),
    )
