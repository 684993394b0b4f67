"""What was found before is found again, and only where nothing that matters has changed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from lstmlint.cache import Cache, key_of
from lstmlint.engine import Linted
from lstmlint.registry import Crash
from lstmlint.settings import Settings
from tests.unit.linting import STACKED, lint, write

TEXT = STACKED + "model.fit(X, y)\na = LSTM(3)  # noqa: LST101 why\nLSTM(2, x=1)\n"


def key(path: Path, settings: Settings | None = None, keras: str = "3") -> str:
    return key_of(str(path), path.read_bytes(), settings or Settings(), keras, False)


def test_results_come_back_whole(tmp_path: Path) -> None:
    linted = lint().file("t.py", TEXT.encode()).plain()
    assert linted.silenced
    assert {one.fix is None for one in linted.diagnostics} == {False}
    cache = Cache(tmp_path / "cache")
    cache.put("k", linted)
    assert cache.get("k") == linted
    assert (tmp_path / "cache" / ".gitignore").read_text() == "*\n"


def test_crashes_are_not_remembered(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("k", Linted("t.py", crashes=(Crash("LST101", "boom", ""),)))
    assert cache.get("k") is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"path": "t", "diagnostics": [{}], "silenced": []}', '{"path":'])
def test_a_damaged_entry_is_no_entry(tmp_path: Path, text: str) -> None:
    (tmp_path / "k.json").write_text(text)
    assert Cache(tmp_path).get("k") is None


def test_the_oldest_entries_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmlint.cache.MOST_ENTRIES", 2)
    cache = Cache(tmp_path)
    for number, key_name in enumerate("abc"):
        cache.put(key_name, Linted("t.py"))
        os.utime(tmp_path / f"{key_name}.json", (number, number))
    cache.trim()
    assert sorted(path.stem for path in tmp_path.glob("*.json")) == ["b", "c"]


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    Cache(tmp_path / "file" / "cache").put("k", Linted("t.py"))


def test_the_key_follows_text_settings_target_and_siblings(tmp_path: Path) -> None:
    path = write(tmp_path, "a.py", "from config import STEPS\nfrom .models.lstm import build\n" + STACKED)
    keys = [key(path), key(path, replace(Settings(), preview=True)), key(path, keras="2")]
    write(tmp_path, "config.py", "import deeper\nSTEPS = 3\n")
    keys.append(key(path))
    write(tmp_path, "deeper.py", "x = 1\n")
    keys.append(key(path))
    write(tmp_path, "models/lstm.py", "from . import cells\n")
    write(tmp_path, "models/__init__.py", "")
    keys.append(key(path))
    write(tmp_path, "unrelated.py", "y = 1\n")
    assert key(path) == keys[-1]
    path.write_text(STACKED + "\n", encoding="utf-8")
    keys.append(key(path))
    assert len(set(keys)) == len(keys)
