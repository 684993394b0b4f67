"""What rules about inference ask: which state each recurrent layer of a decoder is given, and which one it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.tensors import initial_states
from lstmlint.interpreter.values import Array, Tensor, Value
from lstmlint.keras_model.graph import Layer, Model, Node
from lstmlint.keras_model.training import Run
from lstmlint.questions.models import PREDICTING

#: What Keras calls the states of a layer, in the order in which it takes and returns them.
STATE_NAMES = {
    "LSTM": ("h", "c"),
    "Bidirectional LSTM": ("forward h", "forward c", "backward h", "backward c"),
    "Bidirectional GRU": ("forward state", "backward state"),
}


def state_names(layer: Layer) -> tuple[str, ...]:
    """Empty where a layer has one state, or its states have no names."""
    return STATE_NAMES.get(f"Bidirectional {layer.core.kind}" if layer.kind == "Bidirectional" else layer.kind, ())


def states_given(node: Node) -> tuple[Tensor, ...]:
    """The states that a layer is called with: those of the graph, or data such as zeros."""
    return node.state or initial_states(node.arguments.get("initial_state"))


def disorder(node: Node) -> tuple[str, str] | None:
    """States of the right widths that are not what the layer takes them for, and what to write instead.

    All the states of a layer of the same kind in another order, its output and h for h and c, a state joined of an h
    and a c, or more states than a GRU has, of which Keras 3 drops the others.
    """
    if node.problem is not None or not node.state:
        return None
    return reordered_states(node) or output_for_state(node) or joined_states(node) or spare_states(node)


def reordered_states(node: Node) -> tuple[str, str] | None:
    names, source = state_names(node.layer), node.state[0].node
    if source is None or len(names) != len(node.state) or any(tensor.node is not source for tensor in node.state):
        return None
    same_kind = source.layer.kind == node.layer.kind and source.layer.core.kind == node.layer.core.kind
    order = [number for number in map(state_number, node.state) if number is not None]
    if not same_kind or order == sorted(order) or sorted(order) != list(range(len(names))):
        return None
    given = ", ".join(names[index] for index in order)
    return (
        f"takes its states as ({', '.join(names)}), but gets ({given})",
        f"pass them in the order in which `{source.layer.text}` returns them",
    )


def output_for_state(node: Node) -> tuple[str, str] | None:
    """``h, c, _ = encoder(x)``: the output, which is h, and h again. The shapes fit; nothing takes the cell state."""
    source = node.state[0].node
    if source is None or [tensor.index for tensor in node.state] not in ([0, 1], [1, 0]):
        return None
    if not node.layer.kind == source.layer.kind == "LSTM" or node.state[1].node is not source:
        return None
    if source.layer.returns_sequences is not False or source.layer.returns_state is not True:
        return None
    given = ("its output", "its h") if node.state[0].index == 0 else ("its h", "its output")
    return (
        f"takes its states as (h, c), but gets of `{source.layer.text}` {' and '.join(given)}: that output is h as "
        "well, so h stands for c, and the cell state c is left out",
        "an LSTM returns its output, then h, then c: take them apart as `_, h, c = ...` (as a list, `[1:]`), and pass "
        "`initial_state=[h, c]`",
    )


def joined_states(node: Node) -> tuple[str, str] | None:
    """``Concatenate()([forward_h, forward_c])`` where both h belong together, and both c."""
    if node.layer.kind != "LSTM" or len(node.state) != 2:
        return None
    for name, tensor in zip(("h", "c"), node.state, strict=True):
        parts = joined_parts(tensor)
        if parts and {part.rpartition(" ")[2] for part in parts} == {"h", "c"}:
            help = f"join what belongs together: forward {name} and backward {name} for its {name}"
            return f"gets as its {name} what is joined of {' and '.join(parts)}", help
    return None


def joined_parts(tensor: Tensor) -> tuple[str, ...]:
    """The names of the states that a Concatenate joins; empty where it joins anything else."""
    joint: Node | None = tensor.node
    if joint is None or joint.layer.kind != "Concatenate":
        return ()
    found = [state_of(part) for part in joint.inputs]
    return tuple(name for name in found if name is not None) if None not in found else ()


def state_of(tensor: Tensor) -> str | None:
    node: Node | None = tensor.node
    names = state_names(node.layer) if node is not None and node.layer.recurrent else ()
    return names[tensor.index - 1] if 0 < tensor.index <= len(names) else None


def spare_states(node: Node) -> tuple[str, str] | None:
    """Measured on Keras 3.15.1: a GRU starts from the first and drops the others; Keras 2 refuses them."""
    count = len(node.state)
    if node.layer.kind != "GRU" or node.layer.keras != 3 or count < 2:
        return None
    return (
        f"has one state and is given {count}: it starts from the first and drops what follows",
        "give it one state, the h of an LSTM, or use an `LSTM` here",
    )


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """One state of a layer that starts from inputs of the model: ``input`` says from which, by its number."""

    node: Node
    index: int
    input: int


@dataclass(frozen=True, slots=True, eq=False)
class Misplaced:
    """A decoder's layer that is given states of other slots: ``given`` says, slot by slot, where each one belongs.

    ``back`` says that they are the decoder's own, from the turn before; else an encoder gave them. ``crossed`` says
    that the decoder's layers do not take their states in the order of the decoder's inputs, ``shared`` that two of them
    take the same input.
    """

    run: Run
    slots: tuple[Slot, ...]
    given: tuple[Slot | None, ...]
    back: bool
    crossed: bool
    shared: bool

    @property
    def node(self) -> Node:
        return self.slots[0].node


Started = dict[int, tuple[Tensor, ...]]


def misplaced(run: Run, facts: Facts) -> Iterator[Misplaced]:
    """The layers of a decoder that are given other layers' states, or their own in another order.

    A state belongs where its layer returned it, or where the decoder started from it when it was trained.
    """
    slots = slots_of(run.model)
    if run.method not in PREDICTING or not slots or len(run.x) != len(run.model.inputs):
        return
    started = {id(slot): started_from(slot, facts) for slot in slots}
    for values in (run.x, run.again):
        for node in dict.fromkeys(slot.node for slot in slots) if len(values) == len(run.x) else ():
            own = tuple(slot for slot in slots if slot.node is node)
            states = [held(values[slot.input]) for slot in own]
            owners = tuple(owner_of(state, slots, started) for state in states)
            pairs = list(zip(own, states, owners, strict=True))
            if any(state and owner and elsewhere(state, slot, started) for slot, state, owner in pairs):
                back = any(state is not None and state.node in run.model.nodes for state in states)
                yield Misplaced(run, own, owners, back, *wiring(slots))


def slots_of(model: Model) -> tuple[Slot, ...]:
    """The states that are inputs of a model."""
    inputs = {id(tensor): number for number, tensor in enumerate(model.inputs)}
    return tuple(
        Slot(node, index, inputs[id(state)])
        for node in model.nodes
        if node.layer.recurrent
        for index, state in enumerate(node.state)
        if id(state) in inputs
    )


def started_from(slot: Slot, facts: Facts) -> tuple[Tensor, ...]:
    """What the layer started from at its other calls, where that was computed."""
    return tuple(
        node.state[slot.index]
        for node in facts.nodes
        if node.layer is slot.node.layer and len(node.state) == len(slot.node.state)
        if node.state[slot.index].node is not None
    )


def held(value: Value) -> Tensor | None:
    """The output of a model that a value is, as it was predicted."""
    if not isinstance(value, Array) or value.output is None or value.made is None:
        return None
    return value.output if value.made.operation.startswith("Model.") else None


def owner_of(state: Tensor | None, slots: tuple[Slot, ...], started: Started) -> Slot | None:
    """The one slot that a state belongs into."""
    owners = [slot for slot in slots if state is not None and belongs(state, slot, started)]
    return owners[0] if len(owners) == 1 else None


def elsewhere(state: Tensor, slot: Slot, started: Started) -> bool:
    """Whether it is known what a slot needs, and that a state is something else."""
    known = bool(started[id(slot)]) or (state.node is not None and state.node.layer.recurrent)
    return known and not belongs(state, slot, started)


def belongs(state: Tensor, slot: Slot, started: Started) -> bool:
    """Whether a state is what the slot's layer returned last, or what it started from when it was trained."""
    own = state.node is slot.node and state_number(state) == slot.index
    return own or any(same_state(state, start) for start in started[id(slot)])


