"""Registry, rule files, pages, fixtures, README and catalogue name the same rules."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from lstmlint.api import Rule
from tests.rules.fixtures import FIXTURES, ROOT, page, registry, rules

LONGEST_RULE = 145
_ALLOWED = {"__future__", "collections.abc", "dataclasses", "typing", "lstmlint.api", "itertools", "math", "functools"}
FILES = sorted(path for path in (ROOT / "rules").glob("*.py") if path.name != "__init__.py")
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def test_no_rule_file_fails_to_load() -> None:
    assert [crash.traceback for crash in registry().crashes] == []


def test_every_file_is_a_rule_of_its_name() -> None:
    assert {path.stem for path in FILES} == {rule.name.replace("-", "_") for rule in rules()}


def test_every_folder_of_fixtures_belongs_to_a_rule() -> None:
    assert {path.name for path in FIXTURES.iterdir()} == {rule.name.replace("-", "_") for rule in rules()}


def test_every_rule_has_a_page() -> None:
    assert [rule.name for rule in registry().rules if not page(rule).is_file()] == []


@every_file
def test_rule_files_are_short_and_import_the_api_only(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_RULE
    tree = ast.parse(text)
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert modules <= _ALLOWED
    assert ast.get_docstring(tree)
    assert not any(isinstance(node, ast.Try) for node in ast.walk(tree))


def catalogue() -> dict[str, tuple[str, str]]:
    """Code to name and severity, from ``catalogue.txt``: what the rules were agreed to be."""
    lines = Path(__file__).with_name("catalogue.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {code: (name, severity) for code, name, severity in rows}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_rules_are_what_the_catalogue_says(rule: Rule) -> None:
    assert catalogue().get(rule.code) == (rule.name, rule.severity.value)


def test_the_readme_table_names_every_rule() -> None:
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("no README yet")
    rows = re.findall(r"^\|[^|]*\b(LST\d{3})\b[^|]*\|", readme.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(rows) >= {rule.code for rule in rules()} or not rows
