"""The runs of ``check`` that change files: ``--fix``, ``--diff``, ``--interactive``, ``--add-ignore``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lstmlint.changes import diff
from lstmlint.diagnostic import Diagnostic
from lstmlint.discover import Target
from lstmlint.engine import Linted, lint_for
from lstmlint.errors import UsageError
from lstmlint.fixes import CannotWrite, Choose, Fixed, Range, edited, fix_file, surviving
from lstmlint.ignores import ignore_edits
from lstmlint.report.full import full_lines
from lstmlint.report.line import wants_colour, write_lines
from lstmlint.run import Work, lint_all
from lstmlint.text.reading import read_bytes
from lstmlint.text.source import SourceFile
from lstmlint.text.sources import Sources


@dataclass(frozen=True, slots=True)
class Changing:
    """What to do: ``write`` the files, or print a ``diff``; ``ask`` before each fix, or let ``choose`` decide."""

    write: bool
    unsafe: bool
    ask: bool = False
    colour: str = "auto"
    choose: Choose | None = None


def fix_all(targets: Sequence[Target], changing: Changing, work: Work) -> tuple[list[Linted], int]:
    """Fix each file; gives what remains and how many problems are gone."""
    choose = Chooser(changing.colour).ask if changing.ask else changing.choose
    results, count = [], 0
    for target, linted in zip(targets, lint_all(targets, work), strict=True):
        if not any(one.fixable(changing.unsafe) for one in linted.diagnostics):
            results.append(linted)
            continue
        before = read_bytes(target.path)
        lint = lint_for(target.settings, work.ignore_noqa)
        fixed = fix_file(target.path, before, lint, changing.unsafe, choose)
        count += len(fixed.applied)
        _keep(target.path, before, fixed, changing)
        remaining = tuple(surviving(fixed.linted.diagnostics, () if choose else fixed.refused))
        results.append(replace(fixed.linted, diagnostics=remaining))
    return results, count


def _keep(path: str, before: bytes, fixed: Fixed, changing: Changing) -> None:
    if fixed.data == before:
        return
    if changing.write:
        write_bytes(path, fixed.data)
    else:
        write_lines(diff(path, before, fixed.data), colour=wants_colour(changing.colour, sys.stdout))


def write_bytes(path: str, data: bytes) -> None:
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None


class Chooser:
    """Asks for each fix: ``y`` yes, ``n`` no, ``a`` this and all that follow, ``q`` no more."""

    def __init__(self, colour: str) -> None:
        self._colour = wants_colour(colour, sys.stdout)
        self._always: bool | None = None

    def ask(self, diagnostic: Diagnostic, source: SourceFile) -> bool:
        if self._always is not None:
            return self._always
        write_lines(full_lines(diagnostic, Sources([source]), unsafe=True), colour=self._colour)
        answer = self._answer()
        if answer in {"a", "q"}:
            self._always = answer == "a"
        return answer in {"y", "a"}

    def _answer(self) -> str:
        while True:
            try:
                answer = input("Apply this fix? [y]es, [n]o, [a]ll, [q]uit: ").strip().lower()[:1]
            except EOFError:
                return "q"
            if answer in {"y", "n", "a", "q"}:
                return answer


def add_ignores(targets: Sequence[Target], reason: str, work: Work) -> int:
    """Write the comments; gives how many lines got one."""
    count = 0
    for target, linted in zip(targets, lint_all(targets, replace(work, keep=True)), strict=True):
        if linted.source is None or not linted.diagnostics:
            continue
        data = read_bytes(target.path)
        ranges = list(ignore_edits(linted.source, linted.diagnostics, reason))
        count += len(ranges)
        write_bytes(target.path, _with_comments(data, linted.source, ranges))
    return count


def _with_comments(data: bytes, source: SourceFile, ranges: list[Range]) -> bytes:
    try:
        return edited(data, source, ranges)
    except CannotWrite as error:
        raise UsageError(str(error)) from None
