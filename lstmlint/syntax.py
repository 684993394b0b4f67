"""Text to tree: parse once with LibCST, look positions up, and say where a file does not parse."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from lstmlint.text.edits import ArgumentSite, CallSite
from lstmlint.text.source import Position, SourceFile, Span

#: Characters beyond which a file is generated, not written; parsing costs about four seconds a megabyte.
LARGEST_FILE = 1_000_000
#: A call is shown in messages with at most this many characters.
LONGEST_CALL = 60


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """A file that cannot be read as Python, and where."""

    position: Position
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """A parsed file: the tree, and the place of each of its nodes."""

    source: SourceFile
    module: cst.Module
    positions: Mapping[cst.CSTNode, CodeRange]
    _sites: dict[cst.Call, CallSite] = field(default_factory=dict, repr=False)

    def span(self, node: cst.CSTNode) -> Span:
        """Where a node stands; nodes without a place (never written) stand at the start of the file."""
        place = self.positions.get(node)
        if place is None:
            return Span(self.source.path, Position(1, 1), Position(1, 1))
        return Span(
            self.source.path,
            Position(place.start.line, place.start.column + 1),
            Position(place.end.line, place.end.column + 1),
        )

    def text(self, node: cst.CSTNode) -> str:
        return self.source.slice(self.span(node))

    def call_site(self, node: cst.Call) -> CallSite:
        """A call as written; made once, however often the call is run."""
        if node not in self._sites:
            self._sites[node] = self._call_site(node)
        return self._sites[node]

    def _call_site(self, node: cst.Call) -> CallSite:
        span, callee = self.span(node), self.span(node.func)
        arguments = tuple(self._argument(argument) for argument in node.args)
        callee_text = " ".join(self.source.slice(callee).split())
        return CallSite(
            span=span,
            callee=callee,
            callee_text=callee_text,
            text=_short_call(callee_text, arguments),
            arguments=arguments,
            close=Position(span.end.row, span.end.column - 1),
            trailing_comma=bool(node.args) and isinstance(node.args[-1].comma, cst.Comma),
        )

    def _argument(self, argument: cst.Arg) -> ArgumentSite:
        value = self.outer_span(argument.value)
        name = argument.keyword.value if argument.keyword else None
        start = self.span(argument.keyword).start if argument.keyword else self._star_start(argument, value)
        whole = Span(self.source.path, start, value.end)
        return ArgumentSite(name, whole, value, self.source.slice(value), argument.star)

    def _star_start(self, argument: cst.Arg, value: Span) -> Position:
        if not argument.star:
            return value.start
        return self.source.position(self.source.text.rindex(argument.star, 0, self.source.offset(value.start)))

    def outer_span(self, node: cst.CSTNode) -> Span:
        """The span of an expression with the parentheses around it, which LibCST leaves out."""
        inner = self.span(node)
        parentheses = len(getattr(node, "lpar", ()))
        if not parentheses or self.positions.get(node) is None:
            return inner
        start, end = self.source.offset(inner.start), self.source.offset(inner.end)
        text = self.source.text
        if isinstance(node, cst.Tuple) and text[start : start + 1] == "(" and text[end - 1 : end] == ")":
            parentheses -= 1
        for _ in range(parentheses):
            start, end = text.rindex("(", 0, start), text.index(")", end) + 1
        return Span(self.source.path, self.source.position(start), self.source.position(end))


def _short_call(callee: str, arguments: tuple[ArgumentSite, ...]) -> str:
    """``LSTM(64, return_sequences=True)``; long argument lists end in ``…``."""
    words: list[str] = []
    for argument in arguments:
        value = " ".join(argument.text.split())
        word = f"{argument.name}={value}" if argument.name else argument.star + value
        if len(callee) + len(", ".join([*words, word])) > LONGEST_CALL:
            words.append("…")
            break
        words.append(word)
    return f"{callee}({', '.join(words)})"


def parse(source: SourceFile) -> Parsed | SyntaxProblem:
    """The tree of a file, or why there is none. Never raises; never slower than linear in the text.

    ``ast.parse`` goes first: it refuses what is nested too deeply, on which LibCST's own parser would end the
    process, and it gives the true line of a syntax error.
    """
    if len(source.text) > LARGEST_FILE:
        size = len(source.text) / 1e6
        return SyntaxProblem(Position(1, 1), f"file has {size:.1f} MB of text: more than 1 MB is not linted")
    problem = _refused_by_ast(source)
    if problem is not None and not (problem.message.startswith("invalid syntax") and _is_shallow(source.text)):
        return problem
    try:
        module = cst.parse_module(source.text)
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        return Parsed(source, wrapper.module, wrapper.resolve(PositionProvider))
    except cst.ParserSyntaxError as error:
        return problem or SyntaxProblem(Position(max(error.raw_line, 1), error.raw_column + 1), "invalid syntax")
    except RecursionError:
        return SyntaxProblem(Position(1, 1), "nested too deeply to be followed")
    except Exception as error:  # LibCST's native parser reports some broken text as a plain error of its own
        return problem or SyntaxProblem(Position(1, 1), f"cannot be parsed: {type(error).__name__}")


def _refused_by_ast(source: SourceFile) -> SyntaxProblem | None:
    try:
        ast.parse(source.text)
    except SyntaxError as error:
        position = Position(max(error.lineno or 1, 1), max(error.offset or 1, 1))
        return SyntaxProblem(position, _plain(error.msg))
    except (RecursionError, MemoryError):
        return SyntaxProblem(Position(1, 1), "nested too deeply to be followed")
    except ValueError as error:
        return SyntaxProblem(Position(1, 1), str(error))
    return None


def _plain(message: str) -> str:
    return message[:1].lower() + message[1:]


def _is_shallow(text: str) -> bool:
    """Whether LibCST can be given a text that ``ast`` refused: newer syntax, say, than the running Python's."""
    depth = deepest = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    return deepest < 50 and all(len(line) < 1000 for line in text.splitlines())
