"""Fixes: applied until stable, taken back where they do not cure, bytes around them untouched."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

import pytest

from lstmlint.api import Confidence, Edit, Facts, Finding, Fix, Rule, Safety, Severity
from lstmlint.fixes import fix_file, surviving
from tests.unit.linting import STACKED, lint, span_at


def test_safe_fixes_are_applied_and_unsafe_ones_only_when_asked_for() -> None:
    text = STACKED + "model.fit(X, y)\n"
    safe = fix_file("t.py", text.encode(), lint(), unsafe=False)
    assert safe.data.decode() == text.replace("LSTM(64)", "LSTM(64, return_sequences=True)")
    assert [one.code for one in safe.linted.diagnostics] == ["LST204"]
    both = fix_file("t.py", text.encode(), lint(), unsafe=True)
    assert "model.fit(X, y, shuffle=False)" in both.data.decode()
    assert both.linted.diagnostics == ()
    assert len(both.applied) == 2


def test_many_fixes_in_one_file() -> None:
    text = "import keras\n" + "a = LSTM(64), LSTM(32)\n" * 20 + "b = LSTM(3, x=1)\n"
    fixed = fix_file("t.py", text.encode(), lint(), unsafe=False)
    assert fixed.linted.diagnostics == ()
    assert fixed.data.decode().count("return_sequences=True") == 40
    ast.parse(fixed.data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encoding_and_newlines_stay(encoding: str, newline: str) -> None:
    declared = "# coding: latin-1\n" if encoding == "latin-1" else ""
    text = (declared + "x = 'é'\n" + STACKED).replace("\n", newline)
    fixed = fix_file("t.py", text.encode(encoding), lint(), unsafe=False)
    wanted = text.replace("LSTM(64)", "LSTM(64, return_sequences=True)")
    assert fixed.data == wanted.encode(encoding)


def test_notebooks_keep_outputs_and_layout() -> None:
    cells = [
        {"cell_type": "code", "execution_count": 1, "outputs": [], "source": ["%matplotlib inline\n", "import keras"]},
        {"cell_type": "markdown", "source": ["# LSTM(64) LSTM"]},
        {
            "cell_type": "code",
            "execution_count": 2,
            "outputs": [{"data": "x"}],
            "source": ["a = [LSTM(64),\n", "LSTM(3)]"],
        },
    ]
    before = json.dumps({"cells": cells, "nbformat": 4}, indent=2).encode() + b"\n"
    fixed = fix_file("n.ipynb", before, lint(), unsafe=False)
    assert fixed.data == before.replace(b"[LSTM(64)", b"[LSTM(64, return_sequences=True)")


useless = Rule("LST195", "fix-does-not-cure", Severity.ERROR, since="0.1.0")
breaking = Rule("LST194", "fix-breaks-syntax", Severity.ERROR, since="0.1.0")
unwritable = Rule("LST193", "fix-cannot-be-encoded", Severity.ERROR, since="0.1.0")


def _inserts(rule: Rule, content: str) -> None:
    @rule.on(Facts)
    def check(facts: Facts, _: Facts) -> Iterator[Finding]:
        at = facts.source.text.find("marked")
        if at < 0 or content in facts.source.text:
            return
        end = span_at(facts.source, at + 6, at + 6)
        fix = Fix("insert", Safety.SAFE, (Edit(end, content),))
        yield Finding(span_at(facts.source, at, at + 6), "marked", Confidence.HIGH, fix=fix)


@useless.on(Facts)
def _useless(facts: Facts, _: Facts) -> Iterator[Finding]:
    at = facts.source.text.find("marked")
    if at >= 0:
        end = span_at(facts.source, at + 6, at + 6)
        fix = Fix("add a space", Safety.SAFE, (Edit(end, " "),))
        yield Finding(span_at(facts.source, at, at + 6), "marked", Confidence.HIGH, fix=fix)


_inserts(breaking, " ) ")
_inserts(unwritable, " = '漢'")


@pytest.mark.parametrize("rule", [useless, breaking])
def test_a_fix_that_does_harm_or_no_good_is_taken_back(rule: Rule) -> None:
    text = STACKED + "marked\n"
    fixed = fix_file("t.py", text.encode(), lint(None, rule), unsafe=False)
    assert fixed.data.decode() == text.replace("LSTM(64)", "LSTM(64, return_sequences=True)")
    [refused] = fixed.refused
    assert refused.code == rule.code
    [left] = surviving(fixed.linted.diagnostics, fixed.refused)
    assert left.fix is None
    assert "taken back" in left.notes[-1]


def test_a_fix_that_the_encoding_lacks_is_taken_back() -> None:
    data = "# coding: latin-1\nimport keras  # é\nmarked\n".encode("latin-1")
    fixed = fix_file("t.py", data, lint(None, unwritable), unsafe=False)
    assert fixed.data == data
    assert len(fixed.refused) == 1


def test_a_fix_is_asked_for_once_where_it_is_declined() -> None:
    asked: list[str] = []

    def choose(diagnostic: object, source: object) -> bool:
        asked.append(getattr(diagnostic, "code", ""))
        return False

    text = STACKED + "model.fit(X, y)\n"
    fixed = fix_file("t.py", text.encode(), lint(), unsafe=True, choose=choose)
    assert fixed.data.decode() == text
    assert asked == ["LST101", "LST204"]


def test_unused_suppressions_go_and_the_rest_of_the_comment_stays() -> None:
    text = (
        "import keras\n"
        "# lstmlint: ignore[LST101] no longer\n"
        "a = 1  # noqa: LST101\n"
        "b = 2  # noqa: E501, LST101\n"
        "c = 3  # lstmlint: ignore[LST101]\n"
        "d = 4  # kept  # noqa: LST204\n"
    )
    fixed = fix_file("t.py", text.encode(), lint(), unsafe=False)
    assert fixed.data.decode().splitlines() == [
        "import keras",
        "a = 1",
        "b = 2  # noqa: E501",
        "c = 3",
        "d = 4  # kept",
    ]
    assert fixed.linted.diagnostics == ()
