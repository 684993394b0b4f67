"""Fixture programs with something broken, through the whole tool: never an exception, never beyond the bounds.

``LSTMLINT_EXAMPLES`` sets how many (default 200; a long run takes 10,000), ``LSTMLINT_SEED`` the first one.
"""

from __future__ import annotations

import ast
import contextlib
import os
import time
from collections.abc import Callable

from lstmlint.engine import Linted, Studied, lint_for
from lstmlint.fixes import fix_file
from lstmlint.interpreter.machine import Machine, most_steps
from lstmlint.interpreter.run import follow
from lstmlint.report.full import full_lines
from lstmlint.report.shapes import shape_lines, shape_object
from lstmlint.settings import Settings
from lstmlint.syntax import Parsed, parse
from lstmlint.text.source import SourceFile
from lstmlint.text.sources import Sources
from lstmlint.verify.plan import make_plan
from lstmlint.verify.sizes import Unplannable
from tests.hostile.mutants import mutant, parses

MUTANTS = int(os.environ.get("LSTMLINT_EXAMPLES", "200"))
FIRST = int(os.environ.get("LSTMLINT_SEED", "0"))
PATH = "mutant.py"
#: Linting may take ten times as long as parsing, and a tiny program this many seconds.
TIMES, FLOOR = 10, 0.5
LINT = lint_for(Settings())


def check(text: str) -> None:
    """Everything that lstmlint can say of a program without training."""
    linted = LINT.file(PATH, text.encode(), named=True)
    assert not linted.crashes, linted.crashes[0].traceback
    if linted.facts is not None:
        studied = Studied(PATH, None, linted.facts)
        assert list(shape_lines([studied]))
        assert shape_object([studied])
        check_steps(text)
    check_report(linted)
    check_plans(linted)
    check_fixes(text, linted)


def check_steps(text: str) -> None:
    parsed = parse(SourceFile(PATH, text))
    assert isinstance(parsed, Parsed)
    machine = Machine(parsed, 3)
    follow(machine)
    assert machine.steps <= most_steps(len(text)) + 1  # the step that ends it


def check_report(linted: Linted) -> None:
    sources = Sources([linted.source] if linted.source else [])
    for diagnostic in linted.diagnostics:
        assert list(full_lines(diagnostic, sources))


def check_plans(linted: Linted) -> None:
    for _, finding, _ in linted.claims:
        if finding.experiment is not None and linted.facts is not None:
            with contextlib.suppress(Unplannable):
                make_plan(finding.experiment, linted.facts)


def check_fixes(text: str, linted: Linted) -> None:
    """What is Python stays Python, whatever is fixed in it."""
    if any(diagnostic.fixable(True) for diagnostic in linted.diagnostics):
        fixed = fix_file(PATH, text.encode(), LINT, unsafe=True)
        ast.parse(fixed.data)


def seconds(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began


def too_slow(text: str) -> bool:
    """Whether linting took too long each time it was tried: other work of the machine can slow down one."""
    for _ in range(3):
        parsing = seconds(lambda: parse(SourceFile(PATH, text)))
        if seconds(lambda: LINT.file(PATH, text.encode(), named=True)) <= max(TIMES * parsing, FLOOR):
            return False
    return True


def test_nothing_raises() -> None:
    for seed in range(FIRST, FIRST + MUTANTS):
        try:
            check(mutant(seed))
        except Exception as error:
            raise AssertionError(f"seed {seed}\n{mutant(seed)}") from error


def test_nothing_is_slow() -> None:
    slow = [seed for seed in range(FIRST, FIRST + MUTANTS) if too_slow(mutant(seed))]
    assert not slow, f"{slow[:20]}\n{mutant(slow[0])}"


def test_most_are_python() -> None:
    """Mutants that only the parser sees would test little."""
    sample = range(FIRST, FIRST + min(MUTANTS, 1000))
    assert sum(parses(mutant(seed)) for seed in sample) > 0.5 * len(sample)
