"""Imports point one way, TensorFlow stays on the verifier's side, files stay short."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "lstmlint"

#: From the ground up; a part imports its own layer and those below. A name with a slash is a sub-package.
LAYERS = {
    "text": "__init__ errors text/",
    "syntax": "syntax target",
    "facts": "interpreter/ keras_model/ facts signatures",
    "questions": "questions/ experiments findings api",
    "engine": "config settings registry diagnostic suppress serial discover engine cache run",
    "output": "report/ verify/ fixes ignores baseline changes",
    "commands": "commands/ cli __main__",
}
#: Within one layer, too, these do not know each other.
STRANGERS = {
    "verify/": {"report/", "fixes", "changes", "baseline", "ignores", "engine", "registry", "run"},
    "fixes": {"report/", "verify/"},
    "engine": {"run", "cache"},
    "syntax": {"target"},
}
#: Only the verifier may know these.
TRAINING = {"tensorflow", "keras", "tf_keras", "numpy", "pandas", "sklearn", "jax", "torch"}
#: tomllib is Python's own from 3.11 on, and tomli before.
DEPENDENCIES = {"libcst", "rich", "pathspec", "tomli", "tomllib"}

LONGEST = 350


@cache
def modules() -> dict[str, Path]:
    return {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def part_of(module: str) -> str:
    """``lstmlint.report.full`` -> ``report/``, ``lstmlint.text.source`` -> ``source``."""
    names = module.split(".")
    if len(names) == 1:
        return "__init__"
    return f"{names[1]}/" if (PACKAGE / names[1]).is_dir() else names[1]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(nodes: Iterator[ast.AST]) -> Iterator[str]:
    """The modules that import statements name; ``from lstmlint import baseline`` names ``lstmlint.baseline``."""
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                below = [f"{module}.{alias.name}" for alias in names if f"{module}.{alias.name}" in modules()]
                yield from below or [module]


def imported_parts(path: Path) -> set[str]:
    names = (name for name in imports(ast.walk(tree_of(path))) if name.split(".")[0] == "lstmlint")
    return {part_of(name) for name in names}


def layer_of(part: str) -> int:
    return next(level for level, parts in enumerate(LAYERS.values()) if part in parts.split())


def test_every_module_has_its_layer() -> None:
    listed = [part for parts in LAYERS.values() for part in parts.split()]
    assert sorted(listed) == sorted({part_of(module) for module in modules()})


@pytest.mark.parametrize("part", [part for parts in LAYERS.values() for part in parts.split()])
def test_imports_point_down(part: str) -> None:
    for module, path in modules().items():
        if part_of(module) != part:
            continue
        upwards = {other for other in imported_parts(path) if layer_of(other) > layer_of(part)}
        assert not upwards, f"{module} imports {upwards} from above"
        assert not imported_parts(path) & STRANGERS.get(part, set()), module


def at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """The statements that run when a module is imported: neither in functions nor under TYPE_CHECKING."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def test_no_module_waits_for_itself() -> None:
    needs = {name: set(imports(at_import(tree_of(path)))) & set(modules()) for name, path in modules().items()}
    done: set[str] = set()
    while ready := {name for name in needs if name not in done and needs[name] - {name} <= done}:
        done |= ready
    assert set(needs) - done == set(), "a cycle of imports"


@pytest.mark.parametrize("name", modules())
def test_foreign_imports(name: str) -> None:
    """Keras and numpy on the verifier's side only, elsewhere Python and the four dependencies."""
    tops = {top.split(".")[0] for top in imports(ast.walk(tree_of(modules()[name])))}
    foreign = tops - set(sys.stdlib_module_names) - {"lstmlint"} - DEPENDENCIES
    assert foreign <= (TRAINING if name.startswith("lstmlint.verify.") else set())


def python_files() -> Iterator[Path]:
    for folder in ("lstmlint", "rules", "tests", "docs"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def test_files_are_short() -> None:
    long = {
        path.relative_to(ROOT).as_posix()
        for path in python_files()
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST
    }
    assert not long
