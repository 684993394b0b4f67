"""Selectors: the more exact one wins; unknown ones are errors with the nearest word."""

from __future__ import annotations

import pytest

from lstmlint.errors import UsageError
from lstmlint.registry import enabled, load
from lstmlint.settings import Settings
from tests.unit.linting import registry

ALL = {"LST000", "LST001", "LST101", "LST204", "LST900", "LST901"}


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (Settings(), ALL),
        (Settings(preview=True), ALL | {"LST299"}),
        (Settings(select=("LST1",)), {"LST101"}),
        (Settings(select=("ALL",)), ALL | {"LST701", "LST902"}),
        (Settings(extend_select=("LST7",)), ALL | {"LST701"}),
        (Settings(ignore=("LST1",)), ALL - {"LST101"}),
        (Settings(ignore=("LST1",), extend_select=("LST101",)), ALL),
        (Settings(select=("LST101",), ignore=("LST101",)), set()),
        (Settings(ignore=("stateful-shuffled",)), ALL - {"LST204"}),
        (Settings(cli_select=("lst2",), ignore=("LST204",)), {"LST204"}),
        (Settings(ignore=("LST1",), cli_ignore=("LST2",)), ALL - {"LST101", "LST204"}),
        (Settings(cli_select=("ALL",), cli_ignore=("LST",)), set()),
        (Settings(require_reason=True), ALL | {"LST902"}),
        (Settings(require_reason=True, ignore=("LST902",)), ALL),
        (Settings(select=("LST299",)), set()),
        (Settings(select=("LST299",), preview=True), {"LST299"}),
    ],
)
def test_selection(settings: Settings, codes: set[str]) -> None:
    assert enabled(registry(), settings) == codes


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(cli_select=("LST102",)), r"unknown rule `LST102` in `select` \(did you mean `LST10?1?"),
        (Settings(ignore=("stateful-shufled",)), "did you mean `stateful-shuffled`"),
        (Settings(cli_ignore=("E501",)), "unknown rule `E501` in `ignore`"),
        (Settings(cli_select=("",)), "unknown rule"),
    ],
)
def test_unknown_selectors(settings: Settings, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        enabled(registry(), settings)


def test_a_family_without_rules_may_be_selected() -> None:
    assert enabled(registry(), Settings(cli_select=("LST6",))) == set()


def test_the_real_rules_load_and_are_found_by_code_and_name() -> None:
    real = load()
    assert not real.crashes
    codes = [rule.code for rule in real.rules]
    assert codes == sorted(set(codes))
    for rule in real.rules:
        assert real.rule(rule.code.lower()) is real.rule(rule.name) is rule
