"""Vectors of words are written into the rows of their positions, but the ids of the words count from 1."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Rule,
    Run,
    Severity,
    called_here,
    first_fit,
    labels_in,
    rows_by_position,
)

rule = Rule(
    code="LST353",
    name="rows-by-position",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="what the vectors of the words say is the program's own",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    found = rows_by_position(run, facts) if first_fit(run, facts) is run else None
    if found is None or found.counted.span.path != facts.source.path:
        return
    written = found.filled.written or found.filled.span
    places = ((written, "the row of the position"), (called_here(found.embedding, facts), "looks up the row of the id"))
    yield Finding(
        found.counted.span,
        "the rows are counted from 0, but no word has the id 0: each word gets the vector of another",
        Confidence.HIGH,
        label="the first word is number 0 here; no id is 0",
        help="write each vector into the row of its word's own id: `for word, i in word_index.items()`",
        labels=labels_in(facts.source.path, places),
    )
