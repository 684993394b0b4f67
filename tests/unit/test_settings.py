"""Configuration files: nearest wins, extend, unknown keys and wrong types are errors with the cure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lstmlint.api import Confidence, Severity
from lstmlint.config import Configuration, load
from lstmlint.errors import UsageError
from lstmlint.registry import enabled
from lstmlint.registry import load as load_rules
from lstmlint.settings import Settings

Write = Callable[[str, str], Path]


@pytest.fixture
def put(tmp_path: Path) -> Write:
    def put_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return put_file


def plain() -> Configuration:
    return Configuration(lambda settings: settings)


def test_every_key_of_the_documentation_is_read(put: Write) -> None:
    path = put(
        "pyproject.toml",
        """
        [tool.lstmlint]
        select = ["LST"]
        extend-select = []
        ignore = ["LST402"]
        per-file-ignores = { "tests/*" = ["LST3"], "notebooks/*" = ["LST2"] }
        min-confidence = "low"
        fail-on = "error"
        preview = true
        keras = "2"
        include = ["*.py"]
        extend-exclude = ["third_party"]
        output-format = "concise"
        fix = true
        unsafe-fixes = true
        baseline = ".lstmlint-baseline.json"
        require-reason = true
        custom-rules = ["lint_rules"]
        [tool.lstmlint.severity]
        LST204 = "error"
        [tool.lstmlint.verify]
        timeout = 5
        seed = 3
        """,
    )
    settings = load(path)
    assert settings.min_confidence is Confidence.LOW
    assert settings.fail_on is Severity.ERROR
    assert settings.per_file_ignores == (("tests/*", ("LST3",)), ("notebooks/*", ("LST2",)))
    assert settings.severity == (("LST204", Severity.ERROR),)
    assert (settings.verify.timeout, settings.verify.seed) == (5.0, 3)
    assert settings.root == str(path.parent)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("selct = []", r"unknown key `selct` \(did you mean `select`\?\)"),
        ("select = 'LST'", "`select` must be a list"),
        ("preview = 1", "`preview` must be true or false"),
        ("min-confidence = 'hihg'", "did you mean `high`"),
        ("keras = 4", "auto, 2 or 3"),
        ("[verify]\ntimout = 3", r"unknown key `verify.timout` \(did you mean `timeout`\?\)"),
        ("[verify]\ntimeout = -3", "positive"),
        ("[severity]\nLST204 = 'fatal'", "severity.LST204"),
        ("x = [", "not valid TOML"),
        ("extend = 'missing.toml'", "cannot read"),
        ("extend = 'lstmlint.toml'", "circle"),
    ],
)
def test_mistakes_name_file_key_and_cure(put: Write, text: str, words: str) -> None:
    path = put("lstmlint.toml", text)
    with pytest.raises(UsageError, match=words) as raised:
        load(path)
    assert str(path.parent) in str(raised.value)


def test_the_nearest_file_wins_without_merging(put: Write, tmp_path: Path) -> None:
    put("pyproject.toml", "[tool.lstmlint]\nignore = ['LST1']\npreview = true")
    put("deep/lstmlint.toml", "ignore = ['LST2']")
    put("deep/down/pyproject.toml", "[tool.other]\nx = 1")
    configuration = plain()
    assert configuration.settings_for(tmp_path).ignore == ("LST1",)
    below = configuration.settings_for(tmp_path / "deep" / "down")
    assert below.ignore == ("LST2",)
    assert not below.preview


def test_extend_lies_beneath(put: Write, tmp_path: Path) -> None:
    put("pyproject.toml", "[tool.lstmlint]\nignore = ['LST1']\npreview = true")
    put("deep/lstmlint.toml", "extend = '../pyproject.toml'\nignore = ['LST2']")
    settings = plain().settings_for(tmp_path / "deep")
    assert settings.ignore == ("LST2",)
    assert settings.preview
    assert settings.root == str(tmp_path / "deep")


def test_isolated_reads_no_file(put: Write, tmp_path: Path) -> None:
    put("lstmlint.toml", "this is [ not toml")
    isolated = Configuration(lambda settings: settings, isolated=True)
    assert isolated.settings_for(tmp_path) == Settings(root=str(Path.cwd()))


def test_custom_rules_of_a_folder_seen_from_outside_are_left_out(put: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put("theirs/lstmlint.toml", 'select = ["LST", "TST"]\ncustom-rules = ["rules"]')
    put("mine/here.txt", "")
    inside, outside, named = plain(), plain(), Configuration(lambda settings: settings, explicit=path)
    monkeypatch.chdir(path.parent)
    assert inside.settings_for(path.parent).custom_rules == ("rules",)
    assert inside.distrusted == []
    monkeypatch.chdir(path.parent.parent / "mine")
    assert outside.settings_for(path.parent).custom_rules == ()
    assert outside.distrusted == [str(path)]
    assert "LST101" in enabled(load_rules(), outside.settings_for(path.parent)), "codes of rules left out are no error"
    assert named.settings_for(path.parent).custom_rules == ("rules",)
