"""Texts of which only that they are texts is known: how long they are, and what operators make of them."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, symbol_dim
from lstmlint.interpreter.slices import slice_length
from lstmlint.interpreter.values import Const, Slice, Unknown, Value
from lstmlint.keras_model.graph import dim_of

#: Why it is not known what a letter of a text is.
A_LETTER = "a letter of a text"
#: The same of what a text was split into, as long as nothing else is among it.
A_WORD = "a word of a text"
#: What a letter gives that is gone over as if it were a text: itself.
OF_A_LETTER = "letter of a letter"
#: Slices of slices looked through.
_DEEPEST = 20


def letters(text: Unknown, name: str = "letters", depth: int = 0) -> Dim:
    """A size of its own, 1 for a letter, or what a slice leaves; slices are taken to lie inside."""
    made = text.made
    if made is not None and made.operation == "index" and len(made.sources) == 2 and depth < _DEEPEST:
        whole, key = made.sources
        if dim_of(key) is not None and _is_text(whole):
            return Dim(1)
        if isinstance(whole, Unknown) and whole.text and isinstance(key, Slice):
            return slice_length(letters(whole, name, depth + 1), key)
        if isinstance(whole, Const) and isinstance(whole.value, str) and isinstance(key, Slice):
            return slice_length(Dim(len(whole.value)), key)
    return Dim(1) if text.why == A_LETTER else symbol_dim(name, key=("len", text))


def gives_text(symbol: str, left: Value, right: Value) -> bool:
    """``text + text``, ``text % anything`` and ``text * number``, of whatever texts."""
    match symbol:
        case "+":
            return _is_text(left) and _is_text(right)
        case "%":
            return _is_text(left)
        case "*":
            return dim_of(left) is not None or dim_of(right) is not None
        case _:
            return False


def _is_text(value: Value) -> bool:
    return (isinstance(value, Unknown) and value.text) or (isinstance(value, Const) and isinstance(value.value, str))