def state_number(tensor: Tensor) -> int | None:
    """Which state of its layer a tensor is; without return_sequences the output is the first state as well."""
    if tensor.index > 0:
        return tensor.index - 1
    node: Node | None = tensor.node
    if node is None or not node.layer.recurrent or node.layer.kind == "Bidirectional":
        return None
    return 0 if node.layer.returns_sequences is False else None


def same_state(left: Tensor, right: Tensor) -> bool:
    """Whether two tensors are the same output of the same layer, also where the layer was called anew."""
    if left.node is None or right.node is None:
        return left is right
    if not left.node.layer.recurrent:
        return left.node is right.node and left.index == right.index
    return left.node.layer is right.node.layer and state_number(left) == state_number(right)


def wiring(slots: tuple[Slot, ...]) -> tuple[bool, bool]:
    """Whether layers take a decoder's inputs in another order, and whether two of them take the same."""
    places = [slot.input for slot in slots]
    shared = len(set(places)) < len(places)
    return shared or places != sorted(places), shared


def wrong_text(found: Misplaced, facts: Facts) -> str:
    """What a layer is given, and what it needs: ``the states (c, h), but it takes (h, c)``, ``h of `low` as its h``."""
    if all(owner is not None and owner.node is found.node for owner in found.given):
        given, takes = (", ".join(map(state_name, filter(None, slots))) for slots in (found.given, found.slots))
        return f"the states ({given}), but it takes ({takes})"
    pairs = zip(found.slots, found.given, strict=True)
    slot, owner = next((a, b) for a, b in pairs if b is not None and b is not a)
    whose = "" if owner.node is slot.node else f" of `{layer_name(owner.node.layer, facts)}`"
    return f"{state_name(owner)}{whose} as its {state_name(slot)}"


def state_name(slot: Slot) -> str:
    names = state_names(slot.node.layer)
    return names[slot.index] if slot.index < len(names) else "state"


def layer_name(layer: Layer, facts: Facts) -> str:
    """The user's name for a layer, else how it is written."""
    return facts.name_of(layer) or layer.text
