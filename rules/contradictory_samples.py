"""Equal samples have different targets, and nothing but the sample decides what the model answers."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Change,
    Claim,
    Confidence,
    Cure,
    Dim,
    Experiment,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    array_shape_text,
    called_here,
    constant_loss,
    floor,
    grouped,
    loss_of,
    made_here,
    recurrent_layers,
    remembers_nothing,
    sample_text,
    single_y,
)

rule = Rule(code="LST201", name="contradictory-samples", severity=Severity.WARNING, since="0.1.0")

#: Noise leaves some equal samples with different targets in any data; a model is lost where most of what it could
#: learn is out of reach.
MOST_OF_IT = 0.5
CURES = (Cure("one sequence", (Change("merge-samples"),)), Cure("stateful", (Change("make-stateful"),)))


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or run.data_kind != "array" or not remembers_nothing(run.model):
        return
    x, y = [value for value in run.x if isinstance(value, Array)], single_y(run)
    if y is None or not x or len(x) != len(run.x):
        return
    groups = grouped(x, y, trained_on(run, y))
    pair = groups.contradiction() if groups else None
    if groups is None or pair is None:
        return
    classes = (y.shape[-1].value or 1) if y.shape and len(y.shape) > 1 else 1
    loss = loss_of(run) or "mean_squared_error"
    reachable, untaught = floor(loss, groups, classes), constant_loss(loss, groups, classes)
    if reachable and untaught and reachable >= MOST_OF_IT * untaught:
        yield finding(run, facts, x[0], y, pair, floor(loss_of(run), groups, classes))


def trained_on(run: Run, y: Array) -> int | None:
    """How many samples are left to train on: Keras takes the validation part from the end."""
    count = y.shape[0].value if y.shape else None
    return None if count is None or not run.validation_split else int(count * (1 - run.validation_split))


def finding(run: Run, facts: Facts, x: Array, y: Array, pair: tuple[int, int], lowest: float | None) -> Finding:
    kind = recurrent_layers(run.model)[0].core.kind
    name, (one, other) = facts.name_of(x) or "x", pair
    bound = f", so the loss cannot fall below {lowest:.3f}" if lowest is not None else ""
    return Finding(
        made_here(x, facts) or run.call.span,
        f"samples {one} and {other} of `{name}` are both {sample_text(x, one)}, but their targets are "
        f"{sample_text(y, one)} and {sample_text(y, other)}: "
        f"a stateless `{kind}` starts every sample from zeros{bound}",
        Confidence.HIGH,
        label=f"{array_shape_text(x.shape)}: equal samples",
        help=(
            f"make one sequence of the samples ({merged(x, y)}) and let the `{kind}` answer each step with "
            "`return_sequences=True`; or keep its state from sample to sample: `stateful=True`, batches of 1, "
            "`shuffle=False`, and a reset after each epoch"
        ),
        labels=tuple(labels(run, facts, x, y)),
        experiment=Experiment(Claim.CANNOT_LEARN, run.model, run, CURES, floor=lowest),
    )


def labels(run: Run, facts: Facts, x: Array, y: Array) -> Iterator[Label]:
    at, targets = made_here(x, facts), made_here(y, facts)
    layer = called_here(recurrent_layers(run.model)[0], facts)
    if targets is not None and targets != at:
        yield Label(targets, "different targets")
    if layer is not None:
        yield Label(layer, "forgets after each sample")
    if at is not None:
        yield Label(run.call.span, "trains on them")


def merged(x: Array, y: Array) -> str:
    """``x (1, 2, 3), y (1, 2, 3)``: the samples as the steps of one sequence."""
    if x.shape is None or y.shape is None or len(x.shape) != 3 or len(y.shape) > 2:
        return "steps instead of samples"
    width = y.shape[1:] or (Dim(1),)
    before, after = (Dim(1), x.shape[0] * x.shape[1], x.shape[2]), (Dim(1), x.shape[0] * x.shape[1], *width)
    return f"x {array_shape_text(before)}, y {array_shape_text(after)}"
