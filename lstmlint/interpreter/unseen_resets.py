"""Resets that nobody can follow: of something that is not known, and in functions that are given a stateful model."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.models import is_model, snapshot
from lstmlint.interpreter.values import Reference, Value
from lstmlint.interpreter.variables import owners_in
from lstmlint.keras_model.graph import Layer, Model
from lstmlint.keras_model.training import UNSEEN, Reset
from lstmlint.text.edits import CallSite


def somebody_resets(machine: Machine, name: str, site: CallSite) -> None:
    """``layer.reset_states()`` on something that is not known: it may be any model's layer."""
    if name in ("reset_states", "reset_state"):
        machine.record.events.append(_reset(machine, site, None, name))


def may_reset(machine: Machine, site: CallSite, values: tuple[Value, ...]) -> None:
    """A function that is not followed is given a stateful model, or an object that has one."""
    if machine.turn > 1:
        return
    for owner in (owner for value in values for owner in owners_in(value)):
        for one in _states(machine, owner):
            machine.record.events.append(_reset(machine, site, one, UNSEEN))


def _states(machine: Machine, owner: Value) -> Iterator[Model | Layer]:
    if isinstance(owner, Reference) and not is_model(owner):
        for value in owner.fields.values():
            if isinstance(value, Layer) or is_model(value):
                yield from _states(machine, value)
        return
    one = owner if isinstance(owner, Layer) else snapshot(machine, owner) if isinstance(owner, Reference) else None
    if one is not None and one.stateful is not False:
        yield one


def _reset(machine: Machine, site: CallSite, owner: Model | Layer | None, name: str) -> Reset:
    return Reset(
        call=site,
        model=owner if isinstance(owner, Model) else None,
        layer=owner if isinstance(owner, Layer) else None,
        method=name,
        loops=machine.loops,
        conditional=machine.conditional or name == UNSEEN,
        hooks=machine.hooks,
        order=machine.order,
    )
