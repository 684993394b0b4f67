"""Quoted source lines with marks under them. No span makes it raise: past the end, many lines, tabs, wide letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lstmlint.report.line import Line
from lstmlint.text.edits import Edit, apply
from lstmlint.text.source import Position, SourceFile, Span
from lstmlint.text.sources import Sources

#: Longer lines are cut around their marks.
WIDEST = 140
_TAB = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """What to underline: the primary place with ``^``, others with ``-``."""

    span: Span
    message: str
    primary: bool = False


def width(text: str) -> int:
    """Columns on a terminal: wide characters count two, combining ones none."""
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Cf", "Me", "Mn"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def shown(text: str) -> str:
    """A source line as it is printed: tabs as spaces, so that marks stand where they belong."""
    out, column = [], 0
    for char in text:
        piece = " " * (_TAB - column % _TAB) if char == "\t" else char
        out.append(piece)
        column += width(piece)
    return "".join(out)


def snippet(sources: Sources, marks: Iterable[Mark], gutter: int) -> Iterator[Line]:
    """The rows that marks begin on, in order, one row of context around the primary one."""
    ordered = sorted(marks, key=lambda mark: mark.span)
    source = sources[ordered[0].span.path]
    previous = None
    for row in _rows(source, ordered):
        place = sources.place(source.path, Position(row, 1))
        if previous is not None and row > previous + 1:
            yield ((f"{'...':>{gutter}}", "blue"),)
        previous = row
        yield from _row(source, row, [mark for mark in ordered if mark.span.start.row == row], place.row, gutter)


def _rows(source: SourceFile, marks: list[Mark]) -> list[int]:
    rows = {mark.span.start.row for mark in marks}
    for mark in marks:
        if mark.primary:
            rows |= {row for row in _around(source, mark.span) if source.line(row).strip()}
    filled = rows | {row + 1 for row in rows if row + 2 in rows}
    return sorted(row for row in filled if 1 <= row <= source.rows)


def _around(source: SourceFile, span: Span) -> Iterator[int]:
    """The rows before and after, in a notebook only those of the same cell."""
    cell = source.cell_at(span.start.row)
    for row in (span.start.row - 1, span.start.row + 1):
        if cell is None or cell.first_row <= row < cell.first_row + cell.rows:
            yield row


def _row(source: SourceFile, row: int, marks: list[Mark], number: int, gutter: int) -> Iterator[Line]:
    text = source.line(row)
    left, right = _window(text, marks)
    yield ((f"{number:>{gutter}} | ", "blue"), (_cut(text, left, right), ""))
    for mark in sorted(marks, key=lambda mark: (mark.span.start, not mark.primary)):
        yield _underline(text, mark, left, right, gutter)


def _window(text: str, marks: list[Mark]) -> tuple[int, int]:
    """The part of a line that is shown, as indices: all of it, or some of it around the first mark."""
    if len(text) <= WIDEST:
        return 0, len(text)
    first = min((mark.span.start.column - 1 for mark in marks), default=0)
    left = max(min(first - WIDEST // 4, len(text) - WIDEST), 0)
    return left, left + WIDEST


def _cut(text: str, left: int, right: int) -> str:
    return f"{'…' if left else ''}{shown(text[left:right])}{'…' if right < len(text) else ''}"


def _underline(text: str, mark: Mark, left: int, right: int, gutter: int) -> Line:
    start = min(max(mark.span.start.column - 1, left), right)
    one_row = mark.span.end.row == mark.span.start.row
    end = min(mark.span.end.column - 1 if one_row else len(text.rstrip()), right)
    before = width(shown(text[left:start])) + (1 if left else 0)
    long = max(width(shown(text[left : max(end, start)])) + (1 if left else 0) - before, 1)
    style = "bold red" if mark.primary else "bold blue"
    drawn = ("^" if mark.primary else "-") * long
    message = f"{drawn} {mark.message}" if mark.message else drawn
    return ((f"{'':>{gutter}} | ", "blue"), (" " * before, ""), (message, style))


def diff_lines(sources: Sources, path: str, edits: tuple[Edit, ...], gutter: int) -> Iterator[Line]:
    """Rows that edits of one file change, before and after."""
    source = sources[path]
    ranges = [(source.offset(edit.span.start), source.offset(edit.span.end), edit.content) for edit in edits]
    for first, last, group in _groups(source, sorted(ranges)):
        start = source.offset(Position(first, 1))
        end = source.offset(Position(last, len(source.line(last)) + 1))
        after = apply(source.text[start:end], [(a - start, b - start, text) for a, b, text in group])
        number = sources.place(path, Position(first, 1)).row
        yield from _changed(source.text[start:end], after, number, gutter)


_Range = tuple[int, int, str]


def _groups(source: SourceFile, ranges: list[_Range]) -> Iterator[tuple[int, int, list[_Range]]]:
    """Edits that share rows together, with the first and last of these rows."""
    group: list[_Range] = []
    first = last = 0
    for edit in ranges:
        start, end = source.position(edit[0]).row, source.position(edit[1]).row
        if group and start > last:
            yield first, last, group
            group = []
        first = first if group else start
        last = max(last, end) if group else end
        group.append(edit)
    if group:
        yield first, last, group


def _changed(before: str, after: str, number: int, gutter: int) -> Iterator[Line]:
    old, new = before.splitlines(), after.splitlines()
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    tail = 0
    while tail < min(len(old), len(new)) - same and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    for sign, lines, style in (("-", old, "red"), ("+", new, "green")):
        for index, line in enumerate(lines[same : len(lines) - tail], number + same):
            yield ((f"{index:>{gutter}} ", "blue"), (f"{sign} {_cut(line, 0, WIDEST)}", style))
