"""Differences between two states of a file, for ``--diff`` and for asking before a fix."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import unified_diff

from lstmlint.report.line import Line
from lstmlint.text.notebook import source_text
from lstmlint.text.reading import Unreadable, read

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def diff(path: str, before: bytes, after: bytes) -> Iterator[Line]:
    """A unified diff; of a notebook one for each cell that differs."""
    for name, old, new in _parts(path, before, after):
        if old != new:
            yield from _unified(name, old, new)


def _parts(path: str, before: bytes, after: bytes) -> Iterator[tuple[str, str, str]]:
    if not path.endswith(".ipynb"):
        yield path, _text(path, before), _text(path, after)
        return
    cells = zip(_cells(before), _cells(after), strict=True)
    for number, (old, new) in enumerate(cells, 1):
        yield f"{path}:cell {number}", old, new


def _text(path: str, data: bytes) -> str:
    source = read(path, data)
    return "" if isinstance(source, Unreadable) else source.text


def _cells(data: bytes) -> list[str]:
    return [source_text(cell) for cell in json.loads(data.decode("utf-8-sig"))["cells"]]


def _unified(name: str, old: str, new: str) -> Iterator[Line]:
    for line in unified_diff(old.splitlines(), new.splitlines(), name, name, lineterm=""):
        heading = line.startswith(("+++", "---"))
        yield ((line, "bold" if heading else _STYLES.get(line[:1], "")),)
