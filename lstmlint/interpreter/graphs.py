"""Functional and subclassed models as they stand: the layer calls that their outputs come from."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.models import FURTHER, common, incomplete, opaque, site_of
from lstmlint.interpreter.tensors import is_symbolic, tensors_in
from lstmlint.interpreter.values import Mapped, Reference, Sequence, Tensor, Unknown, Value
from lstmlint.keras_model.graph import Config, Layer, Model, Node, Shape
from lstmlint.keras_model.layers import LayerInput
from lstmlint.keras_model.order import is_operation


def functional(model: Reference) -> Model:
    given, wanted = model.fields.get("inputs"), model.fields.get("outputs")
    inputs, outputs = tensors_in(given), tensors_in(wanted)
    nodes = reached(outputs)
    reason = None
    if not inputs or not outputs or not is_symbolic(wanted) or not is_symbolic(given):
        reason = next((v.why for v in (given, wanted) if isinstance(v, Unknown)), "its inputs or outputs are not known")
    else:
        reason = incomplete(nodes, True, tuple(node.layer for node in nodes))
        if reason == "the model has no layers":
            reason = None
        elif reason is None and any(tensor.shape is None for tensor in outputs):
            reason = "an output is not known"
    return Model(
        kind="functional",
        layers=_layers_of(nodes),
        nodes=nodes,
        inputs=inputs,
        outputs=outputs,
        complete=reason is None,
        reason=reason,
        input_structure=_structure(given),
        output_structure=_structure(wanted),
        opaque=not is_symbolic(wanted) or not _counted(wanted) or bool(model.fields.get("unseen")),
        **common(model),
    )


def _counted(wanted: Value) -> bool:
    """Whether the number of outputs is known: not that of a list filled in a loop whose turns are not."""
    return not isinstance(wanted, Sequence) or wanted.items is not None


def _layers_of(nodes: tuple[Node, ...]) -> tuple[Layer, ...]:
    layers = (node.layer for node in nodes if node.layer.call is not None)
    return tuple(_unique(layer for layer in layers if not is_operation(layer)))


def _structure(value: Value) -> str:
    match value:
        case Reference(kind=("list" | "dict") as kind):
            return str(kind)
        case Sequence():
            return "list"
        case Mapped():
            return "dict"
        case _:
            return "single"


def _unique(layers: Iterator[Layer]) -> Iterator[Layer]:
    seen: set[int] = set()
    for layer in layers:
        if id(layer) not in seen:
            seen.add(id(layer))
            yield layer


def reached(outputs: tuple[Tensor, ...]) -> tuple[Node, ...]:
    """Every node that the outputs come from, producers before consumers."""
    order: list[Node] = []
    seen: set[int] = set()
    waiting: list[tuple[Node, bool]] = [(t.node, False) for t in reversed(outputs) if t.node is not None]
    while waiting:
        node, done = waiting.pop()
        if done:
            order.append(node)
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        waiting.append((node, True))
        waiting.extend((t.node, False) for t in reversed((*node.inputs, *node.state)) if t.node is not None)
    return tuple(order)


def _further(model: Reference) -> dict[str, Value]:
    given = model.fields.get(FURTHER)
    return {str(key.value): value for key, value in given.items} if isinstance(given, Mapped) else {}


def subclassed(machine: Machine, model: Reference, data: tuple[Shape | None, ...] | None) -> Model:
    if not data:
        return opaque(model, "subclassed", "a subclassed model has no shapes before it is given data")
    inputs = tuple(Tensor(shape, "float32") for shape in data)
    from lstmlint.interpreter.own_layers import call_own

    layer = Layer("Model", Config({}), own=model)
    with machine.given_data(again=model.fields.get("seen") not in (None, data)):
        given = LayerInput(inputs, len(inputs) > 1, arguments=_further(model))
        called = call_own(machine, layer, given, site_of(model).span)
    outputs = called.outputs
    nodes = reached(outputs)
    known = bool(outputs) and all(tensor.shape is not None for tensor in outputs)
    return Model(
        kind="subclassed",
        layers=_layers_of(nodes),
        nodes=nodes,
        inputs=inputs,
        outputs=outputs,
        complete=known,
        reason=None if known else "what its `call` returns is not known",
        declared=False,
        output_structure="single" if len(outputs) == 1 else "list",
        returned=called.returned,
        **common(model),
    )
