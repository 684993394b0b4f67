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
    model_of,
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
    yield _finding(call.call, problem, layer, facts)


def _removed(call: LibraryCall) -> bool:
    return any(removed_argument(call.name, one.name) for one in call.call.arguments if one.name)


@rule.on(Node)
def check_call(node: Node, facts: Facts) -> Iterator[Finding]:
    """An argument that is found out when the weights are made."""
    problem, call = node.problem, node.layer.call
    told = any(inner.problem is not None for inner in node.layer.inner)  # at the constructor of the inner layer
    if (
        problem is not None
        and problem.why is Why.ARGUMENT
        and problem.stage != "make"
        and call is not None
        and not told
    ):
        yield _finding(call, problem, node.layer, facts, node.span)


def _finding(call: CallSite, problem: Problem, layer: Layer | None, facts: Facts, used: Span | None = None) -> Finding:
    site = next((one for one in call.arguments if one.name and one.name in problem.message.split()), None)
    return Finding(
        site.span if site is not None else call.span,
        f"`{call.text}` is refused: {problem.message}",
        Confidence.HIGH,
        label=f"found {problem.found}" if problem.found else "refused",
        help=f"give {problem.expected}" if problem.expected else "look the argument up in the layer's page",
        labels=(Label(used, "put into the model here"),) if used is not None and used != call.span else (),
        experiment=_experiment(call, problem, layer, facts) if layer is not None else None,
        untestable=_untestable(problem, layer),
    )


def _untestable(problem: Problem, layer: Layer | None) -> str:
    if layer is None:
        return "an Input is declared, not built"
    return "tables of weights are not planned" if problem.message.startswith("weights ") else ""


def _experiment(call: CallSite, problem: Problem, layer: Layer, facts: Facts) -> Experiment | None:
    """The layer alone, or in its model where it is found out there, and without what the message names.

    ``units`` cannot be left out, so they become 8.
    """
    name = next((one for one in layer.config.given if one in problem.message.replace("`", " ").split()), None)
    if name is None or layer.call is None or problem.message.startswith("weights "):
        return None
    cures = (
        Cure(f"{name}=8", (Change("layer-argument", call.span, name, 8),)),
        Cure(f"without {name}", (Change("drop-argument", call.span, name),)),
    )
    if problem.stage == "make":
        return Experiment(Claim.RAISES, alone(layer), None, cures)
    node = next((node for node in facts.nodes if layer in (node.layer, *node.layer.inner)), None)
    model = model_of(node, facts) if node is not None else None
    return Experiment(Claim.RAISES, model, None, cures[:1]) if model is not None else None
