"""Predictions are put into another column of the scaler than the one that the targets were taken from."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    LibraryCall,
    Rule,
    Severity,
    labels_in,
    restored_in_other_column,
)

rule = Rule(
    code="LST332",
    name="inverse-of-other-column",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the predictions are brought back after the training",
)


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    found = restored_in_other_column(call, facts)
    if found is None or call.call.span.path != facts.source.path:
        return
    places = ((found.made.span, f"they stand in column {found.placed} of it"), (found.taken.span, "takes the targets"))
    yield Finding(
        call.call.span,
        f"the predictions stand in column {found.placed} of what is inverted, and the targets were column"
        f" {found.target}: they get the minimum and the range of another column",
        Confidence.HIGH,
        label=f"inverts them as column {found.placed}",
        help=f"put the predictions into column {found.target}, and take that column of the result",
        labels=labels_in(facts.source.path, places),
    )
