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
    Window,
    batch_of,
    called_here,
    cut_from_one_series,
    cut_in_turn,
    differ,
    forgets_each_batch,
    lanes_of,
    least,
    order_of,
    same,
    single_x,
    stateful_layers,
    thinned,
    window_of,
)

rule = Rule(code="LST211", name="stateful-batches-do-not-continue", severity=Severity.WARNING, since="0.1.0")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    declared, fed = batch_of(run.model), fed_by(run)
    batch = declared.value if declared is not None else None
    if not run.trains or not stateful_layers(run.model) or fed is None or run.shuffle or forgets_each_batch(run, facts):
        return
    x, size = fed
    shuffled = any(made.operation == "Dataset.shuffle" for made in order_of(run))
    if batch is None or batch < 2 or shuffled or not x.shape or len(x.shape) not in (2, 3):
        return
    made = cut_from_one_series(x) if differ(x.shape[1], 1) else None
    if made is not None:
        yield finding(run, facts, made, batch, x.shape[1])
    window = window_of(x)
    # Windows one step apart: the next one in a row of the batch begins a batch size later.
    slides = window is not None and same(x.shape[1], window.length) and not thinned(x, window)
    if slides and window is not None and least(Dim(batch) - window.length) > 0 and size == declared:
        yield gapped(run, facts, window, batch)


@rule.on(Run)
def in_lanes(run: Run, facts: Facts) -> Iterator[Finding]:
    """Stretches side by side, and another number of them than a batch has rows."""
    batch = batch_of(run.model)
    if not run.trains or not stateful_layers(run.model) or run.shuffle or forgets_each_batch(run, facts):
        return
    for one in (run, run.validation) if run.method == "fit" and run.data_kind == "array" else ():
        x = single_x(one) if one is not None and one.data_kind == "array" else None
        made, lanes, samples = lanes_of(x) if x is not None else (None, None, None)
        if made and lanes and batch and samples and out_of_step(lanes, batch, samples):
            yield laned(run, facts, made, lanes, batch, "" if one is run else " of the validation")


def out_of_step(lanes: Dim, batch: Dim, samples: Dim) -> bool:
    """Whether the next row of a batch is known to be of another stretch, or of a later piece; one batch has no next."""
    # Where rows are left over, stateful-partial-batch speaks.
    if not lanes.value or not batch.value or lanes == batch or (samples.value or 0) % batch.value:
        return False
    return bool(batch.value % lanes.value) or least(samples - batch) > 0


def laned(run: Run, facts: Facts, made: Made, lanes: Dim, batch: Dim, whose: str) -> Finding:
    layer = stateful_layers(run.model)[0]
    places = ((made.span, "laid side by side"), (called_here(layer, facts), "keeps a state for each row"))
    return Finding(
        run.call.span,
        f"the samples{whose} are {lanes} stretches side by side, piece after piece, in batches of {batch}: no row "
        f"of a batch goes on where the row ended whose state the `{layer.core.kind}` gives it",
        Confidence.HIGH,
        label=f"{lanes} stretches in batches of {batch}",
        help=f"lay as many stretches side by side as a batch has rows, {batch}",
        labels=tuple(Label(at, text) for at, text in places if at is not None and at.path == facts.source.path),
        untestable="what the rows would have gone on with, no run tells",
    )


def fed_by(run: Run) -> tuple[Array, Dim | None] | None:
    """The samples that go through the model, and the size of its batches; None where there is one batch only."""
    turns, x, batch = cut_in_turn(run), single_x(run), batch_of(run.model)
    if turns is not None or x is None or not x.shape or batch is None:
        return turns
    return None if run.data_kind == "array" and same(x.shape[0], batch) else (x, run.batch_size)


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
