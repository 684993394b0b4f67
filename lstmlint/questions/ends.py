"""A step taken from what a Bidirectional gives, at which one of its halves has read no other step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.slices import chosen
from lstmlint.interpreter.tensors import tensors_in
from lstmlint.interpreter.values import Const, Slice, Tensor, Value, keys_in
from lstmlint.keras_model.graph import RECURRENT, Node, dim_of
from lstmlint.questions.masks import every_node
from lstmlint.questions.provenance import is_none, is_whole

#: Layers and functions that answer at each step for that step alone.
_EACH_STEP = frozenset(
    {
        *(
            "Dropout",
            "SpatialDropout1D",
            "GaussianNoise",
            "GaussianDropout",
            "Activation",
            "ReLU",
            "LeakyReLU",
            "PReLU",
        ),
        *("ELU", "LayerNormalization", "BatchNormalization", "Dense", "TimeDistributed", "Masking"),
    }
)
#: What may stand in front: a step tells of itself, of those near it, or of those before or behind it.
_IN_FRONT = _EACH_STEP | {
    *("Embedding", "Conv1D", "SeparableConv1D", "MaxPooling1D", "AveragePooling1D", "Concatenate", "Add"),
    *("ZeroPadding1D", "Reshape", "Bidirectional", "keras.ops.expand_dims", "tensorflow.expand_dims"),
}
_TAKES = frozenset({"keras.ops.take", "tensorflow.gather", "keras.backend.gather"})
#: They may leave that half out again, or join it with the other end.
_TAKEN_APART = frozenset({"GetItem", "Lambda", "split", "unstack", "slice", "take", "gather", "Dot", "reshape"})


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """``node`` takes the ``last`` step, or the first, of what ``reader`` gives, all columns of it.

    ``alone`` says that what the reader is given tells at each step of that step only.
    """

    node: Node
    reader: Node
    last: bool
    alone: bool


def cut_at_an_end(facts: Facts) -> Iterator[Cut]:
    """Where nothing else in the file reads the steps, or the states of the same layer."""
    models = [(model, list(every_node(model))) for model in facts.models]
    readers = _readers({id(node): node for nodes in (facts.nodes, *(nodes for _, nodes in models)) for node in nodes})
    kept = {id(_inside(tensor)) for model in facts.models for tensor in model.outputs}
    for model, nodes in models:
        for node in () if model.opaque or any(map(_is_unseen, nodes)) else nodes:
            last = _end_taken(node)
            users = readers.get(id(node.output), ())
            if last is None or any(one.layer.kind.rpartition(".")[2] in _TAKEN_APART for one in users):
                continue
            reader = _read_only_there(node, readers, kept)
            if reader is not None and _tells(reader):
                alone = all(one.layer.kind in _EACH_STEP | {"Embedding"} for one in _before(reader))
                yield Cut(node, reader, last, alone)


def _inside(tensor: Tensor) -> Tensor:
    """What a layer of the program's own, or a Lambda, has returned in its function."""
    for _ in range(60):
        node: Node | None = tensor.node
        if node is None or tensor.index >= len(node.traced):
            break
        tensor = node.traced[tensor.index]
    return tensor


def _is_unseen(node: Node) -> bool:
    """Whether it is given something that may come from anywhere."""
    return any(tensor.node is None and tensor.shape is None for tensor in (*node.inputs, *node.traced))


def _readers(nodes: dict[int, Node]) -> dict[int, list[Node]]:
    """The calls that are given each tensor; of a function that is followed, those inside it."""
    found: dict[int, list[Node]] = {}
    for node in nodes.values():
        further = (one for value in node.arguments.values() for one in tensors_in(value))
        for key in {id(_inside(tensor)) for tensor in (*node.inputs, *node.state, *further)}:
            if not node.traced or any(one.node is None for one in node.traced):
                found.setdefault(key, []).append(node)
    return found


