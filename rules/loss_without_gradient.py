"""A loss of the program's own reads the outputs through steps that lead no gradient back: nothing can be trained."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Label,
    Rule,
    Run,
    Severity,
    Span,
    asked_alone,
    gradient_stops,
    is_none,
)

rule = Rule(
    code="LST415",
    name="loss-without-gradient",
    severity=Severity.ERROR,
    since="0.1.0",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    told = set[Span]()
    for run in facts.runs if not _other_losses(facts) else ():
        stops, zero = gradient_stops(run.loss, facts) if run.trains else ((), False)
        here = {node.span for node in stops if node.span is not None and node.span.path == facts.source.path}
        if here - told:
            yield _finding(run, sorted(here), zero, facts)
            told |= here


def _finding(run: Run, places: list[Span], zero: bool, facts: Facts) -> Finding:
    moves_on = zero or _regularised(facts)
    return Finding(
        places[0],
        f"the loss sees the outputs only through {_named(places, facts)}, which leads no gradient back: "
        + ("the targets change no weight" if moves_on else "Keras has nothing to train with"),
        Confidence.HIGH,
        label="no gradient",
        help="train with a loss that moves with the outputs, such as `binary_crossentropy` or the same sums over the "
        "outputs as they are, and give this one to `metrics`",
        labels=(
            *(Label(place, "no gradient here either") for place in places[1:4]),
            *([Label(run.call.span, "trains with this loss")] if run.call.span.path == places[0].path else []),
        ),
        severity=Severity.WARNING if moves_on else None,
        experiment=asked_alone(run.loss, places[0], "unread"),
    )


def _named(places: list[Span], facts: Facts) -> str:
    texts = list(dict.fromkeys(" ".join(facts.source.slice(place).split()) for place in places))
    return " and ".join(f"`{text}`" for text in texts) if len(texts) < 3 else f"`{texts[0]}` and the like"


def _other_losses(facts: Facts) -> bool:
    """What ``add_loss`` adds trains the model, and the loss of ``compile`` is only there to be reported."""
    return any(call.name.endswith(".add_loss") for call in facts.calls)


def _regularised(facts: Facts) -> bool:
    """A penalty on weights or outputs has a gradient of its own, so that Keras does not raise."""
    given = (item for call in facts.calls for item in call.arguments.items())
    return any("regularizer" in name and not is_none(value) for name, value in given)
