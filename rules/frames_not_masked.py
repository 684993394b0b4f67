"""Samples of frames of different lengths are padded behind, and nothing masks the padding."""

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
    unmasked_frames,
)

rule = Rule(
    code="LST350",
    name="frames-not-masked",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the padding is moved only where a layer makes a mask of it",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    found = unmasked_frames(run, facts) if first_fit(run, facts) is run else None
    if found is None:
        return
    place = called_here(found.reader, facts) or run.call.span
    yield Finding(
        place,
        f"samples of different lengths are padded behind, to {found.steps} steps, and nothing masks it: "
        f"`{found.last.kind}` answers after the padding",
        Confidence.HIGH,
        severity=None if found.long else Severity.INFO,
        label="reads the padding",
        help=f"put `Masking(mask_value={found.value:g})` in front of the first recurrent layer",
        labels=labels_in(place.path, [(found.call.call.span, "padded here")]),
    )
