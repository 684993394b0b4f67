"""``optimizer.lr``, which Keras 3 does not have: read it raises, and set it is an attribute that nobody reads."""

from __future__ import annotations

import libcst as cst

from lstmlint.interpreter.calls import record_call
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import Choice, Reference, Unknown, Value
from lstmlint.text.edits import CallSite

#: The name of the learning rate in Keras 1 and 2.
OLD = "lr"
#: The call that is written down where it is read, and where it is set.
READ, SET = "Optimizer.lr", "Optimizer.lr="


def look(machine: Machine, owner: Value, node: cst.Attribute, given: Value | None = None) -> None:
    """Write down where the old name is read, or set to what is ``given``."""
    if node.attr.value != OLD or machine.keras != 3 or not is_optimizer(owner):
        return
    read = given is None
    if read and (machine.guarded or (isinstance(owner, Reference) and OLD in owner.fields)):
        return
    span, place = machine.span(node), machine.span(node.attr)
    site = CallSite(span, place, machine.parsed.text(node), machine.parsed.text(node), (), span.end)
    told = {} if given is None else {"value": given}
    record_call(machine, READ if read else SET, OLD, site, told, Unknown("an AttributeError"), owner, {})


def is_optimizer(owner: Value) -> bool:
    """One of Keras's own, each of the options where there are several."""
    match owner:
        case Choice(options=options):
            return all(map(is_optimizer, options))
        case Reference(kind=kind):
            module, _, name = kind.rpartition(".")
            return module == "keras.optimizers" and name != "get"
        case _:
            return False
