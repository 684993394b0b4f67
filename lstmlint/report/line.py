"""A line of a report: pieces of text with a style each, so that one renderer serves terminals, files and pipes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import IO, TypeAlias

#: Text and its style in rich's words; an empty style is plain.
Piece: TypeAlias = tuple[str, str]
Line: TypeAlias = tuple[Piece, ...]

SEVERITY_STYLE = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}


def plain(text: str) -> Line:
    return ((text, ""),)


def text_of(line: Line) -> str:
    return "".join(text for text, _ in line)


def wants_colour(when: str, stream: IO[str]) -> bool:
    """``--color``, then NO_COLOR and FORCE_COLOR (no-color.org, force-color.org), then whether it is a terminal."""
    if when != "auto":
        return when == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def write_lines(lines: Iterable[Line], stream: IO[str] | None = None, colour: bool = False) -> None:
    """Write lines; characters that the stream's encoding lacks are escaped, never an error."""
    stream = stream or sys.stdout
    if colour:
        _write_coloured(lines, stream)
        return
    for line in lines:
        stream.write(_encodable(text_of(line), stream) + "\n")


def _write_coloured(lines: Iterable[Line], stream: IO[str]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, force_terminal=True, highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text.assemble(*((_encodable(text, stream), style) for text, style in line)))


#: Control characters of a linted file must not reach the terminal: they can move its cursor and rewrite its lines.
_CONTROL = {code: "\N{REPLACEMENT CHARACTER}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


def _encodable(text: str, stream: IO[str]) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.translate(_CONTROL).encode(encoding, "backslashreplace").decode(encoding)
