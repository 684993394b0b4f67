"""Predictions of a shuffled dataset are compared with a truth in another order, that of another pass or of the data."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Label, Rule, Severity, Span, meetings

rule = Rule(
    code="LST333",
    name="predictions-in-another-order",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the scores are taken after the training",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for found in meetings.in_other_orders(facts):
        if found.span.path == facts.source.path:
            yield Finding(
                found.span,
                f"{_what(found, facts)}: each prediction is compared with the target of some other sample",
                Confidence.HIGH,
                label="in another order",
                help="make the dataset that is tested on without shuffling, or take both from one pass: "
                "`for x, y in ds:` with `model.predict(x)` beside `y`",
                labels=tuple(_labels(found, facts)),
            )


def _what(found: meetings.Meeting, facts: Facts) -> str:
    name = facts.name_of(found.dataset)
    dataset = f"`{name}`" if name is not None else "the dataset"
    if found.truth is not None:
        how = "which shuffles anew for each" if found.anew else "and only one of them is shuffled"
        return f"the predictions are of one pass over {dataset} and the truth is of another, {how}"
    array = facts.name_of(found.array) if found.array is not None else None
    own = f"`{array}`" if array is not None else "the truth"
    return f"the predictions are in the order of {dataset}, which was shuffled, and {own} is in its own"


def _labels(found: meetings.Meeting, facts: Facts) -> Iterator[Label]:
    places: list[tuple[Span, str]] = [(found.shuffled.span, "shuffled")]
    if found.truth is None:
        places.append((found.predictions.span, "predicted in that order"))
    else:
        places += [(found.predictions.span, "one pass"), (found.truth.span, "another pass")]
    for span, text in places:
        if span.path == facts.source.path and span not in found.span:
            yield Label(span, text)
