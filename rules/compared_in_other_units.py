"""Predictions are compared with a truth in other units: scaled with unscaled, differences with levels."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Label, Rule, Severity, units

rule = Rule(
    code="LST322",
    name="compared-in-other-units",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the metric is taken after the training",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for found in units.unlike(facts):
        if found.span.path == facts.source.path:
            yield Finding(
                found.span,
                f"the predictions are in {found.predictions.value}, the truth is in {found.truth.value}: how far they"
                " are apart says nothing",
                Confidence.HIGH,
                label="in other units",
                help=_help(found),
                labels=tuple(_labels(found)),
            )


def _labels(found: units.Unlike) -> Iterator[Label]:
    if found.made.span not in found.span:
        yield Label(found.made.span, f"predictions in {found.predictions.value}")


def _help(found: units.Unlike) -> str:
    if units.Unit.DIFFERENCES in (found.predictions, found.truth):
        return "add each difference to the level before it, or compare with the differences of the truth"
    if found.predictions is units.Unit.SCALED:
        return "`inverse_transform` the predictions first, with the scaler of the targets"
    return "compare with the truth as it was before it was scaled, or `inverse_transform` it too"
