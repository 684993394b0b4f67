"""Overlapping windows of one series are split at random, so test windows share their steps with training ones."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    SPLIT,
    Array,
    Confidence,
    Const,
    Facts,
    Finding,
    Fix,
    Label,
    LibraryCall,
    Rule,
    Safety,
    Sequence,
    Severity,
    Window,
    differ,
    recurrent_layers,
    window_of,
)

rule = Rule(
    code="LST306",
    name="shuffled-time-split",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="a leak looks better than an honest program, not worse",
)


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    if call.name != SPLIT or call.call.span.path != facts.source.path or call.call.has_star:
        return
    shuffle = call.arguments.get("shuffle")
    arrays = call.arguments.get("arrays")
    if not isinstance(shuffle, Const) or shuffle.value is not True or not isinstance(arrays, Sequence):
        return
    first = arrays.items[0] if arrays.items else None
    window = window_of(first) if isinstance(first, Array) else None
    if window is not None and differ(window.length, 1) and recurrent_program(facts):
        yield finding(call, window, facts)


def recurrent_program(facts: Facts) -> bool:
    return any(recurrent_layers(model) for model in facts.models)


def finding(call: LibraryCall, window: Window, facts: Facts) -> Finding:
    place = window.made.span
    return Finding(
        call.call.span,
        f"`train_test_split` shuffles windows of {window.length} steps that overlap: nearly every "
        "test window shares all but "
        "a few steps with training windows, and the score says little about new data",
        Confidence.HIGH,
        label="splits at random",
        help="split along the time: `shuffle=False`, and leave out the windows that reach over the border",
        labels=(Label(place, f"windows of {window.length} steps, one step apart"),)
        if place.path == facts.source.path
        else (),
        fix=Fix("split along the time", Safety.UNSAFE, (call.call.with_keyword("shuffle", "False"),)),
    )
