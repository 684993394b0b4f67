"""What linting costs beside what nobody can save: starting Python, importing LibCST, parsing.

Ratios within one run, never seconds: the machine may be slow or busy. ``python -m pytest -s tests/benchmarks`` prints
them.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRAIN = ROOT / "fixtures" / "projects" / "forecast" / "train.py"

#: A thousand files, of which this many are Keras programs.
FILES, PROGRAMS = 1000, 20
#: Each measured so often; the fastest counts, for the others were disturbed.
ROUNDS = 3


@cache
def compiled() -> Path:
    """A folder for compiled files that lasts as long as this process."""
    _KEPT.append(TemporaryDirectory())
    return Path(_KEPT[-1].name)


_KEPT: list[TemporaryDirectory[str]] = []


def python(*arguments: str, cwd: Path = ROOT) -> None:
    # Compiled files, as an installation has them, and none left behind in the checkout.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(compiled())}
    done = subprocess.run([sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, check=False)
    assert done.returncode in {0, 1}, done.stderr.decode()


def lint(*arguments: str, cwd: Path = ROOT) -> None:
    python("-m", "lstmlint", "check", "-q", *arguments, cwd=cwd)


def fastest(what: Callable[[], object]) -> float:
    """Seconds of the fastest of a few rounds."""

    def once() -> float:
        began = time.perf_counter()
        what()
        return time.perf_counter() - began

    return min(once() for _ in range(ROUNDS))


def told(name: str, one: float, other: float) -> float:
    print(f"\n{name}: {one:.2f} s against {other:.2f} s, ratio {one / other:.1f}")
    return one / other


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thousand modules in folders of fifty; every fiftieth is a Keras program of its own sizes."""
    folder = tmp_path_factory.mktemp("repository")
    for index in range(FILES):
        path = folder / f"package{index // 50}" / f"module{index}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(program(index) if index % (FILES // PROGRAMS) == 0 else plain(index), encoding="utf-8")
    return folder


def program(index: int) -> str:
    return TRAIN.read_text(encoding="utf-8").replace("look_back = 10", f"look_back = {10 + index}")


def plain(index: int) -> str:
    """A hundred lines of a service that knows nothing of Keras."""
    return "\n".join(
        f"def handler_{index}_{n}(request):\n    return request.get({n}, default=[{n}] * {index})\n" for n in range(33)
    )


def sources(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.py"):
        yield path.read_text(encoding="utf-8")


def test_one_script_beside_the_import_of_libcst() -> None:
    """Measured 3.2: the rest is our own modules, the rules, and work."""
    libcst = fastest(lambda: python("-c", "import libcst"))
    assert told("one script / import libcst", fastest(lambda: lint("--no-cache", str(TRAIN))), libcst) < 6


def test_a_script_from_the_cache_needs_no_libcst() -> None:
    lint(str(TRAIN))
    cold, warm = (fastest(lambda flags=flags: lint(*flags, str(TRAIN))) for flags in (["--no-cache"], []))
    assert told("one script, cached / not cached", warm, cold) < 1


def test_a_thousand_files_beside_parsing_them(repository: Path) -> None:
    """Files that do not mention Keras are read and not parsed: the repository costs little more than its programs."""
    parsing = fastest(lambda: [ast.parse(text) for text in sources(repository)])
    whole = fastest(lambda: lint("--no-cache", ".", cwd=repository))
    alone = [str(path) for path in repository.rglob("*.py") if "keras" in path.read_text(encoding="utf-8")]
    assert len(alone) == PROGRAMS
    programs = fastest(lambda: lint("--no-cache", *alone, cwd=repository))
    told("1,000 files / ast.parse of them", whole, parsing)
    assert told("1,000 files with 20 programs / the 20 alone", whole, programs) < 3


def test_the_second_run_is_short(repository: Path) -> None:
    cold = fastest(lambda: lint("--no-cache", ".", cwd=repository))
    lint(".", cwd=repository)
    assert told("1,000 files again / the first time", fastest(lambda: lint(".", cwd=repository)), cold) < 1
