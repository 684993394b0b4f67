"""Modules that lie beside the linted file: read, never imported, and interpreted once for what they define."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import PurePosixPath

from lstmlint.interpreter.memory import Scope
from lstmlint.interpreter.values import Module, Value
from lstmlint.syntax import Parsed, SyntaxProblem, parse
from lstmlint.text.source import SourceFile

#: Siblings followed for one file, and modules that bring others.
MOST_MODULES = 64
#: Letters of siblings that are read for one file, and that stay parsed for the files that are linted after it.
MOST_READ, MOST_KEPT = 600_000, 1_500_000
#: A project's root lies at most this many folders above a file of it.
HIGHEST_ROOT = 4
_OTHERS = (
    "matplotlib",
    "seaborn",
    "plotly",
    "torch",
    "nltk",
    "gensim",
    "spacy",
    "cv2",
    "PIL",
    "tqdm",
    "google",
    "IPython",
)

Reader = Callable[[str], SourceFile | None]


class _Kept:
    """The trees of siblings read last: each file of a package brings the same ones."""

    def __init__(self) -> None:
        self._trees: dict[str, Parsed] = {}

    def get(self, source: SourceFile) -> Parsed | SyntaxProblem:
        tree = self._trees.pop(source.path, None)
        parsed = tree if tree is not None and tree.source.text == source.text else parse(source)
        if isinstance(parsed, Parsed):
            self._trees[source.path] = parsed
            while sum(len(one.source.text) for one in self._trees.values()) > MOST_KEPT:
                self._trees.pop(next(iter(self._trees)))
        return parsed


_PARSED = _Kept()


class Siblings:
    """Finds ``from config import LOOK_BACK`` in ``config.py`` beside the file.

    ``read`` gives the source at a path, or None.
    """

    def __init__(self, read: Reader) -> None:
        self._read = read
        self._found: dict[str, Value | None] = {}
        self._modules = self._letters = 0

    def load(self, machine: object, name: str, level: int) -> Value | None:
        """The module of a dotted name, looked up from the file being read; None where there is none."""
        from lstmlint.interpreter.machine import Machine

        assert isinstance(machine, Machine)
        here = PurePosixPath(machine.parsed.source.path).parent
        script = PurePosixPath(machine.stack[0].path).parent if machine.stack else here
        for folder in _folders(here, script, name, level):
            base = folder.joinpath(*name.split(".")) if name else folder
            for path in (base.with_suffix(".py") if name else base / "__init__.py", base / "__init__.py"):
                found = self._module(machine, str(path), name)
                if found is not None:
                    return found
        return None

    def _module(self, machine: object, path: str, name: str) -> Value | None:
        if path in self._found:
            return self._found[path]
        if self._modules >= MOST_MODULES or self._letters > MOST_READ:
            return None
        self._found[path] = None
        source = self._read(path)
        if source is None:
            return None
        self._modules, self._letters = self._modules + 1, self._letters + len(source.text)
        parsed = _PARSED.get(source)
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


def _folders(here: PurePosixPath, script: PurePosixPath, name: str, level: int) -> Iterator[PurePosixPath]:
    """Where a module may lie: beside the file that imports it, beside the script, or at the root of their project.

    Libraries are not looked for above the file: a folder there may only bear the name of one.
    """
    if level:
        yield [here, *here.parents][min(level - 1, len(here.parents))]
        return
    yield here
    if name.split(".")[0] not in library_roots():
        yield from dict.fromkeys(folder for folder in (script, *here.parents[:HIGHEST_ROOT]) if folder != here)


@cache
def library_roots() -> frozenset[str]:
    """The packages that are not parts of the user's own project."""
    from lstmlint.interpreter.library import FUNCTIONS

    return frozenset([*sys.stdlib_module_names, *_OTHERS, *(name.split(".")[0] for name in FUNCTIONS)])


def _module_name(name: str) -> Value:
    from lstmlint.interpreter.values import Const

    return Const(name)
