"""Whether a layer that reads the steps from the end has seen what a step is asked for."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, least
from lstmlint.interpreter.values import Array, Const, Made, Slice, Tensor, Value
from lstmlint.keras_model.graph import Model, Node, dim_of
from lstmlint.keras_model.training import Run
from lstmlint.questions.copying import keeps_steps, root_of
from lstmlint.questions.provenance import is_none, key_of, window_of


def seen_from_the_end(run: Run) -> tuple[Node, Dim] | None:
    """The Bidirectional that reads each step's target at a later step, and by how many steps the targets lie ahead.

    x and y are pieces of one series; the answer of each step comes from the same step of all layers, so that the
    backward half has read what the step is asked for.
    """
    x, y = (run.x[0], run.y[0]) if len(run.x) == len(run.y) == len(run.model.outputs) == 1 else (None, None)
    if not isinstance(x, Array) or not isinstance(y, Array) or run.model.opaque or len(run.model.inputs) != 1:
        return None
    node = _both_ways(run.model, run.model.inputs[0])
    ahead = _ahead(x, y) if node is not None else None
    if node is None or ahead is None or least(ahead) < 1 or not x.shape or len(x.shape) < 2:
        return None
    return (node, ahead) if least(x.shape[1] - ahead) > 0 else None


def _both_ways(model: Model, tensor: Tensor) -> Node | None:
    """The Bidirectional between an input and an output, where every step is answered from the same step."""
    waiting: list[tuple[Tensor, Node | None]] = [(model.outputs[0], None)]
    seen = set[int]()
    while waiting:
        current, found = waiting.pop()
        if current is tensor and found is not None:
            return found
        node = current.node
        if node is None or id(node) in seen or not keeps_steps(node):
            continue
        seen.add(id(node))
        inputs = node.inputs[:1] if node.layer.recurrent else node.inputs
        waiting.extend((one, node if node.layer.kind == "Bidirectional" else found) for one in inputs)
    return None


def _ahead(x: Array, y: Array) -> Dim | None:
    """By how many steps the targets of each step lie ahead of it."""
    one, other = root_of(x), root_of(y)
    first, second = one.made, other.made
    if first is not None and second is not None and _are_cuts(first, second):
        return _shift(one, first, second)
    past, future = window_of(x), window_of(y)
    if past is None or future is None or past.series is not future.series:
        return None
    starts = [_start(key_of(window.piece)) for window in (past, future)]
    return starts[1] - starts[0] if starts[0] is not None and starts[1] is not None and _steps_second(x, y) else None


def _are_cuts(one: Made, other: Made) -> bool:
    return one.operation == other.operation == "index" and one.sources[0] is other.sources[0]


def _shift(cut: Array, one: Made, other: Made) -> Dim | None:
    """By how much two slices along the steps of one array differ."""
    source, keys = one.sources[0], one.sources[1:]
    place = next((n for n, key in enumerate(keys) if isinstance(key, Slice) and not _is_full(key)), None)
    if not isinstance(source, Array) or source.shape is None or cut.shape is None or place is None:
        return None
    if place >= len(other.sources) - 1 or any(not _is_full(key) for n, key in enumerate(keys) if n != place):
        return None
    new = sum(is_none(key) for key in keys if isinstance(key, Const))
    # A dataset gives its pieces in batches, which puts an axis in front.
    axis = place + len(cut.shape) - len(source.shape) - new
    starts = _start(keys[place]), _start(other.sources[1:][place])
    return starts[1] - starts[0] if axis == 1 and starts[0] is not None and starts[1] is not None else None


def _is_full(key: Value | None) -> bool:
    """``:``, or a new axis, which takes nothing away."""
    if isinstance(key, Slice):
        return is_none(key.start) and is_none(key.stop)
    return isinstance(key, Const) and is_none(key)


def _start(key: Value | None) -> Dim | None:
    if not isinstance(key, Slice) or not is_none(key.step):
        return None
    start = Dim(0) if is_none(key.start) else dim_of(key.start)
    return start if start is not None and (not start.known or start.constant >= 0) else None


def _steps_second(x: Array, y: Array) -> bool:
    return x.shape is not None and y.shape is not None and len(x.shape) > 1 and len(y.shape) > 1
