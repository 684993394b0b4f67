"""Every page has the same headings, and its programs are what it says they are."""

from __future__ import annotations

import re

import pytest

from lstmlint.api import Rule, Safety
from tests.rules.fixtures import fix, found, lint, page, rules

HEADINGS = (
    "What it does",
    "Why it matters",
    "Example",
    "Use instead",
    "How Keras behaves",
    "Fix safety",
    "When to ignore",
    "References",
)
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
every_rule = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def blocks(rule: Rule, heading: str) -> list[str]:
    return _BLOCK.findall(sections(page(rule).read_text(encoding="utf-8"))[heading])


def keras(block: str) -> int:
    return 2 if block.startswith("# keras: 2") else 3


@every_rule
def test_title_and_headings(rule: Rule) -> None:
    text = page(rule).read_text(encoding="utf-8")
    assert text.startswith(f"# {rule.name} ({rule.code})\n")
    assert tuple(sections(text)) == HEADINGS
    assert all(body.strip() for body in sections(text).values())


@every_rule
def test_the_example_is_found_and_nothing_else(rule: Rule) -> None:
    examples = blocks(rule, "Example")
    assert examples
    for block in examples:
        linted = lint(block, keras(block), preview=rule)
        assert {one.code for one in found(linted, rule)} == {rule.code}


@every_rule
def test_use_instead_is_silent(rule: Rule) -> None:
    better = blocks(rule, "Use instead")
    assert better
    for block in better:
        assert [one.message for one in found(lint(block, keras(block), preview=rule), rule)] == []


@every_rule
def test_the_fix_of_the_example_is_what_to_use_instead(rule: Rule) -> None:
    """Where the rule has a safe fix for its example."""
    example = blocks(rule, "Example")[0]
    fixes = [one.fix for one in found(lint(example, keras(example), preview=rule), rule)]
    if any(one is not None and one.safety is Safety.SAFE for one in fixes):
        assert fix(example, rule, unsafe=False, keras=keras(example))[0] == blocks(rule, "Use instead")[0]
