"""How severe a finding is where that hangs on more than its rule."""

from __future__ import annotations

import pytest

from tests.rules.fixtures import FIXTURES, fixtures, found, lint

OTHER = (
    ("padding_not_masked", "bad_texts_filled_up", {"warning"}),
    ("padding_not_masked", "bad_texts_behind", {"info"}),
    ("tokens_as_numbers", "bad_reviews", {"warning"}),
    ("tokens_as_numbers", "bad_looked_up", {"info"}),
    ("frames_not_masked", "bad_drawn", {"warning"}),
    ("frames_not_masked", "bad", {"info"}),
    ("returned_state_not_used", "bad_training", {"warning"}),
    ("returned_state_not_used", "bad_attention", {"info"}),
)


@pytest.mark.parametrize(("rule", "program", "severities"), OTHER)
def test_severity(rule: str, program: str, severities: set[str]) -> None:
    fixture = next(one for one in fixtures("bad") if one.path == FIXTURES / rule / f"{program}.py")
    linted = lint(fixture.text, fixture.keras, fixture.path.name, fixture.rule)
    assert {one.severity.value for one in found(linted, fixture.rule) if one.code == fixture.rule.code} == severities
