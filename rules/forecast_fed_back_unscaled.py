"""A rolling forecast puts its prediction back into the window in the units of the data, where the rest is scaled."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Rule, Run, Severity, labels_in, units

rule = Rule(
    code="LST330",
    name="forecast-fed-back-unscaled",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the forecast is the program's own loop, and its code is not run",
)


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    found = units.fed_back_unscaled(run, facts)
    if found is None or found.made.span.path != facts.source.path:
        return
    places = ((run.call.span, "predicts from scaled steps"), (found.scaled.span, "scales them"))
    yield Finding(
        found.made.span,
        "the prediction is brought back to the units of the data before it goes into the next window: from the second"
        " turn on the model reads steps on two scales",
        Confidence.HIGH,
        label="in the units of the data",
        help="put the prediction as it is into the window, and `inverse_transform` all of them at the end",
        labels=labels_in(facts.source.path, places),
    )
