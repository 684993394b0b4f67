"""Samples are drawn with replacement before the split: copies of one sample stand in both parts."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Label, LibraryCall, Rule, Severity, copies_split

rule = Rule(
    code="LST341",
    name="copies-before-split",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="which samples are drawn again is not in the program",
)


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    found = copies_split(call, facts)
    if found is None or call.call.span.path != facts.source.path:
        return
    drawn = found.made.span
    what = "new samples are made out of others" if found.mixed else "samples are put in several times"
    both = "a sample and what was made of it" if found.mixed else "copies of one sample"
    yield Finding(
        call.call.span,
        f"{what} before `train_test_split`, which leaves {both} on both sides: the model is tested on what it has"
        " learned",
        Confidence.HIGH,
        label="splits them at random",
        help="split first, and add samples to the training part only",
        labels=(Label(drawn, "adds the samples"),) if drawn.path == facts.source.path else (),
    )
