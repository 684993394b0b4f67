"""What a program compiles its model with, as far as the verifier can do the same."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.interpreter.values import Const, Reference
from lstmlint.keras_model.training import Compile
from lstmlint.verify.schema import OPTIMIZERS


def known_optimizer(compiled: Compile | None) -> str | None:
    name = ((compiled.optimizer if compiled else None) or "").lower()
    return name if name in OPTIMIZERS else None


def learning_rate(compiled: Compile | None) -> Iterator[tuple[str, float]]:
    """The learning rate as an argument, where the optimizer was made with one."""
    given = compiled.arguments.get("optimizer") if compiled else None
    for name in ("learning_rate", "lr"):
        value = given.fields.get(name) if isinstance(given, Reference) else None
        if isinstance(value, Const) and isinstance(value.value, (int, float)) and 0 < value.value < 1000:
            yield "learning_rate", float(value.value)
            return
