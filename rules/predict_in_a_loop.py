"""`predict` is called for one sample at a time in a Python loop."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    made_inside,
    made_of_answer,
    same,
    samples_of,
    stateful_layers,
)

rule = Rule(
    code="LST603",
    name="predict-in-a-loop",
    severity=Severity.INFO,
    since="0.1.0",
    preview=True,
    untestable="it is about time, not about what is learned",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    samples = samples_of(run)
    if (
        run.method != "predict"
        or not run.loops
        or samples is None
        or not same(samples, 1)
        or stateful_layers(run.model)
    ):
        return
    loop, x = run.loops[-1], run.x[0]
    # A forecast that feeds on itself cannot be batched, only called.
    if made_of_answer(x, run) or loop.kind == "while" or not made_inside(x, loop):
        return
    yield Finding(
        run.call.span,
        "`predict` answers one sample a turn of the loop: each call sets up a data pipeline anew",
        Confidence.HIGH,
        label="one sample",
        help=(
            f"put the samples into one array and call `{run.call.callee_text}` once; or call the model itself on each"
        ),
        labels=(Label(loop.span, "the loop"),) if loop.span.start.row != run.call.span.start.row else (),
    )
