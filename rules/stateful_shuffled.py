"""A stateful model is trained on samples in random order, so the carried state belongs to other samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lstmlint.api import (
    Claim,
    Comparison,
    Confidence,
    Experiment,
    Facts,
    Finding,
    Fix,
    Label,
    Layer,
    Made,
    Rule,
    Run,
    Safety,
    Severity,
    called_here,
    compare,
    operations,
    order_of,
    resets_each_batch,
    samples_of,
    shuffles,
    shuffles_itself,
    stateful_layers,
)

rule = Rule(code="LST204", name="stateful-shuffled", severity=Severity.WARNING, since="0.1.0")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    layer = next(iter(stateful_layers(run.model)), None)
    if not run.trains or layer is None or in_one_batch(run) or resets_each_batch(run, facts):
        return
    if run.shuffle is True and run.method == "fit":
        yield by_fit(run, layer, facts)
        return
    before = next(shuffled_before(run, facts), None)
    if before is not None:
        yield by_data(run, before, layer, facts)


def shuffled_before(run: Run, facts: Facts) -> Iterator[Made]:
    """Where the data were put in random order, by a split, or by the dataset or generator that gives them."""
    itself = shuffles_itself(run)
    if itself is not None:
        yield itself
    for made in (*order_of(run), *(made for value in (run.x_value, *run.x) for made in operations(value))):
        if shuffles(made, facts):
            yield made


def in_one_batch(run: Run) -> bool:
    """All samples in one batch: their order inside it changes no state that is carried on."""
    samples = samples_of(run)
    if samples is None or run.batch_size is None:
        return False
    if samples.known and run.batch_size.known:
        return samples.constant <= run.batch_size.constant
    return compare(samples, run.batch_size) is Comparison.EQUAL


def label(layer: Layer, facts: Facts) -> tuple[Label, ...]:
    place = called_here(layer, facts)
    return (Label(place, "carries its state from batch to batch"),) if place else ()


def by_fit(run: Run, layer: Layer, facts: Facts) -> Finding:
    default = "" if run.call.keyword("shuffle") else " (`shuffle=True` is its default)"
    return Finding(
        run.call.span,
        f"`fit` shuffles the samples of a stateful model{default}: the state that `{layer.core.kind}` carries from "
        "batch to batch belongs to other samples",
        Confidence.HIGH,
        label="another order at each epoch",
        help="write `shuffle=False`, so that each batch continues the one before",
        labels=label(layer, facts),
        fix=Fix("keep the samples in order", Safety.UNSAFE, (run.call.with_keyword("shuffle", "False"),)),
        experiment=Experiment(Claim.STATE_MATTERS, run.model, run, probe="order"),
    )


def by_data(run: Run, made: Made, layer: Layer, facts: Facts) -> Finding:
    word, here = made.operation.rpartition(".")[2], made.span.path == facts.source.path
    return Finding(
        made.span if here else run.call.span,
        f"`{word}` shuffles the data of a stateful model: the state that `{layer.core.kind}` carries from batch "
        "to batch belongs to other samples",
        Confidence.HIGH,
        label="shuffled here" if here else "trains on shuffled samples",
        help=f"drop the shuffling of `{word}`, so that each batch continues the one before; or drop `stateful=True`",
        labels=((Label(run.call.span, "trains on it"),) if here else ()) + label(layer, facts),
        # The order that `fit` gets is not seen in the call: here it is known to be random.
        experiment=Experiment(Claim.STATE_MATTERS, run.model, replace(run, shuffle=True), probe="order"),
    )
