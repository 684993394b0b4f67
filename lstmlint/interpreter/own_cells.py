"""Cells of the program's own inside an ``RNN``: one step of them, interpreted."""

from __future__ import annotations

import libcst.matchers as m

from lstmlint.facts import CellStep
from lstmlint.interpreter.attributes import class_member
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.functions import bind_receiver, call_function
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.own_layers import build_own
from lstmlint.interpreter.values import Function, Reference, Sequence, Tensor
from lstmlint.keras_model.graph import Layer
from lstmlint.keras_model.layers import LayerInput
from lstmlint.text.source import Span

_BRANCHES = m.OneOf(m.If(), m.IfExp(), m.Try())


def step_own_cell(machine: Machine, layer: Layer, given: LayerInput, span: Span) -> None:
    """Interpret ``cell.call(inputs, states)`` once, on one step and states of the sizes that ``state_size`` says."""
    cell, shape = layer.inner[0], given.shape
    sizes, own = cell.config.dims("state_size"), cell.own
    alone = isinstance(layer.config["cell"], Layer)  # in a list, each cell's states come as one entry
    if not alone or not isinstance(own, Reference) or not sizes or None in sizes or not shape:
        return
    method = class_member(own.type, "call")
    if not isinstance(method, Function) or any(step.cell.own is own for step in machine.record.cell_steps):
        return
    step = Tensor((shape[0], *shape[2:]), "float32")
    states = Sequence("tuple", tuple(Tensor((shape[0], size), "float32") for size in sizes), Dim(len(sizes)))
    build_own(machine, own, LayerInput((step,)), span)
    guesses = machine.guesses
    with machine.tracing():
        result = call_function(machine, bind_receiver(method, own), (step, states), {}, span)
    straight = machine.guesses == guesses and not m.findall(method.node.body, _BRANCHES)
    machine.record.cell_steps.append(CellStep(layer, cell, states, machine.freeze(result), straight))
