"""Rows are what Python takes for rows, and offsets and positions are each other's inverse."""

from __future__ import annotations

import io
import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmlint.text.source import Position, SourceFile, Span


@given(st.text(alphabet="ab\n\r\f\x1c\u2028é漢 "))
def test_offsets_and_positions_are_inverse(text: str) -> None:
    source = SourceFile("t.py", text)
    for offset in range(len(text) + 1):
        assert source.offset(source.position(offset)) == offset


@pytest.mark.parametrize("separator", ["\f", "\x1c", "\u2028", "\x85", "\x0b"])
def test_only_newlines_end_a_row(separator: str) -> None:
    text = f"a = '{separator}'\nb = 2\n"
    names = [token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.string == "b"]
    source = SourceFile("t.py", text)
    assert names[0].start[0] == 2
    assert source.line(2) == "b = 2"


def test_last_row_without_newline() -> None:
    source = SourceFile("t.py", "a\nbc")
    assert source.rows == 2
    assert source.line(2) == "bc"
    assert source.position(4) == Position(2, 3)


def test_positions_past_the_end_give_the_end() -> None:
    source = SourceFile("t.py", "ab\n")
    assert source.offset(Position(99, 1)) == 3
    assert source.line(99) == ""
    assert source.slice(Span("t.py", Position(1, 2), Position(50, 7))) == "b\n"
