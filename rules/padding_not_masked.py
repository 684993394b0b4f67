"""Padded sequences reach a recurrent layer without a mask, and the padding counts."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lstmlint.api import (
    Broken,
    Change,
    Claim,
    Confidence,
    Cure,
    Experiment,
    Facts,
    Finding,
    Fix,
    Node,
    Rule,
    Run,
    Safety,
    Severity,
    Unmasked,
    broken_masks,
    called_here,
    first_fit,
    labels_in,
    single_x,
    unmasked_padding,
)

rule = Rule(code="LST307", name="padding-not-masked", severity=Severity.WARNING, since="0.1.0")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    found = unmasked_padding(run, facts)
    if found is not None:
        yield finding(run, found, facts)


@rule.on(Run)
def broken(run: Run, facts: Facts) -> Iterator[Finding]:
    """A mask that is dropped on the way, or that can match nothing in the data."""
    x = single_x(run)
    if not run.trains or x is None or len(run.model.inputs) != 1 or first_fit(run, facts) is not run:
        return
    for mask in broken_masks(run.model, x, facts):
        what, advice = wording(mask, facts)
        dropped, place = mask.dropping is not None, mask.padded[0].span if mask.padded is not None else None
        other = called_here(mask.maker.layer, facts) if dropped else place
        yield Finding(
            called_here((mask.dropping or mask.maker).layer, facts) or run.call.span,
            what,
            Confidence.HIGH,
            label="no mask behind it" if dropped else "masks nothing",
            help=advice,
            labels=labels_in(facts.source.path, [(other, "makes the mask" if dropped else "padded here")]),
            experiment=_lost(run, mask),
            untestable="the verifier does not run code of the program" if dropped and mask.written else "",
        )


def _lost(run: Run, mask: Broken) -> Experiment | None:
    """The padding in front and behind: a mask that works makes no difference between the two."""
    call = (mask.dropping or mask.maker).layer.call
    if call is None or mask.written:
        return None
    if _is_embedding(mask.dropping) or _is_embedding(mask.maker):
        before = mask.maker.layer.call if mask.dropping is not None else None
        changes = [Change("drop-layer", before.span)] if before is not None else []
        changes += [Change("layer-argument", call.span, "mask_zero", True), Change("data-steps", value=(("pad", 0.0),))]
        cure = Cure("mask_zero=True, padded with 0", tuple(changes))
        return Experiment(Claim.PADDING_COUNTS, run.model, run, (cure,), probe="placed")
    if mask.dropping is not None:
        cure = Cure(f"without {mask.dropping.layer.core.kind}", (Change("drop-layer", call.span),))
        return Experiment(Claim.PADDING_COUNTS, run.model, run, (cure,), probe="placed")
    filler = 0.0 if mask.padded is None or math.isnan(mask.padded[1]) else mask.padded[1]
    change = Change("layer-argument", call.span, "mask_value", filler)
    if mask.padded is not None and not math.isnan(mask.padded[1]):
        cure = Cure(f"mask_value={filler:g}", (change,))
        return Experiment(Claim.PADDING_COUNTS, run.model, run, (cure,), probe="placed")
    cure = Cure(f"mask_value={filler:g}, padded with it", (change, Change("data-steps", value=(("pad", filler),))))
    return Experiment(Claim.BECOMES_NAN, run.model, run, (cure,))


def _is_embedding(node: Node | None) -> bool:
    return node is not None and node.layer.kind == "Embedding"


def wording(mask: Broken, facts: Facts) -> tuple[str, str]:
    if mask.dropping is not None and mask.reader is not None:
        layer, reader = mask.dropping.layer, mask.reader.layer.core.kind
        own = layer.own is not None
        kind = _written(mask.dropping, facts) if mask.written and not own else layer.core.kind
        if _is_embedding(mask.dropping):
            mine = mask.maker.layer.text
            what = f"`{mine}` in front of ids masks whole samples, not steps, and `{layer.core.kind}` gives no mask on"
            advice = f"leave `{mine}` out, pad with 0 and write `mask_zero=True` in `{kind}`, with word ids from 1"
            return f"{what}: `{reader}` behind it reads the padding as words", advice
        advice = f"leave `{kind}` out in front of `{reader}`, or put it behind"
        if own:
            advice = f"write `self.supports_masking = True` in the `__init__` of `{kind}`: Keras gives the mask on then"
        elif mask.written:
            advice = "compute it in a layer of your own whose `__init__` says `self.supports_masking = True`"
        return f"`{kind}` gives no mask on, so `{reader}` behind it reads the padding as data", advice
    if mask.padded is None or mask.wanted != mask.wanted:
        return (
            "`mask_value` is NaN, which is equal to nothing: no step is masked, and NaN in the data make the loss NaN",
            "fill with a number that the data do not hold, and mask that",
        )
    filler = f"{mask.padded[1]:g}"
    if _is_embedding(mask.maker):
        what = f"sequences are padded with {filler} and `mask_zero=True` masks id 0 only: the padding is read as words"
        return what, "pad with 0, and let the ids of words begin with 1"
    return (
        f"sequences are padded with {filler} and the mask looks for {mask.wanted:g}: no step is masked",
        f"write `mask_value={filler}`, a number that the data do not hold",
    )


def _written(node: Node, facts: Facts) -> str:
    """An operator or function as it stands in the file, unless that is long."""
    here = called_here(node.layer, facts)
    text = " ".join(facts.source.slice(here).split()) if here is not None else ""
    return text if 0 < len(text) < 60 else node.layer.text


def finding(run: Run, found: Unmasked, facts: Facts) -> Finding:
    layer, made, last = found.embedding, found.place, found.last.core.kind
    what = "the loss and the metrics count the padding" if found.each else f"`{last}` answers after the padding"
    place = called_here(layer, facts)
    assert layer.call is not None
    cure = Cure("mask_zero=True", (Change("layer-argument", layer.call.span, "mask_zero", True),))
    return Finding(
        place or run.call.span,
        f"sequences are padded with zeros and `{layer.text}` makes no mask: {what}",
        Confidence.HIGH,
        severity=Severity.INFO if found.light else None,
        label="no `mask_zero=True`",
        help="write `mask_zero=True`, with word ids from 1; cuDNN wants the padding behind then",
        labels=labels_in(facts.source.path, [(made, "padded here")]),
        fix=Fix("mask the padding", Safety.UNSAFE, (layer.call.with_keyword("mask_zero", "True"),)) if place else None,
        experiment=Experiment(Claim.PADDING_COUNTS, run.model, run, (cure,), probe="padding"),
    )
