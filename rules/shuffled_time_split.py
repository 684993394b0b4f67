"""Overlapping windows of one series are split at random, so test windows share their steps with training ones."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    SPLIT,
    Array,
    Claim,
    Confidence,
    Const,
    Dim,
    Facts,
    Finding,
    Fix,
    Label,
    LibraryCall,
    Mixed,
    Rule,
    Run,
    Safety,
    Sequence,
    Severity,
    Tagged,
    Window,
    differ,
    first_fit,
    least,
    mixed_and_held_out,
    recurrent_layers,
    recurrent_program,
    single_x,
    thinned,
    window_of,
)

rule = Rule(code="LST306", name="shuffled-time-split", severity=Severity.WARNING, since="0.1.0")


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
    if window is None or not isinstance(first, Array) or not recurrent_program(facts) or thinned(first, window):
        return
    steps = kept_of(first, window)
    if differ(steps, 1):
        yield finding(call, window, steps, facts)


def kept_of(array: Array, window: Window) -> Dim:
    """How many steps of each window are left, where the target was cut off its end."""
    shape = array.shape or ()
    axis = shape[1] if len(shape) > 1 else None
    # A window laid into the features leaves one step on the second axis.
    laid_out = axis is not None and axis.known and (len(shape) == 2 or axis != Dim(1))
    return axis if axis is not None and laid_out and least(window.length - axis) > 0 else window.length


@rule.on(Run)
def by_hand(run: Run, facts: Facts) -> Iterator[Finding]:
    """An order drawn at random, by which the windows are indexed before a part of them is held out."""
    x = single_x(run)
    window = window_of(x) if x is not None and run.trains and first_fit(run, facts) is run else None
    if x is None or window is None or not differ(window.length, 1) or not recurrent_layers(run.model):
        return
    mixed = next(mixed_and_held_out(run, x, window, facts), None)
    if mixed is not None:
        yield mixed_finding(run, mixed, window, facts)


def mixed_finding(run: Run, mixed: Mixed, window: Window, facts: Facts) -> Finding:
    here = [span for span in (mixed.drawn.span, mixed.made.span, run.call.span) if span.path == facts.source.path]
    places = (
        (window.made.span, f"windows of {window.length} steps, one step apart"),
        (run.call.span, "trains on a part"),
    )
    return Finding(
        here[0],
        f"windows of {window.length} steps that overlap are put in random order before a part is held out: nearly "
        "every window of that part shares all but a few steps with training windows, and the score says little about "
        "new data",
        Confidence.HIGH,
        label="a random order",
        help="keep the windows in order of time: train on the first ones, hold out the last, and leave out the "
        "windows that reach over the border",
        labels=tuple(Label(span, text) for span, text in places if span.path == facts.source.path and span != here[0]),
    )


def finding(call: LibraryCall, window: Window, steps: Dim, facts: Facts) -> Finding:
    place = window.made.span
    return Finding(
        call.call.span,
        f"`train_test_split` shuffles windows of {steps} steps that overlap: nearly every "
        "test window shares all but "
        "a few steps with training windows, and the score says little about new data",
        Confidence.HIGH,
        label="splits at random",
        help="split along the time: `shuffle=False`, and leave out the windows that reach over the border",
        labels=(Label(place, f"windows of {window.length} steps, one step apart"),)
        if place.path == facts.source.path
        else (),
        fix=Fix("split along the time", Safety.UNSAFE, (call.call.with_keyword("shuffle", "False"),)),
        experiment=Tagged(
            Claim.LEAKS, "split", (window.length, "shuffled"), (window.length, "ordered"), "a split along the time"
        ),
    )
