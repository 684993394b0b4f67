"""A cell of Keras called step by step: what it returns, and the same call at the next turn of a loop."""

from __future__ import annotations

from lstmlint.facts import Stepped
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import Array, Made, Sequence, Tensor, Unknown, Value
from lstmlint.keras_model.graph import Layer, Node
from lstmlint.keras_model.layers.cells import stacked
from lstmlint.keras_model.layers.recurrent import STATES

#: Cells whose ``call`` is known.
CELLS = frozenset({"LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells"})
#: How the call of a cell names its states.
CELL_STATES = "states"


def of_cell(layer: Layer, results: tuple[Value, ...], states: Value | None, made: Made) -> Value:
    """The output, and the new states in a list; of a cell with one state in that form in which it is given."""
    output, *new = results
    if layer.kind == "StackedRNNCells":
        return Sequence("tuple", (output, _of_each(layer, new, made)), Dim(2), None, made)
    kept: Value = Sequence("list", tuple(new), Dim(len(new)), None, made)
    if layer.kind != "LSTMCell" and not isinstance(states, Sequence):
        kept = new[0] if isinstance(states, Tensor | Array) else Unknown("the state of a cell, in a list or not", made)
    return Sequence("tuple", (output, kept), Dim(2), None, made)


def _of_each(outer: Layer, new: list[Value], made: Made) -> Value:
    """The states of cells one above the other: a list of two of an LSTMCell, the one of any other."""
    found: list[Value] = []
    for cell in stacked(outer) or ():
        own, new = new[: STATES[cell.kind]], new[STATES[cell.kind] :]
        whole = Sequence("list", tuple(own), Dim(len(own)), None, made)
        found.append(own[0] if len(own) == 1 else whole)
    known = Sequence("list", tuple(found), Dim(len(found)), None, made)
    return known if found and not new else Unknown("the states of cells that are not known", made)


def note_step(machine: Machine, node: Node) -> None:
    """Write down a call with states of its own in a loop, and the same one at the second turn."""
    layer = node.layer
    if not machine.loops or machine.turn > 2 or layer.own is not None or not _takes_states(node):
        return
    loop = machine.loops[-1]
    if machine.turn == 1:
        machine.record.stepping[id(layer), node.span, id(loop)] = node, loop
        return
    found = machine.record.stepping.get((id(layer), node.span, id(loop)))
    if found is not None:
        machine.record.stepped.append(Stepped(found[0], node, loop, machine.conditional))


def _takes_states(node: Node) -> bool:
    cell = node.layer.kind in CELLS and CELL_STATES in node.arguments
    return cell or (node.layer.recurrent and "initial_state" in node.arguments)
