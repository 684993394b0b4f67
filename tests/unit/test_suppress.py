"""Comments that silence, and what lstmlint says about the comments themselves."""

from __future__ import annotations

import pytest

from lstmlint.settings import Settings
from tests.unit.linting import lint

HEAD = "import keras\n"


def codes(text: str, settings: Settings | None = None, ignore_noqa: bool = False) -> list[tuple[str, int]]:
    linted = lint(settings, ignore_noqa=ignore_noqa).file("t.py", (HEAD + text).encode())
    return [(one.code, one.span.start.row) for one in linted.diagnostics]


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# NOQA: LST101",
        "#noqa:LST101",
        "# noqa: E501, LST101",
        "# noqa: E501 LST101",
        "# lstmlint: ignore[LST101] on purpose",
        "# lstmlint: ignore[stacked-lstm-drops-time-axis]",
        "# lstmlint: ignore[LST1]",
        "# an encoder  # lstmlint: ignore[LST101]",
        "# type: ignore  # noqa: LST101",
    ],
)
def test_trailing_comments_silence_their_line(comment: str) -> None:
    assert codes(f"a = LSTM(64)  {comment}\nb = LSTM(3, x=1)\n") == []


@pytest.mark.parametrize("comment", ["# noqa: E501", "# lstmlint: ignore[LST2]", "# nothing", "# noqa: because"])
def test_other_comments_do_not(comment: str) -> None:
    assert ("LST101", 2) in codes(f"a = LSTM(64)  {comment}\nb = LSTM(3, x=1)\n")


def test_a_string_is_no_comment() -> None:
    assert ("LST101", 2) in codes("a = LSTM(64), '# noqa'\nb = LSTM(3, x=1)\n")


def test_siblings_are_not_silenced() -> None:
    text = "m = [\n    LSTM(64),  # noqa: LST101\n    LSTM(32),\n    LSTM(8, x=1),\n]\n"
    assert codes(text) == [("LST101", 4)]


def test_the_closing_line_of_the_span_counts() -> None:
    assert codes("model.fit(\n    X,\n    y,\n)  # noqa: LST204\n") == []
    assert codes("model.fit(\n    X,  # lstmlint: ignore[LST204]\n    y,\n)\n") == []


def test_an_own_line_covers_the_next_statement() -> None:
    text = "# lstmlint: ignore[LST101] twice\n\nm = [\n    LSTM(64),\n    LSTM(32),\n    LSTM(8, x=1),\n]\n"
    assert codes(text) == []


def test_an_own_line_in_brackets_covers_the_next_row() -> None:
    text = "m = [\n    # lstmlint: ignore[LST101] x\n    LSTM(64),\n    LSTM(32),\n    LSTM(8, x=1),\n]\n"
    assert codes(text) == [("LST101", 5)]


def test_file_ignore_and_skip_file() -> None:
    body = "a = LSTM(64)\nb = LSTM(3, x=1)\nmodel.fit(X)\n"
    assert codes(body + "# lstmlint: file-ignore[LST1] all\n") == [("LST204", 4)]
    assert codes("# lstmlint: skip-file\n" + body) == []
    assert ("LST101", 3) in codes("def f():\n    a = LSTM(64)\n    # lstmlint: skip-file\n    b = LSTM(3, x=1)\n")


def test_ignore_noqa_reports_everything() -> None:
    assert codes("a = LSTM(64)  # noqa\nb = LSTM(3, x=1)\n", ignore_noqa=True) == [("LST101", 2)]


def test_the_reason_is_kept() -> None:
    text = HEAD + "a = LSTM(64)  # lstmlint: ignore[LST101] encoder, on purpose\nb = LSTM(3, x=1)\n"
    [silenced] = lint().file("t.py", text.encode()).silenced
    assert silenced.justification == "encoder, on purpose"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = 1  # noqa: LST101", ["LST900"]),
        ("x = 1  # lstmlint: ignore[LST101, LST204]", ["LST900"]),
        ("x = 1  # lstmlint: ignore[LST1]", ["LST900"]),
        ("x = 1  # noqa: E501", []),
        ("x = 1  # noqa", []),
        ("x = 1  # noqa: LST701", []),  # not on, so nobody can tell
        ("x = 1  # noqa: LST999", ["LST901"]),
        ("x = 1  # lstmlint: ignore[no-such-rule]", ["LST901"]),
    ],
)
def test_complaints_about_comments(line: str, expected: list[str]) -> None:
    assert [code for code, _ in codes(line + "\n")] == expected


def test_a_missing_reason_only_where_asked_for() -> None:
    text = "a = LSTM(64)  # lstmlint: ignore[LST101]\nb = LSTM(3, x=1)\n"
    assert codes(text) == []
    assert codes(text, Settings(require_reason=True)) == [("LST902", 2)]


def test_complaints_are_silenced_for_the_whole_file() -> None:
    text = "x = 1  # noqa: LST101\ny = 1  # noqa: LST999\n"
    assert [code for code, _ in codes(text)] == ["LST900", "LST901"]
    assert [code for code, _ in codes(text + "# lstmlint: file-ignore[LST900] kept\n")] == ["LST901"]
    assert codes(text + "# lstmlint: file-ignore[LST9] kept\n") == []


def test_nothing_is_called_unused_where_rules_did_not_run() -> None:
    assert [code for code, _ in codes("x = 1  # noqa: LST101\ndef f(:\n")] == ["LST000"]
