"""The ends of a slice move apart turn by turn, so that the pieces it cuts for a model shrink to nothing, or overlap."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Label, Pieces, Rule, Run, Severity, uneven_pieces

rule = Rule(
    code="LST354",
    name="pieces-run-dry",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="what the rows that are left out would have taught is not in the program",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    told: set[object] = set()
    for run in facts.checked_runs:
        found = [one for one in uneven_pieces(run, facts) if one.made.span.path == facts.source.path]
        for one in found:
            if one.made.span not in told:
                told.add(one.made.span)
                yield _finding(one, run, facts)


def _finding(found: Pieces, run: Run, facts: Facts) -> Finding:
    text = " ".join(facts.source.slice(found.made.span).split())
    ends = f"begins {_rows(found.step)} further at each turn and ends {_rows(found.other)} further"
    rows = max(found.step, found.other)
    if found.empty is None:
        so = "each piece holds most of the one before it, and is longer"
    else:
        so = f"the pieces get shorter, and from number {found.empty} on, counted from 0, there is nothing in them"
    near = run.call.span.path == facts.source.path
    return Finding(
        found.made.span,
        f"`{text}` {ends}: {so}",
        Confidence.HIGH,
        label="longer at each turn" if found.empty is None else "empty after a few turns",
        help=f"let both ends move by {_rows(rows)}: `[i * {rows} : (i + 1) * {rows}]`",
        labels=(Label(run.call.span, "is given them"),) if near else (),
    )


def _rows(count: int) -> str:
    return f"{count} row{'s' * (count != 1)}"
