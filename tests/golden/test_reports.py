"""Every format, on one small project, against the reports in ``fixtures/output``.

``pytest tests/golden --update-goldens`` writes them anew.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from lstmlint import __version__
from lstmlint.cli import main

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "fixtures" / "projects" / "custom_rules"
GOLDENS = ROOT / "fixtures" / "output"

FORMATS = {
    "full": "txt",
    "concise": "txt",
    "json": "json",
    "github": "txt",
    "sarif": "json",
    "gitlab": "json",
    "junit": "xml",
    "statistics-json": "json",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("__pycache__", ".lstmlint_cache"))
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return folder


def compare(name: str, text: str, request: pytest.FixtureRequest) -> None:
    golden = GOLDENS / name
    if request.config.getoption("--update-goldens"):
        GOLDENS.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_format(name: str, project: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> None:
    assert main(["src", "--no-cache", "--output-format", name]) == 1
    text = capsys.readouterr().out.replace(f'"{__version__}"', '"VERSION"')
    compare(f"{name}.{FORMATS[name]}", text, request)


def test_full_with_colours_is_the_same_text(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["src", "--no-cache", "--color", "always"])
    coloured = capsys.readouterr().out
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == (GOLDENS / "full.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["text", "json"])
def test_shapes(name: str, project: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> None:
    assert main(["shapes", "src/train.py", "src/forecast.ipynb", "--output-format", name]) == 0
    compare(f"shapes.{'txt' if name == 'text' else name}", capsys.readouterr().out, request)
