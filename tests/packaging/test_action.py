"""The steps of ``action.yml``, run here as GitHub would run them: same shell, same variables, same annotations."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.shims import FORECAST, ROOT, bash, command, lstmlint

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}


def step(name: str, cwd: Path, shims: Path, workspace: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a step with inputs; those that are not given have their defaults."""
    values = {key: spec["default"] for key, spec in ACTION["inputs"].items()} | inputs
    known = {f"inputs.{key}": value for key, value in values.items()} | {"github.action_path": str(ROOT)}
    variables = {key: _expanded(text, known) for key, text in STEPS[name]["env"].items()}
    return bash(STEPS[name]["run"], cwd, shims, GITHUB_WORKSPACE=str(workspace), **variables)


def _expanded(text: str, known: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ *([\w.]+) *\}\}", lambda match: known[match[1]], text)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A checkout with the programs in a folder of it."""
    shutil.copytree(FORECAST, tmp_path / "work" / "src")
    (tmp_path / "work" / ".git").mkdir()
    lstmlint(tmp_path / "bin")
    return tmp_path / "work"


def test_linting_annotates(workspace: Path) -> None:
    done = step("Lint", workspace, workspace.parent / "bin", workspace, paths="src")
    assert done.returncode == 1, done.stderr
    assert "  --> src/train.py:23:5" in done.stdout
    [error] = re.findall(r"^::error .*$", done.stdout, re.MULTILINE)
    head = "::error title=lstmlint (LST101),file=src/train.py,line=23,col=5,endLine=23,endColumn=13::"
    assert error.startswith(f"{head}src/train.py:23:5: LST101 ")
    assert re.search(r"^::warning .*file=src/stateful.ipynb,line=1::.*cell 4:7:1: LST204", done.stdout, re.MULTILINE)


def test_annotations_are_relative_to_the_repository(workspace: Path) -> None:
    """A job with a ``working-directory`` below the checkout."""
    done = step("Lint", workspace / "src", workspace.parent / "bin", workspace, paths="train.py")
    assert ",file=src/train.py,line=23," in done.stdout


def test_paths_and_arguments_are_words(workspace: Path) -> None:
    inputs = {"paths": "src/train.py src/stateful.ipynb", "args": "--ignore LST204,LST205 --quiet"}
    done = step("Lint", workspace, workspace.parent / "bin", workspace, **inputs)
    assert set(re.findall(r"\bLST\d{3}\b", done.stdout)) == {"LST101"}


def test_inputs_are_no_code(workspace: Path) -> None:
    """An input reaches the shell as a variable's value, so that it cannot add a command."""
    step("Lint", workspace, workspace.parent / "bin", workspace, paths="src; touch pwned", args="$(touch pwned)")
    assert not (workspace / "pwned").exists()
    for one in STEPS.values():
        assert "${{" not in one.get("run", "")


def test_sarif_is_written_and_the_step_goes_on_to_upload(workspace: Path) -> None:
    done = step("Lint", workspace, workspace.parent / "bin", workspace, paths="src", sarif="true")
    assert done.returncode == 0, done.stderr
    assert "::error " in done.stdout
    upload = STEPS["Upload to code scanning"]
    written = json.loads((workspace / upload["with"]["sarif_file"]).read_text(encoding="utf-8"))
    found = {result["ruleId"]: result["locations"] for result in written["runs"][0]["results"]}
    assert found["LST101"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/train.py"
    assert upload["if"] == "inputs.sarif == 'true'"


def test_a_clean_checkout_passes(workspace: Path) -> None:
    (workspace / "empty.py").write_text("import keras\n", encoding="utf-8")
    done = step("Lint", workspace, workspace.parent / "bin", workspace, paths="empty.py")
    assert (done.returncode, "::" in done.stdout) == (0, False)


@pytest.mark.parametrize(("version", "wanted"), [("", str(ROOT)), ("0.1.0", "lstmlint==0.1.0")])
def test_installing(workspace: Path, version: str, wanted: str) -> None:
    shims = workspace.parent / "bin"
    command(shims, "python", 'printf "%s\\n" "$@" > "$GITHUB_WORKSPACE/installed"')
    done = step("Install lstmlint", workspace, shims, workspace, version=version)
    assert done.returncode == 0, done.stderr
    assert (workspace / "installed").read_text().split("\n")[:-1] == ["-m", "pip", "install", wanted]
