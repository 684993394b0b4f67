"""A model's output comes from an Input that is not among the model's inputs."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Change,
    Claim,
    Confidence,
    Cure,
    Experiment,
    Facts,
    Finding,
    Label,
    Model,
    Rule,
    Severity,
    Tensor,
    inputs_left_out,
    made_at,
)

rule = Rule(
    code="LST120",
    name="input-left-out",
    severity=Severity.ERROR,
    since="0.1.0",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    told = set[object]()
    for model in facts.models:
        left = list(inputs_left_out(model))
        if left and model.call is not None and model.span not in told and model.span.path == facts.source.path:
            told.add(model.span)
            yield _finding(model, left, facts)


def _finding(model: Model, left: list[Tensor], facts: Facts) -> Finding:
    assert model.call is not None
    site = model.call.keyword("inputs") or model.call.keyword("input") or model.call.positional(0)
    names = [f"`{name}`" if (name := facts.name_of(tensor)) is not None else "an `Input`" for tensor in left]
    several = len(names) > 1
    what = ", ".join(dict.fromkeys(names))
    places = (made_at(tensor) for tensor in left)
    cure = Cure("all of its inputs", (Change("all-inputs"),))
    return Finding(
        site.span if site is not None else model.call.span,
        f"the outputs of the model come from {what} as well, which {'are' if several else 'is'} not among its inputs:"
        " Keras cannot connect them and raises",
        Confidence.HIGH,
        label="not all that the outputs need",
        help=f"add {what} to `inputs`; or build the outputs without {'them' if several else 'it'}",
        labels=tuple(
            Label(place, "goes in here") for place in places if place is not None and place.path == facts.source.path
        ),
        experiment=Experiment(Claim.RAISES, model, cures=(cure,)),
    )
