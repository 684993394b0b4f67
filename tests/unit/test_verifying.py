"""``--verify`` without TensorFlow: which findings are tried, and what a verdict changes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from lstmlint.cli import main
from lstmlint.verify import client, judge
from lstmlint.verify.judge import Trial, Verdict

PROJECT = Path(__file__).resolve().parents[2] / "fixtures" / "projects" / "custom_rules"


class Stopped:
    """Stands for the worker: it must be started, and stopped whatever happens."""

    alive = 0

    def start(self) -> None:
        Stopped.alive += 1

    def stop(self) -> None:
        Stopped.alive -= 1


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project one of whose rules has an experiment."""
    folder = tmp_path / "project"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("__pycache__", ".lstmlint_cache"))
    rule = folder / "lint_rules" / "batches_shuffled.py"
    text = rule.read_text().replace("import Confidence,", "import Claim, Confidence, Experiment,")
    experiment = "        experiment=Experiment(Claim.STATE_MATTERS, run.model, run),\n        help="
    rule.write_text(text.replace("        help=", experiment, 1))
    monkeypatch.chdir(folder)
    monkeypatch.setattr(client, "Worker", Stopped)
    Stopped.alive = 0
    return folder


def answer(monkeypatch: pytest.MonkeyPatch, word: str) -> list[str]:
    """Let every experiment end with a verdict; gives the codes of the findings that were tried."""
    tried: list[str] = []
    curve = ((1, 0.7), (2, 0.5), (3, 0.46))
    trials = (
        Trial("as written", 0, last=0.46, curve=curve),
        Trial("<cured>", 0, last=0.01, curve=((1, 0.7), (3, 0.01))),
    )

    def verify_findings(findings: Sequence[Any], **_: object) -> list[Verdict]:
        tried.extend(rule.code for _, rule, _ in findings)
        return [Verdict(word, "state matters", (0,), (0.46,), (0.01,), 0.462, trials=trials) for _ in findings]

    monkeypatch.setattr(judge, "verify_findings", verify_findings)
    return tried


@pytest.mark.parametrize(("word", "code"), [("confirmed", 1), ("refuted", 0), ("inconclusive", 0)])
def test_the_exit_code_says_whether_something_was_confirmed(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str, code: int
) -> None:
    tried = answer(monkeypatch, word)
    assert main(["verify", "src/train.py"]) == code
    assert tried == ["TST002"]
    out = capsys.readouterr().out
    assert f"1 {word}, 1 not testable by training." in out
    assert "loss 0.700 → 0.460" in out
    assert Stopped.alive == 0


def test_a_line_may_be_named(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried = answer(monkeypatch, "confirmed")
    assert main(["verify", "src/train.py:13"]) == 0
    assert tried == []
    assert main(["verify", "src/train.py:19"]) == 1
    assert tried == ["TST002"]


def test_refuted_findings_drop_to_info(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, "refuted")
    assert main(["--verify", "src/train.py", "--select", "TST002", "--output-format", "json"]) == 0
    [one] = json.loads(capsys.readouterr().out)
    assert one["severity"] == "info"
    fields = {"verdict", "claim", "seeds", "as_written", "cured", "floor", "error", "seconds", "reason"}
    assert set(one["verification"]) == fields


def test_a_silenced_finding_is_not_tried(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = answer(monkeypatch, "confirmed")
    path = project / "src" / "train.py"
    path.write_text(path.read_text().replace("epochs=5)", "epochs=5)  # lstmlint: ignore[TST002] on purpose"))
    assert main(["verify", "src/train.py"]) == 0
    assert tried == []


def test_without_tensorflow_it_says_what_to_install(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unavailable(findings: Sequence[Any], **_: object) -> list[Verdict]:
        raise client.VerifierUnavailable("no TensorFlow: install lstmlint[verify]")

    monkeypatch.setattr(judge, "verify_findings", unavailable)
    assert main(["verify", "src/train.py"]) == 2
    assert "lstmlint[verify]" in capsys.readouterr().err
    assert Stopped.alive == 0


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.append(tag)
        if tag not in {"meta", "br", "rect", "path", "polyline"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"rect", "path", "polyline"}:
            return
        assert self.open.pop() == tag


def test_the_page_holds_curves_and_shapes_and_escapes_what_it_quotes(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "confirmed")
    path = project / "src" / "train.py"
    path.write_text(path.read_text().replace("LSTM(32),", "LSTM(32),  # <script>alert(1)</script>"))
    main(["--verify", "src/train.py", "--report", "page.html"])
    page = (project / "page.html").read_text()
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert tags.seen.count("polyline") == 2
    assert "floor 0.462" in page
    assert "<script" not in page
    assert "&lt;cured&gt;" in page
    assert page.count('class="model"') >= 1
