"""A model of several inputs is asked with two of them in each other's place, unlike in training."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Rule, Run, Severity, exchanged, labels_in

rule = Rule(
    code="LST355",
    name="inputs-exchanged",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the answers are asked for after the training",
)


@rule.on(Run)
def check(asked: Run, facts: Facts) -> Iterator[Finding]:
    """Also the data that a fit is validated on."""
    run = asked.validation or asked
    found = exchanged.exchanged_inputs(run, facts)
    if found is None or run.call.span.path != facts.source.path:
        return
    first, second, given = found.first + 1, found.second + 1, run.method if run is asked else "validation_data"
    name = exchanged.bound_to(run, facts)
    places = ((run.call.span, "asks the model about it"), (found.trained.call.span, "trained in the other order"))
    yield Finding(
        name.span if name is not None else run.call.span,
        f"`{given}` gives input {first} of the model the data that input {second} was trained on, and input {second} "
        f"those of input {first}: each branch reads the other's series",
        Confidence.HIGH,
        label="two inputs in each other's place",
        help="pass the inputs in the order in which they stand in training",
        labels=labels_in(facts.source.path, places if name is not None else places[1:]),
    )
