"""A layer of the program's own defines `__call__`, which Keras calls `call` from: what Keras does there is not done."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    REPLACED,
    Confidence,
    Edit,
    Facts,
    Finding,
    Fix,
    Label,
    LibraryCall,
    Rule,
    Safety,
    Severity,
    own_weight,
    refused_inside,
)

rule = Rule(
    code="LST128",
    name="layer-defines-dunder-call",
    severity=Severity.ERROR,
    since="0.1.0",
    keras=frozenset({3}),
    untestable="the verifier knows no layers of the program's own",
)


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    if call.name != REPLACED:
        return
    refused = refused_inside(call, facts)
    if refused is not None:
        place = Label(refused.call.span, "ValueError: a symbolic Keras tensor")
        yield finding(
            call,
            "runs on symbolic tensors, which TensorFlow refuses",
            Severity.ERROR,
            "gets Keras tensors",
            place,
        )
        return
    made = next((made for value in call.arguments.values() if (made := own_weight(value)) is not None), None)
    if made is not None and _is_trained(call, facts):
        place = Label(made.span, "a weight that no model has")
        yield finding(call, "leaves its weights out of the model: they are never trained", Severity.WARNING, "", place)


def _is_trained(call: LibraryCall, facts: Facts) -> bool:
    """Whether a model of the functional style is trained that holds what the method made."""
    for run in facts.runs:
        nodes = run.model.nodes if run.trains and run.model.kind == "functional" else ()
        if any(node.span is not None and node.span in call.call.span for node in nodes):
            return True
    return False


def finding(call: LibraryCall, what: str, severity: Severity, label: str, place: Label) -> Finding:
    return Finding(
        call.call.callee,
        f"`{call.written}` defines `__call__` itself, not `call`: it takes the place of Keras's own, and {what}",
        Confidence.HIGH,
        label=label or "in the place of Keras's own",
        help="name it `call`: Keras then builds the layer, keeps its weights and hands it real tensors",
        labels=(place,),
        severity=severity,
        fix=Fix("name it `call`", Safety.DISPLAY, (Edit(call.call.callee, "call"),)),
    )
