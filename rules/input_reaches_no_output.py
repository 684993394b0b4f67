"""A model takes an input on which none of its outputs depends."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Model,
    Node,
    Rule,
    Severity,
    Tensor,
    called_here,
    labels_in,
    made_at,
    tensors_behind,
)

rule = Rule(
    code="LST119",
    name="input-reaches-no-output",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="there is no way from the input to the outputs that an experiment could try",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    """Of models that are trained: a loss that is added to a model may read its inputs past the outputs."""
    told = set[int]()
    for run in facts.runs:
        model = run.model
        if not run.trains or model.identity in told or model.kind != "functional" or not model.complete or model.opaque:
            continue
        told.add(model.identity)
        if not any(call.name.endswith("add_loss") for call in facts.calls):
            yield from _unused(model, facts)


def _unused(model: Model, facts: Facts) -> Iterator[Finding]:
    used = {id(tensor): tensor for output in model.outputs for tensor in tensors_behind(output)}
    inputs = set(map(id, model.inputs))
    if any(tensor.node is None and key not in inputs for key, tensor in used.items()):
        return  # something that is not known goes in: it may come from any input
    for index, tensor in enumerate(model.inputs):
        if id(tensor) not in used and model.call is not None:
            yield _finding(model, index, tensor, facts)


def _finding(model: Model, index: int, tensor: Tensor, facts: Facts) -> Finding:
    made, name = made_at(tensor), facts.name_of(tensor)
    called = f"`{name}`" if name is not None else f"input {index + 1}"
    reader = _last_reader(tensor, facts)
    place = called_here(reader.layer, facts) if reader is not None else None
    labels = [(made, "goes in here")] if made is not None else []
    labels += [(place, "reads it, and nothing reads what it gives")] if place is not None else []
    assert model.call is not None
    return Finding(
        model.call.span,
        f"no output of the model depends on {called}: whatever it is given changes nothing",
        Confidence.HIGH,
        label=f"{called} reaches no output".replace("`", ""),
        help=_help(reader),
        labels=labels_in(facts.source.path, labels),
    )


def _help(reader: Node | None) -> str:
    if reader is not None and reader.layer.recurrent and len(reader.outputs) > 1:
        return "give the states of the encoder to the decoder: `initial_state=[state_h, state_c]`"
    return "connect it, or leave it out of the model's inputs"


def _last_reader(tensor: Tensor, facts: Facts) -> Node | None:
    """The layer call at which the way from an input ends."""
    reached, last = {id(tensor)}, None
    for node in facts.nodes:
        if any(id(one) in reached for one in node.inputs):
            reached.update(map(id, node.outputs))
            last = node
    return last
