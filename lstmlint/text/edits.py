"""Text edits, and the places of a call that edits are made at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.text.source import Position, Span


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace the text of ``span`` by ``content``."""

    span: Span
    content: str


@dataclass(frozen=True, slots=True)
class ArgumentSite:
    """One argument as written: ``name`` for a keyword, ``star`` for ``*`` or ``**``.

    ``span`` covers ``name=value``, ``value`` the value alone; ``text`` is the value's code.
    """

    name: str | None
    span: Span
    value: Span
    text: str
    star: str = ""


@dataclass(frozen=True, slots=True)
class CallSite:
    """A call as written.

    ``span`` is the whole call, ``callee`` what stands before the parenthesis, ``close`` the closing parenthesis.
    ``text`` is the call in one short line for messages: ``LSTM(64)``.
    """

    span: Span
    callee: Span
    callee_text: str
    text: str
    arguments: tuple[ArgumentSite, ...]
    close: Position
    trailing_comma: bool = False

    def keyword(self, name: str) -> ArgumentSite | None:
        return next((argument for argument in self.arguments if argument.name == name), None)

    def positional(self, index: int) -> ArgumentSite | None:
        """The argument at a position, unless a star argument makes positions uncertain."""
        if any(argument.star for argument in self.arguments[: index + 1]):
            return None
        plain = [argument for argument in self.arguments if argument.name is None]
        return plain[index] if index < len(plain) else None

    @property
    def has_star(self) -> bool:
        return any(argument.star for argument in self.arguments)

    def with_keyword(self, name: str, text: str) -> Edit:
        """The edit that sets a keyword: replaced where it stands, else added at the end."""
        present = self.keyword(name)
        if present is not None:
            return Edit(present.value, text)
        if self.trailing_comma:
            last = self.arguments[-1].span.end
            return Edit(Span(self.span.path, last, last), f", {name}={text}")
        separator = ", " if self.arguments else ""
        return Edit(Span(self.span.path, self._end_of_arguments, self._end_of_arguments), f"{separator}{name}={text}")

    def without_keyword(self, name: str) -> Edit | None:
        """The edit that removes a keyword with its comma, None where it is not written out."""
        for index, argument in enumerate(self.arguments):
            if argument.name != name:
                continue
            if index + 1 < len(self.arguments):
                return Edit(Span(self.span.path, argument.span.start, self.arguments[index + 1].span.start), "")
            start = self.arguments[index - 1].span.end if index else argument.span.start
            return Edit(Span(self.span.path, start, argument.span.end), "")
        return None

    @property
    def _end_of_arguments(self) -> Position:
        return self.arguments[-1].span.end if self.arguments else self.close


def apply(text: str, edits: list[tuple[int, int, str]]) -> str:
    """Replace the ranges ``(start, end, content)`` of ``text``; later ones that overlap earlier ones are left out."""
    return "".join(_pieces(text, sorted(edits)))


def _pieces(text: str, edits: list[tuple[int, int, str]]) -> Iterator[str]:
    done = 0
    for start, end, content in edits:
        if start < done:
            continue
        yield text[done:start]
        yield content
        done = end
    yield text[done:]
