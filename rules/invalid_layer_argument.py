"""A layer is given an argument that Keras refuses: units of 0, a float for a size, a name it does not have."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    CallSite,
    Confidence,
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
    refused_input,
    refused_layer,
    removed_argument,
)

rule = Rule(code="LST110", name="invalid-layer-argument", severity=Severity.ERROR, since="0.1.0")


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    """In a constructor, whether or not the layer comes into a model."""
    problem = None
    if isinstance(call.result, Layer) and call.name.startswith("keras.layers."):
        problem = refused_layer(call.result)
    elif call.name == "keras.Input" and facts.keras == 3:
        problem = refused_input(call)
    if problem is None or any(removed_argument(call.name, one.name) for one in call.call.arguments if one.name):
        return
    yield _finding(call.call, problem)


@rule.on(Node)
def check_call(node: Node, facts: Facts) -> Iterator[Finding]:
    """An argument that is found out when the weights are made."""
    problem, call = node.problem, node.layer.call
    if problem is not None and problem.why is Why.ARGUMENT and problem.stage != "make" and call is not None:
        yield _finding(call, problem, node.span)


def _finding(call: CallSite, problem: Problem, used: Span | None = None) -> Finding:
    site = next((one for one in call.arguments if one.name and one.name in problem.message.split()), None)
    return Finding(
        site.span if site is not None else call.span,
        f"`{call.text}` is refused: {problem.message}",
        Confidence.HIGH,
        label=f"found {problem.found}" if problem.found else "refused",
        help=f"give {problem.expected}" if problem.expected else "look the argument up in the layer's page",
        labels=(Label(used, "put into the model here"),) if used is not None and used != call.span else (),
    )
