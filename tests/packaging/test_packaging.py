"""What is installed: every package and page, few dependencies, and a linter that runs without TensorFlow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FIXTURES = ROOT / "fixtures"
#: What the base install may import besides Python's own modules: its dependencies and what those need.
BASE = {
    "libcst",
    "rich",
    "pathspec",
    "tomli",
    "yaml",
    "yaml_ft",
    "markdown_it",
    "mdurl",
    "pygments",
    "typing_extensions",
}


def packages_on_disk() -> set[str]:
    folders = (path.parent.relative_to(ROOT) for path in (ROOT / "lstmlint").rglob("__init__.py"))
    return {".".join(folder.parts) for folder in folders} | {"lstmlint.rules"}


def test_packages_are_the_folders_on_disk() -> None:
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == packages_on_disk()
    stray = {path.parent for path in (ROOT / "lstmlint").rglob("*.py")} - {
        path.parent for path in (ROOT / "lstmlint").rglob("__init__.py")
    }
    assert stray == set(), "folders with modules and no __init__.py are not installed"
    assert [path for path in (ROOT / "rules").iterdir() if path.is_dir() and path.name != "__pycache__"] == []


def wanted_files() -> set[str]:
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "lstmlint").rglob("*.py")}
    rules = {f"lstmlint/rules/{path.name}" for path in (ROOT / "rules").iterdir() if path.suffix in {".py", ".md"}}
    return code | rules | {"lstmlint/py.typed"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was made from it."""
    pytest.importorskip("setuptools", minversion="77")
    folder = tmp_path_factory.mktemp("built")
    source = shutil.copytree(ROOT, folder / "source", ignore=_ignored)
    _backend("build_sdist", source, folder)
    [archive] = folder.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data") if hasattr(tarfile, "data_filter") else tar.extractall(folder)
    _backend("build_wheel", folder / archive.name.removesuffix(".tar.gz"), folder)
    return folder


def _ignored(folder: str, names: list[str]) -> set[str]:
    kept = {"lstmlint", "rules", "pyproject.toml", "README.md", "LICENSE"}
    if Path(folder) == ROOT:
        return set(names) - kept
    return {name for name in names if name == "__pycache__"}


def _backend(hook: str, source: Path, target: Path) -> None:
    code = f"from setuptools import build_meta; build_meta.{hook}({os.fspath(target)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=source, check=True, capture_output=True)


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    [path] = built.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def installed(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel puts into site-packages."""
    folder = tmp_path_factory.mktemp("site")
    wheel.extractall(folder)
    return folder


def metadata(wheel: zipfile.ZipFile) -> Message:
    [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return message_from_string(wheel.read(name).decode("utf-8"))


def test_the_wheel_holds_every_module_and_page(wheel: zipfile.ZipFile) -> None:
    files = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert files == wanted_files()


def test_the_base_install_is_light(wheel: zipfile.ZipFile) -> None:
    required = [line for line in metadata(wheel).get_all("Requires-Dist") or [] if "extra ==" not in line]
    names = {line.split(">")[0].split(";")[0].strip(): line for line in required}
    assert set(names) == {"libcst", "pathspec", "rich", "tomli"}
    assert 'python_version < "3.11"' in names["tomli"]


def test_extras(wheel: zipfile.ZipFile) -> None:
    assert set(metadata(wheel).get_all("Provides-Extra") or []) == {"verify", "verify-keras2", "dev"}
    extras = PROJECT["project"]["optional-dependencies"]
    assert {line.split(">")[0] for line in extras["verify"]} == {"tensorflow", "numpy"}


def test_the_command_is_installed(wheel: zipfile.ZipFile) -> None:
    [name] = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    assert "lstmlint = lstmlint.__main__:main" in wheel.read(name).decode("utf-8")


#: Runs `main` where only the base install can be imported, and says what was loaded.
_ALONE = """
import importlib.abc, json, sys

class OnlyBase(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top in ALLOWED or top.startswith(("_", "lstmlint")):
            return None
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

ALLOWED = set(json.loads(sys.argv[1]))
sys.meta_path.insert(0, OnlyBase())
from lstmlint.cli import main
status = main(sys.argv[2:])
foreign = {name.partition(".")[0] for name in sys.modules} & {"tensorflow", "keras", "tf_keras", "numpy", "pandas"}
sys.exit(f"imported {foreign}" if foreign else status)
"""


def alone(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in {"GITHUB_WORKSPACE", "FORCE_COLOR"}}
    environment |= {"PYTHONPATH": os.fspath(site), "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", _ALONE, json.dumps(sorted(BASE)), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )


def places() -> Iterator[str]:
    yield from ("installed", "checkout")


@pytest.fixture(params=places())
def site(request: pytest.FixtureRequest) -> Path:
    """Once as the wheel installs it, once as a bare checkout, where `lstmlint.rules` is the folder `rules`."""
    return ROOT if request.param == "checkout" else Path(request.getfixturevalue("installed"))


@pytest.mark.parametrize(
    ("status", "arguments"),
    [
        (1, ("check", "--no-cache", os.fspath(FIXTURES / "projects"))),
        (1, ("--no-cache", "--diff", "--unsafe-fixes", os.fspath(FIXTURES / "projects"))),
        (
            1,
            (
                "--no-cache",
                "--output-format",
                "json,sarif:x.sarif,github:x.txt",
                os.fspath(FIXTURES / "stack_overflow"),
            ),
        ),
        (0, ("shapes", os.fspath(FIXTURES / "stack_overflow"))),
        (0, ("rule",)),
        (0, ("rule", "LST101", "--color", "always")),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_linting_needs_the_base_install_only(
    site: Path, tmp_path: Path, status: int, arguments: tuple[str, ...]
) -> None:
    done = alone(site, tmp_path, *arguments)
    assert done.returncode == status, done.stderr
    assert done.stdout


def test_verifying_without_tensorflow_names_the_extra(tmp_path: Path) -> None:
    """The worker is a process of its own, so TensorFlow is hidden by one that cannot be imported."""
    hidden = tmp_path / "hidden" / "tensorflow"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ModuleNotFoundError('No module named tensorflow', name='tensorflow')")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([os.fspath(hidden.parent), os.fspath(ROOT)])}
    command = [sys.executable, "-m", "lstmlint", "verify", os.fspath(FIXTURES / "stack_overflow")]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stdout
    assert "lstmlint[verify]" in done.stderr


def test_both_places_find_the_same_rules(installed: Path, tmp_path: Path) -> None:
    lists = [alone(place, tmp_path, "rule", "--output-format", "json").stdout for place in (installed, ROOT)]
    assert lists[0] == lists[1]
    assert all(rule["explanation"] for rule in json.loads(lists[0]) if rule["code"] in {"LST101", "LST201", "LST900"})


def test_version_is_said_once() -> None:
    text = (ROOT / "lstmlint" / "__init__.py").read_text(encoding="utf-8")
    assert f'__version__ = "{PROJECT["project"]["version"]}"' in text
