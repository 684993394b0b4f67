"""What the README shows is what the program does: outputs, table, pictures, commands, configuration, links."""

from __future__ import annotations

import html
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from docs.pictures import DOCS, PICTURES, coloured
from docs.readme import README, ROOT, consoles, environment, renewed, rules_table, run, same, started

TEXT = README.read_text(encoding="utf-8")
RENEW = "run `python docs/readme.py` and review the difference"
CONSOLES = list(consoles(TEXT))


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def needs_tensorflow(command: str) -> None:
    if "verify" in command:
        pytest.importorskip("tensorflow")


@pytest.mark.parametrize(("command", "shown"), CONSOLES, ids=[command for command, _ in CONSOLES])
def test_outputs(command: str, shown: str) -> None:
    needs_tensorflow(command)
    assert shown.strip(), "a command without an output"
    printed = run(command)
    assert same(printed, shown.rstrip("\n")), f"{RENEW}\n{printed}"


def test_the_table_is_the_registry() -> None:
    assert rules_table() in TEXT, RENEW


def drawn_text(svg: str) -> str:
    """The text of a picture, blanks left out: a picture breaks lines where it must."""
    return re.sub(r"\s", "", html.unescape(re.sub(r"<[^>]+>", "", svg.split("</style>", 1)[1])))


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(name: str) -> None:
    needs_tensorflow(PICTURES[name])
    plain = re.sub(r"\x1b\[[\d;]*m", "", coloured(PICTURES[name]))
    wanted = re.sub(r"\s", "", f"$ {PICTURES[name]}{plain}")
    drawn = drawn_text((DOCS / name).read_text(encoding="utf-8"))
    assert drawn.startswith("lstmlint")
    assert same(re.sub(r"\((\d+\.\d)s\)", r"(\1 s)", drawn.removeprefix("lstmlint")), spaced(wanted)), (
        "run `python docs/pictures.py` and look at the pictures"
    )


def spaced(text: str) -> str:
    return re.sub(r"\((\d+\.\d)s\)", r"(\1 s)", text)


def test_pictures_are_shown() -> None:
    assert set(re.findall(r"\]\(docs/([\w.]+)\)", TEXT)) == set(PICTURES) == {path.name for path in DOCS.glob("*.svg")}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder like the one that the usage lines speak of."""
    source = ROOT / "fixtures" / "projects" / "forecast"
    shutil.copy(source / "train.py", tmp_path)
    (tmp_path / "notebooks").mkdir()
    shutil.copy(source / "stateful.ipynb", tmp_path / "notebooks")
    (tmp_path / ".git").mkdir()
    return tmp_path


def usage() -> Iterator[str]:
    for block in blocks("sh"):
        yield from block.splitlines()


@pytest.mark.parametrize("line", list(usage()), ids=lambda line: " ".join(line.split("#")[0].split()))
def test_usage_lines_run(line: str, project: Path) -> None:
    command = " ".join(f"{shlex.quote(sys.executable)} -m lstmlint" if w == "lstmlint" else w for w in line.split(" "))
    done = subprocess.run(
        ["bash", "-c", command], cwd=project, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 1}, done.stderr
    assert done.stdout or done.stderr


def test_comments_silence(tmp_path: Path) -> None:
    [block] = blocks("python")
    (tmp_path / "train.py").write_text(block, encoding="utf-8")

    def found() -> list[str]:
        done = started(["train.py", "--no-cache", "--output-format", "json"], tmp_path)
        return [one["code"] for one in json.loads(done.stdout)]

    bare = re.sub(r"  # .*", "", block)
    assert found() == []
    (tmp_path / "train.py").write_text(bare, encoding="utf-8")
    assert found().count("LST101") == 2


def test_configuration_is_understood(tmp_path: Path) -> None:
    [ours] = [block for block in blocks("toml") if "tool.lstmlint" in block]
    (tmp_path / "pyproject.toml").write_text(ours, encoding="utf-8")
    (tmp_path / "lint_rules").mkdir()
    (tmp_path / "train.py").write_text("import keras\n", encoding="utf-8")
    done = started(["--show-settings"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "LST408" in done.stdout
    assert "LST204" in done.stdout


def test_ruff_lets_our_codes_be(tmp_path: Path) -> None:
    """With the line of the README ruff keeps a ``noqa`` of ours; without it RUF102 speaks up."""
    ruff = pytest.importorskip("ruff")
    [ours] = [block for block in blocks("toml") if "tool.ruff" in block]
    (tmp_path / "train.py").write_text("x = 1  # noqa: LST101\n", encoding="utf-8")

    def complaints(config: str) -> str:
        (tmp_path / "pyproject.toml").write_text(config, encoding="utf-8")
        command = [ruff.find_ruff_bin(), "check", "--select", "RUF100,RUF102", "--preview", "--no-cache", "."]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout

    assert "LST101" in complaints("")
    assert "LST101" not in complaints(ours)


def test_yaml_names_what_is_there() -> None:
    hooks, action = (yaml.safe_load(block) for block in blocks("yaml"))
    ids = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert {hook["id"] for repo in hooks["repos"] for hook in repo["hooks"]} <= ids
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    assert set(action["steps"][1]["with"]) <= set(inputs)


@pytest.mark.parametrize("marker", ["show", "test"])
def test_marked_commands_are_one_block_each(marker: str) -> None:
    [block] = re.findall(rf"^<!-- {marker} -->\n```bash\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert len(block.splitlines()) == 1
    assert subprocess.run(["bash", "-n", "-c", block], check=False).returncode == 0


def test_links_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", TEXT) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_renewing_keeps_what_is_in_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times and last digits alone change nothing in the file; another sentence does."""
    text = "```console\n$ lstmlint a\nloss 0.692 → 0.499  ██▇  predicts 1 1 for 1 2  (2.7 s)\n```\n"

    def says(printed: str) -> None:
        monkeypatch.setattr("docs.readme.run", lambda command: printed)

    says("loss 0.691 → 0.501  █▇▇  predicts 2 2 for 1 2  (3.1 s)")
    assert renewed(text) == text
    says("loss 0.691 → 0.301  █▇▇  predicts 2 2 for 1 2  (3.1 s)")
    assert "0.301" in renewed(text)
    says("loss 0.692 → 0.499  ██▇  predicts 1 2 for 1 2  (2.7 s)")
    assert "1 2 for 1 2" in renewed(text)


def test_no_setting_of_this_machine_leaks_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("GITHUB_WORKSPACE", os.fspath(ROOT))
    assert not {"FORCE_COLOR", "GITHUB_WORKSPACE"} & set(environment())
