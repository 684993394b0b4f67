"""Every rule puts its findings to an experiment, or says why no training can show what it claims."""

from __future__ import annotations

import pytest

from lstmlint.api import Rule
from tests.rules.experiments import experiments_of
from tests.rules.fixtures import rules


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_an_experiment_or_a_reason(rule: Rule) -> None:
    found = experiments_of(rule)
    assert bool(found.claims) != bool(rule.untestable), "an experiment and a reason, or neither"
