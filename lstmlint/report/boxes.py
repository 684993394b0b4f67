"""Shapes as boxes: a sheet for a sample, columns for its steps, rows for its features. SVG text."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lstmlint.api import Dim

_CELL, _SHEET, _MOST_SHEETS = 9, 5, 5
_MOST_COLUMNS, _MOST_ROWS = 16, 6


def sheets(shape: Sequence[Dim | None] | None) -> str:
    """``(samples, steps, features)``; ``(samples, features)`` has one step, ``(samples,)`` one number."""
    if not shape:
        return _unknown()
    steps = shape[1] if len(shape) > 2 else Dim(1)
    features = shape[-1] if len(shape) > 1 else Dim(1)
    return _drawn(_count(shape[0], _MOST_SHEETS), _count(steps, _MOST_COLUMNS), _count(features, _MOST_ROWS))


def windows(shape: Sequence[Dim | None] | None) -> str:
    """``(samples, steps)``: pieces of a series of single numbers."""
    if not shape or len(shape) != 2:
        return sheets(shape)
    return _drawn(_count(shape[0], _MOST_SHEETS), _count(shape[1], _MOST_COLUMNS), 1)


def strip(shape: Sequence[Dim | None] | None) -> str:
    """A series before it is cut: time from left to right, ``(steps, features)``."""
    if not shape:
        return _unknown()
    return _drawn(1, _count(shape[0], _MOST_COLUMNS), _count(shape[1] if len(shape) > 1 else Dim(1), _MOST_ROWS))


def _count(size: Dim | None, most: int) -> int:
    """How many boxes stand for a size, on a logarithmic scale; many for one that is not known."""
    if size is None or size.value is None:
        return most
    return max(1, min(most, size.value if size.value <= 4 else 3 + round(math.log2(size.value / 2))))


def _drawn(count: int, columns: int, rows: int) -> str:
    wide, high = columns * _CELL + 1, rows * _CELL + 1
    back = (count - 1) * _SHEET
    body = "".join(_sheet(back - k * _SHEET, k * _SHEET, columns, rows, k == count - 1) for k in range(count))
    return _svg(wide + back + 2, high + back + 2, body)


def _sheet(left: int, top: int, columns: int, rows: int, front: bool) -> str:
    """The front sheet shows its cells, those behind it their edges."""
    wide, high = columns * _CELL + 1, rows * _CELL + 1
    edge = f'<rect class="sheet" x="{left + 1}" y="{top + 1}" width="{wide}" height="{high}"/>'
    if not front:
        return edge
    cells = (
        f'<rect class="cell" x="{left + 2 + column * _CELL}" y="{top + 2 + row * _CELL}" width="8" height="8"/>'
        for column in range(columns)
        for row in range(rows)
    )
    return edge + "".join(cells)


def labelled() -> str:
    """The key: four samples of six steps and three features, with the names of the three directions."""
    body = "".join(_sheet(80 + 15 - k * _SHEET, 20 + k * _SHEET, 6, 3, k == 3) for k in range(4))
    words = (
        '<text x="80" y="82">steps (time) \N{RIGHTWARDS ARROW}</text>'
        '<text x="76" y="54" text-anchor="end">features \N{DOWNWARDS ARROW}</text>'
        '<text x="86" y="14">samples \N{NORTH EAST ARROW}</text>'
    )
    return _svg(190, 90, body + words)


def _unknown() -> str:
    return _svg(24, 24, '<text x="12" y="18" text-anchor="middle" class="unknown">?</text>')


def _svg(wide: int, high: int, body: str) -> str:
    return f'<svg width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" aria-hidden="true">{body}</svg>'
