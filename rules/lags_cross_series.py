"""Lags are taken row by row from a table that is sorted by time and holds several series."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Label, Rule, Run, Severity, first_fit, lags_across

rule = Rule(
    code="LST340",
    name="lags-cross-series",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="what the rows hold is not in the program",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    found = next(lags_across(run, facts), None) if first_fit(run, facts) is run else None
    if found is None or found.shift.call.span.path != facts.source.path:
        return
    column, owner, order = found.column, found.owner, found.order.call
    row, role = ("behind", "the target") if found.ahead else ("before", "the steps")
    places = ((order.span, "sorted by time first"), (run.call.span, f"learns from the rows {row}"))
    yield Finding(
        found.shift.call.span,
        f"the row {row} is another `{owner}`: the table is sorted by time first and holds every `{owner}` at each "
        f"time, so `shift` makes {role} of a sample from the `{column}` of the others",
        Confidence.MEDIUM,
        label=f"crosses from one `{owner}` to the next",
        help=f"shift within each series: `groupby({owner!r})[{column!r}].shift(...)`",
        labels=tuple(Label(span, text) for span, text in places if span.path == facts.source.path),
        notes=(f"assumes that each time has a row of more than one `{owner}`",),
    )
