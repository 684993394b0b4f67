"""Consecutive pieces of one series stand in one batch of a stateful model, so no row continues the row before."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Claim,
    Confidence,
    Const,
    Dim,
    Facts,
    Finding,
    Label,
    Made,
    Rule,
    Run,
    Sequence,
    Severity,
    Slice,
    Tagged,
    Value,
    Window,
    batch_of,
    called_here,
    differ,
    is_none,
    least,
    operations,
    order_of,
    same,
    single_x,
    stateful_layers,
    thinned,
    window_of,
)

rule = Rule(code="LST211", name="stateful-batches-do-not-continue", severity=Severity.WARNING, since="0.1.0")

RESHAPES = frozenset({"numpy.reshape", "Array.reshape"})
CUTS = frozenset({*RESHAPES, "numpy.split", "numpy.array_split"})
#: What leaves the samples in their order.
KEPT = frozenset({"numpy.array", "numpy.asarray", "Array.astype", "numpy.expand_dims", "numpy.stack", "arithmetic"})


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    batch, x = batch_of(run.model), single_x(run)
    if not run.trains or not stateful_layers(run.model) or x is None or not x.shape or batch is None or run.shuffle:
        return
    one_batch = run.data_kind == "array" and same(x.shape[0], batch)
    shuffled = any(made.operation == "Dataset.shuffle" for made in order_of(run))
    if batch.value is None or batch.value < 2 or one_batch or shuffled or len(x.shape) not in (2, 3):
        return
    made = cut_from_one_series(x) if differ(x.shape[1], 1) else None
    if made is not None:
        yield finding(run, facts, made, batch.value, x.shape[1])
    window = window_of(x)
    # Windows one step apart: the next one in a row of the batch begins a batch size later.
    slides = window is not None and same(x.shape[1], window.length) and not thinned(x, window)
    if slides and window is not None and least(batch - window.length) > 0 and run.batch_size == batch:
        yield gapped(run, facts, window, batch.value)


def cut_from_one_series(x: Value) -> Made | None:
    """The step that cut a series into the consecutive pieces that the samples are."""
    for _ in range(12):
        made: Made | None = getattr(x, "made", None)
        if made is None or not made.sources:
            return None
        source = made.sources[0]
        if made.operation in CUTS and isinstance(source, Array) and is_series(source):
            return made if from_one_series(source) else None
        if made.operation not in KEPT and not (made.operation == "index" and keeps_order(made.sources[1:])):
            return None
        x = source
    return None


def keeps_order(key: tuple[Value, ...]) -> bool:
    """``[:100]``, ``[..., None]``: a part in order, or another axis."""
    parts = key[0].items or () if key and isinstance(key[0], Sequence) else key
    return all(
        (isinstance(part, Slice) and is_none(part.step) and (not at or is_whole(part)))
        or (isinstance(part, Const) and part.value in (None, ...))
        for at, part in enumerate(parts)
    )


def is_whole(part: Slice) -> bool:
    return is_none(part.start) and is_none(part.stop)


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


def gapped(run: Run, facts: Facts, window: Window, batch: int) -> Finding:
    layer, made = stateful_layers(run.model)[0], window.made
    place = called_here(layer, facts)
    return Finding(
        run.call.span,
        f"windows of {window.length} steps, one step apart, are fed in batches of {batch}: the next window in a row of "
        f"the batch begins {batch} steps later, and the state that the `{layer.core.kind}` carries ends before it",
        Confidence.HIGH,
        label=f"{-window.length + batch} steps are left out in between",
        help="drop `stateful=True`: each window holds its own past; or cut windows end to end, in batches of 1",
        labels=((Label(made.span, f"windows of {window.length} steps"),) if made.span.path == facts.source.path else ())
        + ((Label(place, "keeps a state for each row"),) if place else ()),
        untestable="how much the steps left out would have told, no run tells",
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
