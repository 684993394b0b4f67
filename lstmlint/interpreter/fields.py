"""The fields of a class without ``__init__``: a dataclass or a named tuple."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import Class, Function, Reference, Value

#: Classes derived from classes.
DEEPEST_CLASSES = 12


def fill_fields(
    machine: Machine, owner: Class, new: Reference, positional: Sequence[Value], keywords: Mapping[str, Value]
) -> None:
    """Arguments become the fields; a list or dict that is a default is each object's own."""
    names = list(dict.fromkeys(_fields(owner))) or [
        name for name, member in owner.scope.names.items() if not isinstance(member, Function)
    ]
    for name in names:
        match owner.scope.names.get(name):
            case Reference(kind="list", fields={"content": content}):
                machine.memory.put(new.fields, name, machine.new_list(content))
            case Reference(kind="dict", fields={"content": content}):
                machine.memory.put(new.fields, name, machine.new_dict(content))
    for name, value in [*zip(names, positional, strict=False), *keywords.items()]:
        machine.memory.put(new.fields, name, value)


def _fields(owner: Class, depth: int = 0) -> Iterator[str]:
    """Those of the bases come first."""
    for base in owner.bases if depth < DEEPEST_CLASSES else ():
        if isinstance(base, Class):
            yield from _fields(base, depth + 1)
    yield from owner.fields
