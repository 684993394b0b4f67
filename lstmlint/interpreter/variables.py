"""Weights that the program reads, changes or hands on by itself: of which models and layers they are."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.interpreter.dims import unknown_dim
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import Choice, Made, Mapped, Reference, Sequence, Value
from lstmlint.keras_model.graph import Layer

#: What gives a list of the weights of a model or layer.
VARIABLES = (
    *("trainable_variables", "trainable_weights", "variables", "weights"),
    *("non_trainable_variables", "non_trainable_weights"),
)
#: The kind of any of the weights of an ``owner``.
VARIABLE = "variable"


def variables_of(machine: Machine, owner: Layer | Reference) -> Value:
    """A new list at each reading, of any number of weights."""
    made = Made("variables", owner.made.span, (owner,)) if owner.made is not None else None
    return machine.new_list(Sequence("list", None, unknown_dim(), variable_of(machine, owner), made))


def variable_of(machine: Machine, owner: Layer | Reference) -> Value:
    """One weight: all of an owner are alike."""
    machine.handle(owner)
    return machine.variables.setdefault(id(owner), Reference(VARIABLE, {"owner": owner}, owner.made))


def hand_on(machine: Machine, *values: Value) -> None:
    """Models and layers given to what is not followed: it may do anything with their weights."""
    for value in values:
        for owner in owners_in(value):
            machine.handle(owner)


def owners_in(value: Value, depth: int = 4) -> Iterator[Value]:
    """The layers, models and objects of own classes that a value is or holds."""
    match value:
        case Layer() | Reference(kind="Model" | "object"):
            yield value
        case Reference(kind="list" | "dict" | "set", fields={"content": content}) if depth:
            yield from owners_in(content, depth - 1)
        case Choice(options=items) | Sequence(items=tuple() as items) if depth:
            for item in items:
                yield from owners_in(item, depth - 1)
        case Sequence(element=element) if depth:
            yield from owners_in(element, depth - 1)
        case Mapped(items=pairs, default=default) if depth:
            for item in (*(item for _, item in pairs), default):
                yield from owners_in(item, depth - 1)
