"""An attention is given a single step to choose from, so that its weights are all 1."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Dim,
    Facts,
    Finding,
    Label,
    Node,
    Rule,
    Severity,
    Tensor,
    made_at,
    model_of,
    shape_text,
    tensors_behind,
)

rule = Rule(
    code="LST126",
    name="attention-over-one-step",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="no experiment changes which tensor an attention asks and which it chooses from",
)

#: They give the value's own numbers; those with heads make others of them, which may be wanted of one vector as well.
_PLAIN = frozenset({"Attention", "AdditiveAttention"})


@rule.on(Node)
def check(node: Node, facts: Facts) -> Iterator[Finding]:
    if node.span is None or node.span.path != facts.source.path or not _is_idle(node):
        return
    calls = [other for other in facts.nodes if other.layer is node.layer]
    again = next(other for other in calls if other.span == node.span) is not node
    if again or not all(map(_is_idle, calls)) or not any(model_of(other, facts) for other in calls):
        return  # one that is also given more steps chooses between those
    query, value = node.inputs[:2]
    made, several = made_at(value), _steps(query) != Dim(1)
    same = "each step of the query gets the same vector" if several else "it gives that step, whatever it is asked"
    yield Finding(
        node.span,
        f"`{node.layer.text}` takes [query, value] and is given {shape_text(query.shape)} and "
        f"{shape_text(value.shape)}: over the one step of the value every weight is 1, so {same}",
        Confidence.HIGH,
        label="one step to choose from",
        help="swap the two: the single vector asks, as the query, and the sequence is the value"
        if several
        else "give the steps of a sequence as the value",
        labels=(Label(made, "one step"),) if made is not None and made.path == node.span.path else (),
    )


def _is_idle(node: Node) -> bool:
    kind, axes = node.layer.kind, node.layer.config
    if len(node.inputs) < 2 or node.problem is not None or any(_steps(one) != Dim(1) for one in node.inputs[1:]):
        return False
    heads = kind == "MultiHeadAttention" and not axes.has("attention_axes") and _of_one_sequence(*node.inputs[:2])
    return kind in _PLAIN or heads


def _steps(tensor: Tensor) -> Dim | None:
    return tensor.shape[1] if tensor.shape is not None and len(tensor.shape) == 3 else None


def _of_one_sequence(query: Tensor, value: Tensor) -> bool:
    """Whether both come from one sequence of several steps: a vector of its own may be told to every step."""
    return _steps(query) != Dim(1) and any(
        one is other for one in tensors_behind(query) for other in tensors_behind(value)
    )
