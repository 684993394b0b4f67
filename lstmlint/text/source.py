"""A file as text: spans, positions and the text under them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

#: Where Python ends a line. ``str.splitlines`` also breaks at form feeds and other characters that Python does not.
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text; ``row`` and ``column`` count from 1, columns in characters."""

    row: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From ``start`` up to, not including, ``end``, in the file ``path``."""

    path: str
    start: Position
    end: Position

    def __contains__(self, other: Span) -> bool:
        return self.path == other.path and self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Cell:
    """A notebook cell inside the joined text: its number among all cells, from 1, and its first row there."""

    number: int
    first_row: int
    rows: int


@dataclass(frozen=True, slots=True, eq=False)
class SourceFile:
    """The text of one script, or of one notebook with its code cells joined.

    ``path`` is as the user wrote it; ``newline`` and ``encoding`` are what to write back. ``out_of_order`` says that a
    notebook's cells were last run in another order than they stand in. ``problems`` are the cells that do not parse,
    with Python's message; their rows are blank in ``text``, so that the other cells can still be read.
    """

    path: str
    text: str
    encoding: str = "utf-8"
    newline: str = "\n"
    cells: tuple[Cell, ...] = ()
    out_of_order: bool = False
    problems: tuple[tuple[Position, str], ...] = ()
    _starts: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        starts = (0, *(match.end() for match in _LINE_END.finditer(self.text)))
        object.__setattr__(self, "_starts", starts)

    @property
    def is_notebook(self) -> bool:
        return bool(self.cells)

    def offset(self, position: Position) -> int:
        """The index into ``text`` of a position; positions past the end give its length."""
        if position.row > len(self._starts):
            return len(self.text)
        return min(self._starts[position.row - 1] + position.column - 1, len(self.text))

    def position(self, offset: int) -> Position:
        row = bisect_right(self._starts, offset)
        return Position(row, offset - self._starts[row - 1] + 1)

    def slice(self, span: Span) -> str:
        return self.text[self.offset(span.start) : self.offset(span.end)]

    def line(self, row: int) -> str:
        """The text of a row without its newline, empty past the end."""
        if not 1 <= row <= len(self._starts):
            return ""
        end = self._starts[row] if row < len(self._starts) else len(self.text)
        return self.text[self._starts[row - 1] : end].rstrip("\r\n")

    @property
    def rows(self) -> int:
        """How many rows there are, an empty one after the last newline included."""
        return len(self._starts)

    def cell_at(self, row: int) -> Cell | None:
        """The cell that holds a row of the joined text, in a notebook."""
        index = bisect_right([cell.first_row for cell in self.cells], row) - 1
        return self.cells[index] if index >= 0 else None
