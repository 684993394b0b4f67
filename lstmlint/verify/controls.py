"""The same program without what Keras refuses, so that the refusal can be laid at one call's door.

Also the part of a model that is enough to show a refusal, where the rest of the model is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lstmlint.api import Claim, Experiment
from lstmlint.interpreter.values import Tensor
from lstmlint.keras_model.graph import Model, Node


def narrowed(experiment: Experiment) -> Experiment | None:
    """The experiment on the model up to the call that is refused, without data; None where that cannot tell."""
    model = experiment.run.model if experiment.run else experiment.model
    node = model.problem
    if experiment.claim is not Claim.RAISES or node is None or node.problem is None or node.problem.stage == "train":
        return None
    if model.opaque or not node.outputs or not _known(model, node):
        return None
    return replace(experiment, model=part(model, node.outputs[:1]), run=None)


def _known(model: Model, node: Node) -> bool:
    """Whether everything that leads to a call is known."""
    leading = part(model, (*node.inputs, *node.state))
    tensors = (*leading.inputs, *(tensor for one in leading.nodes for tensor in one.outputs))
    return all(tensor.shape is not None for tensor in tensors)


def part(model: Model, ends: Iterable[Tensor]) -> Model:
    """The functional model of an input and all calls that lead to ``ends``."""
    wanted = tuple(dict.fromkeys(ends))
    reached = set(_leading_to(wanted))
    nodes = tuple(node for node in model.nodes if node in reached)
    taken = {*wanted, *(tensor for node in nodes for tensor in (*node.inputs, *node.state))}
    return replace(
        model,
        kind="functional",
        layers=tuple(dict.fromkeys(node.layer for node in nodes)),
        nodes=nodes,
        inputs=tuple(tensor for tensor in model.inputs if tensor in taken),
        outputs=wanted,
        complete=True,
        reason=None,
    )


def _leading_to(tensors: Iterable[Tensor]) -> Iterator[Node]:
    waiting, seen = [tensor.node for tensor in tensors], set[Node]()
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting += [tensor.node for tensor in (*node.inputs, *node.state)]
            yield node


def without_refused(model: Model, node: Node) -> Iterator[tuple[str, Model]]:
    """Names and models that lack what is refused: the initial state of a call, or the call itself."""
    text = node.layer.text
    if node.state:
        free = replace(node, state=(), problem=None)
        bare = replace(model, nodes=tuple(free if one is node else one for one in model.nodes))
        yield f"{text} without initial_state", part(bare, (Tensor(None, "float32", free),))
    yield f"the layers before {text}", part(model, (*node.inputs, *node.state))
