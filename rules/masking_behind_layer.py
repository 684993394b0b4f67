"""A Masking layer looks for padding in what another layer made of it."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Change,
    Claim,
    Confidence,
    Cure,
    Experiment,
    Facts,
    Finding,
    Label,
    Layer,
    Node,
    Rule,
    Severity,
    called_here,
    mask_value,
    model_of,
)

rule = Rule(
    code="LST328",
    name="masking-behind-layer",
    severity=Severity.WARNING,
    since="0.1.0",
)

#: Layers of whose outputs no step is all one number; measured on Keras 3.15.
_NEVER = frozenset({"Embedding", "LSTM", "GRU", "SimpleRNN", "RNN"})
#: Layers that keep steps of zeros while their bias is 0, and no step of another number.
_KEEP_ZEROS = frozenset({"Dense", "BatchNormalization", "LayerNormalization", "Conv1D"})
#: Arguments of an Embedding that may make a row of zeros.
_GIVEN = ("weights", "embeddings_initializer", "embeddings_constraint")


@rule.on(Node)
def check(node: Node, facts: Facts) -> Iterator[Finding]:
    wanted, place = mask_value(node) if node.layer.kind == "Masking" else None, called_here(node.layer, facts)
    before = next(node.producers, None)
    if wanted is None or place is None or before is None or not _loses(before.layer, wanted):
        return
    made = called_here(before.layer, facts)
    embedding = before.layer.kind == "Embedding"
    yield Finding(
        place,
        f"`Masking` looks for steps that are all {wanted:g} in the outputs of `{before.layer.text}`, which has none:"
        " no step is masked",
        Confidence.HIGH,
        label="masks nothing",
        help="leave it out, and write `mask_zero=True` in the Embedding, with ids from 1"
        if embedding
        else "put it in front of the first layer, where the padding still is what it was",
        labels=(Label(made, "turns the padding into other numbers"),) if made is not None else (),
        experiment=_experiment(node, before.layer, wanted, facts),
    )


def _experiment(node: Node, before: Layer, wanted: float, facts: Facts) -> Experiment | None:
    """The padding in front and behind: a mask that works makes no difference between the two."""
    model, call = model_of(node, facts), node.layer.call
    first = next((layer for layer in model.layers if layer.kind != "InputLayer"), None) if model else None
    run = next((run for run in facts.runs_of(model) if run.trains), None) if model else None
    if run is None or call is None or before.call is None or first is None or first.call is None:
        return None
    if before.kind == "Embedding":
        change, name = Change("layer-argument", before.call.span, "mask_zero", True), "mask_zero=True"
    else:
        change, name = Change("insert-layer", first.call.span, "Masking", {"mask_value": wanted}), "Masking in front"
    cure = Cure(name, (change, Change("drop-layer", call.span)))
    return Experiment(Claim.PADDING_COUNTS, run.model, run, (cure,), probe="placed")


def _loses(layer: Layer, wanted: float) -> bool:
    """A table of vectors that is given may hold a row of zeros for the padding, as pretrained ones do."""
    if layer.kind == "Embedding":
        return not any(layer.config.has(name) for name in _GIVEN)
    never = layer.core.kind in _NEVER and layer.core.config.flag("zero_output_for_mask") is not True
    return never or (layer.core.kind in _KEEP_ZEROS and wanted != 0)
