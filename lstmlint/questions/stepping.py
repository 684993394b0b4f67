"""A recurrent layer or a cell that a loop of the program's own takes from step to step, always from one state."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts, Stepped
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.tensors import tensors_in
from lstmlint.interpreter.values import Array, Const, Sequence, Slice, Tensor, Value, keys_in
from lstmlint.keras_model.graph import EITHER, Node, dim_of
from lstmlint.keras_model.training import Loop
from lstmlint.questions.masks import every_node
from lstmlint.questions.provenance import is_none, is_whole
from lstmlint.questions.sampling import NOTHING
from lstmlint.text.source import Span

#: What the program may write into without a new value.
_WRITTEN_INTO = frozenset({"add_weight", "Variable"})
#: How far back a step is looked for.
_DEEPEST = 30


def never_carried_on(facts: Facts) -> Iterator[Stepped]:
    """Calls that read the next step at each turn of a loop, and start from the same state at each.

    Nothing else is given the state that they return: a search goes on from one state in several ways, and keeps them.
    """
    for one in facts.stepped:
        if not one.conditional and _one_step(one.first) and _same(_states(one.first), _states(one.second)):
            moves = _moves(one.first.input, one.second.input, one.loop)
            if moves and not _kept(one.first.outputs[1:], facts):
                yield one


def _states(node: Node) -> Value | None:
    return node.arguments.get("initial_state") or node.arguments.get("states")


def _one_step(node: Node) -> bool:
    shape = node.input.shape if node.input is not None else None
    if shape is None or node.problem is not None:
        return False
    return len(shape) == 3 and shape[1] == Dim(1) if node.layer.recurrent else len(shape) == 2


def _same(one: Value | None, other: Value | None) -> bool:
    """Whether a call is certainly given the same states as the other."""
    match one, other:
        case Sequence(items=tuple() as left), Sequence(items=tuple() as right):
            return len(left) == len(right) > 0 and all(map(_same, left, right))
        case Tensor() | Array() as before, Tensor() | Array() as after:
            name, begun = _maker(before)
            again = name in NOTHING and (name, begun) == _maker(after)
            return again or (before is after and name not in _WRITTEN_INTO)
    return False


def _maker(state: Tensor | Array) -> tuple[str, Span | None]:
    """What a state was made by, and where."""
    node: Node | None = state.node if isinstance(state, Tensor) else None
    made = state.made
    name = node.layer.kind if node is not None else made.operation if made is not None else ""
    return name.rpartition(".")[2], made.span if made is not None else None


def _moves(one: Tensor | None, other: Tensor | None, loop: Loop) -> bool:
    """Whether two tensors are made in one way of different steps of the same sequence."""
    waiting = [(one, other, _DEEPEST)]
    while waiting:
        left, right, depth = waiting.pop()
        first, second = _node_of(left), _node_of(right)
        if left is right or first is None or second is None or not depth or first.span != second.span:
            continue
        alike = first.layer.kind == second.layer.kind and first.input is second.input
        if alike and (_next_step(first, second, loop) or _next_of_all(first, second)):
            return True
        waiting.extend((a, b, depth - 1) for a, b in zip(first.inputs, second.inputs, strict=False))
    return False


def _node_of(tensor: Tensor | None) -> Node | None:
    return tensor.node if tensor is not None else None


def _next_step(first: Node, second: Node, loop: Loop) -> bool:
    """Whether ``x[:, t]`` is read, at one turn and the next."""
    one, other = (keys_in(node.arguments.get("key", Const(None))) for node in (first, second))
    if (
        first.layer.kind != "GetItem"
        or len(one) < 2
        or len(one) != len(other)
        or not is_whole(one[0])
        or isinstance(one[0], Const)
    ):
        return False
    place, later = _place(one[1]), _place(other[1])
    if place is None or later is None or not all(map(is_whole, one[2:])):
        return False
    return place != later or any(symbol.name == loop.index for symbol in place.symbols)


def _next_of_all(first: Node, second: Node) -> bool:
    """Whether the loop goes over what ``unstack`` has made of the steps."""
    unstacked = first.layer.kind.rpartition(".")[2] == "unstack" and dim_of(first.arguments.get("axis")) == Dim(1)
    return unstacked and first is not second


def _place(key: Value) -> Dim | None:
    """The step that is taken, by number or as a slice of one."""
    if not isinstance(key, Slice):
        return dim_of(key)
    start, stop = dim_of(key.start), dim_of(key.stop)
    plain = is_none(key.step) or dim_of(key.step) == Dim(1)
    return start if plain and start is not None and stop is not None and stop - start == Dim(1) else None


def _kept(new: tuple[Tensor, ...], facts: Facts) -> bool:
    """Whether a state that is returned goes anywhere, but out of the loop."""
    wanted = {id(state) for state in new}
    nodes = (node for model in facts.models for node in every_node(model))
    for node in (*facts.nodes, *nodes):
        given = (one for value in node.arguments.values() for one in tensors_in(value))
        if node.layer is not EITHER and any(id(one) in wanted for one in (*node.inputs, *node.state, *given)):
            return True
    gathered = (value for call in facts.calls if call.loops for value in call.arguments.values())
    return any(id(one) in wanted for value in gathered for one in tensors_in(value))
