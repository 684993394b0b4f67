"""The texts that a report quotes from, read when they are first needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lstmlint.text.reading import Unreadable, read
from lstmlint.text.source import Position, SourceFile, Span


@dataclass(frozen=True, slots=True)
class Place:
    """A position as people count it: in a notebook the cell and the row within it."""

    cell: int | None
    row: int
    column: int

    def __str__(self) -> str:
        return f"{'' if self.cell is None else f'cell {self.cell}:'}{self.row}:{self.column}"


class Sources:
    """Source files by path. One that can no longer be read has an empty text, so that a report never fails on it."""

    def __init__(self, known: Iterable[SourceFile] = ()) -> None:
        self._known = {source.path: source for source in known}

    def __getitem__(self, path: str) -> SourceFile:
        if path not in self._known:
            self._known[path] = _read(path)
        return self._known[path]

    def add(self, source: SourceFile) -> None:
        self._known[source.path] = source

    def start(self, span: Span) -> Place:
        return self.place(span.path, span.start)

    def end(self, span: Span) -> Place:
        return self.place(span.path, span.end)

    def place(self, path: str, position: Position) -> Place:
        cell = self[path].cell_at(position.row)
        if cell is None:
            return Place(None, position.row, position.column)
        return Place(cell.number, position.row - cell.first_row + 1, position.column)


def _read(path: str) -> SourceFile:
    try:
        found = read(path, Path(path).read_bytes())
    except OSError:
        return SourceFile(path, "")
    return SourceFile(path, "") if isinstance(found, Unreadable) else found
