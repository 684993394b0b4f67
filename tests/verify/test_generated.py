"""A few generated programs, put to the verifier; ``python -m tests.verify.generated`` takes as many as are wanted."""

from __future__ import annotations

import pytest

from lstmlint.verify.client import Worker
from tests.differential.programs_real import Worker as Real
from tests.verify.generated import judged, wrong

pytest.importorskip("keras")

#: Programs of these seeds bring claims of both kinds.
FIRST, COUNT = 700_000, 6


def test_no_verdict_is_wrong(worker: Worker) -> None:
    ran = Real()
    try:
        found = list(judged(FIRST, COUNT, worker, ran))
    finally:
        ran.close()
    assert {case.forced for case, verdict in found if verdict.verdict != "inconclusive"} == {False, True}
    assert not [f"{case.place}: {verdict.reason}" for case, verdict in found if wrong(case, verdict)]
