"""Texts are numbered in the order of a set, and the model that has learned the numbers is loaded in a later session."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Rule, Severity, labels_in, numbered_by_session

rule = Rule(
    code="LST417",
    name="ids-of-a-set",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="it takes two sessions of Python to see it",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for found in numbered_by_session(facts):
        if found.numbered.span.path != facts.source.path:
            continue
        places = {
            found.load.call.span: "loads the model of an earlier session",
            found.run.call.span: "asks it by the numbers of this one",
        }
        yield Finding(
            found.numbered.span,
            "the texts of a set are numbered in an order that differs from one session of Python to the next, and "
            "the model is loaded that has learned the numbers of an earlier session",
            Confidence.HIGH,
            label="numbered in the order of a set",
            help="sort what is numbered: `enumerate(sorted(...))`; or save the numbers together with the model",
            labels=labels_in(facts.source.path, places.items()),
        )
        return
