"""Quoted source never raises, and marks stand under what they mark."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmlint.api import Confidence, Edit, Fix, Label, Safety, Severity
from lstmlint.diagnostic import Diagnostic
from lstmlint.report.full import full_lines
from lstmlint.report.line import text_of
from lstmlint.report.snippet import WIDEST, width
from lstmlint.text.source import Cell, Position, SourceFile, Span
from lstmlint.text.sources import Sources

positions = st.builds(Position, st.integers(1, 9), st.integers(1, 30))


@st.composite
def spans(draw: st.DrawFn, path: str = "t.py") -> Span:
    start, end = sorted((draw(positions), draw(positions)))
    return Span(path, start, end)


def diagnostic(span: Span, labels: tuple[Label, ...] = (), fix: Fix | None = None, label: str = "here") -> Diagnostic:
    return Diagnostic(
        "LST101", "name", Severity.ERROR, Confidence.HIGH, "message", span, label=label, labels=labels, fix=fix
    )


@given(
    st.text(alphabet="ab(\t\n\r漢é\u0301 \x1b", max_size=60),
    spans(),
    st.lists(spans() | spans("other.py"), max_size=4),
    st.lists(spans(), max_size=3),
    st.booleans(),
)
def test_no_span_makes_it_raise(text: str, span: Span, others: list[Span], edits: list[Span], cells: bool) -> None:
    source = SourceFile("t.py", text, cells=(Cell(2, 1, 2), Cell(5, 3, 90)) if cells else ())
    other = SourceFile("other.py", text[::-1])
    fix = Fix("do", Safety.SAFE, tuple(Edit(place, "x\ny") for place in edits)) if edits else None
    found = diagnostic(span, tuple(Label(place, "there") for place in others), fix)
    for line in full_lines(found, Sources([source, other])):
        assert "\n" not in text_of(line)


def quoted(text: str, span: Span) -> list[str]:
    return [text_of(line) for line in full_lines(diagnostic(span), Sources([SourceFile("t.py", text)]))]


def one_row(first: int, last: int) -> Span:
    return Span("t.py", Position(1, first), Position(1, last))


@pytest.mark.parametrize(
    ("text", "span", "row", "under"),
    [
        ("x = LSTM(3)\n", one_row(5, 12), "1 | x = LSTM(3)", "  |     ^^^^^^^ here"),
        ("\tLSTM(3)\n", one_row(2, 9), "1 |     LSTM(3)", "  |     ^^^^^^^ here"),
        ("a = '漢字', LSTM\n", one_row(11, 15), "1 | a = '漢字', LSTM", "  |             ^^^^ here"),
        ("e\u0301 = LSTM\n", one_row(6, 10), "1 | e\u0301 = LSTM", "  |     ^^^^ here"),
        ("LSTM(\n  3)\n", Span("t.py", Position(1, 1), Position(2, 5)), "1 | LSTM(", "  | ^^^^^ here"),
        ("keras", one_row(6, 6), "1 | keras", "  |      ^ here"),
    ],
)
def test_marks_stand_under_what_they_mark(text: str, span: Span, row: str, under: str) -> None:
    lines = quoted(text, span)
    assert row in lines
    assert lines[lines.index(row) + 1] == under


def test_long_lines_are_cut_around_the_mark() -> None:
    lines = quoted(f"x = [{'1, ' * 200_000}LSTM(3), {'2, ' * 1000}]\n", one_row(600_006, 600_013))
    [row] = [line for line in lines if "LSTM(3)" in line]
    [under] = [line for line in lines if "^" in line]
    assert width(row) < WIDEST + 20
    assert row.index("LSTM(3)") == under.index("^")


def test_a_label_in_another_file_names_that_file() -> None:
    other = SourceFile("config.py", "LOOK_BACK = 5\n")
    place = Span("config.py", Position(1, 1), Position(1, 10))
    found = diagnostic(one_row(1, 2), (Label(place, "made here"),))
    lines = [text_of(line) for line in full_lines(found, Sources([SourceFile("t.py", "xyz\n"), other]))]
    assert " ::: config.py:1:1" in lines
    assert "1 | LOOK_BACK = 5" in lines


def test_rows_far_apart_are_not_quoted_in_between() -> None:
    text = "".join(f"row{number}\n" for number in range(1, 40))
    place = Span("t.py", Position(30, 1), Position(30, 4))
    found = diagnostic(one_row(1, 2), (Label(place, "there"),))
    lines = [text_of(line) for line in full_lines(found, Sources([SourceFile("t.py", text)]))]
    assert "..." in lines
    assert not any("row15" in line for line in lines)
