"""Texts of a set in an order that every session makes anew: Python's hash of a text differs from process to process."""

from __future__ import annotations

from lstmlint.interpreter.join import element_of
from lstmlint.interpreter.keys import Kind, kind_of_key
from lstmlint.interpreter.values import Made, Sequence


def unordered_texts(content: Sequence) -> bool:
    """Whether these are the texts of a set, or of a list of it, that nobody has sorted."""
    match content:
        case (
            Sequence(kind="set")
            | Sequence(kind="list", made=Made(operation="builtins.list", sources=(Sequence(kind="set"),)))
        ):
            return are_texts(content)
        case _:
            return False


def are_texts(content: Sequence) -> bool:
    items = content.items if content.items is not None else (element_of(content),)
    return bool(items) and all(kind_of_key(item) is Kind.TEXT for item in items)
