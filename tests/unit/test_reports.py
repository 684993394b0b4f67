"""What the machine formats must not get wrong."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from lstmlint.api import Confidence, Label, Severity
from lstmlint.diagnostic import Diagnostic
from lstmlint.report import concise, github, gitlab, junit, sarif, summary
from lstmlint.report import json as as_json
from lstmlint.report.line import plain, text_of, wants_colour, write_lines
from lstmlint.run import Outcome
from lstmlint.text.source import Position, SourceFile, Span
from lstmlint.text.sources import Sources
from tests.unit.linting import registry

TEXT = "import keras\nmodel = (\n  LSTM(3),\n)\n"


def diagnostic(path: str = "a b/t,1.py", **changes: object) -> Diagnostic:
    span = Span(path, Position(3, 3), Position(3, 10))
    found = Diagnostic(
        "LST101", "stacked-lstm-drops-time-axis", Severity.ERROR, Confidence.HIGH, "gives (None, 10): 100% wrong", span
    )
    return replace(found, fingerprint="abc", **changes)  # type: ignore[arg-type]


def outcome(*diagnostics: Diagnostic, silenced: tuple[Diagnostic, ...] = ()) -> Outcome:
    sources = Sources([SourceFile(one.path, TEXT) for one in (*diagnostics, *silenced)])
    return Outcome(diagnostics, sources, registry(), silenced)


def text(lines: object) -> str:
    return "\n".join(text_of(line) for line in lines)  # type: ignore[attr-defined]


def test_github_escapes_and_leaves_columns_out_across_lines() -> None:
    line = text(github.render(outcome(diagnostic(help="use\nthis"))))
    assert line == (
        "::error title=lstmlint (LST101),file=a b/t%2C1.py,line=3,col=3,endLine=3,endColumn=10::"
        "a b/t,1.py:3:3: LST101 gives (None, 10): 100%25 wrong%0A  help: use%0Athis"
    )
    wide = Span("t.py", Position(2, 9), Position(4, 2))
    assert ",line=2,endLine=4::" in text(github.render(outcome(diagnostic("t.py", span=wide))))


def test_github_tells_the_gravest_first_and_paths_from_the_repository(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.chdir(str(tmp_path))
    mild = diagnostic("src/../t.py", severity=Severity.INFO)
    sure = diagnostic("t.py", severity=Severity.ERROR)
    unsure = diagnostic("t.py", severity=Severity.ERROR, confidence=Confidence.MEDIUM)
    levels = [line.split(" ")[0] for line in text(github.render(outcome(mild, unsure, sure))).splitlines()]
    assert levels == ["::error", "::error", "::notice"]
    assert "file=t.py" in text(github.render(outcome(mild)))


def test_gitlab_fingerprints_are_unique() -> None:
    issues = json.loads(text(gitlab.render(outcome(diagnostic("t.py"), diagnostic("t.py"), diagnostic("t.py")))))
    assert len({issue["fingerprint"] for issue in issues}) == 3
    assert issues[0]["description"].startswith("LST101: ")


def test_junit_is_xml_whatever_the_message() -> None:
    tree = ElementTree.fromstring(text(junit.render(outcome(diagnostic("t.py", message="a < b & \x1b[31m 'c'")))))
    failure = tree.find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("message") == "a < b & [31m 'c'"
    assert ElementTree.fromstring(text(junit.render(outcome()))).find("testsuite/testcase") is not None


def test_sarif_has_what_code_scanning_requires() -> None:
    label = Label(Span("t.py", Position(1, 1), Position(1, 7)), "made [here]")
    quiet = diagnostic("t.py", justification="on purpose")
    log = json.loads(text(sarif.render(outcome(diagnostic("t.py", labels=(label,)), silenced=(quiet,)))))
    [run] = log["runs"]
    first, second = run["results"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["LST101"]
    assert all(rule["shortDescription"]["text"] for rule in run["tool"]["driver"]["rules"])
    assert first["partialFingerprints"] == {"lstmlint/v1": "abc"}
    assert first["relatedLocations"][0]["id"] == 1
    assert r"[made \[here\]](1)" in first["message"]["text"]
    region = first["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 3, "endLine": 3, "endColumn": 10}
    assert second["suppressions"] == [{"kind": "inSource", "justification": "on purpose"}]
    assert run["automationDetails"]["id"] == "lstmlint/"


def test_json_has_the_documented_fields() -> None:
    [one] = json.loads(text(as_json.render(outcome(diagnostic("t.py")))))
    documented = (
        "code name severity confidence message help filename cell location end_location labels fix url fingerprint "
        "verification"
    )
    assert set(documented.split()) <= set(one)


@pytest.mark.parametrize(
    ("diagnostics", "first"),
    [
        ((), "All checks passed!"),
        ((diagnostic(),), "Found 1 problem (1 error)."),
        ((diagnostic(), diagnostic(severity=Severity.INFO)), "Found 2 problems (1 error, 1 info)."),
    ],
)
def test_the_summary(diagnostics: tuple[Diagnostic, ...], first: str) -> None:
    assert text(summary.render(outcome(*diagnostics))).splitlines()[0] == first


def test_control_characters_do_not_reach_the_terminal() -> None:
    stream = io.StringIO()
    write_lines(concise.render(outcome(diagnostic("t.py", message="\x1b[2J\rgone\x9b"))), stream)
    assert "\x1b" not in stream.getvalue()
    assert "\x9b" not in stream.getvalue()


def test_a_terminal_that_cannot_show_a_character_gets_its_escape() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    write_lines([plain("✗ 漢")], stream)
    stream.flush()
    assert stream.buffer.getvalue() == b"\\u2717 \\u6f22\n"  # type: ignore[attr-defined]


def test_colour_is_decided_by_flag_then_environment_then_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    stream = io.StringIO()
    assert wants_colour("always", stream)
    assert not wants_colour("auto", stream)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert wants_colour("auto", stream)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour("auto", stream)
    assert wants_colour("always", stream)
