"""Overlapping windows are fed to a stateful model, whose carried state has already seen their steps."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    GENERATOR,
    WINDOWS,
    Claim,
    Confidence,
    Dim,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    Span,
    Tagged,
    called_here,
    cut_in_turn,
    differ,
    forgets_each_batch,
    least,
    order_of,
    same,
    single_x,
    span_and_advance,
    stateful_layers,
    steps_of,
    thinned,
    window_of,
)

rule = Rule(code="LST210", name="stateful-overlapping-windows", severity=Severity.WARNING, since="0.1.0")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or not stateful_layers(run.model) or run.shuffle or forgets_each_batch(run, facts):
        return
    found = cut_by_hand(run) or cut_by_keras(run)
    if found is not None:
        yield finding(run, facts, *found)


def cut_by_hand(run: Run) -> tuple[Span, Dim, str] | None:
    """Where windows one step apart are cut, how long they are, and how much of each the state has seen."""
    turns = cut_in_turn(run)
    x, batch = turns or (single_x(run), run.batch_size)
    steps = steps_of(run)
    window = window_of(x) if x is not None else None
    # A window laid into the features is one step: nothing is seen twice in time.
    if x is None or window is None or steps is None or not same(steps, window.length) or same(window.length, 1):
        return None
    if thinned(x, window):
        return None
    seen = seen_already(batch, window.length)
    if seen is None or not (window.length.known or differ(window.length, 1)):
        return None
    return window.made.span, window.length, seen


def seen_already(batch: Dim | None, length: Dim) -> str | None:
    """How much of a window the state has seen: the next one in its row of the batch begins a batch size later."""
    if batch == Dim(1):
        return "most"
    return f"{length - batch} steps" if batch is not None and least(length - batch) >= 1 else None


def cut_by_keras(run: Run) -> tuple[Span, Dim, str] | None:
    """The same of a generator or dataset of windows."""
    found = span_and_advance(run)
    if found is None or found[0] <= found[1]:
        return None
    made = next((one for one in order_of(run) if one.operation in (GENERATOR, WINDOWS)), None)
    return (made.span, Dim(found[0]), f"{found[0] - found[1]} steps") if made is not None else None


def finding(run: Run, facts: Facts, span: Span, length: Dim, seen: str) -> Finding:
    layer = stateful_layers(run.model)[0]
    place = called_here(layer, facts)
    labels = [Label(span, f"windows of {length} steps")] if span.path == facts.source.path else []
    return Finding(
        run.call.span,
        f"windows of {length} steps that overlap go into a stateful `{layer.core.kind}`: the state that it carries has "
        f"seen {seen} of the next window already",
        Confidence.HIGH,
        label="feeds overlapping windows in order",
        help=(
            "drop `stateful=True`: each window holds its own past; or cut windows that do not overlap, "
            f"{length} steps apart"
        ),
        labels=(*labels, *((Label(place, "carries its state on"),) if place else ())),
        experiment=followed(length, run),
    )


def followed(length: Dim, run: Run) -> Tagged:
    """Which steps the state of a row has seen before, with these windows and with windows end to end."""
    found, in_turn = span_and_advance(run), (cut_in_turn(run) or (None, None))[1]
    # With batches of one, the next window begins as far on as in the same row of the next batch.
    batch, stride = (Dim(1), Dim(found[1])) if found is not None else (in_turn or run.batch_size or Dim(1), Dim(1))
    return Tagged(Claim.SCRAMBLES, "overlap", (length, batch, stride), (length, batch, length), "windows end to end")
