"""Which files are linted: ignores, excludes, named files, each once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lstmlint.config import Configuration
from lstmlint.discover import discover, mentions_keras
from lstmlint.errors import UsageError
from lstmlint.settings import Settings
from tests.unit.linting import write


def found(folder: Path, *paths: str, **changes: object) -> list[str]:
    configuration = Configuration(lambda settings: replace(settings, root=str(folder), **changes), isolated=True)
    targets = discover(paths or (str(folder),), configuration)
    return [Path(target.path).resolve().relative_to(folder.resolve()).as_posix() for target in targets]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    for name in ("a.py", "b.ipynb", "notes.txt", "src/c.py", "venv/lib/d.py", "out/e.py", "out/keep.py", "gen/f.py"):
        write(tmp_path, name)
    write(tmp_path, ".gitignore", "out/*\n!out/keep.py\n")
    write(tmp_path, "gen/.gitignore", "*\n")
    return tmp_path


def test_gitignore_and_default_excludes(project: Path) -> None:
    assert found(project) == ["a.py", "b.ipynb", "out/keep.py", "src/c.py"]


def test_gitignore_may_be_left_aside(project: Path) -> None:
    assert "out/e.py" in found(project, respect_gitignore=False)
    assert "venv/lib/d.py" not in found(project, respect_gitignore=False)


def test_ignores_of_the_repository_hold_in_a_folder_below(project: Path) -> None:
    assert found(project, str(project / "out")) == ["out/keep.py"]


def test_excludes(project: Path) -> None:
    assert "src/c.py" not in found(project, extend_exclude=("src",))
    assert "a.py" not in found(project, extend_exclude=("*.py",))
    assert "venv/lib/d.py" in found(project, exclude=())


def test_named_files_are_linted_unless_excludes_are_forced(project: Path) -> None:
    named = str(project / "venv/lib/d.py")
    assert found(project, named) == ["venv/lib/d.py"]
    assert found(project, named, force_exclude=True) == []
    assert found(project, str(project / "notes.txt")) == ["notes.txt"]


def test_each_file_once(project: Path) -> None:
    assert found(project, str(project / "src"), str(project / "src/c.py"), str(project / "src/../src")) == ["src/c.py"]


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no such file or folder: .*nowhere\.py"):
        found(tmp_path, str(tmp_path / "nowhere.py"))


def test_an_empty_folder_has_no_files(tmp_path: Path) -> None:
    assert found(tmp_path) == []


@pytest.mark.parametrize(("data", "mentioned"), [(b"import keras", True), (b"GRU(3)", True), (b"import torch", False)])
def test_the_pre_filter(data: bytes, mentioned: bool) -> None:
    assert mentions_keras(data) is mentioned


def test_settings_of_each_folder(tmp_path: Path) -> None:
    write(tmp_path, "a.py")
    write(tmp_path, "below/b.py")
    write(tmp_path, "below/lstmlint.toml", "ignore = ['LST1']")
    targets = list(discover([str(tmp_path)], Configuration(lambda settings: settings)))
    assert [(Path(target.path).name, target.settings.ignore) for target in targets] == [
        ("a.py", Settings().ignore),
        ("b.py", ("LST1",)),
    ]
