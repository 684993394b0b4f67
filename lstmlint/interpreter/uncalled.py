"""A method of Keras that stands as a statement of its own, without the parentheses that would call it."""

from __future__ import annotations

from lstmlint.facts import Uncalled
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.models import is_model
from lstmlint.interpreter.values import Choice, Method, Reference, Value
from lstmlint.keras_model.graph import Layer
from lstmlint.text.source import Span


def note_uncalled(machine: Machine, value: Value, span: Span) -> None:
    """Where exceptions are handled, a method may be named to learn whether there is one."""
    if not isinstance(value, Method) or machine.guarded or any(one.span == span for one in machine.record.uncalled):
        return
    owner = _owner(value.receiver)
    if owner is not None:
        machine.record.uncalled.append(Uncalled(value.name, owner, span))


def _owner(receiver: Value) -> str | None:
    match receiver:
        case Layer():
            return "layer"
        case Reference() if is_model(receiver):
            return "model"
        case Reference(kind=kind) if kind.startswith("keras.metrics."):
            return "metric"
        case Choice(options=options):
            owners = {_owner(option) for option in options}
            return owners.pop() if len(owners) == 1 else None
        case _:
            return None
