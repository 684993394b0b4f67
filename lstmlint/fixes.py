"""Applying fixes: lint, edit, lint again until nothing changes; a fix that does not cure is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from lstmlint.diagnostic import Diagnostic
from lstmlint.engine import Lint, Linted
from lstmlint.registry import INVALID_SYNTAX, UNREADABLE_FILE
from lstmlint.text.edits import apply
from lstmlint.text.notebook import edited_notebook
from lstmlint.text.source import SourceFile

#: Rounds of lint and edit; ruff gives up after 100, no file here has needed more than three.
MOST_ROUNDS = 10

#: Asked before a fix is applied.
Choose: TypeAlias = Callable[[Diagnostic, SourceFile], bool]
#: ``(start, end, content)`` as offsets into a source's text.
Range: TypeAlias = tuple[int, int, str]


class CannotWrite(Exception):
    """The changed text cannot be stored in this file's encoding."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """``data`` is the file with ``applied`` fixes in it, ``linted`` what remains, ``refused`` the fixes taken back."""

    data: bytes
    linted: Linted
    applied: tuple[Diagnostic, ...] = ()
    refused: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class _Round:
    """One state of the file: its bytes and what was found in them."""

    data: bytes
    linted: Linted

    @property
    def source(self) -> SourceFile | None:
        return self.linted.source


def fix_file(path: str, data: bytes, lint: Lint, unsafe: bool, choose: Choose | None = None) -> Fixed:
    """Nothing is written to disk; ``data`` comes back unchanged where no fix could be applied."""
    now = _Round(data, lint.file(path, data, named=True))
    applied: list[Diagnostic] = []
    refused: list[Diagnostic] = []
    for _ in range(MOST_ROUNDS):
        batch = list(_batch(now, unsafe, refused, choose))
        if not batch:
            break
        after, done, bad = _applied(now, batch, lint)
        applied += done
        refused += bad
        now = after
    return Fixed(now.data, now.linted, tuple(applied), tuple(refused))


def _batch(now: _Round, unsafe: bool, refused: list[Diagnostic], choose: Choose | None) -> Iterator[Diagnostic]:
    """The fixes to try together: allowed, not refused before, none touching another."""
    if now.source is None:
        return
    known = {_key(diagnostic) for diagnostic in refused}
    taken: list[Range] = []
    for diagnostic in now.linted.diagnostics:
        if not diagnostic.fixable(unsafe) or _key(diagnostic) in known or not _is_local(diagnostic):
            continue
        ranges = _ranges(now.source, diagnostic)
        if any(_touch(one, other) for one in ranges for other in taken):
            continue
        if choose is not None and not choose(diagnostic, now.source):
            refused.append(diagnostic)
            continue
        taken += ranges
        yield diagnostic


def _key(diagnostic: Diagnostic) -> tuple[str, str, str]:
    return diagnostic.code, diagnostic.message, diagnostic.fingerprint


def _is_local(diagnostic: Diagnostic) -> bool:
    """Fixes that reach into other files are shown, not applied."""
    return diagnostic.fix is not None and all(edit.span.path == diagnostic.path for edit in diagnostic.fix.edits)


def _touch(one: Range, other: Range) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _ranges(source: SourceFile, diagnostic: Diagnostic) -> list[Range]:
    edits = diagnostic.fix.edits if diagnostic.fix else ()
    return [
        (source.offset(edit.span.start), source.offset(edit.span.end), edit.content.replace("\n", source.newline))
        for edit in edits
    ]


def _applied(now: _Round, batch: list[Diagnostic], lint: Lint) -> tuple[_Round, list[Diagnostic], list[Diagnostic]]:
    """The state after a batch, the fixes that are in it, and those that were taken back.

    Where the batch as a whole does harm, its fixes are tried one by one.
    """
    after = _after(now, batch, lint)
    bad = batch if after is None else _uncured(now, after, batch)
    if after is not None and not bad:
        return after, batch, []
    if len(batch) == 1:
        return now, [], batch
    return _one_good(now, batch, lint)


def _one_good(now: _Round, batch: list[Diagnostic], lint: Lint) -> tuple[_Round, list[Diagnostic], list[Diagnostic]]:
    """The first fix that does good alone; the rest come again in the next round, at their new places."""
    bad: list[Diagnostic] = []
    for diagnostic in batch:
        after, done, refused = _applied(now, [diagnostic], lint)
        if done:
            return after, done, bad
        bad += refused
    return now, [], bad


def _after(now: _Round, batch: list[Diagnostic], lint: Lint) -> _Round | None:
    """None where the result cannot be stored, or is no Python any more."""
    if now.source is None:
        return None
    ranges = [edit for diagnostic in batch for edit in _ranges(now.source, diagnostic)]
    try:
        data = edited(now.data, now.source, ranges)
    except CannotWrite:
        return None
    linted = lint.file(now.source.path, data, named=True)
    broken = {INVALID_SYNTAX.code, UNREADABLE_FILE.code}
    if _count(linted, broken) > _count(now.linted, broken) or linted.crashes:
        return None
    return _Round(data, linted)


def _count(linted: Linted, codes: set[str]) -> int:
    return sum(diagnostic.code in codes for diagnostic in linted.diagnostics)


def _uncured(now: _Round, after: _Round, batch: list[Diagnostic]) -> list[Diagnostic]:
    """The fixes whose rule still fires at the same place."""
    if now.source is None or after.source is None:
        return batch
    ranges = [edit for diagnostic in batch for edit in _ranges(now.source, diagnostic)]
    still = {(one.code, after.source.offset(one.span.start)) for one in after.linted.diagnostics}
    moved = {id(one): _moved(now.source.offset(one.span.start), ranges) for one in batch}
    return [diagnostic for diagnostic in batch if (diagnostic.code, moved[id(diagnostic)]) in still]


def _moved(offset: int, ranges: Iterable[Range]) -> int:
    """Where an offset is after edits."""
    return offset + sum(len(content) - (end - start) for start, end, content in ranges if end <= offset)


def edited(data: bytes, source: SourceFile, ranges: list[Range]) -> bytes:
    """A file's bytes with edits made, encoding, newlines and everything else as before. Raises CannotWrite."""
    if source.is_notebook:
        return edited_notebook(data, source, ranges)
    try:
        if source.text.encode(source.encoding) != data:
            raise CannotWrite(f"{source.path} does not survive reading and writing as {source.encoding}")
        return apply(source.text, ranges).encode(source.encoding)
    except UnicodeEncodeError as error:
        raise CannotWrite(f"{source.path}: {error}") from None


def surviving(diagnostics: Iterable[Diagnostic], refused: tuple[Diagnostic, ...]) -> Iterator[Diagnostic]:
    """What remains after fixing; a refused fix is no longer offered as one that ``--fix`` would apply."""
    keys = {_key(diagnostic) for diagnostic in refused}
    for diagnostic in diagnostics:
        if _key(diagnostic) in keys:
            note = "its fix was tried and taken back: the problem would have stayed"
            yield replace(diagnostic, fix=None, notes=(*diagnostic.notes, note))
        else:
            yield diagnostic
