"""Weights are handed to a layer or a model that they do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Layer,
    Rule,
    Severity,
    Span,
    Value,
    labels_in,
    made_at,
    misplaced_weights,
    receiver_text,
)

rule = Rule(
    code="LST124",
    name="weights-of-another-layer",
    severity=Severity.ERROR,
    since="0.1.0",
    untestable="a plan trains one model, and hands no weights from one to another",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for found in misplaced_weights(facts):
        span = found.call.call.span
        if span.path != facts.source.path:
            continue
        taker, giver = _text(found.taker, facts), _text(found.giver, facts)
        who = taker or f"`{receiver_text(found.call.call.callee_text)}`"
        whose = f" of {giver}" if giver else " of another model"
        places = ((_place(found.taker), "takes them"), (_place(found.giver), "gives its weights"))
        yield Finding(
            span,
            f"{who} gets the weights{whose}: {found.why}, which raises",
            Confidence.HIGH,
            label="weights of another shape",
            help="hand on the weights layer by layer, as far as both models have the same ones"
            if found.whole
            else "pair the layers that are the same in both models: by their names, or by an index for each model",
            labels=labels_in(span.path, places),
        )


def _text(value: Value, facts: Facts) -> str:
    if isinstance(value, Layer):
        return f"`{value.text}`"
    name = facts.name_of(value)
    return f"`{name}`" if name else ""


def _place(value: Value) -> Span | None:
    return value.call.span if isinstance(value, Layer) and value.call is not None else made_at(value)
