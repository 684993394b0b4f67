"""`stateful=True` and an input whose batch size is open: Keras refuses to build the model."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    CallSite,
    Change,
    Claim,
    Confidence,
    Cure,
    Dim,
    Edit,
    Experiment,
    Facts,
    Finding,
    Fix,
    Label,
    Model,
    Rule,
    Run,
    Safety,
    Severity,
    Why,
    batch_of,
    input_call,
    open_batches,
    shape_text,
    stateful_layers,
)

rule = Rule(code="LST207", name="stateful-without-batch-size", severity=Severity.ERROR, since="0.1.0")

CURE = Cure("a fixed batch size", (Change("input-shape", name="batch_size"),))


@rule.on(Model)
def check(model: Model, facts: Facts) -> Iterator[Finding]:
    node = model.problem
    # Built on data, a Sequential without a declared input takes the size of the first batch.
    if node is None or node.problem is None or not model.declared or node.layer.call is None:
        return
    if node.problem.why is Why.BATCH and node.layer.stateful:
        yield finding(model, node.layer.call, shape_text(node.input.shape if node.input else None), facts)


def finding(model: Model, call: CallSite, shape: str, facts: Facts) -> Finding:
    size, place = batch_size(model, facts), input_call(model)
    edits = tuple(cure(place, facts, size))
    older = " or `batch_input_shape=` on the first layer" if facts.keras == 2 else ""
    return Finding(
        call.span,
        f"`{call.text}` is stateful, but its input {shape} has no fixed batch size: Keras raises ValueError",
        Confidence.HIGH,
        label="keeps one state for each row of a batch: how many?",
        help=f"fix the batch size: `Input(batch_shape=({size or 'batch_size'}, steps, features))`{older}",
        labels=(Label(place.span, "any batch size"),) if place and place.span != call.span else (),
        fix=Fix("fix the batch size", Safety.SAFE, edits) if edits else None,
        experiment=Experiment(Claim.RAISES, model, next(facts.runs_of(model), None), (CURE,)),
    )


def batch_size(model: Model, facts: Facts) -> str | None:
    """The batch size that the program trains with, where it writes one."""
    for run in facts.runs_of(model):
        if run.trains and run.call.keyword("batch_size") and run.batch_size is not None and run.batch_size.known:
            return str(run.batch_size)
    return None


def cure(place: CallSite | None, facts: Facts, size: str | None) -> Iterator[Edit]:
    """That size, written where the input is declared."""
    if size is None or place is None or place.span.path != facts.source.path:
        return
    if place.callee_text.rpartition(".")[2] == "Input" or facts.keras == 2:
        yield place.with_keyword("batch_size", size)


@rule.on(Run)
def check_dataset(run: Run, facts: Facts) -> Iterator[Finding]:
    """A dataset that may end with a smaller batch says None for its size, and so does a state of one row after it."""
    made = open_batches(run) if run.method in ("fit", "evaluate") and facts.keras == 3 else None
    size, layer = batch_of(run.model), next(iter(stateful_layers(run.model)), None)
    compiled = run.model.compiled
    eager = compiled is not None and compiled.call.keyword("run_eagerly") is not None
    if made is None or eager or size != Dim(1) or layer is None or layer.core.config.flag("unroll") is not False:
        return
    yield Finding(
        run.call.span,
        f"the dataset does not say how large its batches are, and the state of `{layer.text}` has one row: Keras "
        "raises ValueError",
        Confidence.HIGH,
        label="its batches have any size",
        help="cut the batches with `drop_remainder=True`, so that each is known to hold one sample",
        labels=(Label(made.span, "any batch size"),) if made.span.path == run.call.span.path else (),
    )
