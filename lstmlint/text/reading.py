"""Bytes -> text: encodings as Python finds them (PEP 263, BOM), newline style, and what cannot be read."""

from __future__ import annotations

import io
import os
import re
import tokenize
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from lstmlint.text.notebook import BrokenNotebook, read_notebook
from lstmlint.text.source import Position, SourceFile

#: Larger scripts are generated, not written; parsing one takes seconds for each megabyte.
LARGEST = 1_000_000
#: Larger files are not read into memory at all: no notebook is that large.
LARGEST_ON_DISK = 200_000_000

_WIDE_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}

_NEWLINE = re.compile(rb"\r\n|\r|\n")
_START = Position(1, 1)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file whose text cannot be had: where it goes wrong, why, and what to do about it."""

    path: str
    message: str
    help: str = ""
    position: Position = _START


def read_bytes(path: str) -> bytes:
    """Raises OSError, also for what is too large or is no file at all."""
    if not os.path.isfile(path):
        raise OSError(0, "it is not a regular file")
    if os.path.getsize(path) > LARGEST_ON_DISK:
        raise OSError(0, f"it is larger than {LARGEST_ON_DISK // 1_000_000} MB")
    return Path(path).read_bytes()


def read(path: str, data: bytes) -> SourceFile | Unreadable:
    """The text of a script or notebook; ``path`` tells which of the two it is."""
    if path.endswith(".ipynb"):
        return _notebook(path, data)
    problem = _too_large(path, len(data)) or _not_text(path, data)
    return problem or _decoded(path, data)


def _notebook(path: str, data: bytes) -> SourceFile | Unreadable:
    try:
        source = read_notebook(path, data)
    except BrokenNotebook as error:
        return Unreadable(path, str(error), error.help, error.position)
    return _too_large(path, len(source.text)) or source


def _too_large(path: str, size: int) -> Unreadable | None:
    if size <= LARGEST:
        return None
    message = f"file holds {size / 1e6:.1f} MB of code; lstmlint reads up to {LARGEST / 1e6:.0f} MB"
    return Unreadable(path, message, "leave generated files out with `extend-exclude`")


def _not_text(path: str, data: bytes) -> Unreadable | None:
    for mark, name in _WIDE_MARKS.items():
        if data.startswith(mark):
            return Unreadable(path, f"file is encoded as {name}, which Python cannot run", "save it as UTF-8")
    if b"\0" in data:
        return Unreadable(
            path, "file is binary, not Python: it holds null bytes", position=_place(data, data.index(b"\0"))
        )
    return None


def _decoded(path: str, data: bytes) -> SourceFile | Unreadable:
    try:
        # A declaration stands in the first two lines; `readline` alone does not end a line at a bare carriage return.
        head = b"\n".join(_NEWLINE.split(data, maxsplit=2)[:2])
        encoding, _ = tokenize.detect_encoding(io.BytesIO(head).readline)
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        return _wrong_byte(path, data, error)
    except (SyntaxError, LookupError, UnicodeError) as error:
        return _wrong_declaration(path, data, error)
    return SourceFile(path, text, encoding, newline_of(text))


def _wrong_byte(path: str, data: bytes, error: UnicodeDecodeError) -> Unreadable:
    message = f"byte 0x{error.object[error.start]:02x} is not {error.encoding.upper()}, the encoding of this file"
    return Unreadable(
        path, message, "declare the encoding in the first line: `# -*- coding: latin-1 -*-`", _place(data, error.start)
    )


def _wrong_declaration(path: str, data: bytes, error: Exception) -> Unreadable:
    """``detect_encoding`` raises SyntaxError both for an unknown name and for bytes that are not the default UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        if "unknown encoding" not in str(error):
            return _wrong_byte(path, data, wrong)
    return Unreadable(
        path, f"declared encoding cannot be used: {error}", "name an encoding that Python knows, such as utf-8"
    )


def _place(data: bytes, offset: int) -> Position:
    before = data[:offset]
    return Position(before.count(b"\n") + 1, offset - (before.rfind(b"\n") + 1) + 1)


def newline_of(text: str) -> str:
    """The newline that most lines end with."""
    crlf = text.count("\r\n")
    counts = Counter({"\n": text.count("\n") - crlf, "\r\n": crlf, "\r": text.count("\r") - crlf})
    newline, count = counts.most_common(1)[0]
    return newline if count else "\n"
