"""A state that a model of the program's own returns and is given again, and that the layer it is of never gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.tensors import tensors_in
from lstmlint.interpreter.values import Array, Sequence, Tensor, Value
from lstmlint.keras_model.graph import EITHER, Node
from lstmlint.keras_model.training import Run
from lstmlint.questions.outputs import activation_of
from lstmlint.questions.sampling import is_nothing, one_step

_ATTENTIONS = frozenset({"Attention", "AdditiveAttention", "MultiHeadAttention"})
#: Nodes looked at on the way back from a layer's input.
_MOST = 200


@dataclass(frozen=True, slots=True, eq=False)
class Unused:
    """``node`` starts every step from zeros, though its new state comes back as ``name``; ``weighs`` that it is used
    for the weights of an attention all the same."""

    node: Node
    name: str
    weighs: bool


def unused_state(run: Run) -> Unused | None:
    """Asked one step at each turn of a loop, with the state that it gave at the turn before."""
    turn = run.later if run.turn == 1 else run
    if turn is None or turn.method != "call" or not run.loops or run.conditional or run.model.stateful is not False:
        return None
    nodes = [node for node in turn.model.nodes if node.layer.recurrent]
    if turn.model.opaque or not turn.x or not all(map(_starts_from_nothing, nodes)):
        return None
    for name, value in turn.further.items():
        state = _returned_before(value, run)
        node = next((one for one in nodes if state is not None and one.layer is state.layer), None)
        if node is None or not (_of_one_step(node) or one_step(turn.x[0])) or _mixed_outside(turn):
            continue
        ways = _ways_to([node.inputs[0], *_in_front_of_outputs(turn)], turn)
        return Unused(node, name, "weights" in ways) if not ways & {"numbers", "unknown"} else None
    return None


def _in_front_of_outputs(turn: Run) -> Iterator[Tensor]:
    """What goes into the layers that answer: their own softmax is over classes, and no attention."""
    for output in turn.model.outputs:
        yield from output.node.inputs if output.node is not None and not output.node.traced else (output,)


def _mixed_outside(turn: Run) -> bool:
    """Whether the program itself makes some of what it gives of the state that the model has returned."""
    values = [*turn.x, *(value for value in turn.further.values() if _returned_before(value, turn) is None)]
    waiting, seen = list(values), set[int]()
    while waiting and len(seen) < _MOST:
        value = waiting.pop()
        made = getattr(value, "made", None)
        if id(value) in seen or made is None:
            continue
        seen.add(id(value))
        if _returned_before(value, turn) is not None:
            return True
        waiting.extend(made.sources if made.receiver is None else ())
    return bool(waiting)


def _starts_from_nothing(node: Node) -> bool:
    given = node.arguments.get("initial_state")
    return len(node.inputs) == 1 and not node.state and (given is None or is_nothing(given))


def _of_one_step(node: Node) -> bool:
    shape = node.inputs[0].shape
    return shape is not None and len(shape) == 3 and shape[1] == Dim(1)


def _returned_before(value: Value, run: Run) -> Node | None:
    """The recurrent layer of whose new state a value is, or some states in a list, as this call gave it."""
    if isinstance(value, Sequence) and value.items:
        found = [_returned_before(item, run) for item in value.items]
        return found[0] if found[0] is not None and all(one is found[0] for one in found) else None
    output = value.output if isinstance(value, Array) else None
    made = value.made if isinstance(value, Array) else None
    if output is None or made is None or made.span != run.call.span or made.receiver is None:
        return None
    node = output.node
    return node if isinstance(node, Node) and node.layer.recurrent and output.index > 0 else None


def _ways_to(tensors: list[Tensor], turn: Run) -> set[str]:
    """How the state of the turn before comes into tensors: as ``numbers``, as ``weights`` of an attention only, or in
    a way that is ``unknown``."""
    ways, waiting, seen = set[str](), [(tensor, "numbers") for tensor in tensors], set[tuple[int, str]]()
    while waiting:
        current, way = waiting.pop()
        if (id(current), way) in seen:
            continue
        seen.add((id(current), way))
        if len(seen) > _MOST:
            return {"unknown"}
        if current.node is not None:
            waiting.extend(_behind(current.node, current.index, way))
        elif not any(current is given for given in turn.model.inputs):
            ways |= _way_of(current, way, turn)
    return ways


def _way_of(tensor: Tensor, way: str, turn: Run) -> set[str]:
    """A tensor that stands for what the model is given beside the data."""
    if tensor.made is None:
        return {"unknown"}
    if tensor.made.span == turn.call.span and tensor.made.receiver is not None:
        return {way}
    given = (one for value in turn.further.values() for one in (value, *(getattr(value, "items", None) or ())))
    return set() if any(getattr(one, "made", None) is tensor.made for one in given) else {"unknown"}


def _behind(node: Node, index: int, way: str) -> Iterator[tuple[Tensor, str]]:
    """What an output of a layer call is made from, and whether as weights."""
    if index < len(node.traced):
        yield node.traced[index], way
        return
    softmax = activation_of(node.layer) == "softmax" or node.layer.kind.rpartition(".")[2].startswith("softmax")
    given = [one for value in node.arguments.values() for one in tensors_in(value)]
    for place, tensor in enumerate((*node.inputs, *node.state, *given)):
        asks = node.layer.kind in _ATTENTIONS and place == 0 and node.layer is not EITHER
        yield tensor, "weights" if softmax or asks else way
