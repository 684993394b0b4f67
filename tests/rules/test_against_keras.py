"""Keras is the judge: what an error rule finds really raises there, what a warning rule finds really trains.

One child process runs all fixtures (our own programs, nobody else's) on the installed Keras. A result is kept in
pytest's cache under the program's text, so that a second run asks Keras about changed programs only.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from lstmlint.diagnostic import Diagnostic
from tests.rules.fixtures import Fixture, fixtures, found, lint, raises
from tests.rules.test_rewritten import drawn

pytest.importorskip("tensorflow")
Outcome = dict[str, Any]


class _Worker:
    """The child, started when the first program is asked for."""

    def __init__(self) -> None:
        self.child: subprocess.Popen[str] | None = None

    def ask(self, path: Path, keras: int) -> Outcome:
        child = self._started()
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps({"path": str(path), "keras": keras}) + "\n")
        child.stdin.flush()
        answer: Outcome = json.loads(child.stdout.readline())
        return answer

    def _started(self) -> subprocess.Popen[str]:
        if self.child is None:
            command = [sys.executable, str(Path(__file__).with_name("run_programs.py"))]
            pipe = subprocess.PIPE
            self.child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
        return self.child

    def stop(self) -> None:
        if self.child is not None and self.child.stdin is not None:
            self.child.stdin.close()
            self.child.terminate()
            self.child.wait(timeout=60)


@pytest.fixture(scope="module")
def run(request: pytest.FixtureRequest) -> Iterator[Callable[[Path, int], Outcome]]:
    worker, store = _Worker(), request.config.cache
    assert store is not None

    def outcome(path: Path, keras: int) -> Outcome:
        digest = hashlib.sha256(f"{version('keras')} {keras} {path.read_text(encoding='utf-8')}".encode()).hexdigest()
        known: Outcome | None = store.get(f"lstmlint/{digest[:24]}", None)
        if known is None:
            known = worker.ask(path, keras)
            store.set(f"lstmlint/{digest[:24]}", known)
        return known

    yield outcome
    worker.stop()


def runnable(prefix: str) -> list[Fixture]:
    """The programs that can be run: one for each rule, all of them where LSTMLINT_ALL is set."""
    able = [fixture for fixture in fixtures(prefix) if fixture.runs]
    return able if os.environ.get("LSTMLINT_ALL") else list({id(f.rule): f for f in reversed(able)}.values())


@pytest.mark.parametrize("fixture", runnable("bad"), ids=lambda fixture: fixture.name)
def test_bad_programs_raise_or_run_as_said(
    fixture: Fixture, run: Callable[[Path, int], Outcome], tmp_path: Path
) -> None:
    """In another way of writing, drawn by the name; as they stand as well where LSTMLINT_ALL is set."""
    way, text = next(drawn(fixture), ("as it stands", fixture.text))
    path = tmp_path / fixture.path.name
    path.write_text(text, encoding="utf-8")
    assert_as_said(text, fixture, run(path, fixture.keras), way)
    if os.environ.get("LSTMLINT_ALL"):
        assert_as_said(fixture.text, fixture, run(fixture.path, fixture.keras), "as it stands")


def assert_as_said(text: str, fixture: Fixture, outcome: Outcome, way: str) -> None:
    diagnostics = found(lint(text, fixture.keras, fixture.path.name, fixture.rule), fixture.rule)
    if not raises(diagnostics):
        assert outcome["error"] is None, f"{way}\n{text}"
        return
    assert outcome["error"] is not None, f"lstmlint says that Keras raises, and it does not: {way}\n{text}"
    assert set(outcome["rows"]) & rows_of(text, diagnostics), f"{outcome} {way}\n{text}"


def rows_of(text: str, diagnostics: list[Diagnostic]) -> set[int]:
    """The rows of the simple statements that the findings that say "raises" point at."""
    told = [one for one in diagnostics if one.severity.value == "error"]
    starts = {span.start.row for one in told for span in (one.span, *(label.span for label in one.labels))}
    statements = [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt) and not hasattr(node, "body")
    ]
    spans = [range(node.lineno, (node.end_lineno or node.lineno) + 1) for node in statements]
    return {row for span in spans if starts & set(span) for row in span} | starts


@pytest.mark.parametrize("fixture", runnable("good"), ids=lambda fixture: fixture.name)
def test_good_programs_run(fixture: Fixture, run: Callable[[Path, int], Outcome]) -> None:
    assert run(fixture.path, fixture.keras)["error"] is None


@pytest.mark.parametrize("fixture", runnable("bad"), ids=lambda fixture: fixture.name)
def test_fixed_programs_run(fixture: Fixture, run: Callable[[Path, int], Outcome]) -> None:
    for path in (fixture.fixed("fixed"), fixture.fixed("unsafe")):
        if path.exists():
            text = path.read_text(encoding="utf-8")
            left = found(lint(text, fixture.keras, path.name, fixture.rule), fixture.rule)
            assert raises(left) or run(path, fixture.keras)["error"] is None
