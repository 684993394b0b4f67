"""Modules beside the linted file: which are read, and how long what was read counts."""

from __future__ import annotations

import pytest

from lstmlint.interpreter import projects
from tests.unit.interpreter.following import known


def test_a_sibling_that_has_changed_is_read_anew() -> None:
    program = "from config import STEPS as r"
    assert [known(program, siblings={"config.py": f"STEPS = {steps}\n"}) for steps in (30, 40, 30)] == [
        "30",
        "40",
        "30",
    ]


def test_siblings_are_read_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    siblings = {"config.py": "STEPS = 30\n", "large.py": "STEPS = 40\n" + "# \n" * 100}
    program = "from large import STEPS as first\nfrom config import STEPS as second\n"
    assert known(program, "(first, second)", siblings) == "(40, 30)"
    monkeypatch.setattr(projects, "MOST_READ", 200)
    assert known(program, "(first, second)", siblings) == "(40, library)"


def test_trees_are_kept_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = projects._Kept()
    monkeypatch.setattr(projects, "_PARSED", kept)
    monkeypatch.setattr(projects, "MOST_KEPT", 1000)
    text = "STEPS = 30\n" + "# \n" * 150
    for name in ("a", "b", "c"):
        assert known(f"from {name} import STEPS as r", siblings={f"{name}.py": text}) == "30"
    assert list(kept._trees) == ["b.py", "c.py"]
