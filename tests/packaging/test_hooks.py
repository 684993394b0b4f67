"""The hooks of ``.pre-commit-hooks.yaml``, run as pre-commit runs them: entry, arguments, file names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.shims import FORECAST, ROOT, bash, lstmlint

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = shutil.copytree(FORECAST, tmp_path / "repo")
    shutil.copytree(FORECAST, folder / "third_party")
    (folder / "pyproject.toml").write_text('[tool.lstmlint]\nextend-exclude = ["third_party"]\n', encoding="utf-8")
    (folder / ".git").mkdir()
    lstmlint(tmp_path / "bin")
    return folder


def run(name: str, repository: Path, *files: str) -> subprocess.CompletedProcess[str]:
    hook = HOOKS[name]
    return bash(" ".join([hook["entry"], *hook["args"], *files]), repository, repository.parent / "bin")


@pytest.mark.parametrize("name", HOOKS)
def test_fields(name: str) -> None:
    hook = HOOKS[name]
    assert (hook["language"], hook["types_or"]) == ("python", ["python", "jupyter"])
    # `args` are the user's to replace; what must hold is in the entry.
    assert "--force-exclude" in hook["entry"]


def test_finds_and_fails(repository: Path) -> None:
    done = run("lstmlint", repository, "train.py", "stateful.ipynb")
    assert done.returncode == 1, done.stderr
    assert "LST101" in done.stdout
    assert "stateful.ipynb:cell 4:7:1" in done.stdout


def test_excluded_files_are_left_out_though_named(repository: Path) -> None:
    done = run("lstmlint", repository, "third_party/train.py")
    assert (done.returncode, "LST" in done.stdout) == (0, False), done.stdout


def test_fixes_what_is_safe_then_passes(repository: Path) -> None:
    before = (repository / "stateful.ipynb").read_bytes()
    assert run("lstmlint-fix", repository, "train.py").returncode == 0
    assert "LSTM(64, return_sequences=True)" in (repository / "train.py").read_text(encoding="utf-8")
    assert run("lstmlint", repository, "train.py").returncode == 0
    run("lstmlint-fix", repository, "stateful.ipynb")
    assert (repository / "stateful.ipynb").read_bytes() == before, "an unsafe fix was applied"


def test_real_pre_commit(repository: Path) -> None:
    """Where pre-commit is installed it can read and validate the file."""
    pytest.importorskip("pre_commit")
    file = os.fspath(ROOT / ".pre-commit-hooks.yaml")
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
