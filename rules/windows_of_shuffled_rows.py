"""Windows are cut from rows in random order: their steps do not follow one another."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    SPLIT,
    Array,
    Confidence,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    mixed_rows,
    recurrent_layers,
    single_x,
    window_of,
)

rule = Rule(
    code="LST325",
    name="windows-of-shuffled-rows",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the order that the rows once had is not in the program",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    x = single_x(run)
    if not run.trains or run.turn > 1 or not isinstance(x, Array) or not recurrent_layers(run.model):
        return
    window = window_of(x)
    mixed = mixed_rows(window.series, facts) if window is not None else None
    if window is None or mixed is None or mixed.span.path != facts.source.path:
        return
    places = ((window.made.span, f"windows of {window.length} rows"), (run.call.span, "trains on them"))
    split = mixed.operation == SPLIT
    yield Finding(
        mixed.span,
        f"{'`train_test_split` puts' if split else 'this puts'} the rows in random order, and windows are cut from them"
        " afterwards: the steps of a window do not follow one another",
        Confidence.HIGH,
        label="a random order",
        help="split along the time, `shuffle=False`" if split else "cut the windows first, and shuffle those",
        labels=tuple(Label(place, text) for place, text in places if place.path == facts.source.path),
    )
