"""The command as users run it: arguments in, text and exit code out."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lstmlint.cli import main

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "fixtures" / "projects" / "custom_rules"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a small project with two rules of its own, as the current folder."""
    folder = tmp_path / "project"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("__pycache__", ".lstmlint_cache"))
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    for name in ("LSTMLINT_OUTPUT_FORMAT", "GITHUB_WORKSPACE", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return folder


def concise(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    main([*words, "--output-format", "concise", "-q"])
    return capsys.readouterr().out.splitlines()


def found(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    main([*words, "--output-format", "json"])
    objects: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return objects


def test_the_verb_may_be_left_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = concise(capsys, "src/train.py")
    assert lines == concise(capsys, "check", "src/train.py")
    assert lines == [
        "src/train.py:13:9: TST001 [*] `LSTM(64)` gives (batch, 64), which the next `LSTM` refuses",
        "src/train.py:19:1: TST002 `fit` shuffles the batches",
    ]


def test_a_module_that_two_programs_import_is_told_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plots.py").write_text("def losses(history):\n    print(history.history['acc'])\n")
    program = (
        "import numpy as np\nfrom keras import Input, Sequential\nfrom keras.layers import LSTM, Dense\n"
        "from plots import losses\n"
        "model = Sequential([Input((5, 1)), LSTM(4), Dense(1, activation='sigmoid')])\n"
        "model.compile('adam', 'binary_crossentropy', metrics=['accuracy'])\n"
        "losses(model.fit(np.zeros((8, 5, 1)), np.zeros(8)))\n"
    )
    for name in ("first.py", "second.py"):
        (tmp_path / name).write_text(program)
    [line] = concise(capsys, "--no-cache", ".")
    assert line.startswith("plots.py:2:11: LST507")


def test_a_notebook_is_placed_by_cell(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [line] = concise(capsys, "src/forecast.ipynb")
    assert line.startswith("src/forecast.ipynb:cell 3:3:5: TST001 [*] `LSTM(16)`")
    [one] = found(capsys, "src/forecast.ipynb")
    assert (one["cell"], one["location"]) == (3, {"row": 3, "column": 5})
    assert one["labels"][0]["cell"] == 3


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["src/train.py"], 1),
        (["src/train.py", "--exit-zero"], 0),
        (["src/train.py", "--select", "TST002", "--fail-on", "error"], 0),
        (["src/train.py", "--select", "TST002"], 1),
        (["src/train.py", "--ignore", "TST"], 0),
        (["src/train.py", "--ignore", "layer-refused,batches-shuffled"], 0),
        (["src/train.py", "--per-file-ignores", "src/*:TST001,TST002"], 0),
        (["src/train.py", "--min-confidence", "high", "--ignore", "TST001"], 0),
        (["lint_rules"], 0),
        (["nowhere.py"], 2),
        (["--select", "TST9"], 2),
        (["--selct", "TST"], 2),
        (["--output-format", "jsn"], 2),
        (["--output-format", "json,sarif"], 2),
        (["--config", "selct = []"], 2),
        (["--config", "nofile.toml"], 2),
        (["--jobs", "0"], 2),
        (["--fail-on", "fatal"], 2),
        (["rule", "TST001"], 0),
        (["rule", "LST999"], 2),
        (["shapes", "src/train.py"], 0),
        (["--help"], 0),
        (["--version"], 0),
    ],
)
def test_exit_codes(project: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int) -> None:
    assert main(words) == code
    told = capsys.readouterr()
    if code == 2:
        assert told.err.startswith("lstmlint: error: ")
        assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (["--selct", "TST"], "did you mean `--select`?"),
        (["--select", "TST009"], "did you mean `TST00"),
        (["--config", "selct = []"], "did you mean `select`?"),
        (["--output-format", "jsn"], "did you mean `json`?"),
        (["rule", "layer-refusd"], "did you mean `layer-refused`?"),
    ],
)
def test_did_you_mean(project: Path, capsys: pytest.CaptureFixture[str], words: list[str], cure: str) -> None:
    assert main(words) == 2
    assert cure in capsys.readouterr().err


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(words: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("lstmlint.commands.checking.check", interrupted)
    assert main(["x.py"]) == 130


def test_fix_writes_diff_does_not(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in (project / "src").iterdir()}
    assert main(["--diff", "src/train.py", "src/forecast.ipynb"]) == 1
    told = capsys.readouterr()
    assert "+        LSTM(64, return_sequences=True)," in told.out
    assert "--- src/forecast.ipynb:cell 3" in told.out
    assert "would fix 2 problems" in told.err
    assert before == {path: path.read_bytes() for path in (project / "src").iterdir()}
    assert main(["--fix", "src"]) == 1
    assert "(4 fixed, 3 remaining)" in capsys.readouterr().out
    changed = (project / "src" / "forecast.ipynb").read_bytes()
    wanted = before[project / "src" / "forecast.ipynb"].replace(b"LSTM(16),", b"LSTM(16, return_sequences=True),")
    assert changed == wanted
    assert main(["--diff", "src"]) == 0
    assert main(["--fix", "--unsafe-fixes", "src/train.py"]) == 0
    assert "shuffle=False" in (project / "src" / "train.py").read_text()


def test_interactive_asks_for_each(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["what", "n", "y"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(answers))
    main(["-i", "--unsafe-fixes", "src/train.py"])
    text = (project / "src" / "train.py").read_text()
    assert "return_sequences" not in text
    assert "shuffle=False" in text


def test_add_ignore_silences_everything_with_the_reason(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--add-ignore=known", "src"]) == 0
    text = (project / "src" / "train.py").read_text()
    assert "        LSTM(64),  # lstmlint: ignore[TST001] known\n" in text
    assert main(["src/train.py", "src/forecast.ipynb", "-q"]) == 0
    capsys.readouterr()
    assert {one["code"] for one in found(capsys, "src/silenced.py")} == {"LST900", "LST901"}
    again = (project / "src" / "train.py").read_text()
    assert main(["--add-ignore", "src/train.py"]) == 0
    assert (project / "src" / "train.py").read_text() == again


def test_a_baseline_is_written_and_used(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--write-baseline", "src"]) == 0
    assert main(["--config", "baseline = '.lstmlint-baseline.json'", "src"]) == 0
    told = capsys.readouterr()
    assert "All checks passed!" in told.out
    assert "known from" in told.err
    (project / "src" / "train.py").write_text("import keras\n")
    main(["--baseline", ".lstmlint-baseline.json", "src"])
    assert "2 baseline entries are no longer needed" in capsys.readouterr().err


def test_several_formats_in_one_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["src", "--output-format", "concise,sarif:out.sarif,json:out.json,gitlab:gl.json,junit:ju.xml,github"])
    out = capsys.readouterr().out
    assert "\n::error title=lstmlint (TST001),file=src/train.py,line=13,col=9,endLine=13,endColumn=17::" in out
    assert out.splitlines()[-2].startswith("Found 7 problems")
    assert json.loads(Path("out.sarif").read_text())["version"] == "2.1.0"
    assert len(json.loads(Path("out.json").read_text())) == len(json.loads(Path("gl.json").read_text())) == 7


def test_the_format_of_the_environment(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LSTMLINT_OUTPUT_FORMAT", "json")
    main(["src/train.py"])
    assert len(json.loads(capsys.readouterr().out)) == 2


def test_statistics(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["src", "--statistics", "-q"])
    assert capsys.readouterr().out.splitlines()[0] == "3  TST001  [*] layer-refused"


def test_standard_input(
    project: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (project / "src" / "train.py").read_bytes()
    for words, code in ((["-"], 1), (["-", "--fix", "--unsafe-fixes"], 0)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert main([*words, "--stdin-filename", "src/train.py", "--output-format", "concise"]) == code
        out = capsysbinary.readouterr().out
        assert out.startswith(b"src/train.py:13:9" if code else b'"""Two stacked layers')
    assert b"LSTM(64, return_sequences=True)" in out


def test_an_empty_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 0
    assert "no Python files" in capsys.readouterr().err


def test_preview_rules_that_stay_off_are_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = project / "lint_rules" / "batches_shuffled.py"
    rule.write_text(rule.read_text().replace('since="0.1.0"', 'since="0.1.0", preview=True'))
    assert concise(capsys, "src/train.py", "--select", "TST002") == []
    main(["src/train.py", "--select", "TST002"])
    assert "`TST002` is in preview" in capsys.readouterr().err
    assert len(concise(capsys, "src/train.py", "--select", "TST002", "--preview")) == 1


def test_a_rule_file_that_crashes_is_told_and_the_rest_runs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "lint_rules" / "broken_rule.py").write_text("1 / 0\n")
    assert main(["src/train.py", "--output-format", "concise"]) == 2
    told = capsys.readouterr()
    assert "TST001" in told.out
    assert "broken_rule.py crashed: ZeroDivisionError" in told.err
    assert "Traceback" not in told.err
    main(["src/train.py", "-v"])
    assert "Traceback" in capsys.readouterr().err


def test_crashes_alike_are_told_twice_and_counted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = project / "lint_rules" / "batches_shuffled.py"
    rule.write_text(
        rule.read_text().replace('    if run.method != "fit"', '    raise OSError("oops")\n    if run.method != "fit"')
    )
    text = (project / "src" / "train.py").read_text()
    for number in range(4):
        (project / "src" / f"more{number}.py").write_text(text)
    assert main(["src", "-q"]) == 2
    told = capsys.readouterr()
    assert told.err.count("crashed: OSError: oops") == 2
    assert "3 more crashes of the same kind" in told.err
    assert told.out.count("TST001") >= 5


def test_many_files_go_through_a_pool_with_the_same_result(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (project / "src" / "train.py").read_text()
    for number in range(12):
        (project / "src" / f"more{number:02}.py").write_text(text)
    pooled = concise(capsys, "src", "--no-cache", "-j", "2")
    assert len(pooled) == 7 + 24
    assert pooled == concise(capsys, "src", "--no-cache", "-j", "1")
    first = concise(capsys, "src")
    assert list((project / ".lstmlint_cache").glob("*.json"))
    assert first == concise(capsys, "src") == pooled


def test_show_files_and_settings(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["src", "--show-files"])
    assert "src/train.py" in capsys.readouterr().out.splitlines()
    main(["--show-settings", "--ignore", "TST001"])
    out = capsys.readouterr().out
    assert 'cli-ignore = ["TST001"]' in out
    assert "lstmlint.toml" in out


def test_rules_as_table_and_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["rule"])
    assert "TST001  layer-refused" in capsys.readouterr().out
    main(["rule", "--all", "--output-format", "json"])
    rules = {one["code"]: one for one in json.loads(capsys.readouterr().out)}
    assert rules["TST001"]["summary"].startswith("Finds a layer that refuses")
    assert rules["TST002"]["severity"] == "warning"


def test_shapes_as_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shapes", "src/train.py", "src/forecast.ipynb", "src/broken.py", "--output-format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    files = {Path(one["filename"]).name: one for one in document["files"]}
    [model] = files["train.py"]["models"]
    assert (model["name"], model["kind"], model["location"]) == ("model", "sequential", {"row": 10, "column": 9})
    assert [layer["kind"] for layer in model["layers"]] == ["LSTM", "LSTM", "Dense"]
    assert model["layers"][0]["output_shape"] == [None, 64]
    assert model["layers"][1]["output_shape"] is None
    assert "ndim=3" in model["layers"][1]["reason"]
    [fit] = files["train.py"]["events"]
    assert fit["kind"] == "fit"
    assert files["forecast.ipynb"]["models"][0]["location"] == {"cell": 3, "row": 1, "column": 9}
    assert "line 3" in files["broken.py"]["problem"]


def test_linting_never_imports_what_it_lints() -> None:
    script = (
        "import sys; from lstmlint.cli import main; "
        f"main([{str(PROJECT / 'src')!r}, '--no-cache', '-q']); main(['shapes', {str(PROJECT / 'src')!r}]); "
        "sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras', 'numpy', 'pandas')))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_closed_pipe_is_quiet() -> None:
    command = f"{sys.executable} -m lstmlint {PROJECT / 'src'} --no-cache | head -c 1"
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
