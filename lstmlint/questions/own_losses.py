"""What a loss or metric of the program's own does with targets and outputs of other shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lstmlint.experiments import Claim, Experiment
from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.own_losses import GUESS, TRUTH
from lstmlint.interpreter.values import Tensor
from lstmlint.keras_model.graph import Model, Node
from lstmlint.text.source import Span

#: Functions that go element by element over two tensors, as the operators do.
_ELEMENTWISE = frozenset(
    {"subtract", "add", "multiply", "divide", "true_divide", "squared_difference", "maximum", "minimum"}
)


def stretched_here(result: Tensor | None, facts: Facts) -> tuple[Span, str, str] | None:
    """The last place on the way to a loss where targets and outputs are stretched, if that is in the linted file."""
    found = next(_stretched(result), None)
    return found if found is not None and found[0].path == facts.source.path else None


def _stretched(result: Tensor | None) -> Iterator[tuple[Span, str, str]]:
    """Where on the way to a loss targets meet outputs, one of shape (batch,) and the other (batch, 1).

    With what the flat one was made of, ``y_true`` or ``y_pred``, and what the other.

    Targets against targets are left alone: a loss over pairs of samples is made like that.
    """
    for node in _operations(result):
        if len(node.inputs) == 2 and node.span is not None:
            flat, tall = sorted(node.inputs, key=lambda one: len(one.shape or ()))
            names = (_from(flat), _from(tall)) if _stretches(flat, tall) else (None, None)
            if names in ((TRUTH, GUESS), (GUESS, TRUTH)):
                yield node.span, str(names[0]), str(names[1])


def asked_alone(result: Tensor | None, place: Span, probe: str) -> Experiment | None:
    """A loss or metric put to the test by itself.

    ``probe`` is ``matched``, whether it tells whose outputs are whose, or ``unread``, whether it moves with all of
    them.
    """
    model = as_model(result, place)
    return Experiment(Claim.TRAINS_SOMETHING_ELSE, model, probe=probe) if model is not None else None


def as_model(result: Tensor | None, place: Span) -> Model | None:
    """A loss or metric as a model of its own, from targets and outputs to what it makes of them."""
    given = {one.name: one for node in nodes_behind(result) for one in node.inputs if one.node is None}
    if result is None or not {TRUTH, GUESS} <= given.keys():
        return None
    both = (given[TRUTH], given[GUESS])
    return Model("functional", id(result), None, None, place, (), (), both, (result,), complete=True)


def _operations(result: Tensor | None) -> Iterator[Node]:
    for node in nodes_behind(result):
        if node.layer.kind.startswith("operator ") or node.layer.kind.rpartition(".")[2] in _ELEMENTWISE:
            yield node


def nodes_behind(*results: Tensor | None, past: Callable[[Node], bool] = lambda _: True) -> Iterator[Node]:
    """Every operation that tensors come from, the nearest first, and no further than those that may be passed."""
    waiting = [result.node for result in results if result is not None]
    seen = set[int]()
    while waiting:
        node = waiting.pop(0)
        if node is not None and id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting.extend(node.producers if past(node) else ())


def _stretches(flat: Tensor, tall: Tensor) -> bool:
    if flat.shape is None or tall.shape is None or (len(flat.shape), len(tall.shape)) != (1, 2):
        return False
    return tall.shape == (flat.shape[0], Dim(1)) and flat.shape[0] is not None


def _from(tensor: Tensor) -> str | None:
    """Which of the two a tensor was made from; None where from both or from neither."""
    given = [tensor, *(one for node in nodes_behind(tensor) for one in node.inputs)]
    names = {one.name for one in given if one.node is None and one.name in (TRUTH, GUESS)}
    return names.pop() if len(names) == 1 else None
