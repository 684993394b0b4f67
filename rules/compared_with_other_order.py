"""A model was trained to give its windows back last step first, and its answers are held against them as they are."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Label, Rule, Severity, unturned

rule = Rule(
    code="LST342",
    name="compared-with-other-order",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the answers are compared after the training",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for found in unturned(facts):
        if found.span.path != facts.source.path:
            continue
        turned = found.turned.span
        yield Finding(
            found.span,
            "the model was trained to give each window back last step first, and its answer is compared with the"
            " window as it is: its first step with the last one",
            Confidence.HIGH,
            label="compares steps in opposite orders",
            help="turn the answers around first, `answers[:, ::-1]`, or compare them with the window turned around",
            labels=(Label(turned, "turns them around for the training"),) if turned.path == facts.source.path else (),
        )
