"""``full``: the code with marks and labels, what to write instead, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from lstmlint.api import Safety, Severity
from lstmlint.diagnostic import Diagnostic
from lstmlint.report.evidence import verdict_lines
from lstmlint.report.line import SEVERITY_STYLE, Line
from lstmlint.report.snippet import Mark, diff_lines, snippet
from lstmlint.run import Outcome
from lstmlint.text.sources import Sources

_PROMISES = {
    Safety.SAFE: "safe fix: no program that works today changes",
    Safety.UNSAFE: "unsafe fix: the program runs today, and its numbers will change",
    Safety.DISPLAY: "shown only: more than one change may be meant",
}


def render(outcome: Outcome) -> Iterator[Line]:
    for diagnostic in outcome.diagnostics:
        yield from full_lines(diagnostic, outcome.sources, outcome.unsafe_fixes)
        yield ()


def full_lines(diagnostic: Diagnostic, sources: Sources, unsafe: bool = False) -> Iterator[Line]:
    gutter = _gutter(diagnostic, sources)
    yield _headline(diagnostic, unsafe)
    yield ((f"{'-->':>{gutter + 3}} ", "blue"), (f"{diagnostic.path}:{sources.start(diagnostic.span)}", ""))
    yield from _quoted(diagnostic, sources, gutter)
    yield from _help(diagnostic, sources, gutter)
    yield from (_noted("note", note) for note in _notes(diagnostic, sources))
    yield from _verdict(diagnostic)


def code_lines(diagnostic: Diagnostic, sources: Sources) -> Iterator[Line]:
    """The code with its marks alone."""
    yield from _quoted(diagnostic, sources, _gutter(diagnostic, sources))


def cure_lines(diagnostic: Diagnostic, sources: Sources) -> Iterator[Line]:
    """What to write instead as text, then the fix as a difference where there is one."""
    yield from _help(diagnostic, sources, _gutter(diagnostic, sources))


def note_lines(diagnostic: Diagnostic, sources: Sources) -> Iterator[Line]:
    yield from (_noted("note", note) for note in _notes(diagnostic, sources))


def _headline(diagnostic: Diagnostic, unsafe: bool) -> Line:
    star = (("[*]", "cyan"), (" ", "")) if diagnostic.fixable(unsafe) else ()
    code = (diagnostic.code, SEVERITY_STYLE[diagnostic.severity.value])
    return (code, (" ", ""), *star, (diagnostic.message, "bold"))


def _gutter(diagnostic: Diagnostic, sources: Sources) -> int:
    """The width of the widest row number, context rows included."""
    spans = [diagnostic.span, *(label.span for label in diagnostic.labels)]
    if diagnostic.fix:
        spans += [edit.span for edit in diagnostic.fix.edits]
    rows = [sources.start(span).row for span in spans]
    return len(str(max(rows) + 1))


def _quoted(diagnostic: Diagnostic, sources: Sources, gutter: int) -> Iterator[Line]:
    primary = Mark(diagnostic.span, diagnostic.label, primary=True)
    others = [Mark(label.span, label.message) for label in diagnostic.labels]
    marks = _with_primary(primary, others)
    if not sources[diagnostic.path].text:
        return
    yield _bar(gutter)
    yield from snippet(sources, [mark for mark in marks if mark.span.path == diagnostic.path], gutter)
    elsewhere = sorted((mark for mark in marks if mark.span.path != diagnostic.path), key=lambda mark: mark.span)
    for path, group in groupby(elsewhere, key=lambda mark: mark.span.path):
        found = list(group)
        yield ((f"{':::':>{gutter + 3}} ", "blue"), (f"{path}:{sources.start(found[0].span)}", ""))
        yield from snippet(sources, found, gutter)
    yield _bar(gutter)


def _with_primary(primary: Mark, others: list[Mark]) -> list[Mark]:
    """A label on the primary span itself is the primary's own."""
    for mark in others:
        if mark.span == primary.span and not primary.message:
            return [Mark(primary.span, mark.message, primary=True), *(other for other in others if other is not mark)]
    return [primary, *others]


def _verdict(diagnostic: Diagnostic) -> Iterator[Line]:
    for index, line in enumerate(verdict_lines(diagnostic)):
        yield (("verify: ", "bold"), *line) if index == 0 else line


def _bar(gutter: int) -> Line:
    return ((f"{'':>{gutter}} |", "blue"),)


def _noted(word: str, text: str) -> Line:
    return ((f"{word}:", "bold cyan" if word == "help" else "bold"), (f" {text}", ""))


def _help(diagnostic: Diagnostic, sources: Sources, gutter: int) -> Iterator[Line]:
    fix = diagnostic.fix
    if diagnostic.help or fix is not None:
        yield _noted("help", diagnostic.help or (fix.message if fix else ""))
    if fix is None:
        return
    changed = list(
        diff_lines(sources, diagnostic.path, tuple(e for e in fix.edits if e.span.path == diagnostic.path), gutter)
    )
    if changed:
        yield _bar(gutter)
        yield from changed
        yield _bar(gutter)


def _notes(diagnostic: Diagnostic, sources: Sources) -> Iterator[str]:
    yield from diagnostic.notes
    safety = f"; {_promise(diagnostic)}" if diagnostic.fix else ""
    yield f"{diagnostic.severity.value}, confidence {diagnostic.confidence.value}{safety}"
    explains = f"`lstmlint rule {diagnostic.code}` explains"
    # A notebook's rows are those of a cell, which PATH:LINE cannot say.
    place = sources.start(diagnostic.span)
    where = diagnostic.path if place.cell else f"{diagnostic.path}:{place.row}"
    proves = f"; `lstmlint verify {where}` proves it" if diagnostic.provable and diagnostic.verdict is None else ""
    yield explains + proves


def _promise(diagnostic: Diagnostic) -> str:
    if diagnostic.fix is None:
        return ""
    if diagnostic.fix.safety is Safety.SAFE and diagnostic.severity is Severity.ERROR:
        return "safe fix: Keras raises on this program today"
    return _PROMISES[diagnostic.fix.safety]
