"""Our numpy against the installed numpy, on generated programs, with one size known and left open.

``LSTMLINT_EXAMPLES`` sets how many programs are drawn (default 300); each has about five expressions, compared twice.
"""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

pytest.importorskip("numpy")

from tests.differential.numpy_both import disagreements
from tests.differential.numpy_programs import draw_program

EXAMPLES = int(os.environ.get("LSTMLINT_EXAMPLES", "300"))
#: We may say less than numpy knows on at most this share of the expressions with all sizes known.
MOST_UNKNOWN = 0.02
#: How many programs that is measured on: the same ones each time.
MEASURED = 100


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
@given(st.integers(0, 2**32))
def test_agrees_with_numpy(seed: int) -> None:
    program = draw_program(random.Random(seed))
    found = [*disagreements(program, True, Counter()), *disagreements(program, False, Counter())]
    assert not found, "\n".join([*found, "", program.text(str(program.n))])


def test_says_nearly_always_what_numpy_knows() -> None:
    counts = Counter[str]()
    for seed in range(MEASURED):
        assert not list(disagreements(draw_program(random.Random(seed)), True, counts))
    unknown = counts["unknown"] + counts["raises, said unknown"]
    assert counts["expressions"]
    assert unknown <= MOST_UNKNOWN * counts["expressions"]
