"""Consecutive pieces of one series stand in one batch of a stateful model, so no row continues the row before."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Claim,
    Confidence,
    Dim,
    Facts,
    Finding,
    Label,
    Made,
    Rule,
    Run,
    Severity,
    Tagged,
    batch_of,
    called_here,
    differ,
    operations,
    same,
    samples_of,
    single_x,
    stateful_layers,
)

rule = Rule(code="LST211", name="stateful-batches-do-not-continue", severity=Severity.WARNING, since="0.1.0")

RESHAPES = frozenset({"numpy.reshape", "Array.reshape"})


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    batch, layers, x = batch_of(run.model), stateful_layers(run.model), single_x(run)
    if (
        not run.trains
        or not layers
        or x is None
        or batch is None
        or batch.value is None
        or batch.value < 2
        or run.shuffle
    ):
        return
    made = x.made
    series = made.sources[0] if made is not None and made.operation in RESHAPES and made.sources else None
    samples = samples_of(run)
    if made is None or not isinstance(series, Array) or not x.shape or samples is None or same(samples, batch):
        return
    if is_series(series) and len(x.shape) == 3 and differ(x.shape[1], 1) and from_one_series(series):
        yield finding(run, facts, made, batch.value, x.shape[1])


def is_series(value: Array) -> bool:
    """One row a step: (n,), (n, 1) or (n, features)."""
    return value.shape is not None and (len(value.shape) == 1 or (len(value.shape) == 2 and same(value.shape[1], 1)))


def from_one_series(value: Array) -> bool:
    """Nothing on the way has laid pieces out anew."""
    return not any(
        made.operation.rpartition(".")[2] in ("swapaxes", "transpose", "moveaxis", "stack", "concatenate", "T", "ravel")
        or made.operation in RESHAPES
        for made in operations(value)
    )


def finding(run: Run, facts: Facts, made: Made, batch: int, steps: Dim) -> Finding:
    layer = stateful_layers(run.model)[0]
    place = called_here(layer, facts)
    return Finding(
        run.call.span,
        f"one series is cut into pieces of {steps} steps and fed in batches of {batch}: row 0 of a "
        "batch continues the last "
        f"row of the batch before, not its row 0, whose state the `{layer.core.kind}` gives it",
        Confidence.HIGH,
        label=f"{batch} consecutive pieces in each batch",
        help=(
            f"cut the series into {batch} long parts first, and each batch from all of them: "
            f"`.reshape({batch}, -1, {steps}, features).swapaxes(0, 1).reshape(-1, {steps}, "
            "features)`; or use batches of 1"
        ),
        labels=((Label(made.span, "consecutive pieces"),) if made.span.path == facts.source.path else ())
        + ((Label(place, "keeps a state for each row"),) if place else ()),
        experiment=Tagged(
            Claim.SCRAMBLES, "pieces", (steps, batch, "consecutive"), (steps, batch, "dealt"), f"{batch} long parts"
        ),
    )
