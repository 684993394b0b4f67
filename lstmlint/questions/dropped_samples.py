"""How many samples of a batch a loss or metric of the program's own never looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lstmlint.interpreter.own_losses import GUESS, TRUTH
from lstmlint.interpreter.slices import chosen
from lstmlint.interpreter.values import Slice, Tensor, Value, keys_in
from lstmlint.keras_model.graph import Node, dim_of
from lstmlint.questions.own_losses import nodes_behind
from lstmlint.questions.provenance import is_whole
from lstmlint.text.source import Span

#: Functions that give a number for each number, in its place.
_IN_PLACE = frozenset(
    {
        *("abs", "absolute", "cast", "clip", "clip_by_value", "exp", "log", "log1p", "maximum", "minimum", "negative"),
        *("pow", "power", "round", "sigmoid", "sign", "sqrt", "square", "squared_difference", "tanh"),
        *("add", "subtract", "multiply", "divide", "true_divide", "divide_no_nan", "convert_to_tensor"),
    }
)
#: What these give has nothing to do with the numbers in the tensor.
_FORMS = frozenset({"shape", "int_shape", "ones_like", "zeros_like", "ndim"})


@dataclass(frozen=True, slots=True, eq=False)
class Dropped:
    """``count`` of the ``batch`` samples are not read: the outputs are cut at ``span``, along their first axis."""

    span: Span
    count: int
    batch: int


def dropped_samples(result: Tensor | None, batch: int) -> Dropped | None:
    """Where what a loss gives depends on some places of the batch only, whatever stands there; None if not certain."""
    parts, places = set[frozenset[int]](), list[Span]()
    for node, read_here in _reads(result, batch):
        if node is None or node.span is None:
            return None
        parts.add(frozenset(read_here))
        places.append(node.span)
    left = batch - len(frozenset().union(*parts))
    both = result is not None and _comes_from(result, TRUTH)
    # Parts of a batch that are held against one another leave out what does not divide, on purpose.
    plain = sum(len(part) > 1 for part in parts) < 2
    return Dropped(min(places), left, batch) if both and plain and places and left > 0 else None


def _reads(result: Tensor | None, batch: int) -> Iterator[tuple[Node | None, Iterable[int]]]:
    """The cuts along the batch on the ways from the outputs to the result; no node where a way goes through none."""
    waiting, seen = [result] if result is not None else [], set[int]()
    while waiting:
        tensor = waiting.pop()
        node: Node | None = tensor.node
        if node is None and tensor.name != TRUTH:
            yield None, ()
        if node is None or id(node) in seen or node.layer.kind.rpartition(".")[2] in _FORMS:
            continue
        seen.add(id(node))
        cut = _cut(node, batch)
        if cut is None:
            waiting.extend(node.inputs)
        elif _comes_from(tensor, GUESS):
            yield node, cut


def _cut(node: Node, batch: int) -> Iterable[int] | None:
    """The places of the batch that are picked by number; None where that is not what is done."""
    key = _first_key(node)
    if node.input is None or not _in_place(node.input):
        return None
    if isinstance(key, Slice):
        return chosen(key, batch)
    place = dim_of(key) if key is not None else None
    return None if place is None or place.value is None else (place.value % batch,)


def _first_key(node: Node) -> Value | None:
    given = node.arguments.get("key") if node.layer.kind == "GetItem" else None
    return keys_in(given)[0] if given is not None else None


def _in_place(tensor: Tensor) -> bool:
    """Whether each place along the first axis was made of that very place of targets and outputs."""
    node: Node | None = tensor.node
    if node is None:
        return tensor.name in (TRUTH, GUESS)
    key, kind = _first_key(node), node.layer.kind
    if isinstance(key, Slice):
        return is_whole(key) and all(map(_in_place, node.inputs))
    if kind == "operator @" or not (kind.startswith("operator ") or kind.rpartition(".")[2] in _IN_PLACE):
        return False
    ranks = {len(one.shape) if one.shape is not None else None for one in node.inputs}
    return len(ranks) == 1 and (len(node.inputs) == 1 or None not in ranks) and all(map(_in_place, node.inputs))


def _comes_from(tensor: Tensor, name: str) -> bool:
    given = (one for node in nodes_behind(tensor) for one in node.inputs)
    return any(one.node is None and one.name == name for one in given)
