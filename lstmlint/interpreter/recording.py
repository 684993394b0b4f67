"""Library calls, and attributes that are read or set, written down for the rules."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst

from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import Value
from lstmlint.keras_model.training import LibraryCall
from lstmlint.text.edits import CallSite


def record_call(
    machine: Machine,
    name: str,
    written: str,
    site: CallSite,
    values: Mapping[str, Value],
    result: Value,
    receiver: Value | None,
    unexpected: Mapping[str, Value],
) -> None:
    """Write a library call down, once for all turns of a loop; of those that meet another layer each turn, all."""
    if (machine.turn > 1 and not name.endswith(".set_weights")) or name.startswith("builtins."):
        return
    call = LibraryCall(
        name=name,
        written=written,
        call=site,
        arguments=values,
        result=result,
        receiver=receiver,
        loops=machine.loops,
        conditional=machine.conditional,
        order=machine.order,
        unexpected=unexpected,
        traced=machine.traced > 0,
    )
    machine.record.calls.append(call)


def record_attribute(
    machine: Machine, name: str, node: cst.Attribute, told: Mapping[str, Value], result: Value, owner: Value
) -> None:
    """Write an attribute that is read or set down as a call of the ``name``."""
    span, text = machine.span(node), machine.parsed.text(node)
    site = CallSite(span, machine.span(node.attr), text, text, (), span.end)
    record_call(machine, name, node.attr.value, site, told, result, owner, {})
