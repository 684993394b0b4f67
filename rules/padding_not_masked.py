"""Padded sequences reach a recurrent layer without a mask, and the padding counts."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Broken,
    Change,
    Claim,
    Confidence,
    Const,
    Cure,
    Experiment,
    Facts,
    Finding,
    Fix,
    Label,
    Layer,
    LibraryCall,
    Model,
    Rule,
    Run,
    Safety,
    Severity,
    broken_masks,
    call_at,
    called_here,
    first_fit,
    made_by,
    single_x,
    single_y,
)

rule = Rule(code="LST307", name="padding-not-masked", severity=Severity.WARNING, since="0.1.0")

PAD = "keras.utils.pad_sequences"


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    x = single_x(run)
    padded = made_by(x, PAD) if x is not None and run.trains else None
    call = call_at(facts, padded) if padded is not None else None
    layer = unmasked_embedding(run.model)
    weighted = "sample_weight" in [one.name for one in run.call.arguments]
    if x is None or call is None or layer is None or run.model.opaque or weighted:
        return
    recurrent = [one for one in run.model.layers if one.recurrent]
    if not recurrent or any(one.own is not None for one in recurrent):
        return
    # A mask goes no further than the first layer that ends the sequence: an encoder, in front of a decoder.
    last = next((one for one in recurrent if one.returns_sequences is not True), recurrent[-1])
    y = single_y(run)
    # Targets cut from the padded samples themselves end where the words do: the next word of a language model.
    own = made_by(y, PAD) if y is not None else None
    each = last.returns_sequences is True and own not in (None, padded) and len(run.model.output_shape or ()) == 3
    behind = last.returns_sequences is False and padding_of(call) == "post"
    if each or behind:
        yield finding(run, call, layer, last, facts, each)


@rule.on(Run)
def broken(run: Run, facts: Facts) -> Iterator[Finding]:
    """A mask that is dropped on the way, or that can match nothing in the data."""
    x = single_x(run)
    if not run.trains or x is None or len(run.model.inputs) != 1 or first_fit(run, facts) is not run:
        return
    for mask in broken_masks(run.model, x, facts):
        what, advice = wording(mask)
        dropped, place = mask.dropping is not None, mask.padded[0].span if mask.padded is not None else None
        other = called_here(mask.maker.layer, facts) if dropped else place
        here = other is not None and other.path == facts.source.path
        yield Finding(
            called_here((mask.dropping or mask.maker).layer, facts) or run.call.span,
            what,
            Confidence.HIGH,
            label="no mask behind it" if dropped else "masks nothing",
            help=advice,
            labels=(Label(other, "makes the mask" if dropped else "padded here"),) if other and here else (),
            untestable="the verifier plans no cure for a mask that is lost",
        )


def wording(mask: Broken) -> tuple[str, str]:
    if mask.dropping is not None and mask.reader is not None:
        kind, reader = mask.dropping.layer.core.kind, mask.reader.layer.core.kind
        what = f"`{kind}` gives no mask on, so `{reader}` behind it reads the padding as data"
        return what, f"leave `{kind}` out in front of `{reader}`, or put it behind"
    if mask.padded is None or mask.wanted != mask.wanted:
        return (
            "`mask_value` is NaN, which is equal to nothing: no step is masked, and NaN in the data make the loss NaN",
            "fill with a number that the data do not hold, and mask that",
        )
    filler = f"{mask.padded[1]:g}"
    return (
        f"sequences are padded with {filler} and the mask looks for {mask.wanted:g}: no step is masked",
        f"write `mask_value={filler}`, a number that the data do not hold",
    )


def padding_of(call: LibraryCall) -> str | None:
    given = call.arguments.get("padding")
    return given.value if isinstance(given, Const) and isinstance(given.value, str) else None


def unmasked_embedding(model: Model) -> Layer | None:
    """The Embedding that the model's only input goes into, without a mask."""
    for node in model.nodes:
        if node.layer.kind == "Embedding" and len(model.inputs) == 1 and node.input is model.inputs[0]:
            return node.layer if node.layer.config.flag("mask_zero") is False else None
    return None


def finding(run: Run, call: LibraryCall, layer: Layer, last: Layer, facts: Facts, each: bool) -> Finding:
    what = "the loss and the metrics count the padding" if each else f"`{last.core.kind}` answers after the padding"
    place = called_here(layer, facts)
    assert layer.call is not None
    cure = Cure("mask_zero=True", (Change("layer-argument", layer.call.span, "mask_zero", True),))
    return Finding(
        place or call.call.span,
        f"sequences are padded with zeros and `{layer.text}` makes no mask: {what}",
        Confidence.HIGH,
        label="no `mask_zero=True`",
        help="write `mask_zero=True`, with word ids from 1; cuDNN wants the padding behind then",
        labels=(Label(call.call.span, "padded here"),) if call.call.span.path == facts.source.path else (),
        fix=Fix("mask the padding", Safety.UNSAFE, (layer.call.with_keyword("mask_zero", "True"),)) if place else None,
        experiment=Experiment(Claim.PADDING_COUNTS, run.model, run, (cure,), probe="padding"),
    )
