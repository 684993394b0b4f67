"""``optimizer.lr``, which Keras 3 does not have: read it raises, and set it is an attribute that nobody reads."""

from __future__ import annotations

import libcst as cst

from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.recording import record_attribute
from lstmlint.interpreter.values import Choice, Reference, Unknown, Value

#: The name of the learning rate in Keras 1 and 2.
OLD = "lr"
#: The call that is written down where it is read, and where it is set.
READ, SET = "Optimizer.lr", "Optimizer.lr="
#: Its name in Keras 3 as well, and the call that is written down where it is read: it is a variable.
RATE, RATE_READ = "learning_rate", "Optimizer.learning_rate"
_HELD = Unknown("what an attribute holds")


def look(machine: Machine, owner: Value, node: cst.Attribute, given: Value | None = None) -> None:
    """Write down where the old name is read, or set to what is ``given``."""
    if node.attr.value == RATE and given is None and is_optimizer(owner):
        record_attribute(machine, RATE_READ, node, {}, _HELD, owner)
    if node.attr.value != OLD or machine.keras != 3 or not is_optimizer(owner):
        return
    read = given is None
    if read and (machine.guarded or (isinstance(owner, Reference) and OLD in owner.fields)):
        return
    record_attribute(machine, READ if read else SET, node, {}, _HELD, owner)


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
