"""Padded samples are standardised, and a Masking layer still looks for what they were padded with."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Rule,
    Run,
    Severity,
    called_here,
    first_fit,
    labels_in,
    mask_value,
    padded_and_scaled,
    single_x,
)

rule = Rule(
    code="LST351",
    name="padding-scaled-away",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="what the scaler makes of the padding is not in the program",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    x = single_x(run)
    if not run.trains or run.conditional or x is None or len(run.model.inputs) != 1 or first_fit(run, facts) is not run:
        return
    found = padded_and_scaled(x, facts)
    if found is None:
        return
    scaled, (padded, filler) = found
    for node in run.model.nodes:
        masks = node.layer.kind == "Masking" and node.input is run.model.inputs[0]
        if masks and mask_value(node) == filler:
            yield Finding(
                called_here(node.layer, facts) or run.call.span,
                f"sequences are padded with {filler:g} and standardised afterwards, which makes other numbers of the "
                f"padding, and the mask looks for {filler:g}: no step is masked",
                Confidence.HIGH,
                label="masks nothing",
                help=f"scale the sequences before they are padded, or write {filler:g} over the padding again",
                labels=labels_in(
                    facts.source.path, [(padded.span, "padded here"), (scaled.span, "makes other numbers of it")]
                ),
            )
