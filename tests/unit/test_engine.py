"""One file through all stages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lstmlint.api import Confidence, Facts, Finding, Rule, Severity
from lstmlint.settings import Settings
from lstmlint.text.source import SourceFile
from tests.unit.linting import STACKED, facts_of, lint, span_at

crashing = Rule("LST198", "always-crashes", Severity.ERROR, since="0.1.0")
unsure = Rule("LST199", "never-sure", Severity.WARNING, since="0.1.0")
old_only = Rule("LST197", "old-only", Severity.ERROR, since="0.1.0", keras=frozenset({2}))


@crashing.on(Facts)
def _crash(facts: Facts, _: Facts) -> Iterator[Finding]:
    yield Finding(span_at(facts.source, 0, 1), "before the crash", Confidence.HIGH)
    raise ZeroDivisionError("on purpose")


@unsure.on(Facts)
def _unsure(facts: Facts, _: Facts) -> Iterator[Finding]:
    yield Finding(span_at(facts.source, 0, 1), "perhaps", Confidence.LOW)


@old_only.on(Facts)
def _old(facts: Facts, _: Facts) -> Iterator[Finding]:
    yield Finding(span_at(facts.source, 0, 1), "old", Confidence.HIGH)


def test_a_crashing_rule_leaves_the_others_their_findings() -> None:
    linted = lint(None, crashing).file("t.py", STACKED.encode())
    assert [one.code for one in linted.diagnostics] == ["LST101"]
    [crash] = linted.crashes
    assert crash.where == "LST198 in t.py"
    assert "on purpose" in crash.error
    assert "ZeroDivisionError" in crash.traceback


def test_low_confidence_only_where_asked_for() -> None:
    data = b"import keras\n"
    assert lint(None, unsure).file("t.py", data).diagnostics == ()
    [found] = lint(Settings(min_confidence=Confidence.LOW), unsure).file("t.py", data).diagnostics
    assert found.code == "LST199"


def test_rules_of_another_keras_stay_silent() -> None:
    assert lint(Settings(keras="3"), old_only).file("t.py", b"import keras\n").diagnostics == ()
    [found] = lint(Settings(keras="2"), old_only).file("t.py", b"import keras\n").diagnostics
    assert found.code == "LST197"


def test_files_without_keras_are_not_parsed() -> None:
    assert lint().file("t.py", b"print 'python 2'\n").diagnostics == ()
    assert lint().file("t.py", b"print 'python 2'\n", named=True).diagnostics == ()


def test_what_does_not_parse_is_lst000_with_its_line() -> None:
    [found] = lint().file("t.py", b"import keras\n\ndef f(:\n").diagnostics
    assert (found.code, found.span.start.row, found.severity) == ("LST000", 3, Severity.WARNING)


def test_what_cannot_be_read_is_lst001() -> None:
    [found] = lint().file("t.py", b"import keras\nx = '\xff'\n").diagnostics
    assert (found.code, found.span.start.row) == ("LST001", 2)


def test_configured_severity_wins() -> None:
    settings = Settings(severity=(("stacked-lstm-drops-time-axis", Severity.INFO),))
    [found] = lint(settings).file("t.py", STACKED.encode()).diagnostics
    assert found.severity is Severity.INFO


@pytest.mark.parametrize(("glob", "silent"), [("tests/*", True), ("*.py", True), ("other/*", False), ("a.py", True)])
def test_per_file_ignores_count_from_the_configuration(tmp_path: Path, glob: str, silent: bool) -> None:
    settings = Settings(root=str(tmp_path), per_file_ignores=((glob, ("LST1",)),))
    found = lint(settings).file(str(tmp_path / "tests" / "a.py"), STACKED.encode()).diagnostics
    assert (found == ()) is silent


def test_findings_repeated_by_a_loop_are_told_once() -> None:
    twice = Rule("LST196", "says-it-twice", Severity.ERROR, since="0.1.0")

    @twice.on(Facts)
    def _twice(facts: Facts, _: Facts) -> Iterator[Finding]:
        yield from (Finding(span_at(facts.source, 0, 1), f"{steps} steps", Confidence.HIGH) for steps in (4, 8, 8))

    [told] = lint(None, twice).file("t.py", b"import keras\n").diagnostics
    assert told.message == "4 steps"


def fingerprints(text: str) -> list[str]:
    return [one.fingerprint for one in lint().file("t.py", text.encode()).diagnostics]


def test_fingerprints_survive_moved_lines_and_spaces() -> None:
    moved = "# a comment\n\n\n" + STACKED.replace("Sequential([", "Sequential([  # here")
    assert fingerprints(moved) == fingerprints(STACKED)


def test_fingerprints_change_with_the_flagged_code_and_tell_twins_apart() -> None:
    assert fingerprints(STACKED.replace("64", "63")) != fingerprints(STACKED)
    twins = fingerprints(STACKED.replace("LSTM(64),", "LSTM(64), LSTM(64),"))
    assert len(set(twins)) == len(twins) == 2


def notebook(counts: tuple[int, int]) -> bytes:
    sources = ["from keras.layers import LSTM", "model = [LSTM(64),\n  LSTM(32, x=1)]"]
    cells = [
        {"cell_type": "code", "source": source, "execution_count": count}
        for source, count in zip(sources, counts, strict=True)
    ]
    return json.dumps({"cells": cells}).encode()


def test_cells_run_out_of_order_lower_the_confidence() -> None:
    [ordered] = lint().file("n.ipynb", notebook((1, 2))).diagnostics
    [other] = lint().file("n.ipynb", notebook((5, 2))).diagnostics
    assert (ordered.confidence, other.confidence) == (Confidence.HIGH, Confidence.MEDIUM)
    assert "another order" in other.notes[0]


def test_an_interpreter_that_crashes_is_told_for_its_file() -> None:
    def crash(source: SourceFile, keras: int) -> Facts:
        raise RecursionError("too deep")

    found = lint()
    linted = type(found)(found.settings, found.registry, crash).file("t.py", STACKED.encode())
    assert linted.diagnostics == ()
    assert "too deep" in linted.crashes[0].error
    assert facts_of(SourceFile("t.py", ""), 3)
