"""What was there before is left out; what was edited since comes back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lstmlint import baseline
from lstmlint.diagnostic import Diagnostic
from lstmlint.errors import UsageError
from lstmlint.text.sources import Sources
from tests.unit.linting import STACKED, lint, write


def diagnostics(path: Path) -> tuple[Diagnostic, ...]:
    return lint().file(str(path), path.read_bytes()).diagnostics


def sift(path: Path, known: Path) -> baseline.Sifted:
    return baseline.sift(diagnostics(path), known, [str(path)], Sources())


def test_known_findings_survive_moved_lines_and_come_back_when_edited(tmp_path: Path) -> None:
    path, known = write(tmp_path, "src/a.py"), tmp_path / "known.json"
    assert baseline.write(diagnostics(path), known, Sources()) == 1
    path.write_text("# moved\n\n" + STACKED, encoding="utf-8")
    assert sift(path, known) == baseline.Sifted((), 1, 0)
    path.write_text(STACKED.replace("64", "65"), encoding="utf-8")
    sifted = sift(path, known)
    assert (len(sifted.new), sifted.known, sifted.gone) == (1, 0, 1)


def test_a_second_equal_mistake_is_new(tmp_path: Path) -> None:
    path, known = write(tmp_path, "a.py"), tmp_path / "known.json"
    baseline.write(diagnostics(path), known, Sources())
    path.write_text(STACKED.replace("LSTM(64),", "LSTM(64), LSTM(64),"), encoding="utf-8")
    sifted = sift(path, known)
    assert (len(sifted.new), sifted.known, sifted.gone) == (1, 1, 0)


def test_the_file_has_one_sorted_entry_a_line_with_relative_paths(tmp_path: Path) -> None:
    paths = [write(tmp_path, name) for name in ("z.py", "src/a.py")]
    known = tmp_path / "known.json"
    baseline.write([one for path in paths for one in diagnostics(path)], known, Sources())
    lines = known.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line.rstrip(","))["path"] for line in lines[1:-1]] == ["src/a.py", "z.py"]


def test_entries_about_other_files_are_not_called_gone(tmp_path: Path) -> None:
    first, second, known = write(tmp_path, "a.py"), write(tmp_path, "b.py"), tmp_path / "known.json"
    baseline.write([*diagnostics(first), *diagnostics(second)], known, Sources())
    assert sift(first, known).gone == 0


def test_an_empty_baseline_can_be_read(tmp_path: Path) -> None:
    assert baseline.write([], tmp_path / "known.json", Sources()) == 0
    assert baseline.read(tmp_path / "known.json") == frozenset()


@pytest.mark.parametrize("text", [None, "[]", "{}", '{"entries": [1]}', "x"])
def test_what_is_no_baseline_is_an_error(tmp_path: Path, text: str | None) -> None:
    known = tmp_path / "known.json"
    if text is not None:
        known.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"known\.json"):
        baseline.read(known)
