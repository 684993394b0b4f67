"""Modules that lie beside the linted file: read, never imported, and interpreted once for what they define."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from lstmlint.interpreter.memory import Scope
from lstmlint.interpreter.values import Module, Value
from lstmlint.syntax import Parsed, parse
from lstmlint.text.source import SourceFile

#: Siblings followed for one file, and modules that bring others.
MOST_MODULES = 24

Reader = Callable[[str], SourceFile | None]


class Siblings:
    """Finds ``from config import LOOK_BACK`` in ``config.py`` beside the file.

    ``read`` gives the source at a path, or None.
    """

    def __init__(self, read: Reader) -> None:
        self._read = read
        self._found: dict[str, Value | None] = {}

    def load(self, machine: object, name: str, level: int) -> Value | None:
        """The module of a dotted name, looked up from the file being read; None where there is none."""
        from lstmlint.interpreter.machine import Machine

        assert isinstance(machine, Machine)
        folder = PurePosixPath(machine.parsed.source.path).parent
        for _ in range(max(level - 1, 0)):
            folder = folder.parent
        base = folder.joinpath(*name.split(".")) if name else folder
        for path in (base.with_suffix(".py") if name else base / "__init__.py", base / "__init__.py"):
            found = self._module(machine, str(path), name)
            if found is not None:
                return found
        return None

    def _module(self, machine: object, path: str, name: str) -> Value | None:
        if path in self._found:
            return self._found[path]
        if len(self._found) >= MOST_MODULES * 4:
            return None
        self._found[path] = None
        source = self._read(path)
        parsed = parse(source) if source is not None else None
        if isinstance(parsed, Parsed):
            self._found[path] = self._interpreted(machine, parsed, name)
        return self._found[path]

    def _interpreted(self, machine: object, parsed: Parsed, name: str) -> Module:
        """Run a sibling's module level; what it records is reported when it is linted itself."""
        from lstmlint.interpreter.execute import execute_block
        from lstmlint.interpreter.machine import Machine, Record

        assert isinstance(machine, Machine)
        scope = Scope("module", parsed.source.path, parsed=parsed)
        scope.names["__name__"] = _module_name(name)
        before, loops = machine.record, machine.loops
        machine.record, machine.loops = Record(), ()
        machine.stack.append(scope)
        try:
            with machine.reading(parsed):
                execute_block(machine, parsed.module.body, scope)
        finally:
            machine.stack.pop()
            machine.record, machine.loops = before, loops
        return Module(name, scope)


def _module_name(name: str) -> Value:
    from lstmlint.interpreter.values import Const

    return Const(name)
