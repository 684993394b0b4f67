"""``--add-ignore``: a ``# lstmlint: ignore[...]`` comment at each finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lstmlint.diagnostic import Diagnostic
from lstmlint.fixes import Range
from lstmlint.registry import OWN
from lstmlint.text.comments import Directive, Kind, directives
from lstmlint.text.source import Position, SourceFile

_NEVER = frozenset(rule.code for rule in OWN)


def ignore_edits(source: SourceFile, diagnostics: Iterable[Diagnostic], reason: str) -> Iterator[Range]:
    """The insertions that silence the diagnostics, one for each line; lstmlint's own findings are left alone."""
    present = {one.span.start.row: one for one in directives(source) if one.kind is Kind.IGNORE and not one.own_line}
    for row, codes in sorted(_by_row(source, diagnostics).items()):
        if row in present:
            yield _into(source, present[row], codes)
        else:
            yield _after(source, row, codes, reason)


def _by_row(source: SourceFile, diagnostics: Iterable[Diagnostic]) -> dict[int, list[str]]:
    """The codes to silence by the row to write them on."""
    rows: dict[int, list[str]] = {}
    for diagnostic in diagnostics:
        row = _free_row(source, diagnostic)
        if row is None or diagnostic.code in _NEVER:
            continue
        codes = rows.setdefault(row, [])
        if diagnostic.code not in codes:
            codes.append(diagnostic.code)
    return rows


def _free_row(source: SourceFile, diagnostic: Diagnostic) -> int | None:
    """The first row of the finding at whose end a comment can stand: not after a backslash, not within a text."""
    for row in range(diagnostic.span.start.row, diagnostic.span.end.row + 1):
        probe = _with(source, [_after(source, row, ["LST000"], "")])
        marked = any(one.span.start.row == row and one.kind is Kind.IGNORE for one in directives(probe))
        if marked and not source.line(row).rstrip().endswith("\\"):
            return row
    return None


def _with(source: SourceFile, ranges: list[Range]) -> SourceFile:
    start, end, content = ranges[0]
    return SourceFile(source.path, source.text[:start] + content + source.text[end:])


def _after(source: SourceFile, row: int, codes: list[str], reason: str) -> Range:
    line = source.line(row)
    offset = source.offset(Position(row, len(line.rstrip()) + 1))
    end = source.offset(Position(row, len(line) + 1))
    words = f" {reason}" if reason else ""
    return offset, end, f"  # lstmlint: ignore[{', '.join(codes)}]{words}"


def _into(source: SourceFile, directive: Directive, codes: list[str]) -> Range:
    """Add to the codes of a comment that is there."""
    known = [code for code, _ in directive.codes]
    last = directive.codes[-1][1].end if directive.codes else directive.span.end
    offset = source.offset(last)
    return offset, offset, "".join(f", {code}" for code in codes if code not in known)
