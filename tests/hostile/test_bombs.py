"""Nothing that a file holds makes lstmlint crash, or work beyond its bounds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lstmlint.engine import lint_for
from lstmlint.interpreter.machine import Machine, most_steps
from lstmlint.interpreter.run import follow
from lstmlint.settings import Settings
from lstmlint.syntax import Parsed, parse
from lstmlint.text.source import SourceFile
from tests.hostile.bombs import NESTINGS, bombs

ROOT = Path(__file__).parents[2]
DEPTHS = (10, 60, 200, 3000)
#: Beside the bytes of an idle linter; a bomb's own text and tree need a good part of it.
MOST_MEGABYTES = 400
#: What is done with containers that were changed in loops nested deeper than anybody follows.
AFTER_DEEP_LOOPS = [
    *("d.update(x=1)", "d.setdefault(1, 2)", "d.pop(3)", "d[4] = 5", "del d[4]", "x = {**d}", "d.items()", "d.copy()"),
    *("s.add(1)", "s.update([1])", "s.pop()", "s.union([2])", "s - {1}", "sorted(s)", "len(s)"),
    *("l.append(1)", "l.extend(s)", "l.pop()", "l.insert(0, 1)", "del l[0]", "l[0] = 1", "l.sort()", "x = [*l, *s]"),
    *("l += [1]", "random.shuffle(l)", "np.random.shuffle(l)", "np.array(l)", "x = l[1:]"),
]


def check(text: str) -> None:
    """Through all stages, the rules included; then the bound on steps."""
    linted = lint_for(Settings()).file("bomb.py", text.encode("utf-8", "surrogatepass"), named=True)
    assert not linted.crashes, linted.crashes[0].traceback
    parsed = parse(SourceFile("bomb.py", text))
    if isinstance(parsed, Parsed):
        machine = Machine(parsed, 3)
        follow(machine)
        assert machine.steps <= most_steps(len(text)) + 1  # the step that ends it


@pytest.mark.parametrize("use", AFTER_DEEP_LOOPS)
def test_containers_changed_too_deep(use: str) -> None:
    loops = "".join(f"{'    ' * depth}for i{depth} in open('x'):\n" for depth in range(8))
    changes = "".join(f"{'    ' * 8}{line}\n" for line in ("d[i1] = 1", "s.add(i2)", "l.append(i3)", use))
    check(f"import keras, random\nimport numpy as np\nd, s, l = {{}}, set(), []\n{loops}{changes}{use}\n")


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in bombs().items()])
def test_bomb(text: str) -> None:
    check(text)


@pytest.mark.parametrize("name", NESTINGS)
@pytest.mark.parametrize("depth", DEPTHS)
def test_nesting(name: str, depth: int) -> None:
    check(NESTINGS[name](depth) + "\nimport keras\n")


_MEASURE = """
import resource, sys
from tests.hostile.bombs import bombs
from lstmlint.engine import lint_for
from lstmlint.settings import Settings
lint = lint_for(Settings())
lint.facts("empty.py", b"import keras")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for text in bombs().values():
    lint.facts("bomb.py", text.encode())
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_memory() -> None:
    done = subprocess.run([sys.executable, "-c", _MEASURE], capture_output=True, text=True, cwd=ROOT, check=True)
    assert int(done.stdout) < MOST_MEGABYTES
