"""The data has the steps where the model takes features, and the features where it takes steps."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Claim,
    Confidence,
    Edit,
    Experiment,
    Facts,
    Fed,
    Feed,
    Finding,
    Fix,
    Label,
    Rule,
    Safety,
    Severity,
    array_shape_text,
    misfed,
    shape_text,
    written_shape,
)

rule = Rule(code="LST105", name="swapped-time-and-features", severity=Severity.ERROR, since="0.1.0")


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for fed in misfed(facts):
        if fed.how is Feed.SWAPPED:
            yield _finding(fed, facts)


def _finding(fed: Fed, facts: Facts) -> Finding:
    steps, features = fed.dims[1:3]
    return Finding(
        fed.run.call.span,
        f"the data is {array_shape_text(fed.dims)}, but the model takes {shape_text(fed.shape)}:"
        " the two axes are swapped",
        Confidence.HIGH if fed.sure else Confidence.MEDIUM,
        label=f"gives {steps} steps of {features} features",
        help=f"declare ({steps}, {features}) if the steps are the second axis of the data;"
        f" if not, transpose {fed.name} with (0, 2, 1)",
        labels=tuple(Label(place, text) for place, text in fed.places),
        fix=_fix(fed, facts),
        experiment=Experiment(Claim.RAISES, fed.run.model, fed.run),
    )


def _fix(fed: Fed, facts: Facts) -> Fix | None:
    """One of the two readings, to look at: only the author knows which axis is time."""
    site = written_shape(fed.tensor, facts)
    parts = site.text.strip("()").split(",") if site is not None else []
    if site is None or len(parts) != 2 or "(" in site.text.strip("()"):
        return None
    swapped = f"({parts[1].strip()}, {parts[0].strip()})"
    return Fix("declare the axes as the data has them", Safety.DISPLAY, (Edit(site.value, swapped),))
