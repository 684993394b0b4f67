"""What the keys of a dict have in common: that they are all texts, or all numbers."""

from __future__ import annotations

from enum import Enum

from lstmlint.interpreter.values import Array, Const, Mapped, Size, Unknown, Value, vocabulary_of

#: Keys that are looked through.
_MOST_KEYS = 4096


class Kind(Enum):
    """What Python tells apart in any dict: no text equals a number."""

    TEXT = "texts"
    NUMBER = "numbers"


def kind_of_key(key: Value | None) -> Kind | None:
    match key:
        case Const(value=str()) | Unknown(text=True):
            return Kind.TEXT
        case Const(value=int() | float()) | Size() | Unknown(number=True):
            return Kind.NUMBER
        case Array(shape=(), dtype=str() as dtype, flavour="numpy", boxed=False) if dtype.startswith(("int", "uint")):
            return Kind.NUMBER
        case _:
            return None


def keys_are(content: Mapped) -> Kind | None:
    """The kind of every key that a dict can have; None where one may be of another, or there is none."""
    others = (content.key,) if content.open else ()
    if len(content.items) > _MOST_KEYS:
        return None
    kinds = {kind_of_key(key) for key in (*(key for key, _ in content.items), *others)}
    return kinds.pop() if len(kinds) == 1 else None


def some_of(*keys: Value | None) -> Value | None:
    """What a key is like that may be each of these; a word of a vocabulary stays one."""
    if len(keys) == 1 and vocabulary_of(keys[0]) is not None:
        return keys[0]
    kinds = {kind_of_key(key) for key in keys}
    return _of_kind(kinds.pop()) if len(kinds) == 1 else None


def with_some(content: Mapped, key: Value) -> Value | None:
    """What the keys of a dict are like once one more is in it that nobody knows."""
    none_yet = not content.items and not content.open
    kind = kind_of_key(key)
    return _of_kind(kind if none_yet or kind is keys_are(content) else None)


def of_both(left: Mapped, right: Mapped) -> Value | None:
    """What the keys of two dicts are like, of which one stands there."""
    kinds = {keys_are(side) for side in (left, right) if side.items or side.open}
    return _of_kind(kinds.pop()) if len(kinds) == 1 else None


def _of_kind(kind: Kind | None) -> Value | None:
    if kind is None:
        return None
    return Unknown("a key of a dict", text=kind is Kind.TEXT, number=kind is Kind.NUMBER)
