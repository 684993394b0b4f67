"""Notebooks: code cells joined into one module, and edits written back cell by cell.

Joined rows match the rows of the cells one to one, so a position in the joined text is a position in a cell; only an
indented cell has a row of its own in front.
"""

from __future__ import annotations

import ast
import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lstmlint.text.magics import without_magics
from lstmlint.text.source import Cell, Position, SourceFile

_START = Position(1, 1)
#: A row in front of an indented cell, which is in no cell.
_OPENING = "if True:\n"


class BrokenNotebook(Exception):
    """A notebook that cannot be read; ``help`` says what may repair it."""

    def __init__(self, message: str, help: str = "", position: Position = _START) -> None:
        super().__init__(message)
        self.help = help
        self.position = position


@dataclass(frozen=True, slots=True)
class _Code:
    """A code cell: its number among all cells, its Python, and Python's complaint where it does not parse."""

    number: int
    text: str
    problem: tuple[Position, str] | None
    #: Whether all of it is indented, which Jupyter does not mind.
    indented: bool = False


def read_notebook(path: str, data: bytes) -> SourceFile:
    """Raises BrokenNotebook where the JSON or the cells are not a notebook's."""
    notebook = _loaded(data)
    if not _speaks_python(notebook):
        return SourceFile(path, "")
    cells = notebook["cells"]
    codes = [_code(number, cell) for number, cell in enumerate(cells, 1) if cell.get("cell_type") == "code"]
    return _joined(path, codes, _out_of_order(cells))


def source_text(cell: dict[str, Any]) -> str:
    """A cell's source, which is a text or a list of lines."""
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else source


def _loaded(data: bytes) -> dict[str, Any]:
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BrokenNotebook(f"notebook is not UTF-8: {error.reason} at byte {error.start}") from None
    except json.JSONDecodeError as error:
        place = Position(error.lineno, error.colno)
        raise BrokenNotebook(f"notebook is not valid JSON: {error.msg}", "open and save it in Jupyter", place) from None
    except RecursionError:
        raise BrokenNotebook("notebook is not readable: its JSON is nested too deeply") from None
    return _checked(notebook)


def _checked(notebook: Any) -> dict[str, Any]:
    match notebook:
        case {"cells": [*cells]} if all(_is_cell(cell) for cell in cells):
            return dict(notebook)
        case {"worksheets": _}:
            help = "upgrade it: `jupyter nbconvert --to notebook --inplace FILE`"
            raise BrokenNotebook("notebook is of format 3 or older; lstmlint reads format 4", help)
        case _:
            raise BrokenNotebook("file is JSON but not a notebook: it has no list of cells")


def _is_cell(cell: object) -> bool:
    match cell:
        case {"source": str()}:
            return True
        case {"source": [*lines]}:
            return all(isinstance(line, str) for line in lines)
        case dict():
            return "source" not in cell
        case _:
            return False


def _speaks_python(notebook: dict[str, Any]) -> bool:
    match notebook.get("metadata"):
        case {"language_info": {"name": str() as name}} | {"kernelspec": {"language": str() as name}}:
            return name.lower() in {"python", "ipython", "python3"}
        case _:
            return True


def _out_of_order(cells: list[dict[str, Any]]) -> bool:
    """Whether the cells were last run in another order than they stand in."""
    counts = [cell["execution_count"] for cell in cells if isinstance(cell.get("execution_count"), int)]
    return counts != sorted(counts)


def _code(number: int, cell: dict[str, Any]) -> _Code:
    text = without_magics(source_text(cell))
    problem = _problem(text)
    if problem and _problem(f"{_OPENING}{text}") is None:
        return _Code(number, text, None, indented=True)
    return _Code(number, _blank(text) if problem else text, problem)


def _problem(text: str) -> tuple[Position, str] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return Position(error.lineno or 1, max(error.offset or 1, 1)), error.msg
    except (ValueError, RecursionError, MemoryError) as error:
        return Position(1, 1), str(error) or "too deeply nested"
    return None


def _blank(text: str) -> str:
    return "\n" * (SourceFile("", text).rows - 1)


