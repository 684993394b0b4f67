"""A reshape cannot keep the number of elements."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Claim,
    Confidence,
    Experiment,
    Facts,
    Finding,
    Label,
    LibraryCall,
    Node,
    Rule,
    Severity,
    Value,
    Why,
    array_shape_text,
    made_at,
    model_of,
    shape_text,
)

rule = Rule(code="LST115", name="reshape-changes-size", severity=Severity.ERROR, since="0.1.0")


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    """numpy's reshape, by algebra where sizes are symbols."""
    made = getattr(call.result, "made", None)
    if not call.name.endswith(".reshape") or made is None or not made.refused or made.span != call.call.span:
        return
    if not made.refused.startswith("cannot reshape"):
        return
    source = call.receiver if call.receiver is not None else call.arguments.get("a")
    place = made_at(source)
    yield Finding(
        call.call.span,
        made.refused,
        Confidence.HIGH,
        label="another number of elements",
        help="the product of the new sizes must be that of the old ones; leave one as -1 to have it computed",
        labels=(Label(place, _shape(source)),) if place is not None and place not in call.call.span else (),
    )


def _shape(source: Value | None) -> str:
    return array_shape_text(source.shape) if isinstance(source, Array) else "reshaped"


@rule.on(Node)
def check_layer(node: Node, facts: Facts) -> Iterator[Finding]:
    """The Reshape layer, whose target leaves the batch axis out."""
    problem, call = node.problem, node.layer.call
    if problem is None or problem.why is not Why.SIZE or node.layer.kind != "Reshape" or call is None:
        return
    place, model = made_at(node.input), model_of(node, facts)
    yield Finding(
        call.span,
        f"`{node.layer.text}` gets {shape_text(node.input.shape if node.input else None)}: {problem.message}",
        Confidence.HIGH,
        label=f"found {problem.found}" if problem.found else "another number of elements",
        help="the sizes of target_shape, the batch axis left out, must multiply to those of the input",
        labels=(Label(place, f"gives {shape_text(node.input.shape)}"),) if place and node.input else (),
        experiment=Experiment(Claim.RAISES, model, next(facts.runs_of(model), None)) if model is not None else None,
    )
