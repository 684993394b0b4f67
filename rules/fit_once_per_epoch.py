"""A stateless model is trained by a Python loop of fits of one epoch each."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Label,
    Loop,
    Reset,
    Rule,
    Run,
    Severity,
    passes,
    remembers_nothing,
    same,
)

rule = Rule(
    code="LST602",
    name="fit-once-per-epoch",
    severity=Severity.INFO,
    since="0.1.0",
    untestable="it is about time, not about what is learned",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if run.method != "fit" or not remembers_nothing(run.model) or run.epochs is None or not same(run.epochs, 1):
        return
    loop = passes(run, facts)
    if loop is None or loop[0] is None or run.data_kind != "array" or any(inside(facts, loop[0], run)):
        return
    yield Finding(
        run.call.span,
        f"`fit` is called {loop[1]} times for one epoch each on a model without state: every call "
        "pays for its start again",
        Confidence.HIGH,
        label="one epoch a call",
        help=f"call `fit` once with `epochs={loop[1]}`; what the loop does besides belongs in a callback",
        labels=(Label(loop[0].span, "the loop"),) if loop[0].span.start.row != run.call.span.start.row else (),
    )


def inside(facts: Facts, loop: Loop, run: Run) -> Iterator[bool]:
    """Anything else that the loop does with the model, or a reset: then the loop may be there for it."""
    others: list[Run | Reset] = [*facts.runs, *facts.resets]
    for event in others:
        yield event is not run and event.call.span in loop.span and event.call.span != run.call.span
