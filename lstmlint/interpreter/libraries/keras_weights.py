"""``get_weights`` and ``set_weights`` of layers and models: the shapes of what they hold, and what does not fit."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.library import Call, method
from lstmlint.interpreter.models import snapshot
from lstmlint.interpreter.sequential import INPUTS
from lstmlint.interpreter.values import Array, Const, Sequence, Value
from lstmlint.keras_model.graph import Layer, Node, array_shape_text, unlike
from lstmlint.keras_model.layers.weights import Weights, model_weights, node_weights


@method("Layer", "get_weights", "*args, **kwargs")
def of_layer(call: Call) -> Value:
    return _listed(call, _held(call))


@method("Model", "get_weights", "*args, **kwargs")
def of_model(call: Call) -> Value:
    return _listed(call, _held_by_model(call))


def _listed(call: Call, found: Weights | None) -> Value:
    """Not what the weights are, but their shapes; and whose they are."""
    made = call.made(call.receiver)
    if found is None:
        return replace(call.unknown("the weights of a layer"), made=made)
    arrays = tuple(Array(shape, "float32", made=made) for shape in found)
    return call.machine.new_list(Sequence("list", arrays, Dim(len(arrays)), None, made))


@method("Layer", "set_weights", "weights", raw=True)
def into_layer(call: Call) -> Value:
    """Keras takes as many arrays as the layer holds, each of its weight's shape, in their order."""
    held, given = _held(call), _given(call)
    if held is None or given is None:
        return Const(None, call.made(call.receiver, call["weights"]))
    pairs = zip(held, given, strict=False)
    wrong = next(((mine, other) for mine, other in pairs if unlike(mine, other)), None)
    why = ""
    if len(held) != len(given):
        why = f"it holds {_arrays(held)}, and gets {_arrays(given)}"
    elif wrong is not None:
        why = f"it holds {array_shape_text(wrong[0])}, and gets {array_shape_text(wrong[1])}"
    return _done(call, why)


@method("Model", "set_weights", "weights", raw=True)
def into_model(call: Call) -> Value:
    """The order of a model's weights is that of its layers, which is not looked at."""
    held, given = _held_by_model(call), _given(call)
    if held is None or given is None:
        return Const(None, call.made(call.receiver, call["weights"]))
    known = all(dim.known for shape in (*held, *given) for dim in shape)
    if len(held) != len(given):
        return _done(call, f"it holds {_arrays(held)}, and gets {_arrays(given)}")
    left = list(given)
    for shape in held if known else ():
        if shape in left:
            left.remove(shape)
            continue
        return _done(call, f"it holds {array_shape_text(shape)}, which is not among what it gets")
    return _done(call, "")


def _done(call: Call, why: str) -> Value:
    """A program that catches what Keras raises is ready for it."""
    made = call.made(call.receiver, call.machine.freeze(call["weights"]))
    return Const(None, made if call.machine.guarded else replace(made, refused=why))


def _arrays(weights: Weights) -> str:
    return "no weights" if not weights else f"{len(weights)} array{'s' * (len(weights) > 1)}"


def _given(call: Call) -> Weights | None:
    value = call.machine.freeze(call["weights"])
    items = value.items if isinstance(value, Sequence) else None
    shapes = [item.shape if isinstance(item, Array) else None for item in items or ()]
    return None if items is None or None in shapes else tuple(shape for shape in shapes if shape is not None)


def _held(call: Call) -> Weights | None:
    """A layer holds nothing before it is built, and what it is built on has to be known."""
    layer = call.receiver
    if isinstance(layer, Layer) and layer.kind in INPUTS:
        return ()
    known, node = call.machine.first_calls.get(id(layer), (None, None))
    found = node_weights(node) if node is not None and known is layer and isinstance(layer, Layer) else None
    return found if node is not None and (not found or _built(node)) else None


def _held_by_model(call: Call) -> Weights | None:
    model = snapshot(call.machine, call.receiver)
    built = not model.opaque and model.kind in ("sequential", "functional") and all(map(_built, model.nodes))
    return model_weights(model) if built else None


def _built(node: Node) -> bool:
    """Whether the program gives the shapes that a layer is built on; a Sequential's may only be supposed."""
    waiting, seen = [node], set[int]()
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        for tensor in current.inputs:
            if tensor.shape is None or any(dim is not None and dim.anonymous for dim in tensor.shape):
                return False
        waiting.extend(current.producers)
    return True