def _joined(path: str, codes: list[_Code], out_of_order: bool) -> SourceFile:
    cells, problems, row = [], [], 1
    for code in codes:
        row += code.indented
        rows = SourceFile("", code.text).rows
        cells.append(Cell(code.number, row, rows))
        if code.problem:
            place, message = code.problem
            problems.append((Position(place.row + row - 1, place.column), message))
        row += rows
    text = "".join(f"{_OPENING if code.indented else ''}{code.text}\n" for code in codes)
    return SourceFile(path, text, "utf-8", "\n", tuple(cells), out_of_order, tuple(problems))


def edited_notebook(data: bytes, source: SourceFile, edits: list[tuple[int, int, str]]) -> bytes:
    """The notebook with edits of the joined text made in its cells; every byte outside those sources stays.

    ``edits`` are ``(start, end, content)`` offsets into ``source.text`` that do not overlap.
    """
    text = data.decode("utf-8")
    changed = {number: list(group) for number, group in _by_cell(source, edits)}
    pieces, done = [], 0
    for number, (start, end) in enumerate(_source_spans(text), 1):
        if number in changed:
            pieces += [text[done:start], _edited_source(text, start, end, changed[number])]
            done = end
    return "".join([*pieces, text[done:]]).encode("utf-8")


_CellEdit = tuple[Position, Position, str]


def _by_cell(source: SourceFile, edits: list[tuple[int, int, str]]) -> Iterator[tuple[int, list[_CellEdit]]]:
    groups: dict[int, list[_CellEdit]] = {}
    for start, end, content in edits:
        first, last = source.position(start), source.position(end)
        cell = source.cell_at(first.row)
        if cell is None or last.row >= cell.first_row + cell.rows:
            continue
        shift = cell.first_row - 1
        edit = (Position(first.row - shift, first.column), Position(last.row - shift, last.column), content)
        groups.setdefault(cell.number, []).append(edit)
    yield from groups.items()


def _edited_source(text: str, start: int, end: int, edits: list[_CellEdit]) -> str:
    """A cell's ``source`` value as JSON again, in the layout it had: one text, or a list with a line each."""
    value = json.loads(text[start:end])
    cell = SourceFile("", value if isinstance(value, str) else "".join(value))
    code = cell.text
    for first, last, content in sorted(edits, reverse=True):
        code = code[: cell.offset(first)] + content + code[cell.offset(last) :]
    ascii_only = text[start:end].isascii() and not code.isascii() and "\\u" in text[start:end]
    if isinstance(value, str):
        return json.dumps(code, ensure_ascii=ascii_only)
    return _as_list(code, text[start:end], ascii_only)


def _as_list(code: str, before: str, ascii_only: bool) -> str:
    lines = [json.dumps(line, ensure_ascii=ascii_only) for line in code.splitlines(keepends=True)]
    opening = before[1 : before.find('"')] if '"' in before else ""
    closing = before[before.rfind('"') + 1 : -1] if '"' in before else ""
    return f"[{opening}{f',{opening or chr(32)}'.join(lines)}{closing}]"


def _source_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each cell's ``source`` value stands in the JSON text; an empty span for a cell without one."""
    for key, start, _ in _members(text, _skip(text, 0)):
        if key == "cells":
            for cell in _items(text, start):
                yield next(
                    ((first, last) for name, first, last in _members(text, cell) if name == "source"), (cell, cell)
                )


_decoder = json.JSONDecoder()


def _members(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """The members of the object that begins at an offset: key, and where its value begins and ends."""
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, at = _decoder.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, end = _decoder.raw_decode(text, start)
        yield key, start, end
        at = _next(text, end)


def _items(text: str, at: int) -> Iterator[int]:
    """Where the items of the array that begins at an offset begin."""
    at = _skip(text, at + 1)
    while text[at] != "]":
        yield at
        _, end = _decoder.raw_decode(text, at)
        at = _next(text, end)


def _next(text: str, end: int) -> int:
    at = _skip(text, end)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    """Past whitespace, and past a byte-order mark."""
    while text[at] in " \t\r\n\ufeff":
        at += 1
    return at
