"""What the linted program has in names, lists and objects, with a trail so that a branch can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lstmlint.interpreter.values import Value
from lstmlint.interpreter.yielding import Yields

#: Stands for "there was nothing".
MISSING: Any = object()
#: Stands in the trail for "here it was made".
_BORN: Any = object()

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
    yields: Yields | None = None
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
    """All changes go through ``put``; ``mark``, ``changes`` and ``undo`` let a branch be tried and taken back.

    What a branch itself makes is not taken back with it: whoever gets it later, gets it as the branch left it.
    """

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

    def born(self, fields: dict[Any, Any]) -> None:
        """A list, an object or a model is made now, with these fields."""
        if self._open_marks:
            self._trail.append((fields, _BORN, MISSING))

    def _born_since(self, mark: int) -> frozenset[int]:
        return frozenset(id(fields) for fields, key, _ in self._trail[mark:] if key is _BORN)

    def changes(self, mark: int, *, own: bool = True) -> Changes:
        """What was changed since a mark: cell -> (fields, key, value before, value now).

        Without ``own``, what was made since then is left out.
        """
        found: Changes = {}
        left_out = frozenset() if own else self._born_since(mark)
        for fields, key, before in self._trail[mark:]:
            cell = (id(fields), key)
            if key is not _BORN and cell not in found and id(fields) not in left_out:
                found[cell] = (fields, key, before, fields.get(key, MISSING))
        return found

    def undo(self, mark: int, *, own: bool = True) -> None:
        """Take back what was done since a mark; without ``own``, what was made since then stays as it is."""
        kept = frozenset() if own else self._born_since(mark)
        undone = self._trail[mark:]
        del self._trail[mark:]
        for fields, key, before in reversed(undone):
            if id(fields) not in kept and key is not _BORN:
                _restore(fields, key, before)
        self._trail.extend(step for step in undone if id(step[0]) in kept)


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
