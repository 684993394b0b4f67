"""Comments that speak to lstmlint, found by tokenising, so never inside a string."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from lstmlint.text.source import Position, SourceFile, Span


class Kind(Enum):
    NOQA = "noqa"
    IGNORE = "ignore"
    FILE = "file-ignore"
    SKIP = "skip-file"


@dataclass(frozen=True, slots=True)
class Directive:
    """One such comment.

    It covers the rows ``first`` to ``last``: a trailing one its own row, one on its own line the next statement, a
    file-wide one everything. ``span`` is the directive within its comment, ``comment`` the whole comment. ``codes`` are
    as written, with their spans; none in a blanket ``noqa``.
    """

    kind: Kind
    span: Span
    comment: Span
    codes: tuple[tuple[str, Span], ...]
    reason: str
    own_line: bool
    first: int
    last: int


_MENTION = re.compile(r"noqa|lstmlint:", re.IGNORECASE)
_CODE = r"[A-Za-z]+[0-9]+"
_NOQA = re.compile(rf"#\s*noqa\b(?![^\S\n]*:)|#\s*noqa\s*:\s*(?P<codes>{_CODE}(?:[\s,]+{_CODE}\b)*)", re.IGNORECASE)
_IGNORE = re.compile(r"#\s*lstmlint:\s*(?P<kind>ignore|file-ignore)\s*\[(?P<codes>[^\]#]*)\](?P<reason>[^#]*)")
_SKIP = re.compile(r"#\s*lstmlint:\s*skip-file\b(?P<reason>[^#]*)")
_WORD = re.compile(r"[^\s,]+")

_EVERYTHING = (1, 1 << 60)


@dataclass(frozen=True, slots=True)
class _Comment:
    text: str
    position: Position
    own_line: bool
    depth: int
    #: The rows that a comment on its own line speaks for.
    following: tuple[int, int]


def directives(source: SourceFile) -> tuple[Directive, ...]:
    """All directives of a file in order; none in a text that cannot be tokenised up to them."""
    if not _MENTION.search(source.text):
        return ()
    return tuple(directive for comment in _comments(source) for directive in _read(source.path, comment))


def _read(path: str, comment: _Comment) -> Iterator[Directive]:
    for pattern, fixed in ((_NOQA, Kind.NOQA), (_IGNORE, None), (_SKIP, Kind.SKIP)):
        for match in pattern.finditer(comment.text):
            kind = fixed or Kind(match["kind"])
            if kind in {Kind.FILE, Kind.SKIP} and not _file_wide(comment):
                continue
            yield _directive(path, comment, match, kind)


def _file_wide(comment: _Comment) -> bool:
    return comment.own_line and comment.depth == 0 and comment.position.column == 1


def _directive(path: str, comment: _Comment, match: re.Match[str], kind: Kind) -> Directive:
    groups = match.groupdict()
    return Directive(
        kind,
        _part(path, comment, match.start(), match.start() + len(match[0].rstrip())),
        _part(path, comment, 0, len(comment.text)),
        tuple(_codes(path, comment, match)) if groups.get("codes") else (),
        (groups.get("reason") or "").strip(),
        comment.own_line,
        *_covered(comment, kind),
    )


def _covered(comment: _Comment, kind: Kind) -> tuple[int, int]:
    if kind in {Kind.FILE, Kind.SKIP}:
        return _EVERYTHING
    if comment.own_line and kind is Kind.IGNORE:
        return comment.following
    return comment.position.row, comment.position.row


def _codes(path: str, comment: _Comment, match: re.Match[str]) -> Iterator[tuple[str, Span]]:
    start = match.start("codes")
    for word in _WORD.finditer(match["codes"]):
        yield word[0], _part(path, comment, start + word.start(), start + word.end())


def _part(path: str, comment: _Comment, start: int, end: int) -> Span:
    row, column = comment.position.row, comment.position.column
    return Span(path, Position(row, column + start), Position(row, column + end))


_LAYOUT = frozenset(
    {tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.COMMENT, tokenize.ENDMARKER}
)


def _comments(source: SourceFile) -> Iterator[_Comment]:
    tokens = _tokens(source)
    depth = 0
    for index, token in enumerate(tokens):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
        if token.type == tokenize.COMMENT:
            row, column = token.start
            own_line = not token.line[:column].strip()
            following = _following(tokens, index, depth) if own_line else (row, row)
            yield _Comment(token.string, Position(row, column + 1), own_line, depth, following)


def _tokens(source: SourceFile) -> list[tokenize.TokenInfo]:
    rows = (f"{source.line(row)}\n" for row in range(1, source.rows + 1))
    tokens = []
    try:
        for token in tokenize.generate_tokens(lambda: next(rows, "")):
            tokens.append(token)
    except (tokenize.TokenError, SyntaxError):
        pass
    return tokens


def _following(tokens: list[tokenize.TokenInfo], index: int, depth: int) -> tuple[int, int]:
    """The rows of the next statement; inside brackets the row where the next item begins."""
    rest = iter(tokens[index + 1 :])
    first = next((token for token in rest if token.type not in _LAYOUT), None)
    if first is None:
        return 0, 0
    if depth:
        return first.start[0], first.start[0]
    last = next((token for token in rest if token.type == tokenize.NEWLINE), first)
    return first.start[0], last.end[0]
