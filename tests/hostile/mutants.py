"""Our own fixture programs with something broken: statements lost, doubled or swapped, words and numbers mixed up.

They look like real programs and do what nobody foresaw, which says more than syntax at random.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable
from functools import cache
from keyword import iskeyword
from pathlib import Path

FIXTURES = Path(__file__).parents[2] / "fixtures"
Dice = random.Random
#: A change of a text; the same text where there is nothing to change.
Change = Callable[[Dice, str], str]
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|'[^'\n]*'|\"[^\"\n]*\"|[-+*/<>=!]=|\*\*|//|[^\w\s]")
_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_NUMBER = re.compile(r"\d+(?:\.\d+)?\Z")
NUMBERS = (
    "0",
    "-1",
    "1",
    "2",
    "3",
    "2.5",
    "10**9",
    "10**30",
    "None",
    "True",
    "'8'",
    "1e308",
    "[]",
    "()",
    "X",
    "len(X)",
)
HEADS = (
    *("for i in range(3):", "while True:", "if X is not None:", "for X in model:"),
    *("try:", "with model:", "def f(X):"),
)
OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "@", "<", "==", "and", ",", ":", "=", ".", "(", ")", "[", "]")


@cache
def programs() -> tuple[str, ...]:
    texts = (path.read_text(encoding="utf-8") for path in sorted(FIXTURES.rglob("*.py")))
    return tuple(text for text in texts if "keras" in text)


def mutant(seed: int) -> str:
    """A fixture after one to five changes."""
    dice = Dice(seed)
    text = dice.choice(programs())
    for _ in range(dice.choice((1, 1, 2, 2, 3, 5))):
        text = dice.choice(CHANGES)(dice, text)
    return text


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _statements(text: str) -> list[tuple[int, int]]:
    """First and last line, from 0, of each statement; every line where the text is not Python."""
    if not parses(text):
        return [(row, row) for row in range(text.count("\n") + 1)]
    nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt))
    return [(node.lineno - 1, (node.end_lineno or node.lineno) - 1) for node in nodes] or [(0, 0)]


def _of_statement(change: Callable[[Dice, list[str], list[str]], list[str]]) -> Change:
    """A change of the lines of one statement, which is given those lines and all lines of the program."""

    def changed(dice: Dice, text: str) -> str:
        lines = text.split("\n")
        first, last = dice.choice(_statements(text))
        return "\n".join([*lines[:first], *change(dice, lines[first : last + 1], lines), *lines[last + 1 :]])

    return changed


def _indented(lines: list[str], like: list[str]) -> list[str]:
    """Lines moved to the indentation of others, so that the program stays Python."""
    target, own = (len(part[0]) - len(part[0].lstrip()) for part in (like, lines))
    return [" " * target + line[own:] if line.strip() else line for line in lines]


def _another(dice: Dice, own: list[str], lines: list[str]) -> list[str]:
    first, last = dice.choice(_statements("\n".join(lines)))
    return _indented(lines[first : last + 1], own)


def _foreign(dice: Dice, own: list[str], _: list[str]) -> list[str]:
    text = dice.choice(programs())
    first, last = dice.choice(_statements(text))
    return _indented(text.split("\n")[first : last + 1], own)


def _looped(dice: Dice, own: list[str], _: list[str]) -> list[str]:
    pad = own[0][: len(own[0]) - len(own[0].lstrip())]
    heads = (
        "for i in range(3):",
        "while True:",
        "if X is not None:",
        "for X in model:",
        "try:",
        "with model:",
        "def f(X):",
    )
    head = dice.choice(heads)
    tail = [f"{pad}except Exception:", f"{pad}    pass"] if head == "try:" else [f"{pad}f(f)"] * (head == "def f(X):")
    return [pad + head, *(f"    {line}" for line in own), *tail]


def swapped_statements(dice: Dice, text: str) -> str:
    """Two statements that do not overlap, each in the place of the other."""
    lines, places = text.split("\n"), _statements(text)
    one, other = sorted((dice.choice(places), dice.choice(places)))
    if one[1] >= other[0]:
        return text
    first, second = lines[one[0] : one[1] + 1], lines[other[0] : other[1] + 1]
    moved = (*lines[: one[0]], *_indented(second, first), *lines[one[1] + 1 : other[0]], *_indented(first, second))
    return "\n".join([*moved, *lines[other[1] + 1 :]])


def _of_token(choose: re.Pattern[str], change: Callable[[Dice, str, list[str]], str]) -> Change:
    """A change of one token of a kind, which is given the token and all tokens of that kind."""

    def changed(dice: Dice, text: str) -> str:
        kind = [match for match in _TOKEN.finditer(text) if choose.match(match[0]) and not iskeyword(match[0])]
        if not kind:
            return text
        chosen = dice.choice(kind)
        return text[: chosen.start()] + change(dice, chosen[0], [match[0] for match in kind]) + text[chosen.end() :]

    return changed


def _foreign_name(dice: Dice, _: str, __: list[str]) -> str:
    names = [match[0] for match in _TOKEN.finditer(dice.choice(programs())) if _NAME.match(match[0])]
    return dice.choice([name for name in names if not iskeyword(name)])


_ANY = re.compile("")
_SIGN = re.compile(r"[^\w\s'\"]")
CHANGES: tuple[Change, ...] = (
    _of_statement(lambda dice, own, lines: _indented(["pass"], own)),
    _of_statement(lambda dice, own, lines: [*own, *own]),
    _of_statement(lambda dice, own, lines: [*own, *_another(dice, own, lines)]),
    _of_statement(lambda dice, own, lines: _another(dice, own, lines)),
    _of_statement(lambda dice, own, lines: [*own, *_foreign(dice, own, lines)]),
    _of_statement(_looped),
    swapped_statements,
    _of_token(_NAME, lambda dice, token, tokens: dice.choice(tokens)),
    _of_token(_NAME, lambda dice, token, tokens: dice.choice(tokens)),
    _of_token(_NAME, _foreign_name),
    _of_token(_NUMBER, lambda dice, token, tokens: dice.choice(NUMBERS)),
    _of_token(_NUMBER, lambda dice, token, tokens: dice.choice(tokens)),
    _of_token(_ANY, lambda dice, token, tokens: ""),
    _of_token(_ANY, lambda dice, token, tokens: f"{token} {token}"),
    _of_token(_ANY, lambda dice, token, tokens: dice.choice(tokens)),
    _of_token(_SIGN, lambda dice, token, tokens: dice.choice(OPERATORS)),
)
