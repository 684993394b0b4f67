"""Bad programs are found where they are marked, good ones are silent, fixes give what is beside the program."""

from __future__ import annotations

import ast

import pytest

from lstmlint.api import Rule
from tests.rules.fixtures import Fixture, fix, fixtures, folder, found, lint, marks, places, rules, without_marks


def name(item: Fixture | Rule) -> str:
    return item.name


@pytest.mark.parametrize("fixture", list(fixtures()), ids=name)
def test_found_where_marked(fixture: Fixture) -> None:
    """A known miss that is found, or a known alarm that is silent, fails as well: so the list stays true."""
    linted = lint(fixture.text, fixture.keras, fixture.path.name, fixture.rule)
    assert not linted.crashes, linted.crashes[0].traceback
    assert places(found(linted, fixture.rule)) == fixture.marks("error") + fixture.marks("known-alarm")


@pytest.mark.parametrize("fixture", list(fixtures()), ids=name)
def test_marks_belong_where_they_stand(fixture: Fixture) -> None:
    own = {code for kind in ("error", "known-miss") for _, code in fixture.marks(kind)}
    if fixture.is_bad:
        assert own == {fixture.rule.code}
    else:
        assert not own


@pytest.mark.parametrize("fixture", list(fixtures("bad")), ids=name)
def test_fixes_give_what_stands_beside(fixture: Fixture) -> None:
    safe, _ = fix(fixture.text, fixture.rule, unsafe=False, keras=fixture.keras)
    unsafe, _ = fix(fixture.text, fixture.rule, unsafe=True, keras=fixture.keras)
    _same(fixture, "fixed", safe, fixture.text)
    _same(fixture, "unsafe", unsafe, safe)


def _same(fixture: Fixture, kind: str, after: str, before: str) -> None:
    """Marks aside, for those of the findings that a fix cured are left out of the file beside."""
    path = fixture.fixed(kind)
    if after == before:
        assert not path.exists(), f"{path.name} is there, and nothing was fixed"
        return
    ast.parse(after)
    assert path.exists(), f"fixed, and there is no {path.name}:\n{after}"
    assert without_marks(after) == without_marks(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("fixture", list(fixtures("bad")), ids=name)
def test_fixed_programs_have_less_to_find(fixture: Fixture) -> None:
    for path in (fixture.fixed("fixed"), fixture.fixed("unsafe")):
        if path.exists():
            text = path.read_text(encoding="utf-8")
            left = found(lint(text, fixture.keras, path.name, fixture.rule), fixture.rule)
            assert places(left) == marks(text, "error")
            assert len(left) < sum(fixture.marks("error").values())


@pytest.mark.parametrize("rule", rules(), ids=name)
def test_every_rule_has_bad_and_good_programs(rule: Rule) -> None:
    kinds = [path.name for path in folder(rule).glob("*.py") if path.name.count(".") == 1]
    assert sum(name.startswith("bad") for name in kinds) >= 1, "no bad program"
    assert sum(name.startswith("good") for name in kinds) >= 3, "the idiom, the nearest look-alike, the unknown case"
    assert all(name.startswith(("bad", "good")) for name in kinds)
