"""IPython's own syntax made harmless: magics and shell lines become Python of the same rows."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

#: Cell magics whose body is Python; https://ipython.readthedocs.io/en/stable/interactive/magics.html
PYTHON_CELLS = frozenset({"time", "timeit", "capture", "prun", "debug", "python", "python3"})
#: Words that IPython takes for a magic or an alias without a sign before them (automagic).
AUTOMAGIC = frozenset(
    {
        *(
            "cat",
            "cd",
            "clear",
            "conda",
            "cp",
            "env",
            "history",
            "load",
            "load_ext",
            "ls",
            "man",
            "matplotlib",
            "mkdir",
        ),
        *("matplotlib", "mv", "pip", "pwd", "reset", "rm", "rmdir", "run", "system", "time", "timeit", "who", "whos"),
    }
)

_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_LINE_MAGIC = re.compile(r"(?P<indent>[ \t]*)(?:(?P<time>%time[ \t]+)(?=\S)|(?P<line>[%!?]|[^#'\"]*\?\s*$))")
_ASSIGNED = re.compile(r"(?P<target>[ \t]*[\w., ]+=[ \t]*)[!%]")
_FIRST_WORD = re.compile(r"[ \t]*([A-Za-z_]\w*)[ \t]*(?P<next>.?)")
_QUOTES = re.compile(r"\"\"\"|'''|\"|'")


def without_magics(cell: str) -> str:
    """The cell as Python with as many rows, or blank rows where its magic makes it another language."""
    first, *rest = cell.split("\n")
    magic = _CELL_MAGIC.match(first)
    if magic and magic[1] not in PYTHON_CELLS:
        return "\n" * len(rest)
    if magic:
        cell = "\n".join(["pass", *rest])
    if _parses(cell):
        return cell
    return "\n".join(_harmless_lines(cell.split("\n")))


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _harmless_lines(lines: list[str]) -> Iterator[str]:
    state, shell = _State(), False
    for line in lines:
        if shell:
            shell = line.rstrip().endswith("\\")
            yield ""
            continue
        replaced = line if state.open else _harmless(line)
        shell = replaced != line and line.rstrip().endswith("\\")
        yield replaced
        state.feed(replaced)


def _harmless(line: str) -> str:
    if match := _LINE_MAGIC.match(line):
        if match["time"]:
            # `if 1:` keeps the columns of the statement that is timed.
            return f"{match['indent']}{'if 1:'.ljust(len(match['time']))}{line[match.end() :]}"
        return f"{match['indent']}pass"
    if match := _ASSIGNED.match(line):
        return f"{match['target']}None"
    word = _FIRST_WORD.match(line)
    if word and word[1] in AUTOMAGIC and word["next"] not in {"=", ".", "(", "[", ",", ":"}:
        return f"{line[: word.start(1)]}pass"
    return line


class _State:
    """Whether a line begins inside brackets or a triple-quoted text, where nothing is a magic."""

    def __init__(self) -> None:
        self.depth = 0
        self.quote = ""
        self.continued = False

    @property
    def open(self) -> bool:
        return bool(self.depth or self.quote or self.continued)

    def feed(self, line: str) -> None:
        rest = line
        while rest:
            rest = self._in_text(rest) if self.quote else self._in_code(rest)
        if len(self.quote) == 1:
            self.quote = ""
        self.continued = not self.quote and line.endswith("\\")

    def _in_text(self, rest: str) -> str:
        end = re.search(rf"(?<!\\)(?:\\\\)*{self.quote}", rest)
        if not end:
            return ""
        self.quote = ""
        return rest[end.end() :]

    def _in_code(self, rest: str) -> str:
        quote = _QUOTES.search(rest)
        code = rest[: quote.start()] if quote else rest
        comment = code.find("#")
        code = code if comment < 0 else code[:comment]
        self.depth += sum(map(code.count, "([{")) - sum(map(code.count, ")]}"))
        self.depth = max(self.depth, 0)
        if comment >= 0 or not quote:
            return ""
        self.quote = quote[0]
        return rest[quote.end() :]
