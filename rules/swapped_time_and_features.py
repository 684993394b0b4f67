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
    argument_of,
    array_shape_text,
    made_at,
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
    site = argument_of(fed.run, "x")
    name = site.text if site is not None and len(site.text) <= 40 and len(fed.run.x) == 1 else "X"
    steps, features = fed.dims[1:3]
    return Finding(
        fed.run.call.span,
        f"the data is {array_shape_text(fed.dims)}, but the model takes {shape_text(fed.shape)}:"
        " the two axes are swapped",
        Confidence.HIGH if steps.known and features.known else Confidence.MEDIUM,
        label=f"gives {steps} steps of {features} features",
        help=f"declare ({steps}, {features}) if the steps are the second axis of the data;"
        f" if not, `{name}.transpose(0, 2, 1)` swaps them",
        labels=tuple(_labels(fed)),
        fix=_fix(fed, facts),
        experiment=Experiment(Claim.RAISES, fed.run.model, fed.run),
    )


def _labels(fed: Fed) -> Iterator[Label]:
    declared, made = made_at(fed.tensor), made_at(fed.array)
    if declared is not None:
        yield Label(declared, f"takes {fed.shape[1]} steps of {fed.shape[2]} features")
    if made is not None and made not in fed.run.call.span:
        yield Label(made, f"makes {array_shape_text(fed.dims)}")


def _fix(fed: Fed, facts: Facts) -> Fix | None:
    """One of the two readings, to look at: only the author knows which axis is time."""
    site = written_shape(fed.tensor, facts)
    parts = site.text.strip("()").split(",") if site is not None else []
    if site is None or len(parts) != 2 or "(" in site.text.strip("()"):
        return None
    swapped = f"({parts[1].strip()}, {parts[0].strip()})"
    return Fix("declare the axes as the data has them", Safety.DISPLAY, (Edit(site.value, swapped),))
