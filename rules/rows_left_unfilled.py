"""Rows of an array that a loop was to fill stay as they were made, and a model learns from them."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Dim,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    Unfilled,
    array_shape_text,
    first_fit,
    recurrent_layers,
    rows_left,
)

rule = Rule(
    code="LST317",
    name="rows-left-unfilled",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="what some rows of zeros cost depends on how many there are",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or not recurrent_layers(run.model) or first_fit(run, facts) is not run:
        return
    found = [left for value in (*run.x, *run.y) if (left := rows_left(value)) is not None]
    if found:
        yield finding(run, found, facts)


def finding(run: Run, arrays: list[Unfilled], facts: Facts) -> Finding:
    found = arrays[0]
    name = facts.name_of(found.array)
    what = f"`{name}` " if name else ""
    full = array_shape_text(found.array.shape)
    rows = "row is" if found.rows == Dim(1) else f"{found.rows} rows are"
    maker = found.made.operation.rpartition(".")[2]
    here = found.made.span.path == facts.source.path
    return Finding(
        found.made.span if here else run.call.span,
        f"the last {rows} never filled: {what}{full} is written up to row {found.first}, and what `{maker}` put into "
        "the rest is learned as data",
        Confidence.HIGH,
        # One target in thousands changes nothing that can be measured.
        severity=Severity.INFO if found.rows == Dim(1) and len(found.array.shape or ()) < 3 else None,
        label=f"{found.array.shape[0] if found.array.shape else '?'} rows",
        help=f"make it with as many rows as the loop fills: {found.first}",
        labels=(*others(arrays, facts), Label(run.call.span, "trains on all rows")) if here else (),
    )


def others(arrays: list[Unfilled], facts: Facts) -> Iterator[Label]:
    for one in arrays[1:3]:
        if one.made.span.path == facts.source.path and one.made.span != arrays[0].made.span:
            yield Label(one.made.span, f"written up to row {one.first} as well")
