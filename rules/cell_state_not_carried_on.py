"""A loop of the program's own reads step after step, and starts each of them from the same state."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Rule, Severity, Span, labels_in, never_carried_on

rule = Rule(
    code="LST219",
    name="cell-state-not-carried-on",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the program's own loop hands the states on, and its code is not run",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    said = set[Span]()
    for stepped in never_carried_on(facts):
        span, layer = stepped.first.span, stepped.first.layer
        if span is None or span.path != facts.source.path or span in said:
            continue
        said.add(span)
        made = layer.call.span if layer.call is not None else None
        yield Finding(
            span,
            f"`{layer.text}` reads the next step at each turn of the loop, and starts every one from the same state: "
            "the state that it returns is never given to it, and what came before a step is forgotten",
            Confidence.HIGH,
            label="the same state at each turn",
            help="give the state that is returned the name of the one that is passed, `output, state = cell(step, "
            "state)`, so that the next turn goes on from it",
            labels=labels_in(span.path, [(made, "made here")]),
        )
