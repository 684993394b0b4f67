"""A Bidirectional layer has read the later steps, and each step is asked for one of them."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Label, Rule, Run, Severity, first_fit, seen_from_the_end

rule = Rule(
    code="LST331",
    name="backward-layer-reads-target",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="what may be read off is learned fast: only the last step, whose target nothing has read, would tell",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or run.turn > 1 or first_fit(run, facts) is not run:
        return
    found = seen_from_the_end(run)
    if found is None:
        return
    node, ahead = found
    here = node.span is not None and node.span.path == run.call.span.path
    span = node.span if node.span is not None and here else run.call.span
    steps = "the next step" if str(ahead) == "1" else f"the step {ahead} steps later"
    yield Finding(
        span,
        f"each step is asked for {steps}, which `{node.layer.text}` has already read from the other end: the model"
        " learns to copy it, and knows nothing where no later step is given",
        Confidence.HIGH,
        label="reads from both ends",
        help="leave `Bidirectional` out, or give one target a sample that lies behind all of its steps",
        labels=(Label(run.call.span, "the targets are later steps of x"),) if here else (),
    )
