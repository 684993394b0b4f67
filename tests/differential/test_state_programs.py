"""State, judged by Keras: batches and handed-on states that it refuses, and mistakes that it trains without a word.

``LSTMLINT_PROGRAMS`` sets how many scripts of the first kind (default 12), ``LSTMLINT_SEED`` the first one.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from lstmlint.api import Severity
from lstmlint.engine import lint_for
from lstmlint.settings import Settings
from tests.differential.programs_ours import PATH, compare_findings
from tests.differential.programs_real import Worker
from tests.differential.programs_state import KINDS, WARNED, warned

pytest.importorskip("keras")

PROGRAMS = int(os.environ.get("LSTMLINT_PROGRAMS", "12"))
FIRST = int(os.environ.get("LSTMLINT_SEED", "0"))


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    one = Worker()
    try:
        yield one
    finally:
        one.close()


@pytest.mark.parametrize("seed", range(FIRST, FIRST + PROGRAMS))
def test_errors_are_found_where_keras_raises(seed: int, worker: Worker) -> None:
    dice = random.Random(seed)
    text = KINDS[seed % len(KINDS)](dice)
    found = compare_findings(text, worker.run(text))
    assert not found, "\n".join([f"seed {seed}", *map(str, found), text])


@pytest.mark.parametrize("code", WARNED)
def test_what_is_only_warned_of_trains(code: str, worker: Worker) -> None:
    text = warned(code, random.Random(FIRST))
    linted = lint_for(Settings()).file(PATH, text.encode(), named=True)
    assert code in {one.code for one in linted.diagnostics}, text
    assert not [one for one in linted.diagnostics if one.severity is Severity.ERROR], text
    record = worker.run(text)
    assert record["raised"] is None, f"{record['raised']}\n{text}"
