"""A layer is given an argument that Keras refuses: units of 0, a float for a size, a name it does not have."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    CallSite,
    Change,
    Claim,
    Confidence,
    Cure,
    Experiment,
    Facts,
    Finding,
    Label,
    Layer,
    LibraryCall,
    Node,
    Problem,
    Rule,
    Severity,
    Span,
    Why,
    alone,
    refused_input,
    refused_layer,
    removed_argument,
)

rule = Rule(code="LST110", name="invalid-layer-argument", severity=Severity.ERROR, since="0.1.0")


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    """In a constructor, whether or not the layer comes into a model."""
    problem, layer = None, call.result if isinstance(call.result, Layer) else None
    if layer is not None and call.name.startswith("keras.layers."):
        problem = refused_layer(layer)
    elif call.name == "keras.Input" and facts.keras == 3:
        problem = refused_input(call)
    if problem is None or (facts.keras == 3 and _removed(call)):
        return
    yield _finding(call.call, problem, layer)


def _removed(call: LibraryCall) -> bool:
    return any(removed_argument(call.name, one.name) for one in call.call.arguments if one.name)


@rule.on(Node)
def check_call(node: Node, facts: Facts) -> Iterator[Finding]:
    """An argument that is found out when the weights are made."""
    problem, call = node.problem, node.layer.call
    if problem is not None and problem.why is Why.ARGUMENT and problem.stage != "make" and call is not None:
        yield _finding(call, problem, node.layer, node.span)


def _finding(call: CallSite, problem: Problem, layer: Layer | None, used: Span | None = None) -> Finding:
    site = next((one for one in call.arguments if one.name and one.name in problem.message.split()), None)
    return Finding(
        site.span if site is not None else call.span,
        f"`{call.text}` is refused: {problem.message}",
        Confidence.HIGH,
        label=f"found {problem.found}" if problem.found else "refused",
        help=f"give {problem.expected}" if problem.expected else "look the argument up in the layer's page",
        labels=(Label(used, "put into the model here"),) if used is not None and used != call.span else (),
        experiment=_experiment(call, problem, layer) if layer is not None and problem.stage == "make" else None,
        untestable="an Input is declared, not built" if layer is None else "tables of weights are not planned",
    )


def _experiment(call: CallSite, problem: Problem, layer: Layer) -> Experiment | None:
    """The layer alone, and without what the message names; ``units`` cannot be left out, so they become 8."""
    if problem.message.startswith("weights "):
        return None
    name = next((one for one in layer.config.given if one in problem.message.replace("`", " ").split()), None)
    if name is None or layer.call is None:
        return None
    cures = (
        Cure(f"{name}=8", (Change("layer-argument", call.span, name, 8),)),
        Cure(f"without {name}", (Change("drop-argument", call.span, name),)),
    )
    return Experiment(Claim.RAISES, alone(layer), None, cures)
