"""Whether a layer that reads the steps from the end has seen what a step is asked for."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, least
from lstmlint.interpreter.values import Array, Made, Slice, Value
from lstmlint.keras_model.graph import Node
from lstmlint.keras_model.training import Run
from lstmlint.questions.copying import answered_by_step, root_of
from lstmlint.questions.provenance import is_none, keeps_all, key_of, start_of, window_of
from lstmlint.questions.stages import columns_of, holds


def seen_from_the_end(run: Run) -> tuple[Node, Dim] | None:
    """The Bidirectional that reads each step's target at a later step, and by how many steps the targets lie ahead.

    x and y are pieces of one series; the answer of each step comes from the same step of all layers, so that the
    backward half has read what the step is asked for.
    """
    model, one_each = run.model, len(run.x) == len(run.y) == len(run.model.inputs) == len(run.model.outputs) == 1
    x, y = (run.x[0], run.y[0]) if one_each and not model.opaque else (None, None)
    if not isinstance(x, Array) or not isinstance(y, Array) or not (_has_steps(x) and _has_steps(y)):
        return None
    node = answered_by_step(model, model.inputs[0], _both_ways)
    ahead = _ahead(x, y) if node is not None else None
    overlaps = ahead is not None and least(ahead) > 0 and x.shape is not None and least(x.shape[1] - ahead) > 0
    return (node, ahead) if node is not None and ahead is not None and overlaps else None


def _both_ways(node: Node) -> bool:
    return node.layer.kind == "Bidirectional"


def _has_steps(array: Array) -> bool:
    return array.shape is not None and len(array.shape) > 1


def _ahead(x: Array, y: Array) -> Dim | None:
    """By how many steps the targets of each step lie ahead of it; None where x does not hold their columns."""
    one, other = root_of(x), root_of(y)
    if one.made is not None and other.made is not None and _are_cuts(one.made, other.made):
        return _shift(one, one.made, other.made)
    past, future = window_of(x), window_of(y)
    if past is None or future is None or past.series is not future.series:
        return None
    if not holds(columns_of(past.made), columns_of(future.made)):
        return None
    return _between(key_of(past.piece), key_of(future.piece))


def _are_cuts(one: Made, other: Made) -> bool:
    return one.operation == other.operation == "index" and one.sources[0] is other.sources[0]


def _shift(cut: Array, one: Made, other: Made) -> Dim | None:
    """By how much two slices along the steps of one array differ."""
    source, keys = one.sources[0], one.sources[1:]
    place = next((n for n, key in enumerate(keys) if isinstance(key, Slice) and not keeps_all(key)), None)
    if not isinstance(source, Array) or source.shape is None or cut.shape is None or place is None:
        return None
    if place >= len(other.sources) - 1 or any(not keeps_all(key) for n, key in enumerate(keys) if n != place):
        return None
    new = sum(is_none(key) for key in keys)
    # A dataset gives its pieces in batches, which puts an axis in front.
    axis = place + len(cut.shape) - len(source.shape) - new
    return _between(keys[place], other.sources[1:][place]) if axis == 1 else None


def _between(past: Value | None, future: Value | None) -> Dim | None:
    begin, later = start_of(past), start_of(future)
    if begin is None or later is None or any(one.known and one.constant < 0 for one in (begin, later)):
        return None
    return later - begin
