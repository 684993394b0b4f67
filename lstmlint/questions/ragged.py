"""Ragged tensors, as long as they are ragged, and the recurrent layer that they reach."""

from __future__ import annotations

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Size, Value, history
from lstmlint.keras_model.graph import Node, shape_of
from lstmlint.keras_model.training import LibraryCall, Run

_CONSTANT, _STACK, _FROM = "tensorflow.ragged.constant", "tensorflow.ragged.stack", "tensorflow.RaggedTensor.from_"
#: Layers that hand on a ragged tensor, or refuse it themselves.
_ON_THE_WAY = frozenset({"Embedding", "Masking", "Dropout"})
_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "Bidirectional"})
#: Steps of a dataset that leave its elements ragged.
_KEEPS = frozenset(
    f"Dataset.{name}" for name in ("batch", "unbatch", "shuffle", "prefetch", "cache", "repeat", "take", "skip", "map")
) | {f"tensorflow.data.Dataset.{name}" for name in ("from_tensor_slices", "from_tensors", "zip")}


def ragged_input(run: Run, facts: Facts) -> tuple[Made, Node] | None:
    """The step that made the ragged tensor which a run is given, and the recurrent layer of the model that gets it."""
    if run.model.problem is not None or len(run.x) != len(run.model.inputs) or not _kept(run):
        return None
    for value, tensor in zip(run.x, run.model.inputs, strict=True):
        made: Made | None = getattr(value, "made", None)
        if made is not None and _is_ragged(made, facts):
            for node in run.model.nodes:
                if node.layer.kind in _RECURRENT and node.layer.own is None and _first_input(node) is tensor:
                    return made, node
    return None


def _kept(run: Run) -> bool:
    """Whether what was made is still what a batch has."""
    if run.data_kind != "dataset":
        return run.data_kind == "array"
    steps = {made.operation for made in history(run.arguments.get("x")) if "Dataset." in made.operation}
    return steps <= _KEEPS and ("Dataset.batch" in steps or "tensorflow.data.Dataset.from_tensors" in steps)


def _first_input(node: Node) -> object:
    """The tensor that a layer call gets, before the layers on the way to it."""
    current: Node | None = node
    for _ in range(8):
        before = current.input if current is not None else None
        if before is None or before.node is None:
            return before
        current = before.node
        if current is None or current.layer.kind not in _ON_THE_WAY or current.layer.own is not None:
            return None
    return None


def _is_ragged(made: Made, facts: Facts) -> bool:
    call = next((one for one in facts.calls_at(made.span) if one.name == made.operation), None)
    if made.operation == _CONSTANT:
        return call is not None and _nested_enough(call)
    if made.operation == _STACK and made.sources:
        listed = made.sources[0]
        items = listed.items if isinstance(listed, Sequence) else None
        return bool(items) and all((_depth(item) or 0) > 0 for item in items or ())
    return made.operation.startswith(_FROM)


def _nested_enough(call: LibraryCall) -> bool:
    """Lists inside a list, beside those that ``inner_shape`` says are all alike; a flat list gives a plain tensor."""
    depth, given = _depth(call.arguments.get("pylist")), call.arguments.get("inner_shape")
    plain = given is None or (isinstance(given, Const) and given.value is None)
    inner = () if plain else shape_of(given)
    rank = call.arguments.get("ragged_rank")
    told = rank is not None and not (isinstance(rank, Const) and rank.value is None)
    return depth is not None and inner is not None and depth - len(inner) > 1 and not told


def _depth(value: Value | None) -> int | None:
    """How deep lists are nested; None where that is not known of all, or some are empty."""
    match value:
        case Const() | Size():
            return 0
        case Array(shape=tuple() as shape, dtype=dtype) if dtype != "object":
            return len(shape)
        case Sequence():
            depths = {_depth(item) for item in (value.items if value.items is not None else (value.element,))}
            inside = depths.pop() if len(depths) == 1 else None
            return None if inside is None else inside + 1
        case _:
            return None
