"""Whole generated scripts: what lstmlint reads out of the text against what Keras and NumPy did when it ran.

``LSTMLINT_PROGRAMS`` sets how many scripts (default 30; a long run takes 2000), ``LSTMLINT_SEED`` the first one.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.differential.programs import program
from tests.differential.programs_ours import Disagreement, compare, compare_findings, real_run
from tests.differential.programs_real import Record, Worker

pytest.importorskip("keras")

PROGRAMS = int(os.environ.get("LSTMLINT_PROGRAMS", "30"))
FIRST = int(os.environ.get("LSTMLINT_SEED", "0"))
#: At most this share of the scripts may hold something of which lstmlint knows nothing.
UNKNOWN = 0.05
Ran = list[tuple[int, str, Record]]


@pytest.fixture(scope="module")
def ran() -> Iterator[Ran]:
    """Each script with what its real run recorded."""
    worker = Worker()
    try:
        texts = ((seed, program(seed)) for seed in range(FIRST, FIRST + PROGRAMS))
        yield [(seed, text, real_run(worker, text)) for seed, text in texts]
    finally:
        worker.close()


def report(seed: int, text: str, found: list[Disagreement]) -> str:
    rows = "\n".join(f"{row:3} {line}" for row, line in enumerate(text.split("\n"), start=1))
    return f"seed {seed}\n" + "\n".join(map(str, found)) + f"\n{rows}"


def test_some_run_and_some_raise(ran: Ran) -> None:
    """A generator whose scripts all run, or all raise, would test nothing."""
    raised = sum(record["raised"] is not None for _, _, record in ran)
    assert 0.1 < raised / len(ran) < 0.7


def test_scripts_raise_for_their_shapes_only(ran: Ran) -> None:
    """A script that is not Python, or lacks a name, is the generator's own mistake."""
    own = {"NameError", "SyntaxError", "ImportError", "ModuleNotFoundError", "UnboundLocalError"}
    for seed, text, record in ran:
        assert not record["raised"] or record["raised"]["type"] not in own, report(seed, text, [])


def test_shapes_are_as_they_really_are(ran: Ran) -> None:
    found = [(seed, text, compare(text, record)) for seed, text, record in ran]
    wrong = [report(seed, text, all_) for seed, text, all_ in found if any(one.kind != "unknown" for one in all_)]
    assert not wrong, f"{len(wrong)} of {len(ran)}\n" + "\n\n".join(wrong[:5])


def test_little_stays_unknown(ran: Ran) -> None:
    found = [(seed, text, compare(text, record)) for seed, text, record in ran]
    unknown = [report(seed, text, all_) for seed, text, all_ in found if all_]
    assert len(unknown) <= UNKNOWN * len(ran), f"{len(unknown)} of {len(ran)}\n" + "\n\n".join(unknown[:5])


def test_errors_are_found_where_keras_raises(ran: Ran) -> None:
    found = [(seed, text, compare_findings(text, record)) for seed, text, record in ran]
    counts = Counter(one.kind for _, _, all_ in found for one in all_)
    wrong = [report(seed, text, all_) for seed, text, all_ in found if all_]
    assert not wrong, f"{dict(counts)}\n" + "\n\n".join(wrong[:5])
