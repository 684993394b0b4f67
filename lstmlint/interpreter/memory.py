"""What the linted program has in names, lists and objects, with a trail so that a branch can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lstmlint.interpreter.values import Value

#: Stands for "there was nothing".
MISSING: Any = object()

Cell: TypeAlias = tuple[int, Any]
Changes: TypeAlias = "dict[Cell, tuple[dict[Any, Any], Any, Any, Any]]"


@dataclass(slots=True, eq=False)
class Scope:
    """The names of a module, function or class body. ``globals`` of a module scope is itself."""

    kind: str  # module | function | class
    path: str
    parent: Scope | None = None
    names: dict[str, Value] = field(default_factory=dict)
    outer: dict[str, Scope] = field(default_factory=dict)  # names declared global or nonlocal
    returns: list[Value] = field(default_factory=list)
    yields: list[Value] | None = None
    stars: list[str] = field(default_factory=list)  # libraries whose names were all imported
    parsed: Any = None  # of a module: its Parsed

    @property
    def module(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def lookup(self, name: str) -> Value | None:
        """The value of a name as Python finds it: class bodies are skipped from inside their functions."""
        scope: Scope | None = self.outer.get(name, self)
        first = True
        while scope is not None:
            if (first or scope.kind != "class") and name in scope.names:
                return scope.names[name]
            scope, first = scope.parent, False
        return None

    def home(self, name: str) -> dict[str, Value]:
        """The dict in which an assignment to a name is kept."""
        return self.outer.get(name, self).names


class Memory:
    """All changes go through ``put``; ``mark``, ``changes`` and ``undo`` let a branch be tried and taken back."""

    def __init__(self) -> None:
        self._trail: list[tuple[dict[Any, Any], Any, Any]] = []
        self._open_marks = 0

    def put(self, fields: dict[Any, Any], key: Any, value: Any) -> None:
        if self._open_marks:
            self._trail.append((fields, key, fields.get(key, MISSING)))
        fields[key] = value

    def remove(self, fields: dict[Any, Any], key: Any) -> None:
        if key in fields:
            if self._open_marks:
                self._trail.append((fields, key, fields[key]))
            del fields[key]

    def mark(self) -> int:
        self._open_marks += 1
        return len(self._trail)

    def release(self) -> None:
        """Close the latest mark; with the last one the trail is forgotten."""
        self._open_marks -= 1
        if not self._open_marks:
            self._trail.clear()

    def changes(self, mark: int) -> Changes:
        """What was changed since a mark: cell -> (fields, key, value before, value now)."""
        found: Changes = {}
        for fields, key, before in self._trail[mark:]:
            cell = (id(fields), key)
            if cell not in found:
                found[cell] = (fields, key, before, fields.get(key, MISSING))
        return found

    def undo(self, mark: int) -> None:
        for fields, key, before in reversed(self._trail[mark:]):
            _restore(fields, key, before)
        del self._trail[mark:]


def _restore(fields: dict[Any, Any], key: Any, before: Any) -> None:
    if before is MISSING:
        fields.pop(key, None)
    else:
        fields[key] = before


def frames(scope: Scope | None) -> Iterator[Scope]:
    """A scope and those around it."""
    while scope is not None:
        yield scope
        scope = scope.parent
