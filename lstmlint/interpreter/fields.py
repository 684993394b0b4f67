"""The fields of a class without ``__init__``: a dataclass or a named tuple."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import Class, Function, Reference, Value
from lstmlint.text.source import Span

#: Classes derived from classes.
DEEPEST_CLASSES = 12


def fill_fields(
    machine: Machine,
    owner: Class,
    new: Reference,
    positional: Sequence[Value],
    keywords: Mapping[str, Value],
    span: Span,
) -> None:
    """Arguments become the fields; for those that are not given each object calls its factory."""
    from lstmlint.interpreter.attributes import class_member
    from lstmlint.interpreter.calls import call_with

    names = list(dict.fromkeys(_fields(owner))) or [
        name for name, member in owner.scope.names.items() if not isinstance(member, Function)
    ]
    given = {**dict(zip(names, positional, strict=False)), **keywords}
    for name in names if "**" not in given else ():
        match class_member(owner, name):
            case Reference(kind="factory", fields={"function": function}) if name not in given:
                given[name] = call_with(machine, function, (), span)
    for name, value in given.items():
        machine.memory.put(new.fields, name, value)


def _fields(owner: Class, depth: int = 0) -> Iterator[str]:
    """Those of the bases come first."""
    for base in owner.bases if depth < DEEPEST_CLASSES else ():
        if isinstance(base, Class):
            yield from _fields(base, depth + 1)
    yield from owner.fields
