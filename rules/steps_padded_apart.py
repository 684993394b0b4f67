"""Sequences are filled up on one side and the answers for their steps on the other: they are not side by side."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Rule,
    Run,
    Severity,
    first_fit,
    labels_in,
    padded_apart,
)

rule = Rule(
    code="LST352",
    name="steps-padded-apart",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="which of the samples are shorter than the rest is the data's own",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    found = padded_apart(run, facts) if run.trains and first_fit(run, facts) is run else None
    if found is None:
        return
    given, asked = found.given.call.span, found.asked.call.span
    here = facts.source.path
    span = asked if asked.path == here else run.call.span
    name = facts.name_of(run.x[found.index])
    what = f"those of `{name}`" if name else "the samples"
    ends = ("in front", "behind") if found.behind else ("behind", "in front")
    sides = ("pre", "post") if found.behind else ("post", "pre")
    places = ((given, f'`padding="{sides[0]}"`: filled up {ends[0]}'), (run.call.span, "trained on both"))
    yield Finding(
        span,
        f"the targets of each step are filled up {ends[1]}, {what} {ends[0]}: in every sequence that is shorter, a step"
        " is held against the answer of another step",
        Confidence.HIGH,
        label=f'`padding="{sides[1]}"`: filled up {ends[1]}',
        help="write the same `padding=` in both calls of `pad_sequences`, and the same `truncating=`",
        labels=labels_in(here, (place for place in places if place[0] != span)),
    )