def _end_taken(node: Node) -> bool | None:
    """Whether the one step that is taken is the last; None where it is neither end, or not all that is done."""
    shape = node.input.shape if node.input is not None else None
    steps = shape[1] if shape is not None and len(shape) == 3 else None
    if shape is None or len(shape) != 3 or node.problem is not None or steps == Dim(1):
        return None
    given = node.arguments
    if node.layer.kind == "GetItem" and "key" in given:
        return _end_of_key(keys_in(given["key"]), steps)
    if node.layer.kind in _TAKES and dim_of(given.get("axis")) == Dim(1) and not given.get("batch_dims"):
        return _is_last(given.get("indices"), steps)
    return _end_cropped(node) if node.layer.kind == "Cropping1D" else None


def _end_of_key(keys: tuple[Value, ...], steps: Dim | None) -> bool | None:
    """Of ``[:, -1, :]``, ``[:, -1:]``, ``[..., 0, :]``, where every column is kept."""
    first, place = (keys[0], keys[1]) if len(keys) in (2, 3) else (None, None)
    if first is None or not is_whole(first) or (len(keys) == 3 and not is_whole(keys[2])):
        return None
    behind_all = isinstance(first, Const)
    return _is_last(place, steps) if behind_all is False or len(keys) == 3 else None


def _is_last(place: Value | None, steps: Dim | None) -> bool | None:
    if isinstance(place, Slice):
        return _is_last_slice(place, steps)
    index = dim_of(place)
    if index is None:
        return None
    at_end = index == Dim(-1) or (steps is not None and index == steps - 1)
    return True if at_end else False if index == Dim(0) else None


def _is_last_slice(place: Slice, steps: Dim | None) -> bool | None:
    if steps is not None and steps.value is not None:
        found = chosen(place, steps.value)
        one = found is not None and len(found) == 1
        return None if found is None or not one or 0 < found[0] < steps.value - 1 else found[0] > 0
    forwards = is_none(place.step) or dim_of(place.step) == Dim(1)
    if not forwards:
        return None
    if is_none(place.stop):
        return True if dim_of(place.start) == Dim(-1) else None
    starts = is_none(place.start) or dim_of(place.start) == Dim(0)
    return False if starts and dim_of(place.stop) == Dim(1) else None


def _end_cropped(node: Node) -> bool | None:
    """Of a ``Cropping1D`` that leaves one step."""
    sides = node.layer.config.dims("cropping")
    left = node.output.shape if node.output is not None else None
    if sides is None or len(sides) != 2 or left is None or len(left) != 3 or left[1] != Dim(1):
        return None
    return True if sides[1] == Dim(0) else False if sides[0] == Dim(0) else None


def _read_only_there(node: Node, readers: dict[int, list[Node]], kept: set[int]) -> Node | None:
    """The Bidirectional whose steps a cut takes, if nothing else on the way there is given them."""
    current: Node | None = node
    for _ in range(60):
        tensor = _inside(current.input) if current is not None and current.input is not None else None
        if tensor is None or id(tensor) in kept or len(readers.get(id(tensor), ())) != 1:
            return None
        current = tensor.node
        if current is None or current.layer.kind not in _EACH_STEP:
            break
    if current is None or current.layer.kind != "Bidirectional":
        return None
    states = current.outputs[1:]
    return None if any(id(one) in kept or id(one) in readers for one in states) else current


def _tells(reader: Node) -> bool:
    """Whether both halves start from nothing and give every step, of a sequence that is read step by step."""
    layer = reader.layer
    every = all(one.kind in RECURRENT and one.config.flag("return_sequences") is True for one in layer.inner)
    plain = every and layer.core.config.flag("go_backwards") is False
    starts = not reader.state and "initial_state" not in reader.arguments and layer.stateful is False
    joined = layer.config.text("merge_mode") is not None
    in_front = all(one.layer.kind in _IN_FRONT or one.layer.recurrent for one in _before(reader))
    return plain and starts and joined and reader.problem is None and in_front


def _before(node: Node) -> Iterator[Node]:
    """All that a layer is given comes from."""
    waiting: list[Node] = [one.node for one in map(_inside, node.inputs) if one.node is not None]
    seen = set[int]()
    while waiting:
        current = waiting.pop()
        if id(current) not in seen:
            seen.add(id(current))
            yield current
            waiting.extend(one.node for one in map(_inside, current.inputs) if one.node is not None)
