"""The states that a decoder takes and returns: which they are, and where they got into another order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Assigned, Facts
from lstmlint.interpreter.values import Tensor
from lstmlint.keras_model.graph import Model, Node
from lstmlint.questions.decoding import Misplaced, Slot, held, layer_name, slots_of, state_name, state_number
from lstmlint.text.source import Span

#: What the two states of an LSTM are called.
_NAMES = {"h": 0, "hidden": 0, "c": 1, "cell": 1, "carry": 1, "memory": 1}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def stepping(model: Model) -> Iterator[Node]:
    """The recurrent layers whose states are inputs of the model."""
    for node in model.nodes:
        if node.layer.recurrent and node.state and any(one is given for one in node.state for given in model.inputs):
            yield node


def is_state(tensor: Tensor, model: Model) -> bool:
    return any(tensor is state for node in model.nodes if node.layer.recurrent for state in node.state)


def returns_states(node: Node, model: Model) -> bool:
    return any(same_tensor(state, output) for state in node.outputs[1:] for output in model.outputs)


def same_tensor(left: Tensor, right: Tensor) -> bool:
    return left is right or (left.node is not None and left.node is right.node and left.index == right.index)


@dataclass(frozen=True, slots=True, eq=False)
class Disordered:
    """A decoder whose outputs have the states in another order than its inputs, in a loop that hands them on in order.

    ``span`` is the call that makes the model; ``misnamed``, where its layer's states were given each other's names.
    """

    span: Span
    misnamed: Span | None
    takes: tuple[Slot, ...]
    returns: tuple[Slot, ...]

    def texts(self, facts: Facts) -> tuple[str, str]:
        """``h, c`` and ``c, h``; with the layers where there are several."""
        several = len({slot.node for slot in self.takes}) > 1
        takes, returns = (
            ", ".join(
                f"{state_name(one)}{f' of `{layer_name(one.node.layer, facts)}`' if several else ''}" for one in slots
            )
            for slots in (self.takes, self.returns)
        )
        return takes, returns


def put_in_disorder(found: Misplaced, facts: Facts) -> Disordered | None:
    """Whether a model is the cause of states that come back wrongly; None where the loop is, or it cannot be told."""
    model: Model = found.run.model
    takes = tuple(sorted(slots_of(model), key=lambda slot: slot.input))
    returns = tuple(slot for output in model.outputs for slot in takes if _is_state(output, slot))
    if found.crossed or len(returns) != len(takes) or set(returns) != set(takes) or returns == takes:
        return None
    places = [_place(found, slot) for slot in takes]
    handed = [place for place in places if place is not None]
    if len(handed) < len(places) or handed != sorted(set(handed)):
        return None
    if model.span.path != facts.source.path:
        return None
    return Disordered(model.span, _misnamed(takes, returns, facts), takes, returns)


def _is_state(output: Tensor, slot: Slot) -> bool:
    return output.node is slot.node and state_number(output) == slot.index


def _place(found: Misplaced, slot: Slot) -> int | None:
    """Which of the model's outputs the loop gives to an input."""
    given = held(found.run.again[slot.input]) if len(found.run.again) > slot.input else None
    places = [
        at for at, output in enumerate(found.run.model.outputs) if given is not None and same_tensor(given, output)
    ]
    return places[0] if len(places) == 1 else None


def _misnamed(takes: tuple[Slot, ...], returns: tuple[Slot, ...], facts: Facts) -> Span | None:
    """The names of an LSTM's two states, where the first has the name of the second, and that is all that is wrong."""
    for node in dict.fromkeys(slot.node for slot in takes):
        other = {slot.index: slot for slot in takes if slot.node is node}
        right = tuple(other.get(1 - slot.index, slot) if slot.node is node else slot for slot in returns)
        if node.layer.kind == "LSTM" and right == takes:
            names = list(_wrong_names(node, facts))
            if {one.value.index for one in names if isinstance(one.value, Tensor)} == {1, 2}:
                first, last = names[0].span, names[-1].span
                return Span(first.path, first.start, last.end)
    return None


def taken_apart_wrongly(node: Node, facts: Facts) -> Span | None:
    """Where the output and h of an LSTM that a layer starts from were named, if c had no name there, or h has its."""
    source: Node | None = node.state[0].node
    outputs = source.outputs if source is not None else ()
    named: dict[int, Assigned] = {}
    for one in facts.assigned:
        for index in (index for index, output in enumerate(outputs) if one.value is output):
            named.setdefault(index, one)
    if {tensor.index for tensor in node.state} != {0, 1} or set(named) != {0, 1, 2}:
        return None
    output, h, c = (named[index] for index in range(3))
    apart = [one.order - output.order for one in (output, h, c)] == [0, 1, 2] and output.span.end < h.span.start
    unused = c.name.startswith("_") or 1 in _said(h)
    span = Span(output.span.path, output.span.start, c.span.end)
    return span if apart and unused and span.path == facts.source.path else None


def _wrong_names(node: Node, facts: Facts) -> Iterator[Assigned]:
    """Names of its states that say the other one."""
    for one in facts.assigned:
        state = one.value.index if isinstance(one.value, Tensor) and one.value.node is node else 0
        if state in (1, 2) and _said(one) == {2 - state}:
            yield one


def _said(one: Assigned) -> set[int]:
    """Which state a name says it is."""
    return {_NAMES[word] for word in map(str.lower, _WORD.findall(one.name)) if word in _NAMES}
