"""Claims forced on programs that do not make the mistake; ``python -m tests.verify.forced`` does it for all rules."""

from __future__ import annotations

import pytest

from lstmlint.api import Rule
from lstmlint.verify.client import Worker
from tests.rules.fixtures import rules
from tests.verify.forced import of_fixtures, verdicts

#: Rules whose experiments show what may as well be meant: each asks the program first.
CODES = ("LST205", "LST206", "LST212", "LST213", "LST301", "LST307")
#: Rules whose calls are tried on values made for them, or whose model is put together with more than it says.
CALLS = ("LST118", "LST120", "LST123", "LST131")


@pytest.mark.parametrize(
    "rule", [rule for rule in rules() if rule.code in (*CODES, *CALLS)], ids=lambda rule: rule.code
)
def test_no_forced_claim_is_confirmed_and_no_real_one_refuted(rule: Rule, worker: Worker) -> None:
    judged = list(verdicts(list(of_fixtures(rule)), worker, seeds=1))
    told = [(case.forced, found.verdict, case.place, found.reason) for case, found in judged]
    assert [one for one in told if one[:2] in ((True, "confirmed"), (False, "refuted"))] == []
    assert (False, "confirmed") in [one[:2] for one in told]
