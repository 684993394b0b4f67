"""Overlapping windows are fed to a stateful model, whose carried state has already seen their steps."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    BATCH_HOOKS,
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
    differ,
    least,
    resets_that_may,
    same,
    single_x,
    stateful_layers,
    steps_of,
    window_of,
)

rule = Rule(code="LST210", name="stateful-overlapping-windows", severity=Severity.WARNING, since="0.1.0")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    layers = stateful_layers(run.model)
    x = single_x(run)
    if not run.trains or not layers or x is None or run.shuffle or any(stateless_steps(run, facts)):
        return
    window, steps = window_of(x), steps_of(run)
    # A window laid into the features is one step: nothing is seen twice in time.
    if window is None or steps is None or not same(steps, window.length) or same(window.length, 1):
        return
    seen = seen_already(run, window.length)
    if seen is not None and (window.length.known or differ(window.length, 1)):
        yield finding(run, facts, window.made.span, window.length, seen)


def seen_already(run: Run, length: Dim) -> str | None:
    """How much of a window the state has seen: the next one in its row of the batch begins a batch size later."""
    if run.batch_size == Dim(1):
        return "most"
    if run.batch_size is None or least(length - run.batch_size) < 1:
        return None
    return f"{length - run.batch_size} steps"


def stateless_steps(run: Run, facts: Facts) -> Iterator[bool]:
    """Resets after each batch: then nothing is carried."""
    for reset in resets_that_may(facts, run.model):
        yield reset.hook in BATCH_HOOKS


def finding(run: Run, facts: Facts, span: Span, length: Dim, seen: str) -> Finding:
    layer = stateful_layers(run.model)[0]
    place = called_here(layer, facts)
    labels = [Label(span, f"windows of {length} steps, one step apart")] if span.path == facts.source.path else []
    return Finding(
        run.call.span,
        f"windows of {length} steps that move by one step go into a stateful `{layer.core.kind}`: the "
        "state that it carries "
        f"has seen {seen} of the next window already",
        Confidence.HIGH,
        label="feeds overlapping windows in order",
        help=(
            "drop `stateful=True`: each window holds its own past; or cut windows that do not overlap, "
            f"{length} steps apart"
        ),
        labels=(*labels, *((Label(place, "carries its state on"),) if place else ())),
        experiment=followed(length, run.batch_size or Dim(1)),
    )


def followed(length: Dim, batch: Dim) -> Tagged:
    """Which steps the state of a row has seen before, with windows one step apart and with windows end to end."""
    return Tagged(Claim.SCRAMBLES, "overlap", (length, batch, 1), (length, batch, length), "windows end to end")
